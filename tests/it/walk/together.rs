//! Two admins who press the same button at the same moment.

use std::collections::BTreeSet;

use vakhta::testing::people::Role;
use vakhta::testing::slices::watch::store;
use vakhta::testing::slices::watch::store::Breaker;

use super::walker::Walker;
use super::{HOSTILE, furnish, nothing_is_given_up};
use crate::cards::jpeg;
use crate::harness::{Stage, run};

/// Rows that an action leaves, and messages to the person concerned.
async fn traces(t: &Stage, person: i64) -> [i64; 3] {
    let rows = t.app().db().read(move |c| {
        let count = |sql: &str| c.query_row(sql, [], |row| row.get::<_, i64>(0));
        Ok([
            count("SELECT count(*) FROM transition WHERE by_person IS NOT NULL")?,
            count("SELECT count(*) FROM audit")?,
            0,
        ])
    });
    let mut rows = rows.await.unwrap();
    let messages = t.telegram.messages(person);
    rows[2] = i64::try_from(messages.iter().filter(|m| m.from_bot).count()).unwrap();
    rows
}

fn two_admins(t: &Stage) -> [Walker; 2] {
    [(2000, "ru"), (2001, "en")].map(|(id, language)| {
        let person = t.telegram.person(id, HOSTILE[0], language);
        person.knows_bot();
        Walker::new(person, Role::Admin)
    })
}

/// Both see this screen and press its buttons one after the other, each at the same moment. Each
/// action happens at most once.
async fn press_all(t: &Stage, pair: &mut [Walker; 2], screen: &str, person: i64) {
    let mut pressed = BTreeSet::new();
    loop {
        for walker in &mut *pair {
            walker.settle(t).await;
            walker.show(t, screen).await;
        }
        let [one, two] = &mut *pair;
        let Some(data) = one.kinds().into_iter().find(|data| !pressed.contains(data)) else {
            assert!(pressed.len() > 2, "{screen} had only {pressed:?}");
            return;
        };
        pressed.insert(data.clone());
        let before = traces(t, person).await;
        assert!(
            tokio::join!(one.press(t, &data), two.press(t, &data)).0,
            "{data}"
        );
        let after = traces(t, person).await;
        for (before, after) in before.into_iter().zip(after) {
            assert!(after - before <= 1, "{data}: {before} became {after}");
        }
        for walker in [one, two] {
            let shown = walker.screen.as_ref().unwrap();
            assert!(!shown.buttons().is_empty(), "{data}: {}", shown.text);
        }
    }
}

#[test]
fn two_admins_press_the_same_at_once() {
    run(async |mut t| {
        furnish(&mut t).await;
        let mut pair = two_admins(&t);
        let owner = Walker::new(t.user(7, HOSTILE[1], "ru").await, Role::User);
        owner.settle(&t).await;
        let account = t.app().db().read(|c| {
            let sql = "SELECT min(id) FROM account WHERE owner_id = 7";
            Ok(c.query_row(sql, [], |row| row.get::<_, i64>(0))?)
        });
        let account = account.await.unwrap();
        press_all(&t, &mut pair, &format!("watch:card:all:{account}"), 7).await;
        // Number 501 waits to be let in.
        press_all(&t, &mut pair, "people:card:501", 501).await;
        let open = Breaker {
            since: t.clock.now(),
            trial_at: t.clock.now(),
            reason: "timeout".to_owned(),
        };
        let open = [("github".to_owned(), open)].into();
        let opened = t.app().db().write(move |tx| store::set_breakers(tx, &open));
        opened.await.unwrap();
        press_all(&t, &mut pair, "site:card:github", 7).await;
        press_all(&t, &mut pair, "cards:card:1", 7).await;
        nothing_is_given_up(&t).await;
        t
    });
}

/// The text that a query returns.
async fn stored(t: &Stage, sql: &'static str) -> String {
    let read = t
        .app()
        .db()
        .read(|c| Ok(c.query_row(sql, [], |row| row.get(0))?));
    read.await.unwrap()
}

/// Both are asked the same question.
async fn ask_both(t: &Stage, pair: &mut [Walker; 2], question: &str) {
    for walker in pair {
        walker.show(t, question).await;
        assert!(walker.step(t).await.is_some(), "{question} asks nothing");
    }
}

/// They answer differently. The second person sees the first answer before anything is replaced.
async fn answer_both(t: &Stage, pair: &mut [Walker; 2], question: &str, sql: &'static str) {
    ask_both(t, pair, question).await;
    let [one, two] = pair;
    one.writes(t, "the first answer").await;
    assert_eq!(stored(t, sql).await, "the first answer", "{question}");
    two.writes(t, "the second answer").await;
    assert_eq!(stored(t, sql).await, "the first answer", "{question}");
    let told = &two.screen.as_ref().unwrap().text;
    assert!(told.contains("the first answer"), "{question}: {told}");
    // This time the person replaces it deliberately.
    two.writes(t, "the second answer").await;
    assert_eq!(stored(t, sql).await, "the second answer", "{question}");
}

/// The same with photos.
async fn send_both(t: &Stage, pair: &mut [Walker; 2], question: &str, sql: &'static str) {
    ask_both(t, pair, question).await;
    let [one, two] = pair;
    one.sends_photo(t, &jpeg(31)).await;
    let first = stored(t, sql).await;
    two.sends_photo(t, &jpeg(32)).await;
    assert_eq!(stored(t, sql).await, first, "{question}: replaced unseen");
    two.sends_photo(t, &jpeg(32)).await;
    assert_ne!(stored(t, sql).await, first, "{question}");
}

/// Of the dialogues in [`restarts`](super::restarts), these change shared data. In the others
/// nobody can collide.
#[test]
fn two_admins_never_replace_each_others_words_unseen() {
    run(async |mut t| {
        furnish(&mut t).await;
        let mut pair = two_admins(&t);
        for walker in &pair {
            walker.settle(&t).await;
        }
        for (question, sql) in [
            (
                "watch:ask-note:1:all:0",
                "SELECT note FROM account WHERE id = 1",
            ),
            ("cards:edit:1:name", "SELECT name FROM card WHERE id = 1"),
            (
                "cards:edit:1:description",
                "SELECT description FROM card WHERE id = 1",
            ),
        ] {
            answer_both(&t, &mut pair, question, sql).await;
        }
        for (question, sql) in [
            ("cards:edit:1:photo", "SELECT photo FROM card WHERE id = 1"),
            (
                "cards:edit:1:packaged",
                "SELECT packaged FROM card WHERE id = 1",
            ),
        ] {
            send_both(&t, &mut pair, question, sql).await;
        }
        // Days add up, and everybody who added some is named.
        let days = "SELECT group_concat(by_person || ' ' || detail, ', ') FROM transition WHERE what = 'extended'";
        ask_both(&t, &mut pair, "watch:ask-days:1:all:0").await;
        for walker in &mut pair {
            walker.writes(&t, "11").await;
        }
        assert_eq!(stored(&t, days).await, "2000 11, 2001 11");
        // There is only one batch of a name.
        let codes = "SELECT CAST(count(*) AS TEXT) FROM card_code WHERE batch = 'summer'";
        ask_both(&t, &mut pair, "cards:batch-add:1").await;
        for walker in &mut pair {
            walker.writes(&t, "summer 3").await;
        }
        assert_eq!(stored(&t, codes).await, "3");
        nothing_is_given_up(&t).await;
        t
    });
}

//! Two admins who press the same button at the same moment.

use std::collections::BTreeSet;

use vakhta::people::Role;
use vakhta::watch::store::{self, Breaker};

use super::walker::Walker;
use super::{HOSTILE, furnish, nothing_is_given_up};
use crate::harness::{Stage, run};

/// Rows that each thing done leaves, and messages to whom it was done.
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

/// Both see this screen and press one button after another, each at the same moment; what it does happens at most once.
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
        let mut pair = [(2000, "ru"), (2001, "en")].map(|(id, language)| {
            let person = t.telegram.person(id, HOSTILE[0], language);
            person.knows_bot();
            Walker::new(person, Role::Admin)
        });
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

/// Both are asked for the same and answer otherwise: whoever is second hears of the first before anything is replaced.
async fn answer_both(t: &Stage, pair: &mut [Walker; 2], question: &str, stored: &'static str) {
    for walker in &mut *pair {
        walker.show(t, question).await;
        assert!(walker.step(t).await.is_some(), "{question} asks nothing");
    }
    let value = async || {
        let read = t
            .app()
            .db()
            .read(|c| Ok(c.query_row(stored, [], |row| row.get::<_, String>(0))?));
        read.await.unwrap()
    };
    let [one, two] = pair;
    one.writes(t, "the first answer").await;
    assert_eq!(value().await, "the first answer", "{question}");
    two.writes(t, "the second answer").await;
    assert_eq!(
        value().await,
        "the first answer",
        "{question}: replaced unseen"
    );
    let told = &two.screen.as_ref().unwrap().text;
    assert!(told.contains("the first answer"), "{question}: {told}");
    // Now knowingly.
    two.writes(t, "the second answer").await;
    assert_eq!(value().await, "the second answer", "{question}");
}

#[test]
fn two_admins_never_replace_each_others_words_unseen() {
    run(async |mut t| {
        furnish(&mut t).await;
        let mut pair = [(2000, "ru"), (2001, "en")].map(|(id, language)| {
            let person = t.telegram.person(id, HOSTILE[0], language);
            person.knows_bot();
            Walker::new(person, Role::Admin)
        });
        for walker in &pair {
            walker.settle(&t).await;
        }
        let notes = "SELECT note FROM account WHERE id = 1";
        answer_both(&t, &mut pair, "watch:ask-note:1:all:0", notes).await;
        let names = "SELECT name FROM card WHERE id = 1";
        answer_both(&t, &mut pair, "cards:edit:1:name", names).await;
        let descriptions = "SELECT description FROM card WHERE id = 1";
        answer_both(&t, &mut pair, "cards:edit:1:description", descriptions).await;
        nothing_is_given_up(&t).await;
        t
    });
}

//! A person who sends files: tables that are previewed, applied and cancelled, and all sorts of
//! other files.

use futures_util::future::join_all;
use vakhta::testing::people::Role;

use super::walker::Walker;
use super::{HOSTILE, furnish, nothing_is_given_up};
use crate::harness::{Stage, run};

const APPLY: &str = "watch:apply:N";

/// Files that are no tables, or empty tables.
fn wrong() -> Vec<(&'static str, Vec<u8>)> {
    let hostile: String = HOSTILE
        .iter()
        .map(|name| format!("nowhere,\"{}\"\n", name.replace('"', "\"\"")))
        .collect();
    vec![
        ("a.png", b"\x89PNG".to_vec()),
        ("file", b"site,username\ngithub,octocat\n".to_vec()),
        ("empty.csv", Vec::new()),
        ("spaces.csv", b" ".repeat(600 * 1024)),
        ("latin.csv", b"site,username\ngithub,caf\xe9\n".to_vec()),
        ("zeros.txt", vec![0; 1000]),
        ("other.csv", b"name;where\nx;y\n".to_vec()),
        ("<b>header & co.csv", b"site;username\n".to_vec()),
        (
            "hostile.csv",
            format!("site,username\n{hostile}").into_bytes(),
        ),
        ("open.csv", b"site,username\n\"github,octocat\n".to_vec()),
    ]
}

fn table(of: &str) -> Vec<u8> {
    format!("site;username;days\ngithub;{of}-one;9\nvk;{of}-two;\nnowhere;x;\n").into_bytes()
}

async fn accounts(t: &Stage, owner: i64) -> i64 {
    let count = t.app().db().read(move |c| {
        let sql = "SELECT count(*) FROM account WHERE owner_id = ?1";
        Ok(c.query_row(sql, [owner], |row| row.get(0))?)
    });
    count.await.unwrap()
}

fn leads_on(walker: &Walker, after: &str) {
    let shown = walker.screen.as_ref().unwrap();
    let leads = !shown.buttons().is_empty() || shown.text.contains(" /");
    assert!(leads, "a dead end after {after}: {:?}", shown.text);
}

/// A file that is no table adds nothing and gets a reply.
async fn no_tables(t: &Stage, walker: &mut Walker) {
    let before = accounts(t, walker.person.id()).await;
    for (name, bytes) in wrong() {
        walker.sends(t, name, &bytes).await;
        let could_be_applied = walker.kinds().contains(&APPLY.to_owned());
        assert!(!could_be_applied, "{name}");
        leads_on(walker, name);
    }
    assert_eq!(accounts(t, walker.person.id()).await, before);
}

/// Previews a table and leaves it, then previews another one.
async fn look(t: &Stage, walker: &mut Walker) {
    let before = accounts(t, walker.person.id()).await;
    walker.sends(t, "a.csv", &table("left")).await;
    assert!(walker.press(t, "bot:cancel").await);
    leads_on(walker, "cancel");
    walker.sends(t, "b.CSV", &table("done")).await;
    assert_eq!(accounts(t, walker.person.id()).await, before);
}

/// Applies that table, tries twice more in vain, and applies another one in the middle of a
/// dialogue.
async fn apply(t: &Stage, walker: &mut Walker) {
    let before = accounts(t, walker.person.id()).await;
    let shown = walker.screen.clone().unwrap();
    assert!(walker.press(t, APPLY).await, "{shown:?}");
    leads_on(walker, "apply");
    let old = shown.buttons().swap_remove(0).data.unwrap();
    let late = walker.person.presses_forged(shown.message_id, &old);
    t.note(&walker.person, &late).await;
    walker.quiet(t).await;
    assert_eq!(accounts(t, walker.person.id()).await, before + 2);

    walker.writes(t, "/add").await;
    walker.sends(t, "c.tsv", &table("amid")).await;
    assert!(walker.press(t, APPLY).await, "{:?}", walker.screen);
    walker.sends(t, "c.tsv", &table("amid")).await;
    leads_on(walker, "a table of known accounts");
    assert_eq!(accounts(t, walker.person.id()).await, before + 4);
}

#[test]
fn files_of_every_kind_are_answered_and_lead_on() {
    run(async |mut t| {
        furnish(&mut t).await;
        let kinds = [
            (3000, Role::User, "ru"),
            (3001, Role::Admin, "en"),
            (3002, Role::Owner, "ru"),
        ];
        let mut walkers = kinds.map(|(id, role, language)| {
            let person = t.telegram.person(id, HOSTILE[0], language);
            person.knows_bot();
            Walker::new(person, role)
        });
        // All walk at once, because a chat gets one message per second.
        let walks = walkers.iter_mut().map(async |walker| {
            walker.settle(&t).await;
            no_tables(&t, walker).await;
            look(&t, walker).await;
        });
        join_all(walks).await;
        t.stop().await;
        t.start().await;
        join_all(walkers.iter_mut().map(|walker| apply(&t, walker))).await;
        nothing_is_given_up(&t).await;
        t
    });
}

//! Rows that were in hand when the program died: tried once more, alone, then put aside.

use serde_json::{Value, json};

use super::kit::{LIMIT, Reply, Seen, Server, Store, put, usual};
use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::html::Html;
use crate::telegram::inbound::inbox::{self, Arrived};
use crate::telegram::outbox::{claim, recover_crashed};
use crate::telegram::*;

/// Wants the file of every document, and tells what was put aside.
struct Taker;

impl Handler for Taker {
    fn wants(&self, _: &Connection, event: &Event) -> anyhow::Result<Option<Wanted>> {
        Ok(match &event.kind {
            EventKind::Document(document) => Some(Wanted {
                file_id: document.file_id.clone(),
                at_most: 10,
            }),
            _ => None,
        })
    }

    fn handle(
        &self,
        tx: &WriteTx<'_>,
        event: &Event,
        _: Option<&Fetched>,
    ) -> anyhow::Result<Reaction> {
        say(tx, event.chat.map_or(0, |chat| chat.id), "handled")
    }

    fn apologise(&self, tx: &WriteTx<'_>, event: &Event) -> anyhow::Result<Reaction> {
        say(tx, event.chat.map_or(0, |chat| chat.id), "sorry")
    }

    fn put_aside(&self, tx: &WriteTx<'_>, update_id: i64, chat_id: i64) -> anyhow::Result<()> {
        say(tx, chat_id, &format!("{update_id} is put aside")).map(|_| ())
    }
}

fn say(tx: &WriteTx<'_>, chat: i64, words: &str) -> anyhow::Result<Reaction> {
    outbox::insert(tx, UnixMs(0), &Outgoing::reply(chat, Html::text(words)))?;
    Ok(Reaction::default())
}

fn document(update_id: i64, chat: i64) -> Value {
    json!({"update_id": update_id, "message": {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"},
        "from": {"id": chat, "is_bot": false, "first_name": "x"}, "document": {"file_id": "f", "file_name": "a.csv"}}})
}

/// Stores documents of chats, with the deaths that each was in hand at.
async fn waiting(t: &Store, rows: &[(i64, i64, u32)]) {
    for (update_id, chat_id, deaths) in rows.iter().copied() {
        t.write(move |tx| {
            let arrived = Arrived {
                update_id,
                chat_id,
                body: document(update_id, chat_id).to_string(),
            };
            inbox::store(tx, UnixMs(1), &[arrived], &[])?;
            for _ in 0..deaths {
                inbox::begin(tx, update_id)?;
            }
            Ok(())
        })
        .await;
    }
}

async fn attempts(t: &Store) -> Vec<u32> {
    t.read(|c| {
        let mut query = c.prepare("SELECT attempts FROM inbox ORDER BY attempts")?;
        let rows = query.query_map((), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
    .await
}

/// A server that gives no file.
fn without_files(seen: &Seen, before: usize) -> Reply {
    match seen.method.as_str() {
        "getFile" => Reply::Hang,
        _ => usual(seen, before),
    }
}

#[tokio::test]
async fn an_attempt_is_counted_before_it_begins_and_an_orderly_stop_takes_it_back() {
    let t = Store::new();
    waiting(&t, &[(1, 7, 0)]).await;
    let server = Server::start(&Tasks::new(), without_files).await;
    let telegram = Telegram::start(t.setup(server.api()), Arc::new(Taker));
    server.until("getFile", 1).await;
    assert_eq!(attempts(&t).await, [1]);
    t.tasks.stop();
    assert!(telegram.handlers_ended(LIMIT).await);
    assert!(telegram.drain().await);
    assert_eq!(attempts(&t).await, [0]);
}

#[tokio::test]
async fn what_was_in_hand_at_two_deaths_is_put_aside_and_what_comes_after_is_handled() {
    let t = Store::new();
    waiting(&t, &[(1, 7, 2), (2, 7, 0), (3, 8, 1)]).await;
    let server = Server::start(&Tasks::new(), |seen, before| match seen.method.as_str() {
        "file_7.csv" => Reply::Raw(200, "a;b"),
        _ => usual(seen, before),
    })
    .await;
    let telegram = Telegram::start(t.setup(server.api()), Arc::new(Taker));
    let mut sent: Vec<_> = server
        .until("sendMessage", 3)
        .await
        .iter()
        .map(|call| (call.chat(), call.text().to_owned()))
        .collect();
    sent.sort();
    let words = [(7, "1 is put aside"), (7, "handled"), (8, "handled")];
    assert_eq!(sent, words.map(|(chat, text)| (chat, text.to_owned())));
    assert_eq!(server.calls("getFile").len(), 2);
    let kept = "SELECT count(*) = 1 FROM quarantine WHERE update_id = 1 AND kind = 'message'";
    t.until(kept).await;
    t.tasks.stop();
    assert!(telegram.handlers_ended(LIMIT).await);
    assert!(telegram.drain().await);
}

#[tokio::test]
async fn suspects_are_tried_one_after_another_and_others_do_not_wait_for_them() {
    let t = Store::new();
    waiting(&t, &[(1, 1, 1), (2, 2, 1), (3, 3, 0)]).await;
    let server = Server::start(&Tasks::new(), without_files).await;
    let telegram = Telegram::start(t.setup(server.api()), Arc::new(Taker));
    server.until("getFile", 2).await;
    // One suspect and the fresh one have begun; the other suspect has not.
    assert_eq!(attempts(&t).await, [1, 1, 2]);
    t.tasks.stop();
    assert!(telegram.handlers_ended(LIMIT).await);
    assert!(telegram.drain().await);
    assert_eq!(attempts(&t).await, [0, 1, 1]);
}

#[tokio::test]
async fn a_file_over_which_the_program_died_twice_is_given_up_and_told() {
    let t = Store::new();
    t.write(|tx| Ok(tx.execute("INSERT INTO chat (id) VALUES (1), (2)", ())?))
        .await;
    let file = |chat| {
        let recipe = Recipe::document("test", &5).unwrap();
        Outgoing::file(chat, recipe, Html::text("letters"))
    };
    let quiet = Telegram::start_without_poller(t.setup(super::kit::api("http://127.0.0.1:1")));
    assert!(quiet.drain().await);
    for (id, chat) in [(1, 1), (2, 2)] {
        put(&t, &quiet, file(chat)).await;
        // Both are in hand at the first death, only one at the second.
        for _ in 0..3 - id {
            t.write(move |tx| claim(tx, UnixMs(2_000_000), &[id])).await;
            t.write(recover_crashed).await;
        }
    }
    let server = Server::start(&Tasks::new(), usual).await;
    let setup = Setup {
        tasks: Tasks::new(),
        ..t.setup(server.api())
    };
    let telegram = Telegram::start_without_poller(setup);
    let sent = server.until("sendDocument", 1).await;
    assert!(String::from_utf8_lossy(&sent[0].raw).contains("xxxxx"));
    let words = server.until("sendMessage", 2).await;
    let mut words: Vec<_> = words.iter().map(Seen::text).collect();
    words.sort_unstable();
    assert_eq!(words, ["[] no file", "row 1 of 1 is put aside"]);
    t.until("SELECT count(*) = 1 FROM outbox WHERE state = 'dead' AND problem LIKE '%died twice%'")
        .await;
    assert!(telegram.drain().await);
    assert_eq!(server.calls("sendDocument").len(), 1);
}

//! Incoming updates: poller, inbox and dispatcher against a scripted server.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::kit::{LIMIT, Reply, Seen, Server, Store, usual};
use crate::db::{DbError, WriteTx};
use crate::html::Html;
use crate::telegram::inbound::inbox;
use crate::telegram::inbound::inbox::InboxCounts;
use crate::telegram::*;

type Log = Arc<Mutex<Vec<(i64, i64)>>>;

/// Answers every text with the same text and records (chat, update) in the order of handling.
#[derive(Clone, Default)]
struct Echo {
    handled: Log,
    apologised: Log,
    storage_faults: Arc<AtomicU64>,
}

impl Handler for Echo {
    fn handle(
        &self,
        tx: &WriteTx<'_>,
        event: &Event,
        _file: Option<&Fetched>,
    ) -> anyhow::Result<Reaction> {
        let chat = event.chat.map_or(0, |c| c.id);
        if let EventKind::Text(text) = &event.kind {
            outbox::insert(
                tx,
                crate::clock::UnixMs(0),
                &Outgoing::reply(chat, Html::text(text)),
            )?;
            match text.as_str() {
                "fail" => anyhow::bail!("as the test wants"),
                "panic" => panic!("as the test wants"),
                "storage" if self.storage_faults.fetch_add(1, Ordering::SeqCst) == 0 => {
                    return Err(DbError::Commit("disk full".to_owned()).into());
                }
                _ => {}
            }
        }
        if let EventKind::Callback { data, .. } = &event.kind {
            anyhow::ensure!(data != "fail", "as the test wants");
        }
        self.handled.lock().unwrap().push((chat, event.update_id));
        Ok(Reaction {
            callback_answer: Some("done".to_owned()),
            ..Reaction::default()
        })
    }

    fn apologise(&self, tx: &WriteTx<'_>, event: &Event) -> anyhow::Result<Reaction> {
        let chat = event.chat.map_or(0, |c| c.id);
        self.apologised
            .lock()
            .unwrap()
            .push((chat, event.update_id));
        outbox::insert(
            tx,
            crate::clock::UnixMs(0),
            &Outgoing::reply(chat, Html::text("sorry")),
        )?;
        Ok(Reaction::default())
    }

    fn put_aside(&self, tx: &WriteTx<'_>, update_id: i64, chat_id: i64) -> anyhow::Result<()> {
        let words = Html::text(&format!("{update_id} is put aside"));
        outbox::insert(
            tx,
            crate::clock::UnixMs(0),
            &Outgoing::reply(chat_id, words),
        )?;
        Ok(())
    }
}

impl Echo {
    fn handled(&self) -> Vec<(i64, i64)> {
        self.handled.lock().unwrap().clone()
    }
}

fn text(update_id: i64, chat: i64, text: &str) -> Value {
    json!({"update_id": update_id, "message": {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"},
        "from": {"id": chat, "is_bot": false, "first_name": "x"}, "text": text}})
}

fn callback(update_id: i64, data: &str) -> Value {
    json!({"update_id": update_id, "callback_query": {"id": format!("q{update_id}"), "chat_instance": "c", "data": data,
        "from": {"id": 7, "is_bot": false, "first_name": "x"},
        "message": {"message_id": 5, "date": 0, "chat": {"id": 7, "type": "private"}}}})
}

/// The first poll returns these, the rest hang.
fn once(batch: Vec<Value>) -> impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static {
    move |seen, before| match (seen.method.as_str(), before) {
        ("getUpdates", 0) => Reply::Result(Value::Array(batch.clone())),
        _ => usual(seen, before),
    }
}

const ALL_DONE: &str = "SELECT count(*) > 0 AND count(done_at) = count(*) FROM inbox";

async fn stop(t: &Store, telegram: &Telegram) {
    t.tasks.stop();
    assert!(telegram.drain().await);
}

#[tokio::test]
async fn unreadable_updates_among_a_hundred_are_put_aside() {
    let t = Store::new();
    let mut batch: Vec<Value> = (1..=100).map(|i| text(i, i % 7 + 1, "hi")).collect();
    batch[49] =
        json!({"update_id": 50, "message": {"chat": {"id": "seven"}, "text": "private words"}});
    // The poller can read this envelope.
    batch[99] = json!({"update_id": 100, "message": {"chat": {"id": 3, "type": 5}, "text": "private words"}});
    let server = Server::start(&Tasks::new(), once(batch)).await;
    let echo = Echo::default();
    let telegram = Telegram::start(t.setup(server.api()), Arc::new(echo.clone()));
    let polls = server.until("getUpdates", 2).await;
    assert_eq!(polls[0].params["offset"], Value::Null);
    assert_eq!(
        polls[0].params["allowed_updates"],
        json!([
            "message",
            "callback_query",
            "my_chat_member",
            "inline_query"
        ])
    );
    assert_eq!(polls[1].params["offset"], 101);
    t.until("SELECT count(*) = 99 AND count(done_at) = 99 FROM inbox")
        .await;
    assert_eq!(
        t.read(inbox_counts).await,
        InboxCounts {
            waiting: 0,
            quarantined: 2
        }
    );
    assert_eq!(echo.handled().len(), 98);
    assert!(telegram.status().borrow().problem.is_none());
    stop(&t, &telegram).await;
    // The dropped poll had already confirmed everything.
    assert_eq!(server.calls("getUpdates").len(), 2);
}

#[tokio::test]
async fn polling_lives_through_every_fault() {
    let t = Store::new();
    let script = |seen: &Seen, before: usize| match (seen.method.as_str(), before) {
        ("getUpdates", 0) => Reply::Raw(502, "<html>bad gateway</html>"),
        ("getUpdates", 1) => Reply::Raw(200, "{\"ok\":true,\"result\":[{"),
        ("getUpdates", 2) => Reply::Refuse(
            409,
            "Conflict: can't use getUpdates method while webhook is active",
            Value::Null,
        ),
        ("getUpdates", 3) => Reply::Refuse(
            429,
            "Too Many Requests: retry after 0",
            json!({"retry_after": 0}),
        ),
        ("getUpdates", 4) => Reply::Result(json!([text(9, 1, "hi")])),
        // After a week of silence the numbers restart at random.
        ("getUpdates", 5) => Reply::Result(json!([text(3, 1, "ho")])),
        _ => usual(seen, before),
    };
    let server = Server::start(&Tasks::new(), script).await;
    let echo = Echo::default();
    let telegram = Telegram::start(t.setup(server.api()), Arc::new(echo.clone()));
    let polls = server.until("getUpdates", 7).await;
    assert_eq!(server.calls("deleteWebhook").len(), 1);
    assert_eq!(polls[4].params["offset"], Value::Null);
    assert_eq!(
        (&polls[5].params["offset"], &polls[6].params["offset"]),
        (&json!(10), &json!(4))
    );
    t.until("SELECT count(*) = 2 AND count(done_at) = 2 FROM inbox")
        .await;
    // Both may have waited together; numbers only restart after a week in which nothing waits.
    let mut handled = echo.handled();
    handled.sort_unstable();
    assert_eq!(handled, [(1, 3), (1, 9)]);
    stop(&t, &telegram).await;
}

#[tokio::test]
async fn a_batch_that_cannot_be_stored_is_fetched_again() {
    let t = Store::new();
    t.write(|tx| {
        Ok(tx.execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'no'); END",
        )?)
    })
    .await;
    let script = |seen: &Seen, before: usize| match seen.method.as_str() {
        "getUpdates" if seen.params["offset"].is_null() => Reply::Result(json!([text(9, 1, "hi")])),
        _ => usual(seen, before),
    };
    let server = Server::start(&Tasks::new(), script).await;
    let telegram = Telegram::start(t.setup(server.api()), Arc::new(Echo::default()));
    let polls = server.until("getUpdates", 2).await;
    assert_eq!(polls[1].params["offset"], Value::Null);
    t.write(|tx| Ok(tx.execute_batch("DROP TRIGGER full")?))
        .await;
    t.until(ALL_DONE).await;
    stop(&t, &telegram).await;
}

#[tokio::test]
async fn a_refused_token_stops_the_program() {
    let t = Store::new();
    let server = Server::start(&Tasks::new(), |seen, before| match seen.method.as_str() {
        "getUpdates" => Reply::Refuse(401, "Unauthorized", Value::Null),
        _ => usual(seen, before),
    })
    .await;
    let telegram = Telegram::start(t.setup(server.api()), Arc::new(Echo::default()));
    let stopped = t.tasks.stop_token();
    tokio::time::timeout(LIMIT, stopped.cancelled())
        .await
        .unwrap();
    assert_eq!(telegram.fatal(), Some(Fatal::Unauthorized));
    assert!(telegram.drain().await);
    assert_eq!(t.tasks.died(), None);
}

#[tokio::test]
async fn what_a_crash_left_in_the_inbox_has_its_effect_once() {
    let t = Store::new();
    t.write(|tx| {
        let arrived: Vec<inbox::Arrived> = (1..=3)
            .map(|i| inbox::Arrived {
                update_id: i,
                chat_id: 1,
                body: text(i, 1, "hi").to_string(),
            })
            .collect();
        inbox::store(tx, crate::clock::UnixMs(0), &arrived, &[])?;
        inbox::mark_done(tx, crate::clock::UnixMs(0), 1)
    })
    .await;
    // Telegram repeats them too, because they were never confirmed.
    let batch = (1..=3).map(|i| text(i, 1, "hi")).collect();
    let server = Server::start(&Tasks::new(), once(batch)).await;
    let echo = Echo::default();
    let telegram = Telegram::start(t.setup(server.api()), Arc::new(echo.clone()));
    server.until("getUpdates", 2).await;
    t.until(ALL_DONE).await;
    assert_eq!(echo.handled(), [(1, 2), (1, 3)]);
    server.until("sendMessage", 2).await;
    stop(&t, &telegram).await;
    assert_eq!(server.calls("sendMessage").len(), 2);
}

#[tokio::test]
async fn a_full_chat_keeps_its_order_and_holds_up_nobody() {
    let t = Store::new();
    let mut batch: Vec<Value> = (1..=400).map(|i| text(i, 1, "hi")).collect();
    batch.extend((401..=410).map(|i| text(i, i, "hi")));
    let server = Server::start(&Tasks::new(), once(batch)).await;
    let echo = Echo::default();
    let telegram = Telegram::start(t.setup(server.api()), Arc::new(echo.clone()));
    t.until("SELECT count(*) = 410 AND count(done_at) = 410 FROM inbox")
        .await;
    let handled = echo.handled();
    let full: Vec<i64> = handled
        .iter()
        .filter(|(c, _)| *c == 1)
        .map(|(_, u)| *u)
        .collect();
    assert_eq!(full, (1..=400).collect::<Vec<_>>());
    let last_of_others = handled.iter().rposition(|(c, _)| *c != 1).unwrap();
    assert!(
        last_of_others < 300,
        "others waited until {last_of_others} of 410"
    );
    stop(&t, &telegram).await;
}

#[tokio::test]
async fn a_failing_handler_apologises_once_and_a_failing_disk_is_waited_for() {
    let t = Store::new();
    let batch = vec![
        text(1, 1, "fail"),
        text(2, 1, "panic"),
        text(3, 1, "storage"),
        callback(4, "fail"),
        callback(5, "fine"),
    ];
    let server = Server::start(&Tasks::new(), once(batch)).await;
    let echo = Echo::default();
    let telegram = Telegram::start(t.setup(server.api()), Arc::new(echo.clone()));
    let mut answers = server.until("answerCallbackQuery", 2).await;
    answers.sort_by_key(|s| s.params["callback_query_id"].to_string());
    assert_eq!(answers[0].params, json!({"callback_query_id": "q4"}));
    assert_eq!(
        answers[1].params,
        json!({"callback_query_id": "q5", "text": "done"})
    );
    t.until("SELECT count(*) = 5 AND count(done_at) = 5 FROM inbox")
        .await;
    let mut apologised = echo.apologised.lock().unwrap().clone();
    apologised.sort_unstable();
    assert_eq!(apologised, [(1, 1), (1, 2), (7, 4)]);
    assert!(echo.handled().contains(&(1, 3)));
    assert_eq!(echo.storage_faults.load(Ordering::SeqCst), 2);
    // A message sent to an unknown chat leaves no row.
    t.until("SELECT count(*) = 0 FROM outbox").await;
    let said: Vec<String> = server
        .calls("sendMessage")
        .iter()
        .filter(|call| call.chat() == 1)
        .map(|call| call.text().to_owned())
        .collect();
    assert_eq!(said, ["sorry", "sorry", "storage"]);
    stop(&t, &telegram).await;
}

//! Outgoing messages: sender and outbox against a scripted server.

use serde_json::{Value, json};

use super::kit::{LIMIT, Reply, Seen, Server, Store, api, put, usual};
use crate::clock::{UnixMs, days};
use crate::html::Html;
use crate::telegram::*;

/// A script that differs from the usual one only for messages: by chat, and by the number of
/// earlier messages.
fn for_messages(
    script: impl Fn(i64, usize) -> Option<Reply> + Send + Sync + 'static,
) -> impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static {
    move |seen, before| {
        let special = (seen.method == "sendMessage")
            .then(|| script(seen.chat(), before))
            .flatten();
        special.unwrap_or_else(|| usual(seen, before))
    }
}

fn notice(chat: i64, text: &str) -> Outgoing {
    Outgoing::notice(chat, Html::text(text))
}

fn chats_and_texts(calls: &[Seen]) -> Vec<(i64, &str)> {
    calls.iter().map(|s| (s.chat(), s.text())).collect()
}

const ALL_SENT: &str = "SELECT count(*) = 0 FROM outbox WHERE state <> 'sent'";

#[tokio::test]
async fn rows_go_out_as_they_should_and_the_drain_delivers_what_is_due() {
    let t = Store::new();
    let server = Server::start(&Tasks::new(), usual).await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    let keyboard = Keyboard::new().row([Button::callback("b", "d").unwrap()]);
    put(&t, &telegram, notice(1, "<a>").silent().keyboard(keyboard)).await;
    put(
        &t,
        &telegram,
        notice(2, "later").not_before(UnixMs(i64::MAX)),
    )
    .await;
    let call = server.until("sendMessage", 1).await.remove(0);
    assert_eq!(
        call.params,
        json!({"chat_id": 1, "text": "&lt;a&gt;", "parse_mode": "HTML", "disable_notification": true,
            "link_preview_options": {"is_disabled": true},
            "reply_markup": {"inline_keyboard": [[{"text": "b", "callback_data": "d"}]]}})
    );
    put(&t, &telegram, notice(3, "at the last moment")).await;
    assert!(telegram.drain().await);
    assert_eq!(server.calls("sendMessage").len(), 2);
    t.until("SELECT count(*) = 1 FROM outbox WHERE state = 'pending'")
        .await;
    assert_eq!(t.tasks.died(), None);
}

#[tokio::test]
async fn a_pause_of_a_day_is_kept_to_the_millisecond_and_only_there() {
    let t = Store::new();
    let script = for_messages(|chat, before| {
        (chat == 1 && before == 0).then(|| {
            Reply::Refuse(
                429,
                "Too Many Requests: retry after 86400",
                json!({"retry_after": 86400}),
            )
        })
    });
    let server = Server::start(&Tasks::new(), script).await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    put(&t, &telegram, notice(1, "a")).await;
    t.until("SELECT count(*) = 1 FROM chat WHERE id = 1 AND frozen_until = 1000000 + 86400000")
        .await;
    put(&t, &telegram, notice(1, "b")).await;
    put(&t, &telegram, notice(2, "c")).await;
    let calls = server.until("sendMessage", 2).await;
    assert_eq!(chats_and_texts(&calls), [(1, "a"), (2, "c")]);
    t.until("SELECT count(*) = 2 FROM outbox WHERE state = 'pending' AND chat_id = 1")
        .await;
    assert!(telegram.drain().await);
}

#[tokio::test]
async fn gateways_and_noise_delay_a_message_and_never_double_it() {
    let t = Store::new();
    let script = for_messages(|_, before| match before {
        0 => Some(Reply::Raw(502, "<html>bad gateway</html>")),
        1 => Some(Reply::Raw(200, "{broken")),
        2 => Some(Reply::Raw(200, "")),
        3 => Some(Reply::Refuse(500, "Internal Server Error", Value::Null)),
        _ => None,
    });
    let server = Server::start(&Tasks::new(), script).await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    put(&t, &telegram, notice(1, "a")).await;
    put(&t, &telegram, notice(1, "b")).await;
    for tries in 1..=4 {
        server.until("sendMessage", tries).await;
        t.until("SELECT count(*) = 2 FROM outbox WHERE state = 'pending'")
            .await;
        t.clock.advance(Duration::from_secs(300));
        telegram.bell().ring();
    }
    t.until(ALL_SENT).await;
    let calls = server.calls("sendMessage");
    assert_eq!(
        chats_and_texts(&calls)[4..],
        [(1, "a"), (1, "b")],
        "the order is kept"
    );
    assert!(telegram.drain().await);
}

#[tokio::test]
async fn a_message_that_may_have_arrived_is_mentioned_and_not_repeated() {
    for lost in [Reply::Drop, Reply::Cut] {
        let t = Store::new();
        let script = for_messages(move |_, before| (before == 0).then(|| lost.clone()));
        let server = Server::start(&Tasks::new(), script).await;
        t.write(|tx| Ok(tx.execute("INSERT INTO chat (id, language) VALUES (1, 'en')", ())?))
            .await;
        let telegram = Telegram::start_without_poller(t.setup(server.api()));
        put(&t, &telegram, notice(1, "found it\ndetails")).await;
        t.until("SELECT count(*) = 1 FROM outbox WHERE state = 'unconfirmed'")
            .await;
        put(&t, &telegram, notice(1, "next")).await;
        t.until("SELECT count(*) = 1 FROM outbox WHERE state = 'folded' AND carrier = 2")
            .await;
        let calls = server.calls("sendMessage");
        assert_eq!(
            chats_and_texts(&calls),
            [
                (1, "found it\ndetails"),
                (1, "next\n\n[en] perhaps: found it")
            ]
        );
        assert!(telegram.drain().await);
    }
}

#[tokio::test]
async fn after_a_crash_nothing_is_repeated_but_edits() {
    let t = Store::new();
    t.write(|tx| {
        for message in [notice(1, "m"), Outgoing::edit(2, 9, Html::text("e"))] {
            outbox::insert(tx, UnixMs(0), &message)?;
        }
        outbox::claim(tx, UnixMs(1), &[1, 2])
    })
    .await;
    let server = Server::start(&Tasks::new(), usual).await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    put(&t, &telegram, notice(1, "next")).await;
    server.until("editMessageText", 1).await;
    let calls = server.until("sendMessage", 1).await;
    assert_eq!(calls[0].text(), "next\n\n[] perhaps: m");
    assert!(telegram.drain().await);
    assert_eq!(server.calls("sendMessage").len(), 1);
}

#[tokio::test]
async fn without_a_connection_messages_wait() {
    let t = Store::new();
    let telegram = Telegram::start_without_poller(t.setup(api("http://127.0.0.1:1")));
    put(&t, &telegram, notice(1, "a")).await;
    t.until("SELECT count(*) = 1 FROM outbox WHERE state = 'pending' AND attempts = 1 AND due_at > 1000000").await;
    // A week later it is given up.
    t.clock.advance(days(8));
    telegram.bell().ring();
    t.until("SELECT count(*) = 1 FROM outbox WHERE state = 'dead' AND problem LIKE 'given up after seven days%'").await;
    assert!(telegram.drain().await);
}

#[tokio::test]
async fn a_person_who_blocked_us_is_left_alone() {
    let t = Store::new();
    let script = for_messages(|_, before| {
        (before == 0).then_some(Reply::Refuse(
            403,
            "Forbidden: bot was blocked by the user",
            Value::Null,
        ))
    });
    let server = Server::start(&Tasks::new(), script).await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    t.write(|tx| {
        outbox::insert(tx, UnixMs(0), &notice(1, "a"))?;
        outbox::insert(tx, UnixMs(0), &notice(1, "b"))
    })
    .await;
    telegram.bell().ring();
    t.until("SELECT count(*) = 2 FROM outbox WHERE state = 'dead'")
        .await;
    put(&t, &telegram, notice(1, "c")).await;
    t.until("SELECT count(*) = 3 FROM outbox WHERE state = 'dead'")
        .await;
    assert!(telegram.drain().await);
    assert_eq!(server.calls("sendMessage").len(), 1);
}

#[tokio::test]
async fn a_group_with_a_new_id_is_followed() {
    let t = Store::new();
    let script = for_messages(|chat, _| {
        (chat == -5).then(|| {
            Reply::Refuse(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                json!({"migrate_to_chat_id": -1005}),
            )
        })
    });
    let server = Server::start(&Tasks::new(), script).await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    put(&t, &telegram, notice(-5, "a")).await;
    let calls = server.until("sendMessage", 2).await;
    assert_eq!(chats_and_texts(&calls), [(-5, "a"), (-1005, "a")]);
    t.until(ALL_SENT).await;
    assert!(telegram.drain().await);
}

#[tokio::test]
async fn edits_that_change_nothing_are_done_and_lost_messages_are_sent_anew() {
    let t = Store::new();
    let script = |seen: &Seen, before: usize| match (
        seen.method.as_str(),
        seen.params["message_id"].as_i64(),
    ) {
        ("editMessageText", Some(1)) => {
            Reply::Refuse(400, "Bad Request: message is not modified", Value::Null)
        }
        ("editMessageText", Some(2)) => {
            Reply::Refuse(400, "Bad Request: message to edit not found", Value::Null)
        }
        _ => usual(seen, before),
    };
    let server = Server::start(&Tasks::new(), script).await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    put(&t, &telegram, Outgoing::edit(1, 1, Html::text("same"))).await;
    put(&t, &telegram, Outgoing::edit(2, 2, Html::text("gone"))).await;
    // Neither chat is known, so no row remains.
    t.until("SELECT count(*) = 0 FROM outbox").await;
    assert_eq!(chats_and_texts(&server.calls("sendMessage")), [(2, "gone")]);
    assert!(telegram.drain().await);
}

#[tokio::test]
async fn markup_that_is_refused_goes_as_plain_text_and_other_refusals_end_it() {
    let t = Store::new();
    let script = |seen: &Seen, before: usize| match (
        seen.method.as_str(),
        seen.params.get("parse_mode"),
        seen.chat(),
    ) {
        ("sendMessage", Some(_), 1) => {
            Reply::Refuse(400, "Bad Request: can't parse entities: no", Value::Null)
        }
        ("sendMessage", _, 2) => Reply::Refuse(400, "Bad Request: something new", Value::Null),
        _ => usual(seen, before),
    };
    let server = Server::start(&Tasks::new(), script).await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    t.write(|tx| Ok(tx.execute("INSERT INTO chat (id) VALUES (1), (2)", ())?))
        .await;
    put(&t, &telegram, Outgoing::notice(1, Html::bold("a<b"))).await;
    put(&t, &telegram, notice(2, "x")).await;
    t.until("SELECT group_concat(state) = 'sent,dead' FROM (SELECT state FROM outbox ORDER BY id)")
        .await;
    let last = server.calls("sendMessage").pop().unwrap();
    assert_eq!(last.text(), "a<b");
    assert!(telegram.drain().await);
}

#[tokio::test]
async fn a_refused_token_keeps_the_rows() {
    let t = Store::new();
    let script = for_messages(|_, _| Some(Reply::Refuse(401, "Unauthorized", Value::Null)));
    let server = Server::start(&Tasks::new(), script).await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    put(&t, &telegram, notice(1, "a")).await;
    let stopped = t.tasks.stop_token();
    tokio::time::timeout(LIMIT, stopped.cancelled())
        .await
        .unwrap();
    assert!(telegram.drain().await);
    assert_eq!(telegram.fatal(), Some(Fatal::Unauthorized));
    assert_eq!(t.read(|c| outbox::counts(c, UnixMs(0))).await.pending, 1);
    assert_eq!(server.calls("sendMessage").len(), 1);
}

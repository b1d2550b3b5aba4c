//! How updates are queued, delivered and dropped.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;

use super::{LIMIT, Stage};

#[tokio::test]
async fn an_update_comes_again_until_a_higher_offset_confirms_it() {
    let stage = Stage::new().await;
    for text in ["1", "2", "3"] {
        stage.anna.writes(text);
    }
    let ids = stage.poll(0).await;
    assert_eq!(ids.len(), 3);
    assert!(ids[0] < ids[1] && ids[1] < ids[2]);
    assert_eq!(
        stage.poll(0).await,
        ids,
        "nothing is confirmed by being given out"
    );
    assert_eq!(stage.poll(ids[0] + 1).await, ids[1..]);
    assert_eq!(
        stage.poll(0).await,
        ids[1..],
        "what is confirmed is gone for good"
    );
    let one = stage.call("getUpdates", json!({ "limit": 1 })).await;
    assert_eq!(one.as_array().unwrap().len(), 1);
    assert_eq!(stage.telegram.undelivered_updates(), 2);
    assert_eq!(
        stage.poll(-1).await,
        ids[2..],
        "a negative offset keeps the newest"
    );
    assert_eq!(stage.poll(ids[2] + 1).await, Vec::<i64>::new());
    assert_eq!(stage.telegram.undelivered_updates(), 0);
}

#[tokio::test]
async fn no_more_than_a_hundred_come_at_once() {
    let stage = Stage::new().await;
    for _ in 0..150 {
        stage.anna.writes("x");
    }
    let many = stage.call("getUpdates", json!({ "limit": 1000 })).await;
    assert_eq!(many.as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn a_long_poll_wakes_at_once() {
    let stage = Stage::new().await;
    let begin = Instant::now();
    let poll = stage.call("getUpdates", json!({ "timeout": 50 }));
    let write = async {
        let telegram = &stage.telegram;
        telegram
            .wait_until("a poll", LIMIT, |telegram| telegram.is_polled())
            .await
            .unwrap();
        stage.anna.writes("/start x");
    };
    let (updates, ()) = tokio::join!(poll, write);
    assert!(begin.elapsed() < LIMIT);
    assert!(!stage.telegram.is_polled());
    let message = &updates[0]["message"];
    assert_eq!(message["text"], json!("/start x"));
    assert_eq!(
        message["entities"],
        json!([{ "type": "bot_command", "offset": 0, "length": 6 }])
    );
    assert_eq!(message["from"]["language_code"], json!("ru"));
    assert_eq!(
        message["chat"],
        json!({ "id": 7, "type": "private", "first_name": "Анна" })
    );
    assert!(message["date"].is_i64());
}

#[tokio::test]
async fn the_newer_poll_kills_the_older_one() {
    let stage = Stage::new().await;
    let older = stage.answer("getUpdates", json!({ "timeout": 50 }));
    let newer = async {
        stage
            .telegram
            .wait_until("a poll", LIMIT, |telegram| telegram.is_polled())
            .await
            .unwrap();
        stage.call("getUpdates", json!({})).await
    };
    let (older, _) = tokio::join!(older, newer);
    assert_eq!(older["error_code"], json!(409));
    assert_eq!(
        older["description"],
        json!(
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        )
    );
}

#[tokio::test]
async fn a_webhook_forbids_polling_and_confirms_nothing() {
    let stage = Stage::new().await;
    stage.anna.writes("x");
    stage
        .call("setWebhook", json!({ "url": "https://e.org/hook" }))
        .await;
    let refusal = stage
        .answer("getUpdates", json!({ "offset": 999_999_999 }))
        .await;
    assert_eq!(refusal["error_code"], json!(409));
    let info = stage.call("getWebhookInfo", json!({})).await;
    assert_eq!(
        (&info["url"], &info["pending_update_count"]),
        (&json!("https://e.org/hook"), &json!(1))
    );
    stage.call("deleteWebhook", json!({})).await;
    assert_eq!(stage.poll(0).await.len(), 1);
    stage
        .call("deleteWebhook", json!({ "drop_pending_updates": true }))
        .await;
    assert_eq!(stage.telegram.undelivered_updates(), 0);
}

#[tokio::test]
async fn the_kinds_asked_for_are_remembered() {
    let stage = Stage::new().await;
    stage.anna.writes("queued before");
    stage
        .call(
            "getUpdates",
            json!({ "allowed_updates": ["callback_query"] }),
        )
        .await;
    stage.anna.writes("not wanted");
    stage.anna.blocks_bot();
    stage.anna.presses_forged(1, "wanted");
    stage.call("getUpdates", json!({})).await;
    stage.anna.presses_forged(1, "still wanted");
    let updates = stage
        .call("getUpdates", json!({ "allowed_updates": [] }))
        .await;
    let kinds: Vec<bool> = updates
        .as_array()
        .unwrap()
        .iter()
        .map(|update| update["callback_query"].is_object())
        .collect();
    assert_eq!(kinds, [false, true, true]);
    stage.anna.unblocks_bot();
    assert_eq!(
        stage.poll(0).await.len(),
        4,
        "an empty list means nearly everything"
    );
}

#[tokio::test]
async fn presses_are_forgotten_after_two_and_a_half_minutes() {
    let stage = Stage::new().await;
    let now = Arc::new(AtomicI64::new(1_000_000));
    let clock = Arc::clone(&now);
    stage
        .telegram
        .set_clock(move || clock.load(Ordering::SeqCst));
    stage.anna.writes("x");
    let callback = stage.anna.presses_forged(1, "x");
    assert_eq!(stage.poll(0).await.len(), 2);
    now.fetch_add(151, Ordering::SeqCst);
    assert_eq!(stage.poll(0).await.len(), 1);
    let late = stage
        .refusal(
            "answerCallbackQuery",
            json!({ "callback_query_id": callback }),
        )
        .await;
    assert_eq!(
        late,
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    );
    now.fetch_add(24 * 60 * 60, Ordering::SeqCst);
    assert_eq!(stage.poll(0).await.len(), 0);
}

#[tokio::test]
async fn raw_updates_and_jumping_numbers_pass_through() {
    let stage = Stage::new().await;
    stage
        .telegram
        .push_raw_update(json!({ "unheard_of": { "x": 1 } }));
    stage.telegram.number_updates_from(5);
    assert_eq!(stage.telegram.push_raw_update(json!({})), 5);
    let updates = stage.call("getUpdates", json!({ "timeout": 1 })).await;
    assert_eq!(updates[0]["unheard_of"]["x"], json!(1));
    assert_eq!(updates[1], json!({ "update_id": 5 }));
}

#[tokio::test]
async fn ten_thousand_messages_do_not_make_it_slow() {
    let stage = Stage::new().await;
    for n in 0..10_000 {
        stage.anna.writes("x");
        if n % 100 == 99 {
            let last = *stage.poll(0).await.last().unwrap();
            stage.poll(last + 1).await;
        }
    }
    let begin = Instant::now();
    let id = stage.send("x").await;
    stage
        .call(
            "editMessageText",
            json!({ "chat_id": 7, "message_id": id, "text": "y" }),
        )
        .await;
    assert_eq!(stage.anna.next_reply(LIMIT).await.unwrap().text, "y");
    assert!(begin.elapsed() < Duration::from_secs(2));
}

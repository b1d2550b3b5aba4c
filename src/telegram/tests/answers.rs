//! The size of Telegram's answers: what can be real is read, and memory stays in proportion.

use serde_json::{Value, json};

use super::kit::{Reply, Server, usual};
use crate::tasks::Tasks;
use crate::telegram::api::error::ApiError;
use crate::telegram::api::methods::BATCH_LIMIT;

/// An update with the longest text, which answers another one, as a server sends it that escapes
/// everything.
fn longest(update_id: usize) -> Value {
    let text = "\\u0436".repeat(4096);
    let message = json!({ "message_id": 1, "text": text, "reply_to_message": { "text": text } });
    json!({ "update_id": update_id, "message": message })
}

/// Answers every poll with this, and `getMe` with a member of so many bytes.
async fn server(tasks: &Tasks, updates: Value, size: usize) -> Server {
    Server::start(tasks, move |seen, before| match seen.method.as_str() {
        "getUpdates" => Reply::Result(updates.clone()),
        "getMe" => Reply::Result(json!({ "id": 1, "username": "x".repeat(size) })),
        _ => usual(seen, before),
    })
    .await
}

#[tokio::test]
async fn a_batch_of_the_longest_updates_is_read() {
    let tasks = Tasks::new();
    let batch: Vec<Value> = (0..100).map(longest).collect();
    let size = json!(batch).to_string().len();
    assert!(size > 5 * 1024 * 1024, "{size}");
    let server = server(&tasks, json!(batch), 0).await;
    let read = server.api().poll(None, BATCH_LIMIT, 0).await.unwrap();
    assert_eq!(read.len(), 100);
}

#[tokio::test]
async fn far_more_updates_than_were_asked_for_are_left_to_the_next_poll() {
    let tasks = Tasks::new();
    let server = server(&tasks, json!(vec![0; 100_000]), 0).await;
    let read = server.api().poll(None, BATCH_LIMIT, 0).await.unwrap();
    assert_eq!(read.len(), 1000);
}

#[tokio::test]
async fn what_no_answer_can_be_is_not_read() {
    let tasks = Tasks::new();
    let too_long = json!(["x".repeat(9 * 1024 * 1024)]);
    let server = server(&tasks, too_long, 1024 * 1024).await;
    let api = server.api();
    let is_unread =
        |err: &ApiError| matches!(err, ApiError::Unknown(_) | ApiError::Unreadable { .. });
    let polled = api.poll(None, BATCH_LIMIT, 0).await;
    assert!(polled.as_ref().is_err_and(is_unread), "{:?}", polled.err());
    let introduced = api.introduce().await;
    assert!(introduced.as_ref().is_err_and(is_unread), "{introduced:?}");
}

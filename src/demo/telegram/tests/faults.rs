//! Faults on demand happen as requested and as often as requested.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{LIMIT, Stage};
use crate::demo::telegram::Fault;

impl Stage {
    /// The client's view of a call: the status and the body, or an error.
    async fn seen(&self) -> Result<(u16, String), reqwest::Error> {
        let params = json!({ "chat_id": 7, "text": "x" });
        let sent = self
            .http
            .post(self.url("sendMessage"))
            .json(&params)
            .send()
            .await?;
        Ok((sent.status().as_u16(), sent.text().await?))
    }
}

#[tokio::test]
async fn each_fault_looks_as_it_should_and_delivers_nothing() {
    let stage = Stage::new().await;
    let telegram = &stage.telegram;
    telegram.break_next("sendMessage", 1, Fault::too_many(86_400));
    telegram.break_next("sendMessage", 1, Fault::Html502);
    telegram.break_next("sendMessage", 1, Fault::BrokenJson);
    telegram.break_next("sendMessage", 1, Fault::EmptyBody);
    telegram.break_next("sendMessage", 1, Fault::CutBody);
    telegram.break_next("sendMessage", 2, Fault::Reset);
    telegram.break_next("getMe", 1, Fault::Html502);
    let (status, body) = stage.seen().await.unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (status, &body["parameters"]),
        (429, &json!({ "retry_after": 86_400 }))
    );
    let (status, body) = stage.seen().await.unwrap();
    assert!(status == 502 && body.starts_with("<html>"));
    let (status, body) = stage.seen().await.unwrap();
    assert!(status == 200 && serde_json::from_str::<Value>(&body).is_err());
    assert_eq!(stage.seen().await.unwrap(), (200, String::new()));
    assert!(stage.seen().await.unwrap_err().is_decode());
    assert!(stage.seen().await.unwrap_err().is_request());
    assert!(stage.seen().await.unwrap_err().is_request());
    assert!(telegram.sent().is_empty());
    let calls = telegram.calls("sendMessage");
    assert_eq!(calls.len(), 7);
    assert!(
        calls
            .iter()
            .all(|call| call.finished && call.broken && !call.ok)
    );
    assert!(telegram.refused_calls().is_empty(), "a fault is no refusal");
    assert_eq!(stage.seen().await.unwrap().0, 200);
    assert_eq!(
        stage
            .http
            .get(stage.url("getMe"))
            .send()
            .await
            .unwrap()
            .status(),
        502
    );
}

#[tokio::test]
async fn a_message_may_arrive_though_the_answer_does_not() {
    let stage = Stage::new().await;
    stage
        .telegram
        .break_next("*", 1, Fault::Reset.after_delivery());
    assert!(stage.seen().await.is_err());
    assert_eq!(stage.telegram.sent().len(), 1);
    let call = &stage.telegram.calls("sendMessage")[0];
    assert!(call.ok && call.broken);
    let migrated = Fault::Status {
        code: 400,
        description: "Bad Request: group chat was upgraded to a supergroup chat".to_owned(),
        retry_after: None,
        migrate_to: Some(-100),
    };
    stage
        .telegram
        .break_next("sendMessage", 1, migrated.after_delivery());
    assert!(
        stage
            .seen()
            .await
            .unwrap()
            .1
            .contains("\"migrate_to_chat_id\":-100")
    );
    assert_eq!(stage.telegram.sent_count(), 2);
}

#[tokio::test]
async fn a_hanging_answer_holds_nobody_else_and_faults_can_be_taken_back() {
    let stage = Stage::new().await;
    stage.telegram.break_next("sendMessage", 1, Fault::Hang);
    let hanging = stage.seen();
    let others = async {
        let called = |telegram: &super::PretendTelegram| telegram.calls("sendMessage").len() == 1;
        stage
            .telegram
            .wait_until("the call", LIMIT, called)
            .await
            .unwrap();
        stage.call("getMe", json!({})).await
    };
    tokio::select! {
        biased;
        answer = hanging => panic!("{answer:?}"),
        _ = others => {}
    }
    stage.telegram.break_next("sendMessage", 9, Fault::Hang);
    stage.telegram.clear_faults();
    assert_eq!(stage.seen().await.unwrap().0, 200);
    stage
        .telegram
        .break_next("sendMessage", 1, Fault::Slow(Duration::from_millis(50)));
    let begin = Instant::now();
    assert_eq!(stage.seen().await.unwrap().0, 200);
    assert!(begin.elapsed() >= Duration::from_millis(50));
}

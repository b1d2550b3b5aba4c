//! The promises of the pretend Telegram, seen over HTTP as the bot sees it.

mod faults;
mod html;
mod kept;
mod people;
mod refusals;
mod updates;

use std::time::Duration;

use serde_json::{Value, json};

use super::{Person, PretendTelegram};

/// Far above what anything here takes; reached only when a test fails.
const LIMIT: Duration = Duration::from_secs(20);

/// A server, a bot that speaks to it, and a person who wrote to the bot.
struct Stage {
    telegram: PretendTelegram,
    http: reqwest::Client,
    anna: Person,
}

impl Stage {
    async fn new() -> Self {
        // Another test may have installed it already.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let telegram = PretendTelegram::start().await.unwrap();
        let anna = telegram.person(7, "Анна", "ru");
        anna.knows_bot();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            telegram,
            http,
            anna,
        }
    }

    fn url(&self, method: &str) -> String {
        format!(
            "{}/bot{}/{method}",
            self.telegram.api_url(),
            self.telegram.token()
        )
    }

    /// The whole answer to a call.
    async fn answer(&self, method: &str, params: Value) -> Value {
        let sent = self.http.post(self.url(method)).json(&params).send();
        let response = sent.await.unwrap();
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap();
        let code = body["error_code"].as_u64().unwrap_or(200);
        assert_eq!(u64::from(status), code, "the status says the same");
        body
    }

    /// The result of a call that must succeed.
    async fn call(&self, method: &str, params: Value) -> Value {
        let body = self.answer(method, params).await;
        assert_eq!(body["ok"], json!(true), "{method}: {body}");
        body["result"].clone()
    }

    /// The description of a call that must be refused.
    async fn refusal(&self, method: &str, params: Value) -> String {
        let body = self.answer(method, params).await;
        assert_eq!(body["ok"], json!(false), "{method}: {body}");
        body["description"].as_str().unwrap().to_owned()
    }

    /// Sends a text to Anna and returns the message's number.
    async fn send(&self, text: &str) -> i64 {
        let message = self.call("sendMessage", json!({ "chat_id": 7, "text": text }));
        message.await["message_id"].as_i64().unwrap()
    }

    /// The ids that a poll returns without waiting.
    async fn poll(&self, offset: i64) -> Vec<i64> {
        let updates = self.call("getUpdates", json!({ "offset": offset })).await;
        let updates = updates.as_array().unwrap().iter();
        updates
            .map(|update| update["update_id"].as_i64().unwrap())
            .collect()
    }
}

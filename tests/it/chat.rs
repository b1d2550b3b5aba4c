//! A client of the assistant, and a stage with the assistant on.

#![expect(
    clippy::indexing_slicing,
    reason = "a document without what is promised fails the test"
)]

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use vakhta::testing::demo::PretendModel;
use vakhta::testing::demo::model::KEY;
use vakhta::testing::http_server::tokens;
use vakhta::testing::http_server::tokens::Scope;

use crate::harness::{LIMIT, Stage};

/// A client of a running bot.
pub(crate) struct Client {
    http: reqwest::Client,
    address: SocketAddr,
    pub(crate) token: String,
}

/// A response: status, `Retry-After`, document.
pub(crate) type Answer = (u16, Option<u64>, Value);

impl Client {
    pub(crate) async fn of(stage: &Stage, person: i64) -> Self {
        Self::with(stage, person, &[Scope::Chat]).await
    }

    pub(crate) async fn with(stage: &Stage, person: i64, scopes: &'static [Scope]) -> Self {
        let now = stage.clock.now();
        let made = stage.app().db().write(move |tx| {
            vakhta::testing::people::admit(tx, now, person)?;
            let token = tokens::make()?;
            tokens::add(tx, now, &token, "test", person, scopes)?;
            Ok(token)
        });
        Self {
            http: vakhta::testing::http_client::own_client(LIMIT).unwrap(),
            address: stage.app().http().unwrap(),
            token: made.await.unwrap(),
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(&self.token)
    }

    /// A request without the token.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.http.request(method, url)
    }

    pub(crate) async fn answer(&self, request: RequestBuilder) -> Answer {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let form = headers["content-type"].to_str().unwrap();
        let wanted = match status.is_success() {
            true => "application/json",
            false => "application/problem+json",
        };
        assert_eq!(form, wanted, "{status}");
        assert_eq!(headers["cache-control"], "no-store");
        if status == StatusCode::ACCEPTED {
            assert!(
                headers["location"]
                    .to_str()
                    .unwrap()
                    .starts_with("/api/chat-status/")
            );
        }
        let wait = headers
            .get("retry-after")
            .map(|wait| wait.to_str().unwrap().parse().unwrap());
        let document: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        if !status.is_success() {
            assert_eq!(document["status"], status.as_u16());
        }
        (status.as_u16(), wait, document)
    }

    pub(crate) async fn post(&self, message: &str) -> Answer {
        let body = json!({ "message": message }).to_string();
        self.answer(self.request(Method::POST, "/api/chat/").body(body))
            .await
    }

    pub(crate) async fn ask(&self, message: &str) -> String {
        let (status, wait, taken) = self.post(message).await;
        assert_eq!((status, wait), (202, Some(1)), "{taken}");
        assert_eq!(taken["status"], "pending");
        taken["request_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn status(&self, id: &str) -> Value {
        let request = self.request(Method::GET, &format!("/api/chat-status/{id}/"));
        let (status, _, document) = self.answer(request).await;
        assert_eq!(status, 200, "{document}");
        document
    }

    pub(crate) async fn once(&self, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut period = tokio::time::interval(Duration::from_millis(20));
        let looked = tokio::time::timeout(LIMIT, async {
            loop {
                let status = self.status(id).await;
                if wanted(&status) {
                    return status;
                }
                period.tick().await;
            }
        });
        looked.await.expect("the question is as wanted")
    }

    pub(crate) async fn completed(&self, id: &str) -> String {
        let closed = |status: &Value| status["closed_at_ms"].is_i64();
        let status = self.once(id, closed).await;
        assert_eq!(
            (&status["status"], &status["reason"]),
            (&json!("completed"), &Value::Null)
        );
        status["answer"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn follow(&self, id: &str) -> Events {
        let request = self.request(Method::GET, &format!("/api/chat-stream/{id}/"));
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Events {
            response,
            text: String::new(),
        }
    }
}

/// The events of a stream.
pub(crate) struct Events {
    response: reqwest::Response,
    text: String,
}

impl Events {
    /// The next event's kind and data; none at the end.
    pub(crate) async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name| {
                    let mut lines = event.lines();
                    lines
                        .find_map(|line| line.strip_prefix(name))
                        .map(str::to_owned)
                };
                let (kind, data) = (field("event: "), field("data: "));
                self.text = rest.to_owned();
                if let (Some(kind), Some(data)) = (kind, data) {
                    return Some((kind, serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            let bytes = self.response.chunk().await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

/// A stage with the assistant on; `lines` go into `[assistant]`.
pub(crate) async fn with_assistant(stage: &mut Stage, lines: &str) -> PretendModel {
    let model = PretendModel::start().await.unwrap();
    stage.stop().await;
    let sections = format!(
        "[http]\nlisten = \"127.0.0.1:0\"\n[assistant]\nenabled = true\nurl = \"{}\"\n{lines}\n[sites]",
        model.url()
    );
    stage.reconfigure("[sites]", &sections);
    let key = ("ASSISTANT_API_KEY".to_owned(), KEY.to_owned());
    stage.environment.extend([key]);
    stage.start().await;
    model
}

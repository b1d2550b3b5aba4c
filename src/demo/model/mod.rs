//! A pretend endpoint of language models: `POST /v1/chat/completions` as OpenAI and OpenRouter
//! answer it.
//!
//! It answers every question with [`answer_to`] it, so a test can tell whose answer came. It
//! refuses calls without a key, a model or messages, and tool messages that OpenAI would refuse. It
//! keeps all calls in order. The server needs a running tokio runtime and ends with the last clone
//! of its handle.

mod messages;
mod reply;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

pub use self::reply::{ModelReply, answer_to};

use self::reply::{document, refusal};
use super::pretend::{Pretend, Shared};
use super::wire::{Answer, Request};

/// The only accepted key.
pub const KEY: &str = "sk-pretend-0123456789abcdef";

/// A call as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelCall {
    pub model: String,
    pub question: String,
    /// The results of the model's tools since the question, in order.
    pub results: Vec<String>,
    /// The whole request document.
    pub body: Value,
}

struct State {
    usual: ModelReply,
    turns: VecDeque<ModelReply>,
    by_question: HashMap<String, ModelReply>,
    calls: Vec<ModelCall>,
    in_flight: usize,
    most_in_flight: usize,
    left_usd: f64,
    let_go: watch::Sender<bool>,
}

/// A call on its way; dropping it counts it out.
struct InFlight(Arc<Shared<State>>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.change(|state| state.in_flight -= 1);
    }
}

/// A handle to a running pretend endpoint; clones are the same server.
#[derive(Clone, Debug)]
pub struct PretendModel(Pretend<State>);

impl PretendModel {
    /// Starts a server on a free loopback port; it streams its answers.
    pub async fn start() -> anyhow::Result<Self> {
        let state = State {
            usual: ModelReply::Stream,
            turns: VecDeque::new(),
            by_question: HashMap::new(),
            calls: Vec::new(),
            in_flight: 0,
            most_in_flight: 0,
            left_usd: 7.5,
            let_go: watch::Sender::new(true),
        };
        let answer = |shared, request| std::future::ready(handle(&shared, &request));
        Pretend::start(state, answer).await.map(Self)
    }

    /// The endpoint's base address, as used in the configuration.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/v1", self.0.url())
    }

    /// Sets how calls are answered from now on.
    pub fn set(&self, reply: ModelReply) {
        self.0.lock().usual = reply;
    }

    /// Sets the answers to the next calls, in order.
    pub fn next(&self, replies: impl IntoIterator<Item = ModelReply>) {
        self.0.lock().turns.extend(replies);
    }

    /// Sets how calls with this question are answered.
    pub fn set_for(&self, question: &str, reply: ModelReply) {
        let mut state = self.0.lock();
        state.by_question.insert(question.to_owned(), reply);
    }

    /// Holds answers back from now on ([`ModelReply::Held`]), or releases all held answers.
    pub fn hold(&self, on: bool) {
        self.0.lock().let_go.send_replace(!on);
    }

    /// Sets the key's remaining credit, in US dollars.
    pub fn has_left(&self, usd: f64) {
        self.0.lock().left_usd = usd;
    }

    /// The calls so far, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<ModelCall> {
        self.0.lock().calls.clone()
    }

    /// Calls that are not fully answered.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.lock().in_flight
    }

    /// The highest number of concurrent calls.
    #[must_use]
    pub fn most_in_flight(&self) -> usize {
        self.0.lock().most_in_flight
    }

    /// Waits until the condition holds; checks now and whenever a call begins or ends.
    pub async fn wait_until(
        &self,
        what: &str,
        limit: Duration,
        mut condition: impl FnMut(&Self) -> bool,
    ) -> anyhow::Result<()> {
        let report = || format!("calls so far: {}", self.0.lock().calls.len());
        self.0
            .wait_until(what, limit, || condition(self), report)
            .await
    }
}

fn handle(shared: &Arc<Shared<State>>, request: &Request) -> (Answer, Option<InFlight>) {
    if request.method == "GET" {
        return (about(request, shared.lock().left_usd), None);
    }
    let call = match read_call(request) {
        Ok(call) => call,
        Err((status, why)) => return (refusal(status, &status.into(), why, ""), None),
    };
    let answer = shared.change(|state| {
        state.in_flight += 1;
        state.most_in_flight = state.most_in_flight.max(state.in_flight);
        state.calls.push(call.clone());
        let turn = state.turns.pop_front();
        let reply = turn
            .or_else(|| state.by_question.get(&call.question).cloned())
            .unwrap_or_else(|| state.usual.clone());
        reply.answer(&call, &state.let_go)
    });
    (answer, Some(InFlight(Arc::clone(shared))))
}

/// The endpoint's model list and, as in OpenRouter's API, the key's remaining credit.
fn about(request: &Request, left_usd: f64) -> Answer {
    if request.header("authorization") != Some(&format!("Bearer {KEY}")) {
        return refusal(401, &401.into(), "No auth credentials found", "");
    }
    match request.path.as_str() {
        "/v1/models" => document(
            200,
            &json!({ "data": [{ "id": "first" }, { "id": "second" }] }),
            "",
        ),
        "/v1/key" => document(
            200,
            &json!({ "data": { "limit": 10, "limit_remaining": left_usd } }),
            "",
        ),
        _ => refusal(404, &404.into(), "no such path", ""),
    }
}

/// A valid call, or the status and the words of its refusal.
fn read_call(request: &Request) -> Result<ModelCall, (u16, &'static str)> {
    if request.path != "/v1/chat/completions" {
        return Err((404, "no such path"));
    }
    if request.header("authorization") != Some(&format!("Bearer {KEY}")) {
        return Err((401, "No auth credentials found"));
    }
    let body: Value = serde_json::from_slice(&request.body).map_err(|_| (400, "not JSON"))?;
    let model = body.get("model").and_then(Value::as_str);
    let model = model.ok_or((400, "model is required"))?;
    let (question, results) = messages::read(&body)?;
    Ok(ModelCall {
        model: model.to_owned(),
        question,
        results,
        body: body.clone(),
    })
}

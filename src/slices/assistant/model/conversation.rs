//! The conversation with a model in one attempt: the question, its tool calls and their results.
//!
//! # Invariants
//!
//! - Every tool call goes back with a result; endpoints refuse a conversation without it.
//! - Data that an endpoint wants back with its calls goes back unchanged.

use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::calls::{ToolCall, is_object};
use super::dialect::{Dialect, Parameter, Request, raw};
use super::reading::Ended;
use crate::tool::Tool;

/// What a model is told about an answer that broke off for its length.
const GO_ON: &str = "Your answer was cut off because it was too long. Continue it exactly where it stopped. Repeat nothing, \
     and say nothing about the interruption.";

#[derive(Debug, Clone)]
pub(crate) struct Conversation {
    instructions: String,
    question: String,
    /// What follows the question.
    further: Vec<Box<RawValue>>,
    tools: Vec<Box<RawValue>>,
}

/// A message with tool calls.
#[derive(Serialize)]
struct Asking<'a> {
    role: &'static str,
    content: Option<&'a str>,
    tool_calls: Vec<AskedCall<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasoning_details: Vec<&'a RawValue>,
}

#[derive(Serialize)]
struct AskedCall<'a> {
    id: &'a str,
    r#type: &'static str,
    function: AskedFunction<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra_content: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct AskedFunction<'a> {
    name: &'a str,
    arguments: &'a str,
}

impl Conversation {
    /// `instructions` may be empty.
    #[must_use]
    pub(crate) fn new(instructions: &str, question: &str) -> Self {
        Self {
            instructions: instructions.to_owned(),
            question: question.to_owned(),
            further: Vec::new(),
            tools: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn with_tools<'t>(mut self, tools: impl Iterator<Item = &'t dyn Tool>) -> Self {
        let described = tools.map(|tool| {
            raw(&json!({ "type": "function", "function": {
                "name": tool.name(), "description": tool.purpose(), "parameters": tool.arguments() } }))
        });
        self.tools = described.collect();
        self
    }

    /// Asks for the rest of an answer. `so_far` may be empty: then nothing was answered yet.
    #[must_use]
    pub(crate) fn going_on(mut self, so_far: &str) -> Self {
        if !so_far.is_empty() {
            let said = json!({ "role": "assistant", "content": so_far });
            self.further.push(raw(&said));
            let more = json!({ "role": "user", "content": GO_ON });
            self.further.push(raw(&more));
        }
        self
    }

    #[must_use]
    pub(crate) fn has_tools(&self) -> bool {
        !self.tools.is_empty()
    }

    /// Adds the model's tool calls. A result for each of them must follow.
    pub(crate) fn asked(&mut self, ended: &Ended) {
        let calls = ended.calls.iter().map(|call| AskedCall {
            id: &call.id,
            r#type: "function",
            function: AskedFunction {
                name: &call.name,
                // Some endpoints refuse arguments that are not an object, even if their own model
                // wrote them.
                arguments: match is_object(&call.arguments) {
                    true => call.arguments.as_str(),
                    false => "{}",
                },
            },
            extra_content: call.extra.as_deref().and_then(as_json),
        });
        let reasoning = ended.reasoning.iter();
        let message = Asking {
            role: "assistant",
            content: Some(ended.text.as_str()).filter(|text| !text.is_empty()),
            tool_calls: calls.collect(),
            reasoning_details: reasoning.filter_map(|detail| as_json(detail)).collect(),
        };
        self.further.push(raw(&message));
    }

    pub(crate) fn result(&mut self, call: &ToolCall, result: &str) {
        let message = json!({ "role": "tool", "tool_call_id": call.id, "content": result });
        self.further.push(raw(&message));
    }

    /// The request's document. With `may_read` false, the model has to answer in words.
    pub(super) fn request(
        &self,
        model: &str,
        max_tokens: u32,
        may_read: bool,
        dialect: &Dialect,
    ) -> Request {
        let has_system = !self.instructions.is_empty() && dialect.takes(Parameter::System);
        let user = |content: &str| raw(&json!({ "role": "user", "content": content }));
        let mut messages = match (has_system, self.instructions.as_str()) {
            (true, instructions) => vec![
                raw(&json!({ "role": "system", "content": instructions })),
                user(&self.question),
            ],
            (false, "") => vec![user(&self.question)],
            (false, instructions) => vec![user(&format!("{instructions}\n\n{}", self.question))],
        };
        messages.extend(self.further.iter().cloned());
        let mut request = Request::new(has_system)
            .with("model", &model)
            .with("messages", &messages)
            .with("max_tokens", &max_tokens)
            // Streamed if possible: keep-alive bytes tell a slow endpoint from a dead one, and
            // closing the stream ends the bill.
            .with("stream", &true)
            .with("stream_options", &json!({ "include_usage": true }));
        if self.has_tools() {
            // Tools are named in the last request too: some endpoints refuse messages about tools
            // that the request does not name.
            request = request.with("tools", &self.tools);
            if !may_read {
                request = request.with("tool_choice", &"none");
            }
        }
        dialect.apply(request)
    }
}

fn as_json(text: &str) -> Option<&RawValue> {
    serde_json::from_str(text).ok()
}

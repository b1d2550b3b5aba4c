//! The conversation with a model in one attempt: the question, its tool calls and their results.
//!
//! # Invariants
//!
//! - Every tool call goes back with a result; endpoints refuse a conversation without it.
//! - Data that an endpoint wants back with its calls goes back unchanged.

use serde_json::{Value, json};

use super::calls::{ToolCall, is_object};
use super::reading::Ended;
use crate::tool::Tool;

#[derive(Debug, Clone)]
pub(crate) struct Conversation {
    messages: Vec<Value>,
    tools: Vec<Value>,
}

impl Conversation {
    /// `instructions` may be empty.
    #[must_use]
    pub(crate) fn new(instructions: &str, question: &str) -> Self {
        let mut messages = Vec::new();
        if !instructions.is_empty() {
            messages.push(json!({ "role": "system", "content": instructions }));
        }
        messages.push(json!({ "role": "user", "content": question }));
        Self {
            messages,
            tools: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn with_tools<'t>(mut self, tools: impl Iterator<Item = &'t dyn Tool>) -> Self {
        let described = tools.map(|tool| {
            json!({ "type": "function", "function": {
                "name": tool.name(), "description": tool.purpose(), "parameters": tool.arguments() } })
        });
        self.tools = described.collect();
        self
    }

    #[must_use]
    pub(crate) fn has_tools(&self) -> bool {
        !self.tools.is_empty()
    }

    /// Adds the model's tool calls. A result for each of them must follow.
    pub(crate) fn asked(&mut self, ended: &Ended) {
        let calls = ended.calls.iter().map(|call| {
            // Some endpoints refuse arguments that are not an object, even if their own model wrote
            // them.
            let arguments = match is_object(&call.arguments) {
                true => call.arguments.as_str(),
                false => "{}",
            };
            let mut said = json!({ "id": call.id, "type": "function",
                "function": { "name": call.name, "arguments": arguments } });
            if let (Some(extra), Some(said)) = (&call.extra, said.as_object_mut()) {
                said.insert("extra_content".to_owned(), extra.clone());
            }
            said
        });
        let calls: Vec<Value> = calls.collect();
        let content = Some(&ended.text).filter(|text| !text.is_empty());
        let mut message = json!({ "role": "assistant", "content": content, "tool_calls": calls });
        if let (false, Some(message)) = (ended.reasoning.is_empty(), message.as_object_mut()) {
            let reasoning = Value::Array(ended.reasoning.clone());
            message.insert("reasoning_details".to_owned(), reasoning);
        }
        self.messages.push(message);
    }

    pub(crate) fn result(&mut self, call: &ToolCall, result: &str) {
        self.messages
            .push(json!({ "role": "tool", "tool_call_id": call.id, "content": result }));
    }

    /// The request's document. With `may_read` false, the model has to answer in words.
    pub(super) fn request(&self, model: &str, max_tokens: u32, may_read: bool) -> Value {
        let mut request = json!({
            "model": model,
            "messages": self.messages,
            "max_tokens": max_tokens,
            // Always streamed: keep-alive bytes tell a slow endpoint from a dead one, and closing
            // the stream ends the bill.
            "stream": true,
            "stream_options": { "include_usage": true },
        });
        if let (true, Some(request)) = (self.has_tools(), request.as_object_mut()) {
            // Tools are named in the last request too: some endpoints refuse messages about tools
            // that the request does not name.
            request.insert("tools".to_owned(), self.tools.clone().into());
            if !may_read {
                request.insert("tool_choice".to_owned(), "none".into());
            }
        }
        request
    }
}

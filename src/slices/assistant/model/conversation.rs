//! What a model is told in one attempt: the question, and what it has asked to read since.
//!
//! Must stay true: every call that a model made is told back to it with a result, or endpoints refuse the whole; what an
//! endpoint wants back unchanged with its calls comes back so.

use serde_json::{Value, json};

use super::calls::{ToolCall, is_object};
use super::reading::Ended;
use crate::tool::Tool;

/// The messages so far, and the tools a model may ask for.
#[derive(Debug, Clone)]
pub struct Conversation {
    messages: Vec<Value>,
    tools: Vec<Value>,
}

impl Conversation {
    /// Begins with a question; `instructions` may be empty.
    #[must_use]
    pub fn new(instructions: &str, question: &str) -> Self {
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

    /// With tools that the model may ask for.
    #[must_use]
    pub fn with_tools<'t>(mut self, tools: impl Iterator<Item = &'t dyn Tool>) -> Self {
        let described = tools.map(|tool| {
            json!({ "type": "function", "function": {
                "name": tool.name(), "description": tool.purpose(), "parameters": tool.arguments() } })
        });
        self.tools = described.collect();
        self
    }

    /// True when the model may ask for something.
    #[must_use]
    pub fn has_tools(&self) -> bool {
        !self.tools.is_empty()
    }

    /// Adds what the model asks for; a result for each of its calls has to follow.
    pub fn asked(&mut self, ended: &Ended) {
        let calls = ended.calls.iter().map(|call| {
            // There are endpoints that refuse what is no object, also where a model said it.
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

    /// Adds the result of a call.
    pub fn result(&mut self, call: &ToolCall, result: &str) {
        self.messages
            .push(json!({ "role": "tool", "tool_call_id": call.id, "content": result }));
    }

    /// The document of a request. Where it may not ask for tools any more, the model has to answer in words.
    pub(super) fn request(&self, model: &str, max_tokens: u32, may_read: bool) -> Value {
        let mut request = json!({
            "model": model,
            "messages": self.messages,
            "max_tokens": max_tokens,
            // Always: what keeps a stream alive tells a slow endpoint from a dead one, and closing it ends the bill.
            "stream": true,
            "stream_options": { "include_usage": true },
        });
        if let (true, Some(request)) = (self.has_tools(), request.as_object_mut()) {
            // Named in the last request as well: some endpoints refuse messages about tools that are not.
            request.insert("tools".to_owned(), self.tools.clone().into());
            if !may_read {
                request.insert("tool_choice".to_owned(), "none".into());
            }
        }
        request
    }
}

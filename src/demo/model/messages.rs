//! The messages of a call, checked as OpenAI checks them.
//!
//! # Invariants
//! - Each tool call is answered under its own id before anything else is said.
//! - The arguments of a tool are an object.

use serde_json::Value;

type Refusal = (u16, &'static str);

/// The question and the later tool results, or why the messages are refused.
pub(super) fn read(body: &Value) -> Result<(String, Vec<String>), Refusal> {
    let messages = body.get("messages").and_then(Value::as_array);
    let mut question = None;
    let mut results = Vec::new();
    let mut open: Vec<String> = Vec::new();
    for message in messages.ok_or((400, "messages are required"))? {
        let content = message.get("content").and_then(Value::as_str);
        let role = message.get("role").and_then(Value::as_str);
        if role != Some("tool") && !open.is_empty() {
            return Err((400, "tool_calls must be followed by tool messages"));
        }
        match (role, content) {
            (Some("system"), Some(_)) => {}
            (Some("user"), Some(content)) => {
                question = Some(content.to_owned());
                results.clear();
            }
            (Some("assistant"), _) => open = calls(message)?,
            (Some("tool"), Some(content)) => {
                let id = message.get("tool_call_id").and_then(Value::as_str);
                let place = open.iter().position(|open| Some(open.as_str()) == id);
                open.remove(place.ok_or((400, "no such tool_call_id"))?);
                results.push(content.to_owned());
            }
            _ => return Err((400, "a message nobody understands")),
        }
    }
    if !open.is_empty() {
        return Err((400, "tool_calls must be followed by tool messages"));
    }
    Ok((question.ok_or((400, "nothing is asked"))?, results))
}

/// The names of the tools that a message calls.
fn calls(message: &Value) -> Result<Vec<String>, Refusal> {
    let calls = message.get("tool_calls").and_then(Value::as_array);
    let names = calls.into_iter().flatten().map(|call| {
        let text = |name: &str| call.get(name)?.as_str();
        let inner = |name: &str| call.get("function")?.get(name)?.as_str();
        let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let name = inner("name").unwrap_or_default();
        if name.is_empty() || name.len() > 64 || !name.chars().all(is_letter) {
            return Err((400, "invalid function name"));
        }
        let arguments = inner("arguments").and_then(|text| serde_json::from_str(text).ok());
        if !arguments.is_some_and(|arguments: Value| arguments.is_object()) {
            return Err((400, "arguments are no object"));
        }
        let id = text("id").filter(|id| !id.is_empty());
        id.map(str::to_owned).ok_or((400, "a call without a name"))
    });
    names.collect()
}

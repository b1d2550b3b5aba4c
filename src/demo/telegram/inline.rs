//! Inline mode: people name the bot in any chat and see its offers.

use serde_json::{Value, json};

use super::{
    Person, PretendTelegram, html,
    params::Params,
    rules::{Outcome, Refusal},
    state::{Question, State},
};

/// Maximum number of results in one answer.
const MOST_RESULTS: usize = 50;

impl PretendTelegram {
    /// Turns inline mode on, as the bot's owner does; the bot learns of it by `getMe`.
    pub fn allow_inline(&self) {
        self.shared.change(|state| state.inline = true);
    }
}

impl Person {
    /// Names the bot in some other chat, followed by words; returns the id of the query. Does
    /// nothing without inline mode.
    pub fn asks_inline(&self, words: &str) -> String {
        self.telegram.shared.change(|state| {
            let id = format!("inline-{}", state.questions.len() + 1);
            if state.inline {
                let query = json!({
                    "id": id, "from": self.user(state), "query": words, "offset": "", "chat_type": "private",
                });
                let now = state.now();
                state.queue.push("inline_query", &query, now);
            }
            state.questions.insert(id.clone(), Question::default());
            id
        })
    }

    /// The bot's offers, if it has answered.
    pub fn offered(&self, question: &str) -> Option<Vec<Value>> {
        let state = self.telegram.shared.lock();
        state.questions.get(question)?.offered.clone()
    }
}

/// `answerInlineQuery`.
pub(super) fn answer(state: &mut State, params: &Params) -> Outcome {
    let id = params.text("inline_query_id").unwrap_or_default();
    let results = params.structure("results").map_err(Refusal::bad)?;
    let Some(Value::Array(results)) = results else {
        return Err(Refusal::bad("results must be an Array"));
    };
    if results.len() > MOST_RESULTS {
        return Err(Refusal::bad("RESULTS_TOO_MUCH"));
    }
    for result in &results {
        check(state, result)?;
    }
    let question = state
        .questions
        .get_mut(&id)
        .filter(|question| question.offered.is_none());
    let question = question.ok_or_else(|| {
        Refusal::bad("query is too old and response timeout expired or query ID is invalid")
    })?;
    question.offered = Some(results);
    Ok(json!(true))
}

fn check(state: &State, result: &Value) -> Result<(), Refusal> {
    let text = |name: &str| result.get(name).and_then(Value::as_str);
    if !text("id").is_some_and(|id| (1..=64).contains(&id.len())) {
        return Err(Refusal::bad("RESULT_ID_INVALID"));
    }
    let words = match text("type") {
        Some("photo") => {
            let known = text("photo_file_id").and_then(|id| state.files.get(id));
            if known.is_none_or(|file| file.kind != "photo") {
                return Err(Refusal::bad("PHOTO_INVALID"));
            }
            text("caption")
        }
        Some("article") => {
            let content = result.get("input_message_content");
            content.and_then(|content| content.get("message_text")?.as_str())
        }
        _ => {
            return Err(Refusal::bad(
                "can't parse inline query result: unallowed type",
            ));
        }
    };
    match html::parse(words.unwrap_or_default()) {
        Ok(parsed) if !parsed.text.is_empty() => Ok(()),
        _ => Err(Refusal::bad("can't parse entities")),
    }
}

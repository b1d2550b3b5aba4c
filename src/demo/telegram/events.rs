//! Stores what happened in a chat and reports it to the bot.

use serde_json::{Map, Value, json};

use super::{
    html::{self, Entity, Parsed},
    state::{Draft, Standing, State, bot_user},
};

/// The fields of a text message.
pub(super) fn words(text: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("text".to_owned(), json!(text));
    let commands = bot_commands(text);
    if !commands.is_empty() {
        fields.insert("entities".to_owned(), json!(commands));
    }
    fields
}

/// The commands in a text that a person wrote.
pub(super) fn bot_commands(text: &str) -> Vec<Entity> {
    let mut entities = Vec::new();
    let mut offset = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let trimmed = word.trim_end();
        let letters = |part: &str| {
            !part.is_empty()
                && part.len() <= 64
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        if let Some(command) = trimmed.strip_prefix('/') {
            let (name, bot) = command.split_once('@').unwrap_or((command, "any"));
            if letters(name) && letters(bot) {
                let length = html::utf16_length(trimmed);
                entities.push(Entity {
                    kind: "bot_command".to_owned(),
                    offset,
                    length,
                    ..Entity::default()
                });
            }
        }
        offset += html::utf16_length(word);
    }
    entities
}

/// Stores a person's message and queues the update; returns the message's number.
pub(super) fn post(
    state: &mut State,
    chat_id: i64,
    from: Value,
    content: Map<String, Value>,
) -> i64 {
    let text = ["text", "caption"]
        .iter()
        .find_map(|name| content.get(*name)?.as_str())
        .unwrap_or_default()
        .to_owned();
    let topic = content.get("message_thread_id").and_then(Value::as_i64);
    let draft = Draft {
        topic,
        from,
        html: text.clone(),
        parsed: Parsed {
            entities: bot_commands(&text),
            text,
        },
        content,
        ..Draft::default()
    };
    let message_id = state.add_message(chat_id, draft);
    if let Some(json) = state
        .message(chat_id, message_id)
        .map(|stored| stored.json.clone())
    {
        let now = state.now();
        state.queue.push("message", &json, now);
    }
    message_id
}

/// Changes the bot's membership in a chat and reports the change to the bot.
pub(super) fn change_standing(
    state: &mut State,
    chat_id: i64,
    by: &Value,
    (old, new): (&str, &str),
    standing: Standing,
) {
    let now = state.now();
    let Some(chat) = state.chats.get_mut(&chat_id) else {
        return;
    };
    chat.standing = standing;
    // A ban has an end date, which for the bot is never.
    let member = |status: &str| match status {
        "kicked" => json!({ "user": bot_user(), "status": status, "until_date": 0 }),
        "restricted" => json!({
            "user": bot_user(), "status": status, "until_date": 0, "is_member": true, "can_send_messages": false,
        }),
        _ => json!({ "user": bot_user(), "status": status }),
    };
    let change = json!({
        "chat": chat.json,
        "from": by,
        "date": now,
        "old_chat_member": member(old),
        "new_chat_member": member(new),
    });
    state.queue.push("my_chat_member", &change, now);
}

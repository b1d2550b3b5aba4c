//! The methods that write: send, edit, delete.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    html::Parsed,
    params::{Params, Upload},
    rules::{self, Outcome, Refusal},
    state::{self, Draft, State},
    view::{ChatMessage, SentFile},
};

/// Telegram's own server refuses larger uploads.
const UPLOAD_LIMIT: usize = 50 * 1024 * 1024;

pub(super) fn send_message(state: &mut State, params: &Params) -> Outcome {
    let chat = rules::chat_id(params)?;
    let parsed = rules::text(params)?;
    let draft = Draft {
        content: content("text", &parsed),
        html: source(params, "text"),
        parsed,
        ..Draft::default()
    };
    send(state, params, chat, draft)
}

pub(super) fn send_file(state: &mut State, params: &Params, kind: &'static str) -> Outcome {
    let chat = rules::chat_id(params)?;
    let parsed = rules::caption(params)?;
    // The rest is checked before the file is stored, so that a refused call leaves nothing behind.
    state.writable_chat(chat)?;
    let file = file(state, params, kind)?;
    let mut content = content("caption", &parsed);
    content.insert(kind.to_owned(), file_json(&file));
    let file = Some(file);
    let draft = Draft {
        content,
        file,
        html: source(params, "caption"),
        parsed,
        ..Draft::default()
    };
    send(state, params, chat, draft)
}

fn send(state: &mut State, params: &Params, chat_id: Option<i64>, mut draft: Draft) -> Outcome {
    draft.markup = rules::markup(params, false)?;
    state.writable_chat(chat_id)?;
    let chat_id = chat_id.unwrap_or(0);
    draft.topic = topic(state, params, chat_id)?;
    draft.reply_to = answered(state, params, chat_id)?;
    state.rates.admit(chat_id).map_err(Refusal::too_many)?;
    state.admit_slowly(chat_id)?;
    draft.from = state::bot_user();
    draft.silent = params.flag("disable_notification");
    draft.protected = params.flag("protect_content");
    if let Some(original) = draft.reply_to.and_then(|id| state.message(chat_id, id)) {
        let mut original = original.json.clone();
        if let Value::Object(fields) = &mut original {
            fields.remove("reply_to_message");
        }
        draft
            .content
            .insert("reply_to_message".to_owned(), original);
    }
    let message_id = state.add_message(chat_id, draft);
    shown_json(state, chat_id, message_id)
}

/// The group topic named by a call, if it exists.
fn topic(state: &State, params: &Params, chat_id: i64) -> Result<Option<i64>, Refusal> {
    let Some(topic) = params.integer("message_thread_id") else {
        return Ok(None);
    };
    let chat = state.chats.get(&chat_id);
    match chat.and_then(|chat| chat.topics.get(&topic)) {
        Some(false) => Ok(Some(topic)),
        Some(true) => Err(Refusal::bad("TOPIC_CLOSED")),
        None => Err(Refusal::bad("message thread not found")),
    }
}

/// The message being replied to, if named and still there.
fn answered(state: &State, params: &Params, chat_id: i64) -> Result<Option<i64>, Refusal> {
    let reply = params.structure("reply_parameters").map_err(Refusal::bad)?;
    let Some(reply) = reply else { return Ok(None) };
    let id = reply.get("message_id").and_then(Value::as_i64).unwrap_or(0);
    if state.message(chat_id, id).is_some() {
        return Ok(Some(id));
    }
    match reply
        .get("allow_sending_without_reply")
        .and_then(Value::as_bool)
    {
        Some(true) => Ok(None),
        _ => Err(Refusal::bad("message to be replied not found")),
    }
}

/// The file of a call: uploaded, sent before, or a link.
fn file(state: &mut State, params: &Params, kind: &'static str) -> Result<SentFile, Refusal> {
    let named = params.text(kind).unwrap_or_default();
    let field = named.strip_prefix("attach://").unwrap_or(kind);
    if let Some(upload) = params.files.get(field) {
        if upload.bytes.is_empty() {
            return Err(Refusal::bad("file must be non-empty"));
        }
        if upload.bytes.len() > UPLOAD_LIMIT {
            return Err(Refusal::new(413, "Request Entity Too Large"));
        }
        if kind == "photo" {
            rules::photo(&upload.bytes)?;
        }
        return Ok(state.keep_file(kind, upload.clone()));
    }
    if named.starts_with("http://") || named.starts_with("https://") {
        return Ok(state.keep_file(
            kind,
            Upload {
                name: named,
                bytes: Arc::default(),
            },
        ));
    }
    match state.files.get(&named) {
        _ if named.is_empty() => Err(Refusal::bad(format!("there is no {kind} in the request"))),
        None => Err(Refusal::bad(
            "wrong remote file identifier specified: Wrong string length",
        )),
        Some(file) if file.kind != kind => Err(Refusal::bad(format!(
            "can't use file of type {} as {kind}",
            file.kind
        ))),
        Some(file) => Ok(file.clone()),
    }
}

/// A file as it appears in a message.
pub(super) fn file_json(file: &SentFile) -> Value {
    let (id, size) = (&file.file_id, file.bytes.len());
    if file.kind == "photo" {
        return json!([{
            "file_id": id, "file_unique_id": unique_id(id), "file_size": size, "width": 800, "height": 600,
        }]);
    }
    json!({
        "file_id": id, "file_unique_id": unique_id(id), "file_size": size, "file_name": file.name,
        "mime_type": "application/octet-stream",
    })
}

/// This id identifies equal files and cannot be sent.
pub(super) fn unique_id(file_id: &str) -> String {
    format!(
        "U{}",
        file_id
            .bytes()
            .filter(u8::is_ascii_digit)
            .map(char::from)
            .collect::<String>()
    )
}

pub(super) fn edit_text(state: &mut State, params: &Params) -> Outcome {
    let (chat, message) = target(params)?;
    let parsed = rules::text(params)?;
    if own(state, chat, message)?.file.is_some() {
        return Err(Refusal::bad("there is no text in the message to edit"));
    }
    edit(state, params, (chat, message), Some(("text", parsed)), None)
}

pub(super) fn edit_caption(state: &mut State, params: &Params) -> Outcome {
    let (chat, message) = target(params)?;
    let parsed = rules::caption(params)?;
    if own(state, chat, message)?.file.is_none() {
        return Err(Refusal::bad("there is no caption in the message to edit"));
    }
    edit(
        state,
        params,
        (chat, message),
        Some(("caption", parsed)),
        None,
    )
}

/// A file with its caption in the place of what a message showed.
pub(super) fn edit_media(state: &mut State, params: &Params) -> Outcome {
    let (chat, message) = target(params)?;
    own(state, chat, message)?;
    let media = params.structure("media").map_err(Refusal::bad)?;
    let Some(Value::Object(mut fields)) = media else {
        return Err(Refusal::bad("input media isn't specified"));
    };
    let kind = match fields.get("type").and_then(Value::as_str) {
        Some("photo") => "photo",
        Some("document") => "document",
        _ => return Err(Refusal::bad("unsupported media type specified")),
    };
    if let Some(named) = fields.remove("media") {
        fields.insert(kind.to_owned(), named);
    }
    if let Some(markup) = params.fields.get("reply_markup") {
        fields.insert("reply_markup".to_owned(), markup.clone());
    }
    let files = params.files.clone();
    let media = Params { fields, files };
    let parsed = rules::caption(&media)?;
    let file = file(state, &media, kind)?;
    let words = Some(("caption", parsed));
    edit(state, &media, (chat, message), words, Some(file))
}

pub(super) fn edit_markup(state: &mut State, params: &Params) -> Outcome {
    let (chat, message) = target(params)?;
    edit(state, params, (chat, message), None, None)
}

/// Gives a message new words (or the same), a new keyboard and a new file; without a keyboard the
/// old one is removed, without a file the old one stays.
fn edit(
    state: &mut State,
    params: &Params,
    (chat, id): (i64, i64),
    words: Option<(&str, Parsed)>,
    file: Option<SentFile>,
) -> Outcome {
    let markup = rules::markup(params, true)?;
    let old = own(state, chat, id)?;
    let new_words = words
        .as_ref()
        .is_some_and(|(_, new)| new.text != old.text || new.entities != old.entities);
    if file.is_none() && !new_words && markup == old.reply_markup {
        return Err(Refusal::bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a \
             current content and reply markup of the message",
        ));
    }
    state.rates.admit(chat).map_err(Refusal::too_many)?;
    let now = state.now();
    let Some(stored) = state.message_mut(chat, id) else {
        return Err(not_found());
    };
    let shown = Arc::make_mut(&mut stored.shown);
    shown.edits += 1;
    shown.reply_markup.clone_from(&markup);
    if let Value::Object(fields) = &mut stored.json {
        fields.insert("edit_date".to_owned(), json!(now));
        fields.remove("reply_markup");
        fields.extend(
            state::inline(markup.as_ref()).map(|markup| ("reply_markup".to_owned(), markup)),
        );
        if let Some((field, parsed)) = words {
            for old in ["text", "caption", "entities", "caption_entities"] {
                fields.remove(old);
            }
            fields.extend(content(field, &parsed));
            shown.html = source(params, field);
            shown
                .earlier_texts
                .push(std::mem::replace(&mut shown.text, parsed.text));
            shown.entities = parsed.entities;
        }
        if let Some(file) = file {
            for old in ["photo", "document"] {
                fields.remove(old);
            }
            fields.insert(file.kind.to_owned(), file_json(&file));
            shown.file = Some(file);
        }
    }
    Ok(stored.json.clone())
}

pub(super) fn delete(state: &mut State, params: &Params) -> Outcome {
    let (chat, id) = target(params)?;
    state.writable_chat(Some(chat))?;
    let Some(stored) = state.message_mut(chat, id) else {
        return Err(Refusal::bad("message to delete not found"));
    };
    // The bot is not an administrator of the pretend groups.
    if chat < 0 && !stored.shown.from_bot {
        return Err(Refusal::bad("message can't be deleted"));
    }
    Arc::make_mut(&mut stored.shown).deleted = true;
    Ok(json!(true))
}

pub(super) fn pin(state: &State, params: &Params) -> Outcome {
    let (chat, id) = target(params)?;
    state.writable_chat(Some(chat))?;
    state
        .message(chat, id)
        .ok_or_else(|| Refusal::bad("message to pin not found"))?;
    Ok(json!(true))
}

fn target(params: &Params) -> Result<(i64, i64), Refusal> {
    let chat = rules::chat_id(params)?.ok_or_else(|| Refusal::bad("chat not found"))?;
    let message = params.integer("message_id").filter(|id| *id > 0);
    Ok((
        chat,
        message.ok_or_else(|| Refusal::bad("message identifier is not specified"))?,
    ))
}

/// The message, if it exists and the bot may change it.
fn own(state: &State, chat: i64, id: i64) -> Result<Arc<ChatMessage>, Refusal> {
    state.writable_chat(Some(chat))?;
    let stored = state.message(chat, id).ok_or_else(not_found)?;
    if !stored.shown.from_bot {
        return Err(Refusal::bad("message can't be edited"));
    }
    Ok(Arc::clone(&stored.shown))
}

fn not_found() -> Refusal {
    Refusal::bad("message to edit not found")
}

fn shown_json(state: &State, chat: i64, id: i64) -> Outcome {
    let stored = state
        .message(chat, id)
        .ok_or_else(|| Refusal::new(500, "Internal Server Error"))?;
    Ok(stored.json.clone())
}

fn source(params: &Params, field: &str) -> String {
    params.text(field).unwrap_or_default()
}

/// The text fields of a message as the bot gets them; an empty caption is left out.
pub(super) fn content(field: &str, parsed: &Parsed) -> Map<String, Value> {
    let mut fields = Map::new();
    if !parsed.text.is_empty() {
        fields.insert(field.to_owned(), json!(parsed.text));
    }
    if !parsed.entities.is_empty() {
        let name = if field == "text" {
            "entities"
        } else {
            "caption_entities"
        };
        fields.insert(name.to_owned(), json!(parsed.entities));
    }
    fields
}

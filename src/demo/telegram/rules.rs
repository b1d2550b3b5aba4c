//! Telegram's refusals, in its own words. Nothing here changes anything.

use serde_json::{Value, json};

use super::{
    html::{self, Parsed},
    params::Params,
};

/// The longest text, in UTF-16 units without the markup.
const TEXT_LIMIT: usize = 4096;
/// The longest caption, counted in the same way.
const CAPTION_LIMIT: usize = 1024;
const BUTTON_LIMIT: usize = 100;
/// The server refuses keyboards with more JSON than this, whatever the number of buttons.
const MARKUP_BYTES: usize = 10_000;

/// Why a call is refused.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) description: String,
    pub(super) parameters: Option<Value>,
}

pub(super) type Outcome = Result<Value, Refusal>;

/// The chat named by a call. User names of chats are unknown here.
pub(super) fn chat_id(params: &Params) -> Result<Option<i64>, Refusal> {
    match params.text("chat_id") {
        None => Err(Refusal::bad("chat_id is empty")),
        Some(text) if text.is_empty() => Err(Refusal::bad("chat_id is empty")),
        Some(text) => Ok(text.parse().ok()),
    }
}

impl Refusal {
    pub(super) fn new(code: u16, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
            parameters: None,
        }
    }

    pub(super) fn bad(why: impl AsRef<str>) -> Self {
        Self::new(400, format!("Bad Request: {}", why.as_ref()))
    }

    pub(super) fn forbidden(why: &str) -> Self {
        Self::new(403, format!("Forbidden: {why}"))
    }

    pub(super) fn too_many(retry_after: u64) -> Self {
        let parameters = Some(json!({ "retry_after": retry_after }));
        Self {
            parameters,
            ..Self::new(429, format!("Too Many Requests: retry after {retry_after}"))
        }
    }

    pub(super) fn migrated(to: i64) -> Self {
        let parameters = Some(json!({ "migrate_to_chat_id": to }));
        Self {
            parameters,
            ..Self::bad("group chat was upgraded to a supergroup chat")
        }
    }

    pub(super) fn body(&self) -> String {
        match &self.parameters {
            None => json!({ "ok": false, "error_code": self.code, "description": self.description }),
            Some(parameters) => json!({
                "ok": false, "error_code": self.code, "description": self.description, "parameters": parameters,
            }),
        }
        .to_string()
    }
}

/// The text of a message; it is required and neither empty nor too long.
pub(super) fn text(params: &Params) -> Result<Parsed, Refusal> {
    let parsed = formatted(params, "text", "entities")?;
    if parsed.text.is_empty() {
        return Err(Refusal::bad("message text is empty"));
    }
    if html::utf16_length(&parsed.text) > TEXT_LIMIT {
        return Err(Refusal::bad("message is too long"));
    }
    Ok(parsed)
}

/// The text of a draft, which may be empty.
pub(super) fn draft_text(params: &Params) -> Result<(), Refusal> {
    let parsed = formatted(params, "text", "entities")?;
    if html::utf16_length(&parsed.text) > TEXT_LIMIT {
        return Err(Refusal::bad("message is too long"));
    }
    Ok(())
}

/// The caption of a file, which may be missing.
pub(super) fn caption(params: &Params) -> Result<Parsed, Refusal> {
    let parsed = formatted(params, "caption", "caption_entities")?;
    if html::utf16_length(&parsed.text) > CAPTION_LIMIT {
        return Err(Refusal::bad("message caption is too long"));
    }
    Ok(parsed)
}

fn formatted(params: &Params, field: &str, entities: &str) -> Result<Parsed, Refusal> {
    let source = params.text(field).unwrap_or_default();
    let parsed = match params
        .text("parse_mode")
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "" => {
            params.structure(entities).map_err(Refusal::bad)?;
            Parsed {
                text: source,
                entities: Vec::new(),
            }
        }
        "html" => html::parse(&source)
            .map_err(|why| Refusal::bad(format!("can't parse entities: {why}")))?,
        // The pretend server only supports HTML; a bot that uses another mode must learn of it at
        // once.
        _ => return Err(Refusal::bad("unsupported parse_mode")),
    };
    Ok(html::trimmed(parsed))
}

/// The keyboard, if given. `inline_only` is the rule for edits.
pub(super) fn markup(params: &Params, inline_only: bool) -> Result<Option<Value>, Refusal> {
    let markup = params
        .structure("reply_markup")
        .map_err(|_| Refusal::bad("object expected as reply markup"))?;
    let Some(markup) = markup else {
        return Ok(None);
    };
    let Some(fields) = markup.as_object() else {
        return Err(Refusal::bad("object expected as reply markup"));
    };
    let Some(rows) = fields.get("inline_keyboard") else {
        if inline_only && !fields.is_empty() {
            return Err(Refusal::bad("inline keyboard expected"));
        }
        return Ok((!fields.is_empty()).then_some(markup));
    };
    let wrong = || Refusal::bad("field \"inline_keyboard\" must be of type Array of Arrays");
    let mut count = 0;
    for row in rows.as_array().ok_or_else(wrong)? {
        for button in row.as_array().ok_or_else(wrong)? {
            check_button(button)?;
            count += 1;
        }
    }
    if count > BUTTON_LIMIT || markup.to_string().len() > MARKUP_BYTES {
        return Err(Refusal::bad("reply markup is too long"));
    }
    // A keyboard without a button counts as none.
    Ok((count > 0).then_some(markup))
}

fn check_button(button: &Value) -> Result<(), Refusal> {
    let unreadable = |why: &str| Refusal::bad(format!("can't parse inline keyboard button: {why}"));
    let Some(fields) = button.as_object() else {
        return Err(unreadable("InlineKeyboardButton must be an Object"));
    };
    match fields.get("text").map(Value::as_str) {
        None => return Err(unreadable("Can't find field \"text\"")),
        Some(None) => return Err(unreadable("Field \"text\" must be of type String")),
        Some(Some(text)) if text.trim().is_empty() => {
            return Err(Refusal::bad("BUTTON_TEXT_INVALID"));
        }
        Some(Some(_)) => {}
    }
    if let Some(url) = fields.get("url") {
        return check_url(url.as_str().unwrap_or_default());
    }
    if let Some(data) = fields.get("callback_data") {
        return match data.as_str() {
            Some(data) if (1..=64).contains(&data.len()) => Ok(()),
            Some(_) => Err(Refusal::bad("BUTTON_DATA_INVALID")),
            None => Err(unreadable("Field \"callback_data\" must be of type String")),
        };
    }
    if let Some(copied) = fields.get("copy_text") {
        let length = copied
            .get("text")
            .and_then(Value::as_str)
            .map_or(0, |text| text.chars().count());
        return if (1..=256).contains(&length) {
            Ok(())
        } else {
            Err(Refusal::bad("BUTTON_COPY_TEXT_INVALID"))
        };
    }
    let others = [
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
    ];
    let known = others
        .iter()
        .chain(["web_app", "login_url", "pay", "callback_game", "disabled"].iter());
    if !known.into_iter().any(|name| fields.contains_key(*name)) {
        return Err(unreadable(
            "Text buttons are unallowed in the inline keyboard",
        ));
    }
    Ok(())
}

fn check_url(url: &str) -> Result<(), Refusal> {
    let wrong = |why: &str| {
        Refusal::bad(format!(
            "inline keyboard button URL '{url}' is invalid: {why}"
        ))
    };
    // A link without a scheme is treated as http.
    let full = if url.contains(':') {
        url.to_owned()
    } else {
        format!("http://{url}")
    };
    let Ok(parsed) = url::Url::parse(&full) else {
        return Err(wrong("Wrong HTTP URL"));
    };
    match parsed.scheme() {
        "http" | "https"
            if parsed
                .host_str()
                .is_some_and(|host| host.contains('.') || host.starts_with('[')) =>
        {
            Ok(())
        }
        "http" | "https" => Err(wrong("Wrong HTTP URL")),
        "tg" | "ton" => Ok(()),
        _ => Err(wrong("Unsupported URL protocol")),
    }
}

pub(super) fn commands(params: &Params) -> Result<Vec<Value>, Refusal> {
    let unreadable = || Refusal::bad("can't parse BotCommand: Expected an Array of BotCommand");
    let given = params
        .structure("commands")
        .map_err(|_| unreadable())?
        .ok_or_else(unreadable)?;
    let Value::Array(commands) = given else {
        return Err(unreadable());
    };
    if commands.len() > 100 {
        return Err(Refusal::bad("BOT_COMMANDS_TOO_MUCH"));
    }
    for command in &commands {
        let field = |name: &str| {
            command
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let name = field("command").trim_start_matches('/');
        let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if !(1..=32).contains(&name.len()) || !name.bytes().all(letters) {
            return Err(Refusal::bad("BOT_COMMAND_INVALID"));
        }
        if !(1..=256).contains(&field("description").chars().count()) {
            return Err(Refusal::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    Ok(commands)
}

/// The chat actions that a bot can show.
pub(super) fn action(params: &Params) -> Result<(), Refusal> {
    const ACTIONS: [&str; 16] = [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "record_audio",
        "upload_voice",
        "upload_audio",
        "upload_document",
        "choose_sticker",
        "find_location",
        "pick_up_location",
        "record_video_note",
        "upload_video_note",
        "cancel",
        "playing_game",
    ];
    let given = params.text("action").unwrap_or_default();
    if ACTIONS.contains(&given.as_str()) {
        Ok(())
    } else {
        Err(Refusal::bad("wrong parameter action in request"))
    }
}

/// A photo must be an image, not too large and not too narrow.
pub(super) fn photo(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.len() > 10 * 1024 * 1024 {
        return Err(Refusal::bad("file is too big"));
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let side = |from: usize| {
            let digits: Option<[u8; 4]> = bytes
                .get(from..from + 4)
                .and_then(|four| four.try_into().ok());
            digits.map_or(0, u32::from_be_bytes)
        };
        let (width, height) = (side(16), side(20));
        let (short, long) = (width.min(height), width.max(height));
        if short == 0 || width.saturating_add(height) > 10_000 || long > short.saturating_mul(20) {
            return Err(Refusal::bad("PHOTO_INVALID_DIMENSIONS"));
        }
        return Ok(());
    }
    let image = bytes.starts_with(b"\xff\xd8\xff")
        || bytes.starts_with(b"GIF8")
        || bytes.starts_with(b"RIFF");
    if image {
        Ok(())
    } else {
        Err(Refusal::bad("IMAGE_PROCESS_FAILED"))
    }
}

//! The pretend Telegram as a test or the demo sees it: messages, calls, answers to callbacks.

use std::sync::Arc;

use serde_json::Value;

use super::html::Entity;

/// A message of a chat in its current form, written by the bot or by a person.
#[derive(Clone, Debug)]
pub struct ChatMessage {
    /// Rises with every message over all chats.
    pub order: usize,
    pub chat_id: i64,
    /// The message's number in that chat.
    pub message_id: i64,
    pub from_bot: bool,
    /// The numeric id of the author.
    pub from_id: i64,
    /// The visible text or caption, without markup.
    pub text: String,
    /// The bot's text, including markup.
    pub html: String,
    pub entities: Vec<Entity>,
    /// The keyboard as given.
    pub reply_markup: Option<Value>,
    pub edits: usize,
    /// Earlier texts, oldest first.
    pub earlier_texts: Vec<String>,
    /// Sent with `disable_notification`.
    pub silent: bool,
    /// Sent with `protect_content`.
    pub protected: bool,
    /// The message it replies to.
    pub reply_to: Option<i64>,
    /// Deleted by the bot; deleted messages stay only in [`super::PretendTelegram::sent`].
    pub deleted: bool,
    pub file: Option<SentFile>,
    /// The group topic it is in.
    pub topic: Option<i64>,
}

/// A photo or a document.
#[derive(Clone, Debug)]
pub struct SentFile {
    /// `photo` or `document`.
    pub kind: &'static str,
    pub name: String,
    /// The id for sending it again and fetching it.
    pub file_id: String,
    /// The content; empty if the bot only gave a link.
    pub bytes: Arc<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    pub text: String,
    /// The data sent to the bot when it is pressed.
    pub data: Option<String>,
    pub url: Option<String>,
}

impl ChatMessage {
    /// The inline buttons, row after row.
    pub fn buttons(&self) -> Vec<Button> {
        let field = |button: &Value, name: &str| {
            button.get(name).and_then(Value::as_str).map(str::to_owned)
        };
        let rows = self
            .reply_markup
            .as_ref()
            .and_then(|markup| markup.get("inline_keyboard")?.as_array());
        let buttons = rows
            .into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .flatten();
        buttons
            .map(|button| Button {
                text: field(button, "text").unwrap_or_default(),
                data: field(button, "callback_data"),
                url: field(button, "url"),
            })
            .collect()
    }

    /// The first button with this text, else with this data, else with this within its text.
    pub fn button(&self, text_or_data: &str) -> Option<Button> {
        let buttons = self.buttons();
        let exact = |button: &&Button| {
            button.text == text_or_data || button.data.as_deref() == Some(text_or_data)
        };
        let found = buttons.iter().find(exact);
        found
            .or_else(|| {
                buttons
                    .iter()
                    .find(|button| button.text.contains(text_or_data))
            })
            .cloned()
    }

    /// The text links: label and address.
    pub fn links(&self) -> Vec<(String, String)> {
        let units: Vec<u16> = self.text.encode_utf16().collect();
        let links = self.entities.iter().filter_map(|entity| {
            let words = units.get(entity.offset..entity.offset + entity.length)?;
            Some((String::from_utf16_lossy(words), entity.url.clone()?))
        });
        links.collect()
    }
}

/// One call of the bot.
#[derive(Clone, Debug)]
pub struct Call {
    /// Rises with every call.
    pub order: usize,
    pub method: String,
    /// The parameters; a file is shown as its name and size.
    pub params: Value,
    /// Whether the work has ended; false for a poll that is still waiting.
    pub finished: bool,
    /// Whether the work was done. A fault may have spoiled the answer afterwards.
    pub ok: bool,
    /// Whether a fault replaced the answer.
    pub broken: bool,
    pub refusal: Option<String>,
}

/// The bot's answer to a callback.
#[derive(Clone, Debug)]
pub struct CallbackAnswer {
    /// The note shown over the chat, if any.
    pub text: String,
    /// Shown as a dialog that must be closed.
    pub show_alert: bool,
}

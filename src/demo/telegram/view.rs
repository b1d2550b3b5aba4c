//! What a test or the demo sees of the pretend Telegram: messages, calls, answers to callbacks.

use std::sync::Arc;

use serde_json::Value;

use super::html::Entity;

/// A message of a chat as it is now, written by the bot or by a person.
#[derive(Clone, Debug)]
pub struct ChatMessage {
    /// Rises with every message over all chats; the order in which they appeared.
    pub order: usize,
    /// The chat it is in.
    pub chat_id: i64,
    /// Its number in that chat.
    pub message_id: i64,
    /// Whether the bot wrote it.
    pub from_bot: bool,
    /// The numeric id of the author.
    pub from_id: i64,
    /// What people read: the text or caption without markup.
    pub text: String,
    /// What the bot gave, markup included.
    pub html: String,
    /// The meaning of pieces of the text.
    pub entities: Vec<Entity>,
    /// The keyboard, as it was given.
    pub reply_markup: Option<Value>,
    /// How many times it was edited.
    pub edits: usize,
    /// The texts it had before, oldest first.
    pub earlier_texts: Vec<String>,
    /// Sent with `disable_notification`.
    pub silent: bool,
    /// Sent with `protect_content`.
    pub protected: bool,
    /// The message it answers.
    pub reply_to: Option<i64>,
    /// Taken away by the bot; such messages stay only in [`super::PretendTelegram::sent`].
    pub deleted: bool,
    /// The photo or document it carries.
    pub file: Option<SentFile>,
    /// The topic of a group it is in.
    pub topic: Option<i64>,
    /// When it was written, Unix seconds of the pretend clock.
    pub date: i64,
}

/// A photo or a document.
#[derive(Clone, Debug)]
pub struct SentFile {
    /// `photo` or `document`.
    pub kind: &'static str,
    /// The name it was given.
    pub name: String,
    /// The id by which it can be sent again and fetched.
    pub file_id: String,
    /// What is in it; empty when the bot gave only a link.
    pub bytes: Arc<Vec<u8>>,
}

/// One button under a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What is written on it.
    pub text: String,
    /// What the bot gets when it is pressed.
    pub data: Option<String>,
    /// Where it leads.
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

    /// The first button with this text, this data, or failing both, with this in its text.
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

    /// The text links: what is read and where it leads.
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
    /// Rises with every call; the order in which they came.
    pub order: usize,
    /// The method.
    pub method: String,
    /// The parameters; a file is shown as its name and size.
    pub params: Value,
    /// Whether the work has ended; a long poll that waits has not.
    pub finished: bool,
    /// Whether the work was done. A fault may have spoiled the answer afterwards.
    pub ok: bool,
    /// Whether a fault stood in place of the answer.
    pub broken: bool,
    /// Why it was refused.
    pub refusal: Option<String>,
}

/// The bot's answer to a callback.
#[derive(Clone, Debug)]
pub struct CallbackAnswer {
    /// The callback it belongs to.
    pub callback_query_id: String,
    /// Who pressed.
    pub from_id: i64,
    /// What was shown over the chat, if anything.
    pub text: String,
    /// Shown as a dialogue that must be closed.
    pub show_alert: bool,
}

//! The methods of the Bot API that we call, each with exactly the parameters we use.
//!
//! Parameters are frankenstein's types. Results are read into the least we need: decoding its
//! `Message` costs five times as much and fails on fields that we never read. Link previews are off
//! everywhere.

use std::fmt;

use frankenstein::AsyncTelegramApi as _;
use frankenstein::ParseMode;
use frankenstein::methods::{
    AnswerCallbackQueryParams, DeleteWebhookParams, EditMessageTextParams, GetUpdatesParams,
    SendMessageParams, SetMyCommandsParams,
};
use frankenstein::response::MethodResponse;
use frankenstein::types::{
    AllowedUpdate, BotCommand, BotCommandScope, BotCommandScopeChat, ChatId, LinkPreviewOptions,
    ReplyMarkup, ReplyParameters,
};
use reqwest::multipart::{Form, Part};
use serde::de::{DeserializeOwned, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::client::Api;
use super::error::ApiError;
use crate::html::{Html, cut};
use crate::telegram::message::file::{AttachmentKind, File, FileSource, Made};
use crate::telegram::message::markup::Keyboard;

/// Updates in one answer at most (Bot API: 1 to 100).
pub(crate) const BATCH_LIMIT: u32 = 100;

/// Updates that are read of one answer at most: ten times what a server may send.
const MOST_UPDATES: usize = 1000;

/// The longest answer to a callback, in characters (Bot API, `answerCallbackQuery`).
const CALLBACK_ANSWER_LIMIT: usize = 200;

/// The bot as Telegram knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub id: i64,
    pub username: String,
    /// Inline mode is on (`/setinline` at `@BotFather`).
    #[serde(default)]
    pub supports_inline_queries: bool,
}

/// Where a list of commands is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandScope {
    /// Every chat without a list of its own.
    Default,
    /// One chat, by its id.
    Chat(i64),
}

/// Where a new message goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub(crate) chat_id: i64,
    pub(crate) topic: Option<i64>,
    /// The message to reply to, if it still exists.
    pub(crate) reply_to: Option<i64>,
}

fn reply_parameters(message_id: i64) -> Option<ReplyParameters> {
    let message_id = i32::try_from(message_id).ok()?;
    let reply = ReplyParameters::builder().message_id(message_id);
    Some(reply.allow_sending_without_reply(true).build())
}

/// The text of a message: markup, or plain after Telegram refused the markup.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Html(Html),
    Plain(String),
}

impl Body {
    fn parts(&self) -> (&str, Option<ParseMode>) {
        match self {
            Self::Html(html) => (html.as_str(), Some(ParseMode::Html)),
            Self::Plain(text) => (text, None),
        }
    }
}

#[derive(Deserialize)]
struct Posted {
    message_id: i64,
}

/// A message with a file. Unreadable parts of the file are ignored, because the message was sent.
#[derive(Deserialize)]
struct PostedFile {
    message_id: i64,
    photo: Option<Box<RawValue>>,
    document: Option<Box<RawValue>>,
}

/// A file that takes the place of a message, as Telegram reads it.
#[derive(Serialize)]
struct InputMedia<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    media: &'a str,
    caption: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parse_mode: Option<&'a str>,
}

#[derive(Deserialize)]
struct FileId {
    file_id: String,
}

impl PostedFile {
    /// Telegram's id of the file; for a photo, that of its last and largest size.
    fn file_id(&self) -> Option<String> {
        let sizes: Option<Vec<FileId>> = read(self.photo.as_deref());
        let size = sizes.and_then(|mut sizes| sizes.pop());
        let file: Option<FileId> = size.or_else(|| read(self.document.as_deref()));
        file.map(|file| file.file_id)
    }
}

fn read<T: DeserializeOwned>(raw: Option<&RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}

/// The updates of a poll, as raw text. More than [`MOST_UPDATES`] are left to the next poll: a list
/// of many small values would take many times its size.
struct Batch(Vec<Box<RawValue>>);

impl<'de> Deserialize<'de> for Batch {
    fn deserialize<D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        list.deserialize_seq(BatchVisitor)
    }
}

struct BatchVisitor;

impl<'de> Visitor<'de> for BatchVisitor {
    type Value = Batch;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of updates")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Batch, A::Error> {
        let mut updates = Vec::new();
        while updates.len() < MOST_UPDATES {
            match list.next_element()? {
                Some(update) => updates.push(update),
                None => return Ok(Batch(updates)),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Batch(updates))
    }
}

/// The bytes of a file, as they are uploaded.
fn part(made: &Made) -> Part {
    let bytes = made.bytes.clone();
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Part::stream_with_length(bytes, size).file_name(made.name.clone())
}

impl Api {
    /// Asks Telegram who we are; the quickest proof that the token is valid.
    ///
    /// # Errors
    /// [`ApiError`]; `is_unauthorized` says that the token is wrong.
    pub async fn introduce(&self) -> Result<Me, ApiError> {
        let answer: MethodResponse<Me> = self.request("getMe", None::<()>).await?;
        Ok(answer.result)
    }

    /// Removes a webhook and keeps waiting updates. While a webhook is set, polling is refused.
    pub(crate) async fn drop_webhook(&self) -> Result<(), ApiError> {
        let params = DeleteWebhookParams::builder().build();
        self.delete_webhook(&params).await.map(|_| ())
    }

    /// One poll. The updates stay raw text, to be decoded one by one.
    pub(crate) async fn poll(
        &self,
        offset: Option<i64>,
        limit: u32,
        seconds: u32,
    ) -> Result<Vec<Box<RawValue>>, ApiError> {
        // Always sent: without it the server uses an earlier program's list.
        let params = GetUpdatesParams::builder()
            .maybe_offset(offset)
            .limit(limit)
            .timeout(seconds)
            .allowed_updates(vec![
                AllowedUpdate::Message,
                AllowedUpdate::CallbackQuery,
                AllowedUpdate::MyChatMember,
                AllowedUpdate::InlineQuery,
            ])
            .build();
        let answer: MethodResponse<Batch> = self.request("getUpdates", Some(params)).await?;
        Ok(answer.result.0)
    }

    /// Sends a new message; returns its id.
    pub(crate) async fn post(
        &self,
        target: Target,
        body: &Body,
        keyboard: Option<&Keyboard>,
        silent: bool,
    ) -> Result<i64, ApiError> {
        let (text, parse_mode) = body.parts();
        let params = SendMessageParams::builder()
            .chat_id(ChatId::Integer(target.chat_id))
            .maybe_message_thread_id(target.topic.and_then(|topic| i32::try_from(topic).ok()))
            .maybe_reply_parameters(target.reply_to.and_then(reply_parameters))
            .text(text)
            .maybe_parse_mode(parse_mode)
            .link_preview_options(LinkPreviewOptions::DISABLED)
            .maybe_disable_notification(silent.then_some(true))
            .maybe_reply_markup(
                keyboard
                    .filter(|k| !k.is_empty())
                    .map(|k| ReplyMarkup::InlineKeyboardMarkup(k.to_api())),
            )
            .build();
        let answer: MethodResponse<Posted> = self.request("sendMessage", Some(params)).await?;
        Ok(answer.result.message_id)
    }

    /// Edits one of our messages. Without a keyboard Telegram removes the old buttons.
    pub(crate) async fn edit(
        &self,
        chat_id: i64,
        message_id: i64,
        body: &Body,
        keyboard: Option<&Keyboard>,
    ) -> Result<(), ApiError> {
        let Ok(message_id) = i32::try_from(message_id) else {
            return Err(ApiError::NotSent(format!("no such message: {message_id}")));
        };
        let (text, parse_mode) = body.parts();
        let params = EditMessageTextParams::builder()
            .chat_id(ChatId::Integer(chat_id))
            .message_id(message_id)
            .text(text)
            .maybe_parse_mode(parse_mode)
            .link_preview_options(LinkPreviewOptions::DISABLED)
            .maybe_reply_markup(keyboard.map(Keyboard::to_api))
            .build();
        let _: MethodResponse<IgnoredAny> = self.request("editMessageText", Some(params)).await?;
        Ok(())
    }

    /// Sends a file, with a caption unless that is empty; returns the message's id and Telegram's
    /// id of the file.
    pub(crate) async fn post_file(
        &self,
        target: Target,
        file: &File,
        caption: &Body,
        keyboard: Option<&Keyboard>,
        silent: bool,
    ) -> Result<(i64, Option<String>), ApiError> {
        let (method, field) = match file.kind {
            AttachmentKind::Photo => ("sendPhoto", "photo"),
            AttachmentKind::Document => ("sendDocument", "document"),
        };
        let form = Form::new().text("chat_id", target.chat_id.to_string());
        let mut form = match &file.source {
            FileSource::Telegram(id) => form.text(field, id.clone()),
            FileSource::Memory(made) => form.part(field, part(made)),
        };
        if let Some(topic) = target.topic {
            form = form.text("message_thread_id", topic.to_string());
        }
        let (text, parse_mode) = caption.parts();
        if !text.is_empty() {
            form = form.text("caption", text.to_owned());
        }
        if parse_mode.is_some() {
            form = form.text("parse_mode", "HTML");
        }
        if silent {
            form = form.text("disable_notification", "true");
        }
        if let Some(keyboard) = keyboard.filter(|k| !k.is_empty()) {
            let json = keyboard
                .to_json()
                .map_err(|err| ApiError::NotSent(err.to_string()))?;
            form = form.text("reply_markup", json);
        }
        let answer: MethodResponse<PostedFile> = self.upload(method, form).await?;
        Ok((answer.result.message_id, answer.result.file_id()))
    }

    /// Puts a file with its caption in the place of one of our messages, whatever that shows;
    /// returns Telegram's id of the file.
    pub(crate) async fn edit_file(
        &self,
        chat_id: i64,
        message_id: i64,
        file: &File,
        caption: &Body,
        keyboard: Option<&Keyboard>,
    ) -> Result<Option<String>, ApiError> {
        let kind = match file.kind {
            AttachmentKind::Photo => "photo",
            AttachmentKind::Document => "document",
        };
        let form = Form::new()
            .text("chat_id", chat_id.to_string())
            .text("message_id", message_id.to_string());
        let (mut form, media) = match &file.source {
            FileSource::Telegram(id) => (form, id.clone()),
            FileSource::Memory(made) => (form.part(kind, part(made)), format!("attach://{kind}")),
        };
        let (text, parse_mode) = caption.parts();
        let media = InputMedia {
            kind,
            media: &media,
            caption: text,
            parse_mode: parse_mode.map(|_| "HTML"),
        };
        let json = serde_json::to_string(&media);
        form = form.text(
            "media",
            json.map_err(|err| ApiError::NotSent(err.to_string()))?,
        );
        if let Some(keyboard) = keyboard {
            let json = keyboard
                .to_json()
                .map_err(|err| ApiError::NotSent(err.to_string()))?;
            form = form.text("reply_markup", json);
        }
        let answer: MethodResponse<PostedFile> = self.upload("editMessageMedia", form).await?;
        Ok(answer.result.file_id())
    }

    /// Ends the spinner on a pressed button, with a toast if there is a text (cut to 200 units).
    ///
    /// # Errors
    /// [`ApiError`]; `query_too_old` is expected after a pause.
    pub async fn answer_callback(
        &self,
        query_id: &str,
        text: Option<&str>,
    ) -> Result<(), ApiError> {
        let params = AnswerCallbackQueryParams::builder()
            .callback_query_id(query_id)
            .maybe_text(text.map(|t| cut(t, CALLBACK_ANSWER_LIMIT)))
            .build();
        self.answer_callback_query(&params).await.map(|_| ())
    }

    /// Sets the list of commands (name without slash, description) for one scope and language
    /// (`""`: all others).
    ///
    /// # Errors
    /// [`ApiError`]; a [`CommandScope::Chat`] that never wrote to the bot is refused as *chat not
    /// found*.
    pub async fn set_commands(
        &self,
        scope: CommandScope,
        language_code: &str,
        commands: &[(String, String)],
    ) -> Result<(), ApiError> {
        let scope = match scope {
            CommandScope::Default => BotCommandScope::Default,
            CommandScope::Chat(id) => BotCommandScope::Chat(
                BotCommandScopeChat::builder()
                    .chat_id(ChatId::Integer(id))
                    .build(),
            ),
        };
        let command = |(name, description): &(String, String)| {
            BotCommand::builder()
                .command(name.clone())
                .description(description.clone())
                .build()
        };
        let params = SetMyCommandsParams::builder()
            .commands(commands.iter().map(command).collect())
            .scope(scope)
            .maybe_language_code((!language_code.is_empty()).then(|| language_code.to_owned()))
            .build();
        self.set_my_commands(&params).await.map(|_| ())
    }
}

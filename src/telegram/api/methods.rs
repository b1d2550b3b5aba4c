//! The methods of the Bot API that we call, each with exactly the parameters we use.
//!
//! Parameters are frankenstein's types, results are read into the least we need: decoding its `Message` would cost five
//! times as much and fail on fields we never look at. Link previews are off everywhere.

use frankenstein::AsyncTelegramApi as _;
use frankenstein::ParseMode;
use frankenstein::methods::{
    AnswerCallbackQueryParams, DeleteWebhookParams, EditMessageTextParams, GetUpdatesParams,
    SendChatActionParams, SendMessageParams, SetMyCommandsParams,
};
use frankenstein::response::MethodResponse;
use frankenstein::types::{
    AllowedUpdate, BotCommand, BotCommandScope, BotCommandScopeChat, ChatAction, ChatId,
    LinkPreviewOptions, ReplyMarkup, ReplyParameters,
};
use reqwest::multipart::{Form, Part};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::client::Api;
use super::error::ApiError;
use crate::html::{Html, cut};
use crate::telegram::message::file::{File, From, Shown};
use crate::telegram::message::markup::Keyboard;

/// Updates in one answer at most (Bot API: 1 to 100).
pub(crate) const BATCH_LIMIT: u32 = 100;

/// The longest answer to a callback, in characters (Bot API, `answerCallbackQuery`).
const TAP_ANSWER_LIMIT: usize = 200;

/// Who we are to Telegram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The bot's id.
    pub id: i64,
    /// The bot's user name, without `@`.
    pub username: String,
    /// People may name the bot in any chat and choose what it offers (`/setinline` at `@BotFather`).
    #[serde(default)]
    pub supports_inline_queries: bool,
}

/// Who is shown a list of commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandScope {
    /// Everybody for whom nothing closer is set.
    Default,
    /// Everybody in a private chat.
    PrivateChats,
    /// Everybody in groups.
    Groups,
    /// One chat, by its id.
    Chat(i64),
}

/// Where a new message goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The chat.
    pub(crate) chat_id: i64,
    /// A topic of it.
    pub(crate) topic: Option<i64>,
    /// The message that is answered, where it still is there.
    pub(crate) reply_to: Option<i64>,
}

impl Place {
    /// The chat itself.
    pub(crate) fn chat(chat_id: i64) -> Self {
        Self {
            chat_id,
            topic: None,
            reply_to: None,
        }
    }
}

fn reply_parameters(message_id: i64) -> Option<ReplyParameters> {
    let message_id = i32::try_from(message_id).ok()?;
    let reply = ReplyParameters::builder().message_id(message_id);
    Some(reply.allow_sending_without_reply(true).build())
}

/// The text of a message, as markup or, after Telegram could not read that, plain.
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

/// A message with a file. What cannot be read of the file is left aside: the message is sent.
#[derive(Deserialize)]
struct PostedFile {
    message_id: i64,
    #[serde(default)]
    photo: Value,
    #[serde(default)]
    document: Value,
}

impl PostedFile {
    /// Telegram's id of the file; of a photo, that of its largest size, which is the last.
    fn file_id(&self) -> Option<String> {
        let sizes = self.photo.as_array();
        let file = sizes
            .and_then(|sizes| sizes.last())
            .unwrap_or(&self.document);
        file.get("file_id")?.as_str().map(str::to_owned)
    }
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

    /// Removes a webhook, keeping what waits; while one is set, polling is refused.
    pub(crate) async fn drop_webhook(&self) -> Result<(), ApiError> {
        let params = DeleteWebhookParams::builder().build();
        self.delete_webhook(&params).await.map(|_| ())
    }

    /// One poll. The updates come as raw text, to be decoded one by one.
    pub(crate) async fn poll(
        &self,
        offset: Option<i64>,
        limit: u32,
        seconds: u32,
    ) -> Result<Vec<Box<RawValue>>, ApiError> {
        // The list is always sent: left out, the server would go on with the one of an earlier program.
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
        let answer: MethodResponse<Vec<Box<RawValue>>> =
            self.request("getUpdates", Some(params)).await?;
        Ok(answer.result)
    }

    /// Sends a new message; its id.
    pub(crate) async fn post(
        &self,
        place: Place,
        body: &Body,
        keyboard: Option<&Keyboard>,
        silent: bool,
    ) -> Result<i64, ApiError> {
        let (text, parse_mode) = body.parts();
        let params = SendMessageParams::builder()
            .chat_id(ChatId::Integer(place.chat_id))
            .maybe_message_thread_id(place.topic.and_then(|topic| i32::try_from(topic).ok()))
            .maybe_reply_parameters(place.reply_to.and_then(reply_parameters))
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

    /// Changes a message of ours. Without a keyboard the old buttons go, as Telegram has it.
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

    /// Sends a file, with a caption unless that is empty; the message's id, and Telegram's id of the file.
    pub(crate) async fn post_file(
        &self,
        place: Place,
        file: &File,
        caption: &Body,
        keyboard: Option<&Keyboard>,
        silent: bool,
    ) -> Result<(i64, Option<String>), ApiError> {
        let (method, field) = match file.shown {
            Shown::Photo => ("sendPhoto", "photo"),
            Shown::Document => ("sendDocument", "document"),
        };
        let mut form = Form::new().text("chat_id", place.chat_id.to_string());
        form = match &file.from {
            From::Telegram(id) => form.text(field, id.clone()),
            From::Memory(made) => {
                let bytes = made.bytes.clone();
                let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                let part = Part::stream_with_length(bytes, size).file_name(made.name.clone());
                form.part(field, part)
            }
        };
        if let Some(topic) = place.topic {
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

    /// Ends the spinner on a pressed button, with a toast or an alert if there is a text (cut to 200 units).
    ///
    /// # Errors
    /// [`ApiError`]; `query_too_old` is expected after a pause.
    pub async fn answer_callback(
        &self,
        query_id: &str,
        text: Option<&str>,
        alert: bool,
    ) -> Result<(), ApiError> {
        let params = AnswerCallbackQueryParams::builder()
            .callback_query_id(query_id)
            .maybe_text(text.map(|t| cut(t, TAP_ANSWER_LIMIT)))
            .maybe_show_alert(alert.then_some(true))
            .build();
        self.answer_callback_query(&params).await.map(|_| ())
    }

    /// Shows "typing…" in a chat for five seconds.
    ///
    /// # Errors
    /// [`ApiError`]; never worth a retry.
    pub async fn typing(&self, chat_id: i64) -> Result<(), ApiError> {
        let params = SendChatActionParams::builder()
            .chat_id(ChatId::Integer(chat_id))
            .action(ChatAction::Typing)
            .build();
        self.send_chat_action(&params).await.map(|_| ())
    }

    /// Sets the list of commands (name without slash, description) for one scope and language (`""`: all others).
    ///
    /// # Errors
    /// [`ApiError`]; a [`CommandScope::Chat`] that never wrote to the bot is refused as *chat not found*.
    pub async fn set_commands(
        &self,
        scope: CommandScope,
        language_code: &str,
        commands: &[(String, String)],
    ) -> Result<(), ApiError> {
        let scope = match scope {
            CommandScope::Default => BotCommandScope::Default,
            CommandScope::PrivateChats => BotCommandScope::AllPrivateChats,
            CommandScope::Groups => BotCommandScope::AllGroupChats,
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

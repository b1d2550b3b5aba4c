//! What Telegram says when it refuses, as far as we know its words.
//!
//! A description may repeat what people wrote, our address with the token, or anything else. So a
//! log, a row or a screen shows the code and the sentence of this list, never the description.

use std::fmt;

/// Sentences of the server (tdlib/telegram-bot-api) and names of errors of Telegram itself, in
/// lower case. The first one that a description contains is shown, so longer ones stand first.
const KNOWN: &[&str] = &[
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
    "there is no text in the message to edit",
    "message to be replied not found",
    "message to reply not found",
    "message thread not found",
    "message text is empty",
    "message is too long",
    "message caption is too long",
    "message_id_invalid",
    "message_too_long",
    "media_caption_too_long",
    "can't parse entities",
    "can't parse inline keyboard button",
    "can't parse reply keyboard markup json object",
    "button_data_invalid",
    "button_url_invalid",
    "button_type_invalid",
    "reply_markup_too_long",
    "reply_markup_invalid",
    "query is too old",
    "query_id_invalid",
    "result_id_duplicate",
    "bot was blocked by the user",
    "bot was kicked from the group chat",
    "bot was kicked from the supergroup chat",
    "bot was kicked from the channel chat",
    "bot is not a member of the group chat",
    "bot is not a member of the supergroup chat",
    "bot is not a member of the channel chat",
    "bot can't initiate conversation with a user",
    "bot can't send messages to bots",
    "user is deactivated",
    "user_is_blocked",
    "input_user_deactivated",
    "user not found",
    "chat not found",
    "peer_id_invalid",
    "group chat was upgraded to a supergroup chat",
    "group chat was deactivated",
    "the group chat was deleted",
    "not enough rights to send text messages to the chat",
    "not enough rights to send photos to the chat",
    "not enough rights to send documents to the chat",
    "not enough rights",
    "have no rights to send a message",
    "need administrator rights in the channel chat",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_admin_required",
    "chat_send_plain_forbidden",
    "chat_send_photos_forbidden",
    "chat_send_docs_forbidden",
    "chat_send_media_forbidden",
    "user_banned_in_channel",
    "slowmode_wait",
    "topic_deleted",
    "topic_closed",
    "file is too big",
    "file must be non-empty",
    "wrong file identifier",
    "wrong remote file identifier",
    "wrong file_id",
    "invalid file_id",
    "file reference",
    "photo_invalid_dimensions",
    "photo_ext_invalid",
    "image_process_failed",
    "wrong type of the web page content",
    "failed to get http url content",
    "terminated by other getupdates request",
    "terminated by setwebhook request",
    "can't use getupdates method while webhook is active",
    "logged out",
    "method not found",
    "request entity too large",
    "too many requests",
    "internal server error",
    "bad gateway",
    "gateway timeout",
    "restart",
    "unauthorized",
    "not found",
];

/// The server's description of a refusal. It can be compared, but shows only what is known of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    /// Keeps what is long enough for every comparison.
    pub(super) fn new(said: &str) -> Self {
        Self(crate::html::cut(said, 300))
    }

    /// As the server sent it: foreign text, to be compared only.
    pub(super) fn said(&self) -> &str {
        &self.0
    }
}

/// The sentence that the description is known by, after a colon; nothing if there is none.
impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = self.0.to_lowercase();
        match KNOWN.iter().find(|sentence| said.contains(**sentence)) {
            // Names of Telegram's errors have no spaces, and are written in capitals.
            Some(name) if name.contains('_') && !name.contains(' ') => {
                write!(f, ": {}", name.to_uppercase())
            }
            Some(sentence) => write!(f, ": {sentence}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Description({self})")
    }
}

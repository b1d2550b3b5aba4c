//! People: their actions become updates in Telegram's shapes.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use serde_json::{Map, Value, json};

use super::{
    PretendTelegram,
    events::{bot_commands, change_standing, post, words},
    html::Parsed,
    params::Upload,
    sending,
    state::{Callback, Standing, State},
    updates::CALLBACK_LIFETIME,
    view::{CallbackAnswer, ChatMessage},
};

/// A scripted user with a private chat.
#[derive(Clone, Debug)]
pub struct Person {
    pub(super) telegram: PretendTelegram,
    id: i64,
}

impl Person {
    pub(super) fn new(telegram: PretendTelegram, id: i64) -> Self {
        Self { telegram, id }
    }

    /// The numeric id; also the id of the private chat.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Opens the chat without an update, as for somebody who wrote to the bot long ago.
    pub fn knows_bot(&self) {
        self.stand(Standing::Open);
    }

    /// Writes to the bot; returns the message's number.
    pub fn writes(&self, text: &str) -> i64 {
        self.posts(self.id, words(text))
    }

    /// Forwards somebody else's text.
    pub fn forwards(&self, text: &str) -> i64 {
        let mut fields = words(text);
        let author = json!({ "id": 777_001, "is_bot": false, "first_name": "Somebody" });
        let origin = json!({ "type": "user", "sender_user": author, "date": 1_700_000_000 });
        fields.insert("forward_origin".to_owned(), origin);
        self.posts(self.id, fields)
    }

    pub fn sends_sticker(&self) -> i64 {
        self.sends(json!({ "sticker": {
            "file_id": "CAACAgIAAxkBAAI", "file_unique_id": "AgADsticker", "type": "regular", "width": 512,
            "height": 512, "is_animated": false, "is_video": false, "emoji": "👍", "file_size": 4096,
        }}))
    }

    /// Sends a file that the bot can fetch; without a caption if that is empty.
    pub fn sends_document(&self, name: &str, bytes: &[u8], caption: &str) -> i64 {
        let upload = Upload {
            name: name.to_owned(),
            bytes: Arc::new(bytes.to_vec()),
        };
        let file = self.telegram.shared.lock().keep_file("document", upload);
        let mut fields = sending::content(
            "caption",
            &Parsed {
                text: caption.to_owned(),
                entities: Vec::new(),
            },
        );
        fields.insert("document".to_owned(), sending::file_json(&file));
        self.posts(self.id, fields)
    }

    /// Sends a photo, as part of an album unless `album` is empty.
    pub fn sends_photo(&self, bytes: &[u8], album: &str) -> i64 {
        let upload = Upload {
            name: "photo.jpg".to_owned(),
            bytes: Arc::new(bytes.to_vec()),
        };
        let file = self.telegram.shared.lock().keep_file("photo", upload);
        let mut fields = Map::new();
        fields.insert("photo".to_owned(), sending::file_json(&file));
        if !album.is_empty() {
            fields.insert("media_group_id".to_owned(), json!(album));
        }
        self.posts(self.id, fields)
    }

    /// Sends a message with any fields, for everything without its own method (`via_bot`,
    /// `contact`, …).
    pub fn sends(&self, fields: Value) -> i64 {
        let Value::Object(fields) = fields else {
            return 0;
        };
        self.posts(self.id, fields)
    }

    /// Changes the text of their own message; the bot gets an `edited_message`.
    pub fn edits(&self, message_id: i64, text: &str) -> anyhow::Result<()> {
        self.telegram.shared.change(|state| {
            let now = state.now();
            let stored = state
                .message_mut(self.id, message_id)
                .context("no such message to edit")?;
            let shown = Arc::make_mut(&mut stored.shown);
            if shown.from_id != self.id {
                bail!("people edit only their own messages");
            }
            shown.edits += 1;
            shown
                .earlier_texts
                .push(std::mem::replace(&mut shown.text, text.to_owned()));
            shown.entities = bot_commands(text);
            if let Value::Object(old) = &mut stored.json {
                old.remove("entities");
                old.extend(words(text));
                old.insert("edit_date".to_owned(), json!(now));
            }
            let json = stored.json.clone();
            state.queue.push("edited_message", &json, now);
            Ok(())
        })
    }

    /// Deletes a message in the private chat; the bot learns of it only by being refused.
    pub fn deletes(&self, message_id: i64) {
        self.telegram.shared.change(|state| {
            if let Some(stored) = state.message_mut(self.id, message_id) {
                Arc::make_mut(&mut stored.shown).deleted = true;
            }
        });
    }

    /// Presses a button of the message in its current form; returns the id of the callback.
    pub fn presses(&self, message: &ChatMessage, text_or_data: &str) -> anyhow::Result<String> {
        let current = self
            .telegram
            .message(message.chat_id, message.message_id)
            .context("the message is gone")?;
        let Some(button) = current.button(text_or_data) else {
            let there: Vec<String> = current
                .buttons()
                .into_iter()
                .map(|button| button.text)
                .collect();
            bail!(
                "no button {text_or_data:?} under {:?}, only {there:?}",
                current.text
            );
        };
        let data = button
            .data
            .with_context(|| format!("the button {text_or_data:?} sends nothing to the bot"))?;
        Ok(self.callback(message.chat_id, message.message_id, &data))
    }

    /// Sends any data as if a button of that message in the private chat had it. The message need
    /// not exist.
    pub fn presses_forged(&self, message_id: i64, data: &str) -> String {
        self.callback(self.id, message_id, data)
    }

    pub(super) fn callback(&self, chat_id: i64, message_id: i64, data: &str) -> String {
        self.telegram.shared.change(|state| {
            let now = state.now();
            let id = format!("{}{:09}", self.id, state.callbacks.len() + 1);
            let chat = state.chats.get(&chat_id).map(|chat| chat.json.clone());
            let message = match state.message(chat_id, message_id) {
                Some(stored) => stored.json.clone(),
                None => json!({ "chat": chat, "message_id": message_id, "date": 0 }),
            };
            let query = json!({
                "id": id, "from": self.user(state), "message": message, "data": data,
                "chat_instance": (chat_id.wrapping_mul(7_919)).to_string(),
            });
            let callback = Callback {
                answer: None,
                expires: now + CALLBACK_LIFETIME,
            };
            state.callbacks.insert(id.clone(), callback);
            state.queue.push("callback_query", &query, now);
            id
        })
    }

    /// The bot's answer to a callback, if any.
    pub fn callback_answer(&self, callback: &str) -> Option<CallbackAnswer> {
        let state = self.telegram.shared.lock();
        state.callbacks.get(callback)?.answer.clone()
    }

    /// Stops the bot; its messages are refused with 403 from now on.
    pub fn blocks_bot(&self) {
        self.telegram
            .shared
            .change(|state| self.change_membership(state, "member", "kicked", Standing::Blocked));
    }

    /// Lets the bot write again.
    pub fn unblocks_bot(&self) {
        self.telegram
            .shared
            .change(|state| self.change_membership(state, "kicked", "member", Standing::Open));
    }

    /// The account is deleted; the bot learns of it only by being refused.
    pub fn deletes_account(&self) {
        self.stand(Standing::Deactivated);
    }

    /// The next message of the bot in the private chat. Each message is returned once, in order.
    pub async fn next_reply(&self, limit: Duration) -> anyhow::Result<Arc<ChatMessage>> {
        let mut reply = None;
        let what = format!("a reply to person {}", self.id);
        self.telegram
            .wait_until(&what, limit, |telegram| {
                let mut state = telegram.shared.lock();
                let read_to = state.chats.get(&self.id).map_or(0, |chat| chat.read_to);
                reply = state.reply_after(self.id, read_to);
                if let (Some(reply), Some(chat)) = (&reply, state.chats.get_mut(&self.id)) {
                    chat.read_to = reply.order;
                }
                reply.is_some()
            })
            .await?;
        reply.context("the reply was there a moment ago")
    }

    /// Messages of the bot that `next_reply` has not returned yet.
    pub fn unread(&self) -> Vec<Arc<ChatMessage>> {
        let state = self.telegram.shared.lock();
        let read_to = state.chats.get(&self.id).map_or(0, |chat| chat.read_to);
        let later = state
            .messages_in(self.id)
            .filter(|message| message.from_bot && message.order > read_to);
        later.cloned().collect()
    }

    /// Treats everything so far as read.
    pub fn skips_unread(&self) {
        self.telegram.shared.change(|state| {
            let all = state.messages.len();
            if let Some(chat) = state.chats.get_mut(&self.id) {
                chat.read_to = all;
            }
        });
    }

    pub(super) fn user(&self, state: &State) -> Value {
        state
            .chats
            .get(&self.id)
            .and_then(|chat| chat.user.clone())
            .unwrap_or_default()
    }

    fn stand(&self, standing: Standing) {
        self.telegram.shared.change(|state| {
            if let Some(chat) = state.chats.get_mut(&self.id) {
                chat.standing = standing;
            }
        });
    }

    fn change_membership(&self, state: &mut State, old: &str, new: &str, standing: Standing) {
        let user = self.user(state);
        change_standing(state, self.id, &user, (old, new), standing);
    }

    pub(super) fn posts(&self, chat_id: i64, fields: Map<String, Value>) -> i64 {
        self.telegram.shared.change(|state| {
            let user = self.user(state);
            if chat_id == self.id {
                let standing = state.chats.get(&chat_id).map(|chat| chat.standing);
                // A person who writes again unblocks the bot first.
                if standing == Some(Standing::Blocked) {
                    self.change_membership(state, "kicked", "member", Standing::Open);
                } else if let Some(chat) = state.chats.get_mut(&chat_id) {
                    chat.standing = Standing::Open;
                }
            }
            post(state, chat_id, user, fields)
        })
    }
}

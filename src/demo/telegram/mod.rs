//! A pretend Bot API server with people in it.
//!
//! It keeps real state: messages of the bot are stored, edited and refused as at Telegram. People's
//! actions come out of `getUpdates` in Telegram's shapes. The bot sees everything in groups, as if
//! privacy mode were off. HTML is the only parse mode. The server needs a running tokio runtime and
//! ends with the last clone of its handle.

mod events;
mod faults;
mod group;
mod html;
mod inline;
mod methods;
mod params;
mod people;
mod polling;
mod rates;
mod rules;
mod sending;
mod server;
mod state;
mod updates;
mod view;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use self::rules::Refusal;
use self::state::{BOT_ID, State};
pub use self::{faults::Fault, people::Person, view::ChatMessage};
pub(crate) use self::{group::Group, view::Call};
use crate::demo::pretend::Pretend;

/// Number of messages and calls in the error of a failed wait.
const SHOWN_IN_ERRORS: usize = 40;
/// Updates pushed raw are kept a day of pretend time.
const RAW_LIFETIME: i64 = 24 * 60 * 60;

/// A handle to a running pretend Telegram; clones are the same server.
#[derive(Clone, Debug)]
pub struct PretendTelegram {
    shared: Pretend<State>,
    token: Arc<str>,
}

impl PretendTelegram {
    /// Starts a server on a free loopback port.
    pub async fn start() -> anyhow::Result<Self> {
        let secret: String = (0..35).map(|_| fastrand::alphanumeric()).collect();
        let token: Arc<str> = format!("{BOT_ID}:{secret}").into();
        let answer = |shared, request| async move { (server::handle(shared, request).await, ()) };
        let shared = Pretend::start(State::new(Arc::clone(&token)), answer).await?;
        Ok(Self { shared, token })
    }

    /// The `api_url` for the bot: `http://127.0.0.1:PORT`.
    pub fn api_url(&self) -> String {
        self.shared.url()
    }

    /// The token of the bot, in the shape of a real one.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A person with that numeric id who has not written to the bot yet. The same id returns the
    /// same person.
    pub fn person(&self, id: i64, first_name: &str, language_code: &str) -> Person {
        let user = json!({ "id": id, "is_bot": false, "first_name": first_name, "language_code": language_code });
        let chat = json!({ "id": id, "type": "private", "first_name": first_name });
        self.shared
            .change(|state| state.add_chat(id, chat, Some(user)));
        Person::new(self.clone(), id)
    }

    /// A group the bot is a member of; a supergroup when its id begins with -100, as real ones do.
    pub fn group(&self, id: i64, title: &str) -> Group {
        let kind = if id.to_string().starts_with("-100") {
            "supergroup"
        } else {
            "group"
        };
        let chat = json!({ "id": id, "type": kind, "title": title });
        self.shared.change(|state| state.add_chat(id, chat, None));
        Group::new(self.clone(), id)
    }

    /// The messages of a chat, by people and by the bot, in order and in their current form.
    pub fn messages(&self, chat_id: i64) -> Vec<Arc<ChatMessage>> {
        self.shared.lock().messages_in(chat_id).cloned().collect()
    }

    /// One message, unless it is deleted.
    pub fn message(&self, chat_id: i64, message_id: i64) -> Option<Arc<ChatMessage>> {
        self.shared
            .lock()
            .message(chat_id, message_id)
            .map(|stored| Arc::clone(&stored.shown))
    }

    /// The newest message of the bot in a chat.
    pub fn last_reply(&self, chat_id: i64) -> Option<Arc<ChatMessage>> {
        self.shared
            .lock()
            .messages_in(chat_id)
            .rfind(|message| message.from_bot)
            .cloned()
    }

    /// Everything the bot sent to anyone, in order; deleted messages are included and marked.
    pub fn sent(&self) -> Vec<Arc<ChatMessage>> {
        let state = self.shared.lock();
        let shown = state.messages.iter().map(|stored| &stored.shown);
        shown.filter(|message| message.from_bot).cloned().collect()
    }

    /// How many messages the bot sent, without copying them.
    pub fn sent_count(&self) -> usize {
        self.shared
            .lock()
            .messages
            .iter()
            .filter(|stored| stored.shown.from_bot)
            .count()
    }

    /// The calls of one method, or of all for `"*"`, in order.
    pub fn calls(&self, method: &str) -> Vec<Arc<Call>> {
        let state = self.shared.lock();
        state
            .calls
            .iter()
            .filter(|call| method == "*" || call.method == method)
            .cloned()
            .collect()
    }

    /// Calls refused by a rule, not counting faults. A healthy bot has few.
    pub fn refused_calls(&self) -> Vec<Arc<Call>> {
        let state = self.shared.lock();
        state
            .calls
            .iter()
            .filter(|call| call.refusal.is_some() && !call.broken)
            .cloned()
            .collect()
    }

    /// Callbacks without an answer.
    pub fn unanswered_callbacks(&self) -> usize {
        self.shared
            .lock()
            .callbacks
            .values()
            .filter(|callback| callback.answer.is_none())
            .count()
    }

    /// Updates queued but not confirmed.
    pub fn undelivered_updates(&self) -> usize {
        self.shared.lock().queue.len()
    }

    /// Whether a `getUpdates` call is waiting now.
    pub fn is_polled(&self) -> bool {
        let state = self.shared.lock();
        // The newest poll ends all older ones, so only it can be waiting.
        let newest = state.calls.iter().rfind(|call| call.method == "getUpdates");
        newest.is_some_and(|call| !call.finished)
    }

    /// The menu for a scope (`default`, `all_private_chats`, `chat:ID:0`) and a language (empty for
    /// all).
    pub fn menu(&self, scope: &str, language: &str) -> Option<Vec<Value>> {
        self.shared
            .lock()
            .menus
            .get(&(scope.to_owned(), language.to_owned()))
            .cloned()
    }

    /// Queues an update of any shape, even an unreadable one; returns its id.
    pub fn push_raw_update(&self, update_without_id: Value) -> u32 {
        self.shared.change(|state| {
            let expires = state.now() + RAW_LIFETIME;
            state.queue.push_raw(update_without_id, expires)
        })
    }

    /// Delivers the last delivered update again, as after a lost confirmation.
    pub fn repeat_last_update(&self) {
        self.shared.change(|state| state.queue.repeat_last());
    }

    /// Numbers the next updates from `id`: ids may jump after a quiet week, also down.
    pub fn number_updates_from(&self, id: u32) {
        self.shared.change(|state| state.queue.number_from(id));
    }

    /// Spoils the next `times` answers to a method (`"*"` for any). Faults of one method come in
    /// the order given.
    pub fn break_next(&self, method: &str, times: usize, fault: Fault) {
        if times > 0 {
            self.shared
                .change(|state| state.faults.push((method.to_owned(), times, fault)));
        }
    }

    /// Forgets faults that have not happened yet.
    pub fn clear_faults(&self) {
        self.shared.change(|state| state.faults.clear());
    }

    /// An incident at Telegram begins or ends: nothing reaches this chat.
    pub fn fails_for(&self, chat_id: i64, yes: bool) {
        self.shared.change(|state| {
            if let Some(chat) = state.chats.get_mut(&chat_id) {
                chat.refusal = yes.then(|| Refusal::new(500, "Internal Server Error"));
            }
        });
    }

    /// Answers everything with 401 from now on.
    pub fn revoke_token(&self) {
        self.shared.change(|state| state.token_revoked = true);
    }

    /// Turns the flood limits on or off; they are off at first.
    pub fn enforce_rates(&self, on: bool) {
        self.shared.change(|state| state.rates.enforced = on);
    }

    /// Sets the source of message dates, in Unix seconds. The function must not call this handle.
    pub fn set_clock(&self, now: impl Fn() -> i64 + Send + Sync + 'static) {
        self.shared.change(|state| state.set_clock(Arc::new(now)));
    }

    /// Receives every change.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changes()
    }

    /// Waits until the condition holds; checks now and after every change. The error names the
    /// awaited condition and shows the chats and the last calls.
    pub async fn wait_until(
        &self,
        what: &str,
        limit: Duration,
        mut condition: impl FnMut(&Self) -> bool,
    ) -> anyhow::Result<()> {
        let report = || format!("\n{}", self.transcript());
        self.shared
            .wait_until(what, limit, || condition(self), report)
            .await
    }

    /// The last messages and calls as text, for error messages.
    pub fn transcript(&self) -> String {
        let state = self.shared.lock();
        let mut text = String::from("messages:\n");
        let from = state.messages.len().saturating_sub(SHOWN_IN_ERRORS);
        for message in state.messages.iter().skip(from).map(|stored| &stored.shown) {
            let who = if message.from_bot {
                "bot".to_owned()
            } else {
                message.from_id.to_string()
            };
            let words: String = message.text.chars().take(300).collect();
            let buttons: Vec<String> = message
                .buttons()
                .into_iter()
                .map(|button| button.text)
                .collect();
            let marks = if message.deleted { " (deleted)" } else { "" };
            // Writing to a string cannot fail.
            writeln!(
                text,
                "  [{}/{}]{marks} {who}, edited {}: {words:?} {buttons:?}",
                message.chat_id, message.message_id, message.edits
            )
            .ok();
        }
        text.push_str("calls:\n");
        let from = state.calls.len().saturating_sub(SHOWN_IN_ERRORS);
        for call in state.calls.iter().skip(from) {
            let outcome = match (&call.refusal, call.finished) {
                (Some(why), _) => why,
                (None, true) => "ok",
                (None, false) => "waiting",
            };
            writeln!(text, "  {} {}: {outcome}", call.order, call.method).ok();
        }
        writeln!(text, "updates not confirmed: {}", state.queue.len()).ok();
        text
    }
}

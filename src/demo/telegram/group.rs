//! Groups: people write there, add and remove the bot, and a group may get a new id.

use serde_json::{Map, Value, json};

use super::{
    PretendTelegram,
    events::{change_standing, post, words},
    people::Person,
    rules::Refusal,
    state::{Chat, Standing},
};

/// The fake user that Telegram names when an anonymous group administrator writes.
const ANONYMOUS_ADMIN: i64 = 1_087_968_824;

/// A group the bot is a member of.
#[derive(Clone, Debug)]
pub struct Group {
    telegram: PretendTelegram,
    id: i64,
}

impl Group {
    pub(super) fn new(telegram: PretendTelegram, id: i64) -> Self {
        Self { telegram, id }
    }

    pub fn id(&self) -> i64 {
        self.id
    }

    /// An anonymous administrator writes: `from` is a fake user, `sender_chat` is the group.
    pub fn anonymous_admin_writes(&self, text: &str) -> i64 {
        self.telegram.shared.change(|state| {
            let mut fields = words(text);
            if let Some(chat) = state.chats.get(&self.id) {
                fields.insert("sender_chat".to_owned(), chat.json.clone());
            }
            post(state, self.id, anonymous(), fields)
        })
    }

    /// The group gets a topic, or opens a closed one.
    pub fn opens_topic(&self, topic: i64) {
        self.change(|chat| {
            chat.topics.insert(topic, false);
        });
    }

    /// A topic is closed; the bot learns of it only by being refused.
    pub fn closes_topic(&self, topic: i64) {
        self.change(|chat| {
            chat.topics.insert(topic, true);
        });
    }

    /// A topic is deleted; the bot learns of it only by being refused.
    pub fn deletes_topic(&self, topic: i64) {
        self.change(|chat| {
            chat.topics.remove(&topic);
        });
    }

    /// The rights of all members change; the bot learns of it only by being refused.
    pub fn lets_members_write(&self, yes: bool) {
        let why = "not enough rights to send text messages to the chat";
        self.change(|chat| chat.refusal = (!yes).then(|| Refusal::bad(why)));
    }

    /// One message in so many seconds; 0 ends slow mode.
    pub fn slow_mode(&self, seconds: i64) {
        self.change(|chat| chat.slow = (seconds > 0).then_some((seconds, 0)));
    }

    /// Somebody takes the bot's right to write, or gives it back.
    pub fn restricts_bot(&self, by: &Person, restricted: bool) {
        let why = "have no rights to send a message";
        self.change(|chat| chat.refusal = restricted.then(|| Refusal::bad(why)));
        let change = match restricted {
            true => ("member", "restricted"),
            false => ("restricted", "member"),
        };
        self.changes_standing(by, change, Standing::Open);
    }

    /// Somebody removes the bot.
    pub fn removes_bot(&self, by: &Person) {
        self.changes_standing(by, ("member", "kicked"), Standing::Kicked);
    }

    /// Somebody adds the bot (again).
    pub fn adds_bot(&self, by: &Person) {
        self.changes_standing(by, ("left", "member"), Standing::Open);
    }

    fn changes_standing(&self, by: &Person, change: (&str, &str), standing: Standing) {
        self.telegram.shared.change(|state| {
            let user = by.user(state);
            change_standing(state, self.id, &user, change, standing);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Chat)) {
        self.telegram.shared.change(|state| {
            if let Some(chat) = state.chats.get_mut(&self.id) {
                change(chat);
            }
        });
    }

    /// The group becomes a supergroup with a new id; both chats say so, and the old one is closed.
    pub fn migrates_to(&self, new_id: i64, title: &str) -> Group {
        let new = self.telegram.group(new_id, title);
        self.telegram.shared.change(|state| {
            let service =
                |field: &str, chat: i64| Map::from_iter([(field.to_owned(), json!(chat))]);
            post(
                state,
                self.id,
                anonymous(),
                service("migrate_to_chat_id", new_id),
            );
            post(
                state,
                new_id,
                anonymous(),
                service("migrate_from_chat_id", self.id),
            );
            if let Some(chat) = state.chats.get_mut(&self.id) {
                chat.standing = Standing::Migrated(new_id);
            }
        });
        new
    }
}

impl Person {
    /// Writes in a group.
    pub fn writes_in(&self, group: &Group, text: &str) -> i64 {
        self.posts(group.id(), words(text))
    }

    /// Writes in a topic of a group.
    pub fn writes_in_topic(&self, group: &Group, topic: i64, text: &str) -> i64 {
        let mut fields = words(text);
        fields.insert("message_thread_id".to_owned(), json!(topic));
        fields.insert("is_topic_message".to_owned(), json!(true));
        self.posts(group.id(), fields)
    }

    /// Sends any data as if a button of that message in a group had it; the message need not exist.
    pub fn presses_forged_in(&self, group: &Group, message_id: i64, data: &str) -> String {
        self.callback(group.id(), message_id, data)
    }
}

fn anonymous() -> Value {
    json!({ "id": ANONYMOUS_ADMIN, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot" })
}

//! Everything the pretend Telegram remembers: chats, messages, callbacks, files, menus, calls.
//!
//! One lock guards it, held only for short synchronous work. A message is stored twice, as people
//! see it and as the JSON the bot gets; both change together. The cost of looking up a message does
//! not grow with their number.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

use super::{
    faults::Fault,
    html::Parsed,
    params::Upload,
    rates::Rates,
    rules::Refusal,
    updates::Queue,
    view::{Call, CallbackAnswer, ChatMessage, SentFile},
};

/// The numeric id of the bot, the first part of its token.
pub(super) const BOT_ID: i64 = 1000;
/// The user name of the bot.
pub(super) const BOT_NAME: &str = "vakhta_demo_bot";
/// The initial time of the pretend clock.
const FIRST_SECOND: i64 = 1_790_000_000;

/// Whether the bot may write to a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The person never wrote to the bot.
    Stranger,
    Open,
    Blocked,
    Deactivated,
    Kicked,
    Left,
    Migrated(i64),
}

/// A private chat or a group.
#[derive(Debug)]
pub(super) struct Chat {
    /// The chat as it appears in updates.
    pub(super) json: Value,
    /// The person of a private chat.
    pub(super) user: Option<Value>,
    pub(super) standing: Standing,
    /// The topics of a group, if it has any; true: closed to the bot.
    pub(super) topics: BTreeMap<i64, bool>,
    /// How the chat refuses everything that the bot writes, until somebody changes that.
    pub(super) refusal: Option<Refusal>,
    /// Slow mode: the seconds between two messages, and when the last one came.
    pub(super) slow: Option<(i64, i64)>,
    /// Indexes of its messages, oldest first.
    pub(super) places: Vec<usize>,
    last_id: i64,
    /// `next_reply` has returned the bot's messages up to this order.
    pub(super) read_to: usize,
}

impl Chat {
    pub(super) fn is_private(&self) -> bool {
        self.user.is_some()
    }
}

/// A message about to be stored.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) from: Value,
    pub(super) parsed: Parsed,
    pub(super) html: String,
    pub(super) markup: Option<Value>,
    pub(super) silent: bool,
    pub(super) protected: bool,
    pub(super) reply_to: Option<i64>,
    pub(super) file: Option<SentFile>,
    pub(super) topic: Option<i64>,
    /// The content as the bot gets it: `text`, `photo` and so on.
    pub(super) content: Map<String, Value>,
}

/// A message as people see it and as the bot gets it.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) shown: Arc<ChatMessage>,
    pub(super) json: Value,
}

/// A callback that may still be answered.
#[derive(Debug)]
pub(super) struct Callback {
    pub(super) answer: Option<CallbackAnswer>,
    pub(super) expires: i64,
}

/// An inline query that the bot may answer once.
#[derive(Debug, Default)]
pub(super) struct Question {
    /// The bot's offers, once it has answered.
    pub(super) offered: Option<Vec<Value>>,
}

/// The pretend clock: Unix seconds.
pub(super) type ClockFn = Arc<dyn Fn() -> i64 + Send + Sync>;

pub(super) struct State {
    pub(super) token: Arc<str>,
    pub(super) token_revoked: bool,
    pub(super) chats: HashMap<i64, Chat>,
    pub(super) messages: Vec<Stored>,
    by_id: HashMap<(i64, i64), usize>,
    /// Private chats share one counter, as they do for a real bot.
    last_private_id: i64,
    pub(super) queue: Queue,
    pub(super) callbacks: HashMap<String, Callback>,
    /// Whether people may name the bot in other chats, and their queries there.
    pub(super) inline: bool,
    pub(super) questions: HashMap<String, Question>,
    /// Menus by scope and language.
    pub(super) menus: BTreeMap<(String, String), Vec<Value>>,
    pub(super) files: HashMap<String, SentFile>,
    pub(super) calls: Vec<Arc<Call>>,
    pub(super) faults: Vec<(String, usize, Fault)>,
    pub(super) rates: Rates,
    /// Calls that were cut short and take effect later.
    pub(super) late: JoinSet<()>,
    clock: ClockFn,
}

impl State {
    pub(super) fn new(token: Arc<str>) -> Self {
        let begin = std::time::Instant::now();
        let elapsed = move || i64::try_from(begin.elapsed().as_secs()).unwrap_or(0);
        Self {
            token,
            token_revoked: false,
            chats: HashMap::new(),
            messages: Vec::new(),
            by_id: HashMap::new(),
            last_private_id: 0,
            queue: Queue::new(),
            callbacks: HashMap::new(),
            inline: false,
            questions: HashMap::new(),
            menus: BTreeMap::new(),
            files: HashMap::new(),
            calls: Vec::new(),
            faults: Vec::new(),
            rates: Rates::default(),
            late: JoinSet::new(),
            clock: Arc::new(move || FIRST_SECOND + elapsed()),
        }
    }

    pub(super) fn set_clock(&mut self, clock: ClockFn) {
        self.clock = clock;
    }

    pub(super) fn now(&self) -> i64 {
        (self.clock)()
    }

    /// Adds a chat unless it is there.
    pub(super) fn add_chat(&mut self, id: i64, json: Value, user: Option<Value>) {
        let standing = if user.is_some() {
            Standing::Stranger
        } else {
            Standing::Open
        };
        self.chats.entry(id).or_insert(Chat {
            json,
            user,
            standing,
            topics: BTreeMap::new(),
            refusal: None,
            slow: None,
            places: Vec::new(),
            last_id: 0,
            read_to: 0,
        });
    }

    /// The chat named by a call, if the bot may write there.
    pub(super) fn writable_chat(&self, chat_id: Option<i64>) -> Result<&Chat, Refusal> {
        let chat = self.known_chat(chat_id)?;
        match chat.standing {
            Standing::Open => match &chat.refusal {
                Some(refusal) => Err(refusal.clone()),
                None => Ok(chat),
            },
            Standing::Stranger => Err(Refusal::bad("chat not found")),
            Standing::Blocked => Err(Refusal::forbidden("bot was blocked by the user")),
            Standing::Deactivated => Err(Refusal::forbidden("user is deactivated")),
            Standing::Kicked => Err(Refusal::forbidden(
                "bot was kicked from the supergroup chat",
            )),
            Standing::Left => Err(Refusal::forbidden(
                "bot is not a member of the supergroup chat",
            )),
            Standing::Migrated(to) => Err(Refusal::migrated(to)),
        }
    }

    /// Counts a message in, or refuses it because the group is in slow mode.
    pub(super) fn admit_slowly(&mut self, chat_id: i64) -> Result<(), Refusal> {
        let now = self.now();
        let slow = self
            .chats
            .get_mut(&chat_id)
            .and_then(|chat| chat.slow.as_mut());
        if let Some((seconds, last)) = slow {
            let left = last.saturating_add(*seconds) - now;
            if left > 0 {
                return Err(Refusal::too_many(left.unsigned_abs()));
            }
            *last = now;
        }
        Ok(())
    }

    /// The chat named by a call, if the bot has ever met it.
    pub(super) fn known_chat(&self, chat_id: Option<i64>) -> Result<&Chat, Refusal> {
        let chat = chat_id.and_then(|id| self.chats.get(&id));
        chat.filter(|chat| chat.standing != Standing::Stranger)
            .ok_or_else(|| Refusal::bad("chat not found"))
    }

    /// Stores a message and returns its number in the chat.
    pub(super) fn add_message(&mut self, chat_id: i64, draft: Draft) -> i64 {
        let date = self.now();
        let place = self.messages.len();
        let Some(chat) = self.chats.get_mut(&chat_id) else {
            return 0;
        };
        let counter = if chat.is_private() {
            &mut self.last_private_id
        } else {
            &mut chat.last_id
        };
        *counter += 1;
        let message_id = *counter;
        chat.places.push(place);
        let from_id = draft.from.get("id").and_then(Value::as_i64).unwrap_or(0);
        let mut json = json!({ "message_id": message_id, "from": draft.from, "chat": chat.json, "date": date });
        if let Value::Object(fields) = &mut json {
            fields.extend(draft.content);
            if let Some(topic) = draft.topic {
                fields.insert("message_thread_id".to_owned(), json!(topic));
                fields.insert("is_topic_message".to_owned(), json!(true));
            }
            if let Some(markup) = inline(draft.markup.as_ref()) {
                fields.insert("reply_markup".to_owned(), markup);
            }
        }
        let shown = ChatMessage {
            order: place + 1,
            chat_id,
            message_id,
            from_bot: from_id == BOT_ID,
            from_id,
            text: draft.parsed.text,
            html: draft.html,
            entities: draft.parsed.entities,
            reply_markup: draft.markup,
            edits: 0,
            earlier_texts: Vec::new(),
            silent: draft.silent,
            protected: draft.protected,
            reply_to: draft.reply_to,
            deleted: false,
            file: draft.file,
            topic: draft.topic,
        };
        self.by_id.insert((chat_id, message_id), place);
        self.messages.push(Stored {
            shown: Arc::new(shown),
            json,
        });
        message_id
    }

    /// A message that has not been deleted.
    pub(super) fn message(&self, chat_id: i64, message_id: i64) -> Option<&Stored> {
        let place = self.by_id.get(&(chat_id, message_id))?;
        self.messages
            .get(*place)
            .filter(|stored| !stored.shown.deleted)
    }

    pub(super) fn message_mut(&mut self, chat_id: i64, message_id: i64) -> Option<&mut Stored> {
        let place = self.by_id.get(&(chat_id, message_id))?;
        self.messages
            .get_mut(*place)
            .filter(|stored| !stored.shown.deleted)
    }

    /// The messages of a chat, oldest first.
    pub(super) fn messages_in(
        &self,
        chat_id: i64,
    ) -> impl DoubleEndedIterator<Item = &Arc<ChatMessage>> {
        let places = self
            .chats
            .get(&chat_id)
            .map(|chat| chat.places.as_slice())
            .unwrap_or_default();
        let shown = places
            .iter()
            .filter_map(|place| self.messages.get(*place))
            .map(|stored| &stored.shown);
        shown.filter(|message| !message.deleted)
    }

    /// The bot's oldest message in a chat after `order`.
    pub(super) fn reply_after(&self, chat_id: i64, order: usize) -> Option<Arc<ChatMessage>> {
        let places = &self.chats.get(&chat_id)?.places;
        let later = places.get(places.partition_point(|place| *place < order)..)?;
        let mut shown = later
            .iter()
            .filter_map(|place| self.messages.get(*place))
            .map(|stored| &stored.shown);
        shown
            .find(|message| message.from_bot && !message.deleted)
            .cloned()
    }

    /// Stores a file and returns the ids under which the bot finds it.
    pub(super) fn keep_file(&mut self, kind: &'static str, upload: Upload) -> SentFile {
        let file_id = format!(
            "{}-{:06}-{}",
            kind.to_uppercase(),
            self.files.len() + 1,
            "AgACAgIAAxkBAAI"
        );
        let file = SentFile {
            kind,
            name: upload.name,
            file_id: file_id.clone(),
            bytes: upload.bytes,
        };
        self.files.insert(file_id, file.clone());
        file
    }
}

/// The inline keyboard: the only kind that is part of a message. The others belong to the input
/// field.
pub(super) fn inline(markup: Option<&Value>) -> Option<Value> {
    markup
        .filter(|markup| markup.get("inline_keyboard").is_some())
        .cloned()
}

/// The bot as it appears in messages.
pub(super) fn bot_user() -> Value {
    json!({ "id": BOT_ID, "is_bot": true, "first_name": "Vakhta", "username": BOT_NAME })
}

//! The table of all outgoing messages and their delivery results.
//!
//! A row is inserted in the transaction of the fact it reports. Its states: (reserved →) pending →
//! (making →) sending → sent | dead | unconfirmed → folded.
//!
//! # Invariants
//! - A row is `sending` before its call leaves, so after a crash no call that may have arrived is
//!   repeated.
//! - A row whose file is being made is `making`, which is safe to repeat, once after a crash.
//! - At most one row per chat is `making` or `sending`.
//! - A row that was tried goes again before later rows of its chat.
//! - A crowd of notices delays no other chat and keeps its order within its own.
//! - A closed row (sent, dead, folded) keeps its result and its key, but no text.
//! - A refusal that may pass closes no row: the row waits for its place (`pause`).

mod answer;
mod by_key;
mod chats;
mod claim;
mod counts;
mod crash;
mod files;
mod insert;
mod next;
mod outcome;
mod pause;
mod quiet;
mod reserved;
mod retention;

#[cfg(test)]
mod tests;

pub(crate) use self::by_key::changes;
pub(crate) use self::by_key::{
    Delivered, delivered, insert_in_place, is_busy, message_with_key, messages_with_key,
    replace_told, rewrite_waiting, withdraw,
};
pub(crate) use self::chats::{ChatMoved, chat_reachable, chat_unreachable, move_chat, topic_gone};
pub(crate) use self::claim::{ClaimedRow, claim, mark_sending};
pub use self::counts::counts;
pub(crate) use self::counts::{backlog, each_recipe};
pub(crate) use self::crash::{give_back_files, recover_crashed, retry_now};
pub(crate) use self::files::file_id;
pub(crate) use self::files::{KEEP_FILES, forget_file, note_file, prune_files};
pub(crate) use self::insert::insert;
pub(crate) use self::insert::text_limit;
pub use self::next::is_quiet;
pub(crate) use self::next::{Head, heads, next_due};
pub(crate) use self::outcome::{GIVE_UP, OUT_OF_REACH, dead, refused, returned, sent, unconfirmed};
pub(crate) use self::pause::{FILES, Pause, Refusal, arrived, try_now};
pub(crate) use self::quiet::quiet_changed;
pub(crate) use self::reserved::{Reserved, reserve, reserved};
pub(crate) use self::retention::{KEEP_CLOSED, KEEP_NEWS, forget, prune_messages, prune_news};

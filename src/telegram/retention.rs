//! How long Telegram's tables keep their rows, and what they forget of a person.

use super::inbound::inbox;
use super::outbox;
use crate::db::WriteTx;
use crate::retention::Rule;

pub(crate) const KEPT: [Rule; 5] = [
    Rule {
        what: "updates",
        table: "inbox",
        keep: inbox::KEEP_DONE,
        prune: inbox::prune_done,
    },
    Rule {
        what: "unreadable",
        table: "quarantine",
        keep: inbox::KEEP_QUARANTINE,
        prune: inbox::prune_quarantine,
    },
    Rule {
        what: "messages",
        table: "outbox",
        keep: outbox::KEEP_CLOSED,
        prune: outbox::prune_messages,
    },
    Rule {
        what: "news",
        table: "outbox",
        keep: outbox::KEEP_NEWS,
        prune: outbox::prune_news,
    },
    Rule {
        what: "files",
        table: "sent_file",
        keep: outbox::KEEP_FILES,
        prune: outbox::prune_files,
    },
];

/// Removes a person's data from Telegram's tables.
pub(crate) fn forget(tx: &WriteTx<'_>, person: i64) -> anyhow::Result<()> {
    inbox::forget(tx, person)?;
    outbox::forget(tx, person)
}

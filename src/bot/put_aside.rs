//! Words about what was put aside because the program died with it in hand, twice.

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::i18n::{self, Args, Lang};
use crate::people;
use crate::telegram::{Outgoing, outbox};

/// Tells the person whose update was put aside, and the admins. In a group, the update may not have
/// been for us, so only the admins hear of it.
pub(super) fn update(
    tx: &WriteTx<'_>,
    now: UnixMs,
    default: Lang,
    update_id: i64,
    chat_id: i64,
) -> anyhow::Result<()> {
    if chat_id > 0 {
        let lang = people::language_of(tx, chat_id, default)?;
        let words = Outgoing::reply(chat_id, i18n::text(lang, "put-aside"));
        outbox::insert(tx, now, &words)?;
    }
    tell_admins(tx, now, default, "put-aside-update", (update_id, chat_id))
}

/// Tells the admins that a file was put aside. Its chat hears the ordinary apology.
pub(crate) fn file(
    tx: &WriteTx<'_>,
    now: UnixMs,
    default: Lang,
    row: i64,
    chat_id: i64,
) -> anyhow::Result<()> {
    tell_admins(tx, now, default, "put-aside-file", (row, chat_id))
}

fn tell_admins(
    tx: &WriteTx<'_>,
    now: UnixMs,
    default: Lang,
    key: &str,
    (row, chat_id): (i64, i64),
) -> anyhow::Result<()> {
    let args = Args::new()
        .text("id", &row.to_string())
        .text("chat", &chat_id.to_string());
    for (admin, lang) in people::admin_languages(tx, default)? {
        let notice = Outgoing::notice(admin, i18n::html(lang, key, &args))
            .dedupe(format!("{key}:{row}:{admin}"));
        outbox::insert(tx, now, &notice)?;
    }
    Ok(())
}

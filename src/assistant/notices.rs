//! What admins are told when only they can help: a key, money, a model that is not there.
//!
//! The row is written by the transaction that closes the question, at most once a day for each reason.

use super::question::Reason;
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::i18n::{self, Lang};
use crate::people;
use crate::telegram::{Outgoing, outbox};

/// Tells the admins why questions come to nothing; true when there was somebody to tell anew.
///
/// # Errors
/// When the database fails.
pub(super) fn trouble(
    tx: &WriteTx<'_>,
    now: UnixMs,
    day: &str,
    reason: Reason,
    language: Lang,
) -> anyhow::Result<bool> {
    let mut told = false;
    for (chat, lang) in people::admin_languages(tx, language)? {
        let text = i18n::text(lang, &format!("assistant-trouble-{}", reason.word()));
        let message = Outgoing::notice(chat, text)
            .dedupe(format!("assistant-{}:{day}:{chat}", reason.word()));
        told |= outbox::insert(tx, now, &message)?.is_some();
    }
    Ok(told)
}

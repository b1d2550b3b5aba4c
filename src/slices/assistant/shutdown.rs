//! Ends open questions when the program starts without the assistant.
//!
//! # Invariants
//!
//! - Nobody waits for an answer that will not come.
//! - Nothing is written when nothing is open.

use super::notices;
use super::question::Reason;
use super::store;
use crate::clock::Clock;
use crate::db::Db;
use crate::i18n::Lang;

/// Questions ended in one transaction, so that other writes come between.
const AT_ONCE: u32 = 100;

/// Ends every open question and says so in its chat.
pub(crate) async fn end_open_questions(
    db: &Db,
    clock: &Clock,
    language: Lang,
) -> anyhow::Result<()> {
    loop {
        let open = db.read(|c| store::open(c, AT_ONCE)).await?;
        if open.is_empty() {
            return Ok(());
        }
        let now = clock.now();
        db.write(move |tx| {
            for question in open {
                store::end(tx, now, question, Reason::Off, "")?;
                notices::answer(tx, now, language, question)?;
            }
            Ok(())
        })
        .await?;
    }
}

//! What a start without the assistant owes to those who asked when it was on.
//!
//! Must stay true: nobody waits for an answer that will not come; where nothing is open, nothing is written.

use super::notices;
use super::question::Reason;
use super::store;
use crate::clock::Clock;
use crate::db::Db;
use crate::i18n::Lang;

/// Questions ended in one transaction; others' writes come between.
const AT_ONCE: u32 = 100;

/// Ends every open question, because nobody will answer it, and says so where it was asked.
///
/// # Errors
/// When the database fails.
pub(crate) async fn end_what_is_open(db: &Db, clock: &Clock, language: Lang) -> anyhow::Result<()> {
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

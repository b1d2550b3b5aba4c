//! Watches whether the database is still where it was opened.
//!
//! # Invariants
//! - The task ends only when the file is gone; the program then stops in order.
//! - The admins hear of it, because the open file still takes and gives rows.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::activation::Activator;
use crate::clock::{Clock, UnixMs};
use crate::db::{Db, InstanceLock, WriteTx};
use crate::i18n::{self, Args, Lang};
use crate::people;
use crate::telegram::{Outgoing, outbox};

/// What is written between two looks may be lost.
const PERIOD: Duration = Duration::from_secs(2);

/// Between the news and the stop: the admins' messages leave, and a monitor that asks every few
/// seconds sees the failure.
const ANNOUNCED: Duration = Duration::from_secs(4);

/// The name of the task.
pub(super) const NAME: &str = "database-file";

/// Returns some seconds after a file of the database is gone; the admins have been told. `language`
/// is for chats that have not chosen one, `sender` is rung.
pub(super) async fn gone(db: Db, clock: Clock, language: Lang, sender: Option<Activator>) {
    let mut period = tokio::time::interval(PERIOD);
    let path = loop {
        period.tick().await;
        let looking = db.clone();
        let look = tokio::task::spawn_blocking(move || {
            let missing = looking.missing_file();
            missing.map(Path::to_owned)
        });
        if let Ok(Some(path)) = look.await {
            break path;
        }
    };
    tracing::error!(
        path = %path.display(),
        "a file of the database was deleted, renamed or replaced; stopping"
    );
    let now = clock.now();
    let told = db.write(move |tx| tell(tx, now, language, &path)).await;
    if let Err(err) = told {
        tracing::error!("the admins could not be told: {err:#}");
    }
    if let Some(sender) = sender {
        sender.ring();
    }
    tokio::time::sleep(ANNOUNCED).await;
}

fn tell(tx: &WriteTx<'_>, now: UnixMs, language: Lang, path: &Path) -> anyhow::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    for chat in people::report_chats(tx)? {
        let lang = people::language_of(tx, chat, language)?;
        let text = i18n::html(lang, "database-gone", &Args::new().text("name", &name));
        outbox::insert(tx, now, &Outgoing::notice(chat, text).urgent())?;
    }
    Ok(())
}

/// Saves a database that no longer has a name; the process's end would be its end. Call it after
/// the database has been closed.
pub(super) fn rescue(lock: &InstanceLock, database: &Path, now: UnixMs) {
    let mut name = database.as_os_str().to_owned();
    name.push(format!(".rescued-{}", now.0));
    let target = PathBuf::from(name);
    match lock.rescue(&target) {
        Ok(false) => {}
        Ok(true) => tracing::warn!(
            path = %target.display(),
            "the deleted database was saved; rename it to go on with it"
        ),
        Err(err) => tracing::error!("the deleted database could not be saved: {err}"),
    }
}

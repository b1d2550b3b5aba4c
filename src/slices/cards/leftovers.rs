//! Removes photos that no row names: left by abandoned dialogues, or replaced.
//!
//! # Invariants
//!
//! - A photo stays while a card, an open dialogue or an undelivered message names it.
//! - All rows are read as of one moment, because a name goes from one to another.
//! - A photo in hand stays, because its row comes later; no date of a file decides.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::photo::{Photos, names_in};
use super::store;
use crate::db::{Connection, Db};
use crate::dialogue;
use crate::telegram::outbox;

/// How often the folder is searched.
const PERIOD: Duration = Duration::from_secs(60 * 60);

/// Maximum number of photos removed at once, because others need the database reader.
const AT_ONCE: usize = 1000;

pub(crate) async fn remove(photos: Photos, db: Db, stop: CancellationToken) {
    loop {
        let photos = photos.clone();
        match db
            .read(move |c| remove_unused(&photos, c, Instant::now()))
            .await
        {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "photos that no card has were removed"),
            Err(err) => tracing::warn!("photos that no card has could not be removed: {err:#}"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}

/// Removes unused photos; returns how many.
fn remove_unused(photos: &Photos, connection: &Connection, now: Instant) -> anyhow::Result<usize> {
    // The folder first: what is stored after this look is not touched.
    let mut left = photos.names()?;
    if left.is_empty() {
        return Ok(0);
    }
    let moment = connection.unchecked_transaction()?;
    store::each_photo(&moment, |name| {
        left.remove(name);
    })?;
    let mut named = |json: &str| {
        for name in names_in(json) {
            left.remove(&name);
        }
    };
    dialogue::each_step(&moment, &mut named)?;
    outbox::each_recipe(&moment, &mut named)?;
    drop(moment);
    let mut removed = 0;
    for name in left.into_iter().take(AT_ONCE) {
        removed += usize::from(photos.remove(&name, now)?);
    }
    Ok(removed)
}

#[cfg(test)]
#[path = "tests/leftovers.rs"]
mod tests;

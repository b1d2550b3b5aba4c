//! Removes photos that no card uses: left by abandoned dialogues, or replaced.
//!
//! # Invariants
//!
//! - A photo stays while a card, an open dialogue or an undelivered message names it.
//! - A photo stays for a day after it was stored, because the row that names it comes later.

use std::collections::HashSet;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::photo::{Photos, names_in};
use super::store;
use crate::clock::{Clock, DAY, UnixMs};
use crate::db::{Connection, Db};
use crate::dialogue;
use crate::telegram::outbox;

/// How often the folder is searched.
const PERIOD: Duration = Duration::from_secs(60 * 60);

/// Younger photos are left alone.
const LEFT_ALONE: Duration = DAY;

/// Maximum number of photos removed at once, because others need the database reader.
const AT_ONCE: usize = 1000;

pub(crate) async fn remove(photos: Photos, db: Db, clock: Clock, stop: CancellationToken) {
    loop {
        let (photos, before) = (photos.clone(), clock.now().minus(LEFT_ALONE));
        match db.read(move |c| remove_older(&photos, c, before)).await {
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

/// Removes unused photos that were stored before a moment; returns how many.
fn remove_older(photos: &Photos, connection: &Connection, before: UnixMs) -> anyhow::Result<usize> {
    let mut left: HashSet<String> = photos.kept_before(before)?;
    if left.is_empty() {
        return Ok(0);
    }
    store::each_photo(connection, |name| {
        left.remove(name);
    })?;
    let mut named = |json: &str| {
        for name in names_in(json) {
            left.remove(&name);
        }
    };
    dialogue::each_step(connection, &mut named)?;
    outbox::each_recipe(connection, &mut named)?;
    let mut removed = 0;
    for name in left.into_iter().take(AT_ONCE) {
        removed += usize::from(photos.remove(&name, before)?);
    }
    Ok(removed)
}

#[cfg(test)]
#[path = "tests/leftovers.rs"]
mod tests;

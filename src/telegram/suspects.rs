//! Rows that were in hand when the program died: any of them may be the reason.
//!
//! An attempt is committed before it begins and taken back when it ends without an effect, at an
//! orderly stop. So what a row has counted beyond that are deaths of the program: out of memory,
//! killed, no power. Others were in hand at the same moment, and an operator may have pulled the
//! plug. Therefore a suspect is begun again, but with no other suspect beside it.
//!
//! # Invariants
//! - One suspect is in hand at a time, so a second death points at one row.
//! - What was in hand at two deaths is put aside and told, and is never begun again.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Deaths of the program after which a row that was in hand at each of them is put aside.
pub(crate) const MOST_DEATHS: u32 = 2;

/// The turn of a suspect, until it is dropped; `None` for a row that is none.
pub(crate) type Turn = Option<OwnedSemaphorePermit>;

/// Lets suspects in one after another; clones share the turn.
#[derive(Debug, Clone)]
pub(crate) struct Suspects(Arc<Semaphore>);

impl Suspects {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }

    /// Waits for the turn of a row that was in hand at so many deaths.
    pub(crate) async fn turn(&self, deaths: u32) -> Turn {
        if deaths == 0 {
            return None;
        }
        // The semaphore is never closed.
        Arc::clone(&self.0).acquire_owned().await.ok()
    }

    /// The turn, or `None` while another suspect has it.
    pub(crate) fn try_turn(&self, deaths: u32) -> Option<Turn> {
        if deaths == 0 {
            return Some(None);
        }
        let turn = Arc::clone(&self.0).try_acquire_owned().ok()?;
        Some(Some(turn))
    }
}

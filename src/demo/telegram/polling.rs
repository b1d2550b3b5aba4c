//! `getUpdates`: the one method that waits.

use std::time::Duration;

use serde_json::json;

use super::{params::Params, rules::Outcome, state::State};
use crate::demo::pretend::Shared;

/// The server shortens longer polls to this.
const LONGEST_POLL: u64 = 50;

/// Answers at once if updates are waiting, else when one arrives or the time is over.
pub(super) async fn get_updates(shared: &Shared<State>, params: &Params) -> Outcome {
    let limit = usize::try_from(params.integer("limit").unwrap_or(100))
        .unwrap_or(100)
        .clamp(1, 100);
    let timeout = u64::try_from(params.integer("timeout").unwrap_or(0))
        .unwrap_or(0)
        .min(LONGEST_POLL);
    let mut changes = shared.changes();
    let poll = shared.change(|state| {
        let now = state.now();
        state.queue.begin_poll(params, now)
    })?;
    let over = tokio::time::sleep(Duration::from_secs(timeout));
    tokio::pin!(over);
    let mut last = timeout == 0;
    loop {
        changes.borrow_and_update();
        if let Some(updates) = shared.lock().queue.poll(poll, limit)? {
            return Ok(updates);
        }
        if last {
            return Ok(json!([]));
        }
        tokio::select! {
            changed = changes.changed() => last = changed.is_err(),
            () = &mut over => last = true,
        }
    }
}

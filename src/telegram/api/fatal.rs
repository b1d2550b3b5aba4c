//! Faults that end the program.

use std::sync::{Arc, OnceLock};

use crate::tasks::Tasks;

/// Why the program cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fatal {
    /// Telegram does not know the token (any more).
    Unauthorized,
}

/// Keeps the first fatal fault for the app. Setting it stops the program in order.
#[derive(Debug, Clone)]
pub(crate) struct FatalCell {
    tasks: Tasks,
    cell: Arc<OnceLock<Fatal>>,
}

impl FatalCell {
    pub(crate) fn new(tasks: Tasks) -> Self {
        Self {
            tasks,
            cell: Arc::default(),
        }
    }

    pub(crate) fn unauthorized(&self) {
        if self.cell.set(Fatal::Unauthorized).is_ok() {
            tracing::error!(
                "Telegram refuses the bot's token: it is wrong or was revoked; stopping"
            );
        }
        self.tasks.stop();
    }

    pub(crate) fn get(&self) -> Option<Fatal> {
        self.cell.get().copied()
    }
}

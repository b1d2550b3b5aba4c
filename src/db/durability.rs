//! When a commit must be on the disk.

use rusqlite::Connection;

/// When a commit must be on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// Before its request is answered.
    Synced,
    /// With the next synced commit.
    WithNext,
}

impl Durability {
    /// Applies to the connection's next commits. Not inside a transaction.
    pub(super) fn set(self, connection: &Connection) -> rusqlite::Result<()> {
        let level = match self {
            Self::Synced => "full",
            Self::WithNext => "normal",
        };
        connection.pragma_update(None, "synchronous", level)
    }
}

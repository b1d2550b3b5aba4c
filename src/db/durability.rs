//! When a commit has to be on the disk.

use rusqlite::Connection;

/// When a commit has to be on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// Before its request is answered.
    Synced,
    /// With the next commit that is synced.
    WithNext,
}

impl Durability {
    /// Makes the connection's next commits of this kind. Not inside a transaction.
    pub(super) fn set(self, connection: &Connection) -> rusqlite::Result<()> {
        let level = match self {
            Self::Synced => "full",
            Self::WithNext => "normal",
        };
        connection.pragma_update(None, "synchronous", level)
    }
}

//! Copies of a live database.

use std::io;
use std::path::Path;

use anyhow::{Context as _, bail};
use rusqlite::{Connection, OpenFlags};

use super::{BUSY_TIMEOUT, new_private_file};

/// Writes a consistent copy of a live database to `target`, which must not exist yet.
///
/// # Errors
/// When `source` cannot be read, or `target` exists or cannot be written. A half-written copy is
/// removed.
pub(crate) fn backup(source: &Path, target: &Path) -> anyhow::Result<()> {
    let connection = Connection::open_with_flags(source, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .with_context(|| format!("open the database {}", source.display()))?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    let name = target
        .to_str()
        .with_context(|| format!("{} is not a path SQLite can take", target.display()))?;
    match new_private_file(target) {
        Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {
            bail!("{} exists already; name a new file", target.display())
        }
        made => made.with_context(|| format!("make the file {}", target.display()))?,
    }
    let copied = connection
        .execute("VACUUM INTO ?1", [name])
        .with_context(|| format!("write the copy {}", target.display()));
    if copied.is_err() {
        std::fs::remove_file(target).ok();
    }
    copied.map(|_| ())
}

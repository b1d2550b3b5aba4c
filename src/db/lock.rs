//! One running instance per database.
//!
//! An operating system lock on `<database>.lock`. The lock ends with the process, however that
//! ends. Every process on the machine sees it, also containers that share the volume. Commands that
//! only read or add rows do not take the lock.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The right to make runs and to poll Telegram; held until dropped.
#[derive(Debug)]
pub struct InstanceLock {
    _file: File,
}

impl InstanceLock {
    /// Takes the lock; `None` if another process holds it.
    ///
    /// # Errors
    /// When the lock file cannot be created beside the database.
    pub fn take(database: &Path) -> anyhow::Result<Option<Self>> {
        let path = lock_path(database);
        let is_new = !path.exists();
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(|| format!("make the lock file {}", path.display()))?;
        if is_new {
            give_to_owner(&file, database);
        }
        match file.try_lock() {
            Ok(()) => {
                // For people who want to know who holds the lock; no code reads it.
                file.set_len(0)
                    .and_then(|()| writeln!(file, "{}", std::process::id()))
                    .ok();
                Ok(Some(Self { _file: file }))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(err)) => {
                Err(err).with_context(|| format!("lock {}", path.display()))
            }
        }
    }
}

/// True if a process holds the lock; creates and changes no file.
///
/// # Errors
/// When the lock file cannot be read.
pub(crate) fn is_held(database: &Path) -> anyhow::Result<bool> {
    let path = lock_path(database);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(err) => return Err(err).with_context(|| format!("read {}", path.display())),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(err)) => {
            Err(err).with_context(|| format!("lock {}", path.display()))
        }
    }
}

/// When root creates the lock file, the database's owner gets it, as with SQLite's own files.
/// Otherwise the owner's bot could not use it.
fn give_to_owner(file: &File, database: &Path) {
    let folder = database
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let beside = database
        .metadata()
        .or_else(|_| folder.unwrap_or(Path::new(".")).metadata());
    if rustix::process::geteuid().is_root()
        && let Ok(beside) = beside
    {
        let (user, group) = (beside.uid(), beside.gid());
        // If the owner cannot be changed, the bot reports the problem at its start.
        std::os::unix::fs::fchown(file, Some(user), Some(group)).ok();
    }
}

fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

#[cfg(test)]
#[path = "tests/lock.rs"]
mod tests;

//! One running instance per database.
//!
//! An operating system lock on `<database>.lock`: it ends with the process, however that ends, and
//! every process of the machine sees it, containers on the same volume included. Commands that only
//! read or add rows do not take it.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The right to make runs and to poll Telegram; held until it is dropped.
#[derive(Debug)]
pub struct InstanceLock {
    _file: File,
}

impl InstanceLock {
    /// Takes the lock; none when another process holds it.
    ///
    /// # Errors
    /// When the lock file cannot be made beside the database.
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
                // For people who wonder who holds it; nothing reads it.
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

/// True when a process holds the lock; makes and changes no file.
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

/// What root makes beside somebody's database is theirs, as with the files of SQLite: else their
/// bot could not use it.
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
        // Where it cannot be given away, the bot says at its start what is wrong.
        std::os::unix::fs::fchown(file, Some(user), Some(group)).ok();
    }
}

fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_it_and_it_ends_with_the_holder() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("v.db");
        let first = InstanceLock::take(&database).unwrap();
        assert!(first.is_some() && is_held(&database).unwrap());
        assert!(InstanceLock::take(&database).unwrap().is_none());
        drop(first);
        assert!(!is_held(&database).unwrap());
        assert!(!is_held(&folder.path().join("other.db")).unwrap());
        assert!(!folder.path().join("other.db.lock").exists());
        assert!(InstanceLock::take(&database).unwrap().is_some());
    }
}

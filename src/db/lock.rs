//! One running instance per database.
//!
//! A lock of the operating system on `<database>.lock`: it ends with the process, however that ends, and is seen by
//! every process of the machine, containers on the same volume included. Commands that only read or add rows take none.

use std::fs::{File, TryLockError};
use std::io::Write as _;
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
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(|| format!("make the lock file {}", path.display()))?;
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
        assert!(first.is_some());
        assert!(InstanceLock::take(&database).unwrap().is_none());
        drop(first);
        assert!(InstanceLock::take(&database).unwrap().is_some());
    }
}

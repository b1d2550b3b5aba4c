//! One running instance per database.
//!
//! Operating system locks on `<database>.lock` and on the database file itself, which somebody who
//! tidies up would not delete. They end with the process, however that ends. Every process on the
//! machine sees them, also containers that share the volume. Commands that only read or add rows do
//! not take the lock.
//!
//! # Invariants
//! - The locks are `flock`, which SQLite's own locks of the same file never meet.
//! - Our descriptor of the database file outlives every connection: closing it ends SQLite's locks.

use std::fs::{File, TryLockError};
use std::io::{self, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The right to make runs and to poll Telegram; held until dropped. Drop it after the database has
/// been closed.
#[derive(Debug)]
pub struct InstanceLock(Files);

impl InstanceLock {
    /// Takes the lock; `None` if another process holds it. Call it before this process opens the
    /// database.
    ///
    /// # Errors
    /// When the lock file cannot be created beside the database.
    pub fn take(database: &Path) -> anyhow::Result<Option<Self>> {
        let files = Files::open(database)?;
        if !files.lock(File::try_lock)? {
            return Ok(None);
        }
        // For people who want to know who holds the lock; no code reads it.
        let mut beside = &files.beside;
        beside
            .set_len(0)
            .and_then(|()| writeln!(beside, "{}", std::process::id()))
            .ok();
        Ok(Some(Self(files)))
    }

    /// Locks the database file itself, if it was only made after the lock was taken.
    ///
    /// # Errors
    /// When the file cannot be opened, or another process has locked it meanwhile.
    pub(crate) fn cover(&mut self) -> anyhow::Result<()> {
        if self.0.database.is_none() {
            self.0.database = open_existing(&self.0.path)?;
            let is_ours = self.0.lock_database(File::try_lock)?;
            anyhow::ensure!(is_ours, "another process has locked the database");
        }
        Ok(())
    }

    /// Copies a deleted database, which is still there as long as it is open, to a new file. False
    /// if it still has a name somewhere. Call it after the database has been closed.
    ///
    /// # Errors
    /// When the new file exists or cannot be written.
    pub(crate) fn rescue(&self, target: &Path) -> io::Result<bool> {
        let Some(mut database) = self.0.database.as_ref() else {
            return Ok(false);
        };
        if database.metadata()?.nlink() > 0 {
            return Ok(false);
        }
        let mut options = File::options();
        let mut copy = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(target)?;
        database.rewind()?;
        io::copy(&mut database, &mut copy)?;
        copy.sync_all()?;
        Ok(true)
    }
}

/// Tells when the process that holds the lock has ended. Made before this process opens the
/// database, dropped after it has closed it.
#[derive(Debug)]
pub(crate) struct Holder(Files);

impl Holder {
    /// # Errors
    /// As [`InstanceLock::take`].
    pub(crate) fn of(database: &Path) -> anyhow::Result<Self> {
        Files::open(database).map(Self)
    }

    /// True once nobody else holds the lock.
    #[must_use]
    pub(crate) fn is_gone(&self) -> bool {
        let is_gone = self.0.lock(File::try_lock_shared).unwrap_or(false);
        // The maker of the run must be able to take the lock.
        for file in std::iter::once(&self.0.beside).chain(&self.0.database) {
            file.unlock().ok();
        }
        is_gone
    }
}

/// True if a process holds the lock; creates and changes no file. Call it before this process opens
/// the database.
///
/// # Errors
/// When the files cannot be read.
pub(crate) fn is_held(database: &Path) -> anyhow::Result<bool> {
    for path in [&lock_path(database), database] {
        match File::open(path) {
            Ok(file) if !lock(&file, path, File::try_lock_shared)? => return Ok(true),
            Ok(_) => {}
            Err(err) if err.kind() == io::ErrorKind::NotFound => {}
            Err(err) => return Err(err).with_context(|| format!("read {}", path.display())),
        }
    }
    Ok(false)
}

/// The files that are locked, open.
#[derive(Debug)]
struct Files {
    path: PathBuf,
    beside: File,
    // None if there is no database yet.
    database: Option<File>,
}

/// The way to lock a file without waiting.
type TryLock = fn(&File) -> Result<(), TryLockError>;

impl Files {
    fn open(database: &Path) -> anyhow::Result<Self> {
        super::refuse_special(database)?;
        let path = lock_path(database);
        let is_new = !path.exists();
        let beside = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(|| format!("make the lock file {}", path.display()))?;
        if is_new {
            give_to_owner(&beside, database);
        }
        Ok(Self {
            path: database.to_owned(),
            beside,
            database: open_existing(database)?,
        })
    }

    /// False if another process holds one of the locks.
    fn lock(&self, how: TryLock) -> anyhow::Result<bool> {
        Ok(lock(&self.beside, &lock_path(&self.path), how)? && self.lock_database(how)?)
    }

    fn lock_database(&self, how: TryLock) -> anyhow::Result<bool> {
        match &self.database {
            Some(file) => lock(file, &self.path, how),
            None => Ok(true),
        }
    }
}

/// Opens the database file; `None` if there is none.
fn open_existing(database: &Path) -> anyhow::Result<Option<File>> {
    match File::open(database) {
        Ok(file) => Ok(Some(file)),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(err) => Err(err).with_context(|| format!("open the database {}", database.display())),
    }
}

fn lock(file: &File, path: &Path, how: TryLock) -> anyhow::Result<bool> {
    match how(file) {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
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

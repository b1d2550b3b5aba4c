//! The database: many readers, one writer.
//!
//! [`Db::write`] sends a closure to the writer thread (`writer.rs`), which commits all waiting
//! closures as one transaction. [`Db::read`] runs a closure on a pooled `query_only` connection on
//! a blocking thread. Both work on any runtime.
//!
//! The file is in WAL mode, and each commit is synced to the disk: an acknowledged write survives a
//! power cut. Only [`Db::write_replayable`] leaves the sync to the next [`Db::write`]. Checkpoints
//! sync twice and copy every changed page, so a separate thread makes them (`checkpoint.rs`).
//!
//! # Invariants
//! - No connection crosses an await.
//! - No closure sends anything anywhere.
//! - A storage error is an error, never an answer.

mod backup;
mod checkpoint;
mod durability;
pub(crate) mod facts;
mod fault;
mod lock;
mod migrations;
mod place;
#[cfg(test)]
pub(crate) mod plans;
mod steps;
#[cfg(test)]
pub(crate) mod testing;
mod writer;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, bail};
use crossbeam_channel::Sender;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::OpenFlags;
use rusqlite::functions::FunctionFlags;
use tokio::sync::{Semaphore, oneshot};

use crate::activation::Activator;
use crate::tasks::{Tasks, ThreadEnd};

pub(crate) use backup::backup;
use durability::Durability;
pub(crate) use fault::is_storage_fault;
pub use lock::InstanceLock;
pub(crate) use lock::{Holder, is_held};
pub(crate) use migrations::VERSION as SCHEMA_VERSION;
use place::Place;
pub use rusqlite::Connection;
pub use writer::WriteTx;

/// Maximum number of requests waiting for the writer. At 50,000 a second this is 20 ms of work; a
/// longer queue would only hide a disk that is too slow.
const WRITE_QUEUE: usize = 1024;

/// How long a request waits for room in that queue before it fails as overloaded.
const WRITE_PATIENCE: Duration = Duration::from_secs(10);

/// Reading connections. More would only take memory: a read takes microseconds.
const READERS: u32 = 3;

/// Pages in the write-ahead log at which the writer itself copies what the checkpoint thread could
/// not keep up with: a log of 64 MB.
const FALLBACK_PAGES: u32 = 16_000;

/// Bytes that the log file keeps when it restarts from its beginning: the size it needs in ordinary
/// operation.
const LOG_KEPT: u32 = 16 * 1024 * 1024;

/// Further connections never create the file: if it is missing, something has deleted it.
const OPEN_EXISTING: OpenFlags =
    OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// How long SQLite waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the database could not serve a request. All other errors are the request's own.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DbError {
    /// The writer was too busy for ten seconds.
    #[error("the database is overloaded: no place in its queue for {} s", WRITE_PATIENCE.as_secs())]
    Overloaded,
    #[error("the database is closed")]
    Closed,
    /// The request's own code panicked; its changes were rolled back.
    #[error("a database request panicked; its changes were taken back")]
    Panicked,
    /// The group could not be committed: none of its changes were stored.
    #[error("nothing was stored: {0}")]
    Commit(String),
}

/// A handle to the database. Clones share the writer and the pool.
#[derive(Clone)]
pub struct Db {
    path: Arc<PathBuf>,
    place: Arc<Place>,
    fault: Arc<Mutex<Option<String>>>,
    readers: r2d2::Pool<SqliteConnectionManager>,
    requests: Sender<Box<dyn writer::Request>>,
    places: Arc<Semaphore>,
    foreign_write: Activator,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({})", self.path.display())
    }
}

impl Db {
    /// Opens or creates the file, brings its schema up to date, and starts the writer thread.
    ///
    /// The thread ends when every clone of the handle is dropped; [`ThreadEnd`] reports that.
    ///
    /// # Errors
    /// When the path cannot be opened, is not one of Vakhta's databases, is read-only, or is newer
    /// than this program.
    pub fn open(path: &Path, tasks: &Tasks) -> anyhow::Result<(Self, ThreadEnd)> {
        let context = || format!("open the database {}", path.display());
        refuse_special(path).with_context(context)?;
        let connection = open_writer(path).with_context(context)?;
        let place = Arc::new(Place::of(path).with_context(context)?);
        let readers = open_readers(path, &place).with_context(context)?;
        let checkpoints = checkpoint::start(path, &place, tasks).with_context(context)?;
        let (requests, waiting) = crossbeam_channel::bounded(WRITE_QUEUE);
        let foreign_write = Activator::new();
        let fault = Arc::new(Mutex::new(None));
        let (bell, last_fault) = (foreign_write.clone(), Arc::clone(&fault));
        let end = tasks
            .thread("db-writer", move || {
                writer::run(&connection, &waiting, &bell, checkpoints, &last_fault);
            })
            .context("start the writer thread")?;
        let db = Self {
            path: Arc::new(path.to_owned()),
            place,
            fault,
            readers,
            requests,
            places: Arc::new(Semaphore::new(WRITE_QUEUE)),
            foreign_write,
        };
        Ok((db, end))
    }

    /// Runs `work` on a reading connection.
    ///
    /// # Errors
    /// The error of `work`, or why no connection was available.
    pub async fn read<T, F>(&self, work: F) -> anyhow::Result<T>
    where
        F: FnOnce(&Connection) -> anyhow::Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let readers = self.readers.clone();
        let span = tracing::Span::current();
        tokio::task::spawn_blocking(move || {
            let _entered = span.entered();
            let connection = readers.get().context("take a reading connection")?;
            work(&connection)
        })
        .await
        .context("read from the database")?
    }

    /// Runs `work` in a write transaction and returns after its commit, which survives a power cut.
    ///
    /// If the caller stops waiting, an accepted request is carried out all the same.
    ///
    /// # Errors
    /// The error of `work` (its changes are rolled back), or a [`DbError`].
    pub async fn write<T, F>(&self, work: F) -> anyhow::Result<T>
    where
        F: FnOnce(&WriteTx<'_>) -> anyhow::Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.request(work, Durability::Synced).await
    }

    /// As [`Self::write`], for work that is simply repeated if a power cut undoes it. The commit
    /// survives a crash of the program, but reaches the disk only with the next `write` of any
    /// caller. Log frames are synced in order. So anything that depends on this commit (such as a
    /// sent message) can only be on the disk together with it.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_replayable<T, F>(&self, work: F) -> anyhow::Result<T>
    where
        F: FnOnce(&WriteTx<'_>) -> anyhow::Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.request(work, Durability::WithNext).await
    }

    async fn request<T, F>(&self, work: F, durability: Durability) -> anyhow::Result<T>
    where
        F: FnOnce(&WriteTx<'_>) -> anyhow::Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let places = Arc::clone(&self.places).acquire_owned();
        let place = tokio::time::timeout(WRITE_PATIENCE, places)
            .await
            .map_err(|_| DbError::Overloaded)?
            .map_err(|_| DbError::Closed)?;
        let (reply, answer) = oneshot::channel();
        // The permit taken above guarantees room in the queue.
        self.requests
            .try_send(Box::new(writer::Job::new(work, durability, reply, place)))
            .map_err(|err| match err {
                crossbeam_channel::TrySendError::Full(_) => DbError::Overloaded,
                crossbeam_channel::TrySendError::Disconnected(_) => DbError::Closed,
            })?;
        answer.await.map_err(|_| DbError::Closed)?
    }

    /// Rings when another process has committed something.
    #[must_use]
    pub fn foreign_write(&self) -> &Activator {
        &self.foreign_write
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file of the database that was deleted, renamed or replaced since it was opened.
    #[must_use]
    pub(crate) fn missing_file(&self) -> Option<&Path> {
        self.place.missing()
    }

    /// Why the last commit with changes failed; `None` once one has succeeded.
    #[must_use]
    pub(crate) fn fault(&self) -> Option<String> {
        let fault = self.fault.lock();
        fault.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Free bytes where the database is.
    ///
    /// # Errors
    /// When the folder cannot be looked at.
    pub(crate) fn free_bytes(&self) -> io::Result<u64> {
        free_bytes(&self.path)
    }

    /// Requests that wait for the writer or are being processed.
    #[must_use]
    pub fn writes_waiting(&self) -> usize {
        WRITE_QUEUE.saturating_sub(self.places.available_permits())
    }
}

/// Reads through the whole file; returns `ok` or the first damage found.
pub(crate) fn quick_check(connection: &Connection) -> anyhow::Result<String> {
    connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .context("check the database")
}

/// Free bytes in the folder of a database.
///
/// # Errors
/// When the folder cannot be looked at.
pub(crate) fn free_bytes(database: &Path) -> io::Result<u64> {
    let folder = database
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let stat = rustix::fs::statvfs(folder.unwrap_or(Path::new(".")))?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Refuses what SQLite would wait for, or could not use: a pipe, a device, a folder.
fn refuse_special(path: &Path) -> anyhow::Result<()> {
    match path.metadata() {
        Ok(about) if !about.is_file() => bail!("{} is not a regular file", path.display()),
        _ => Ok(()),
    }
}

/// Size of the database file in bytes, without its write-ahead log.
pub(crate) fn size_bytes(connection: &Connection) -> anyhow::Result<u64> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
    let pages = pragma("page_count").context("measure the database")?;
    Ok(pages.saturating_mul(pragma("page_size")?))
}

/// Creates an empty file that only we can read, because it will contain people's texts. SQLite
/// treats an empty file as a new database and gives its side files the same mode.
fn new_private_file(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = File::options();
    options.write(true).create_new(true).mode(0o600);
    options.open(path).map(|_| ())
}

fn open_writer(path: &Path) -> anyhow::Result<Connection> {
    // The file may exist already; if it cannot be created, SQLite reports why.
    new_private_file(path).ok();
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    if connection.is_readonly("main")? {
        bail!("the file or its folder is read-only; Vakhta must be able to write both");
    }
    // WAL is set once here, before the pool opens, because switching needs exclusive access.
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))
        .context("switch to write-ahead logging")?;
    if mode != "wal" {
        bail!("write-ahead logging is not available there (journal mode stays {mode})");
    }
    Durability::Synced.set(&connection)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", FALLBACK_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_KEPT)?;
    // A savepoint stores the old pages of its changes; on disk, that file would be created and
    // deleted for every request.
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.set_prepared_statement_cache_capacity(64);
    add_folded(&connection)?;
    migrations::migrate(&mut connection)?;
    Ok(connection)
}

/// `folded(text)`: lower case for all alphabets; SQLite's own `lower` only handles English.
fn add_folded(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("folded", 1, flags, |context| {
        Ok(context.get_raw(0).as_str()?.to_lowercase())
    })
}

fn open_readers(
    path: &Path,
    place: &Arc<Place>,
) -> anyhow::Result<r2d2::Pool<SqliteConnectionManager>> {
    let place = Arc::clone(place);
    let manager = SqliteConnectionManager::file(path).with_flags(OPEN_EXISTING);
    let manager = manager.with_init(move |connection| {
        place.demand()?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.set_prepared_statement_cache_capacity(64);
        add_folded(connection)
    });
    // One helper thread and no eager connections: r2d2's defaults cost three threads and ten idle
    // connections.
    let pool = r2d2::Pool::builder()
        .max_size(READERS)
        .min_idle(Some(1))
        .connection_timeout(Duration::from_secs(2))
        .test_on_check_out(false)
        .thread_pool(Arc::new(scheduled_thread_pool::ScheduledThreadPool::new(1)))
        .build(manager)?;
    Ok(pool)
}

#[cfg(test)]
mod tests;

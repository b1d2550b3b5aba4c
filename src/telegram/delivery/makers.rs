//! Makes the files of messages when they are due, a few at a time.
//!
//! # Invariants
//! - A file is made off the runtimes, within a limit of time and size.
//! - At most two files are being made or sent, so other messages always find room.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::db::{self, Db};
use crate::telegram::message::file::{File, FileMakers, FileSource, Recipe};

const MAKE_LIMIT: Duration = Duration::from_secs(30);

/// Maximum number of files made or sent at once: each takes a reading connection, its size in
/// memory, and a slot of the sender.
const FILES: usize = 2;

/// Why there is no file.
#[derive(Debug)]
pub(crate) enum NotMade {
    /// The storage failed: worth another try.
    Later,
    /// The file cannot be made.
    Never(String),
}

/// Permission to make and send one file, until the last clone is dropped.
pub(crate) type FilePermit = Arc<OwnedSemaphorePermit>;

/// The file maker with its permits; clones share them.
#[derive(Clone)]
pub(crate) struct Makers {
    pub(crate) maker: Arc<dyn FileMakers>,
    permits: Arc<Semaphore>,
}

impl Makers {
    pub(crate) fn new(maker: Arc<dyn FileMakers>) -> Self {
        Self {
            maker,
            permits: Arc::new(Semaphore::new(FILES)),
        }
    }

    /// A permit, if one is free.
    pub(crate) fn permit(&self) -> Option<FilePermit> {
        let permits = Arc::clone(&self.permits);
        let permit = permits.try_acquire_owned().ok()?;
        Some(Arc::new(permit))
    }

    pub(crate) async fn make(
        &self,
        db: &Db,
        recipe: &Recipe,
        permit: &FilePermit,
    ) -> Result<File, NotMade> {
        let (maker, asked) = (Arc::clone(&self.maker), recipe.clone());
        let permit = Arc::clone(permit);
        let made = db.read(move |connection| {
            // A maker that runs past the limit keeps its permit until it ends.
            let made = maker.make(connection, &asked);
            drop(permit);
            made
        });
        let made = match tokio::time::timeout(MAKE_LIMIT, made).await {
            Ok(Ok(made)) => made,
            Ok(Err(err)) if db::is_storage_fault(&err) => return Err(NotMade::Later),
            Ok(Err(err)) => return Err(NotMade::Never(format!("{err:#}"))),
            Err(_) => {
                let limit = MAKE_LIMIT.as_secs();
                return Err(NotMade::Never(format!("not made within {limit} s")));
            }
        };
        let (kind, size) = (recipe.kind(), made.bytes.len());
        if size == 0 || size > kind.limit() {
            return Err(NotMade::Never(format!("a file of {size} bytes")));
        }
        Ok(File {
            kind,
            source: FileSource::Memory(made),
        })
    }
}

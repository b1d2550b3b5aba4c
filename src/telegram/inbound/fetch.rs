//! Incoming files: a file that a handler wants is fetched before its transaction begins.
//!
//! # Invariants
//! - Only the chat of the event waits, and the wait has a limit.
//! - Files in memory have a common limit, however many chats send some.
//! - The handler is given the result of the fetch, a fault included.
//! - A restart loses nothing: the update is not done yet, so its file is fetched again.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use frankenstein::AsyncTelegramApi as _;
use frankenstein::methods::GetFileParams;
use frankenstein::response::MethodResponse;
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::event::{Event, EventKind};
use super::handler::{Fetched, FileFault, Handler, Wanted};
use crate::backoff::Backoff;
use crate::db::Db;
use crate::telegram::api::client::Api;
use crate::telegram::api::error::ApiError;

/// The largest file a bot can fetch, in bytes (Bot API, `getFile`).
const LARGEST: usize = 20 * 1024 * 1024;

/// Kilobytes of memory for files that are fetched and looked at: the largest one, or many small
/// ones.
const ROOM_KB: usize = LARGEST / 1024 + 4 * 1024;

/// How long one event waits for its file, all attempts included.
const LIMIT: Duration = Duration::from_secs(150);

const TRIES: u32 = 4;

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct FilePath {
    file_path: Option<String>,
    file_size: Option<u64>,
}

/// The stop came first: the update waits for the next start.
pub(crate) struct Stopped;

/// Fetches the files that handlers want.
#[derive(Clone)]
pub(crate) struct Fetcher {
    api: Api,
    db: Db,
    handler: Arc<dyn Handler>,
    stop: CancellationToken,
    room: Arc<Semaphore>,
}

impl Fetcher {
    pub(crate) fn new(
        api: Api,
        db: Db,
        handler: Arc<dyn Handler>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            api,
            db,
            handler,
            stop,
            room: Arc::new(Semaphore::new(ROOM_KB)),
        }
    }

    /// The file that the handler wants for an event, or its fault; `None` if it wants none.
    pub(crate) async fn file_for(&self, event: &Arc<Event>) -> Result<Option<Fetched>, Stopped> {
        // Most events are words, which need no file: skip the read.
        if !matches!(
            event.kind,
            EventKind::Document(_) | EventKind::Photo(_) | EventKind::Callback { .. }
        ) {
            return Ok(None);
        }
        let (handler, asked) = (Arc::clone(&self.handler), Arc::clone(event));
        let wanted = match self.db.read(move |c| handler.wants(c, &asked)).await {
            Ok(Some(wanted)) => wanted,
            Ok(None) => return Ok(None),
            Err(err) => {
                let update_id = event.update_id;
                tracing::error!(update_id, "whether a file is wanted is not known: {err:#}");
                return Ok(Some(Err(FileFault::OutOfReach)));
            }
        };
        let size = wanted.at_most.min(LARGEST).div_ceil(1024);
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        let fetched = async {
            // The semaphore is never closed.
            let _room = self.room.acquire_many(size).await.ok();
            match fetch(&self.api, &wanted).await {
                Ok(bytes) => self.refined(event, bytes).await,
                Err(fault) => Err(fault),
            }
        };
        tokio::select! {
            () = self.stop.cancelled() => Err(Stopped),
            fetched = fetched => Ok(Some(fetched)),
        }
    }

    /// The file after [`Handler::refine`].
    async fn refined(&self, event: &Arc<Event>, bytes: Bytes) -> Fetched {
        let (handler, event) = (Arc::clone(&self.handler), Arc::clone(event));
        let update_id = event.update_id;
        let refined = tokio::task::spawn_blocking(move || handler.refine(&event, bytes)).await;
        refined.unwrap_or_else(|err| {
            tracing::error!(update_id, "a file could not be looked at: {err}");
            Err(FileFault::OutOfReach)
        })
    }
}

async fn fetch(api: &Api, wanted: &Wanted) -> Fetched {
    let tries = tokio::time::timeout(LIMIT, keep_trying(api, wanted));
    tries.await.unwrap_or(Err(FileFault::OutOfReach))
}

async fn keep_trying(api: &Api, wanted: &Wanted) -> Fetched {
    let mut backoff = Backoff::new(Duration::from_millis(500), LONGEST_PAUSE);
    for left in (0..TRIES).rev() {
        let err = match once(api, wanted).await {
            Ok(fetched) => return fetched,
            Err(err) => err,
        };
        if err.says_file_is_too_big() {
            return Err(FileFault::TooLarge);
        }
        // A fetch changes nothing, so a lost answer may be retried.
        if !err.is_passing() && !matches!(err, ApiError::Unknown(_)) {
            tracing::warn!("a file was not given: {err}");
            return Err(FileFault::Gone);
        }
        tracing::debug!(left, "a file was not fetched: {err}");
        let pause = err.retry_after().unwrap_or_else(|| backoff.next());
        if left == 0 || pause > LONGEST_PAUSE {
            break;
        }
        tokio::time::sleep(pause).await;
    }
    tracing::warn!("a file was not fetched: Telegram stayed out of reach");
    Err(FileFault::OutOfReach)
}

async fn once(api: &Api, wanted: &Wanted) -> Result<Fetched, ApiError> {
    let params = GetFileParams::builder()
        .file_id(wanted.file_id.clone())
        .build();
    let answer: MethodResponse<FilePath> = api.request("getFile", Some(params)).await?;
    let FilePath {
        file_path,
        file_size,
    } = answer.result;
    let at_most = wanted.at_most.min(LARGEST);
    let told = file_size.and_then(|size| usize::try_from(size).ok());
    if told.is_some_and(|size| size > at_most) {
        return Ok(Err(FileFault::TooLarge));
    }
    // An untrusted path must not lead to another method, which would be called with our token.
    let Some(path) = file_path.filter(|path| is_plain(path)) else {
        return Ok(Err(FileFault::Gone));
    };
    let body = api.download(&path, at_most).await?;
    Ok(body.ok_or(FileFault::TooLarge))
}

/// True for a path in Telegram's format: `documents/file_7.csv`.
fn is_plain(path: &str) -> bool {
    let lawful = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    path.split('/')
        .all(|part| !part.is_empty() && !part.starts_with('.') && part.chars().all(lawful))
}

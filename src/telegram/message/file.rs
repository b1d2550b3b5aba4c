//! Files on their way out: a message's row holds a *recipe*, and the file is made when the message is due.
//!
//! Must stay true: the database holds no bytes of files; a file is made off the runtimes, within a limit of time and size,
//! and those that are being made never take the places of all other messages; what cannot be made is told to the chat in words.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::db::{Connection, Db};
use crate::html::Html;

/// What a file may take to be made.
const MAKE_LIMIT: Duration = Duration::from_secs(30);

/// Files on their way at once: each takes a reading connection, its size in memory, and a place of the sender.
const MAKERS: usize = 2;

/// The largest picture that Telegram takes, in bytes.
const PHOTO_LIMIT: usize = 10 * 1024 * 1024;

/// The largest document that a bot may send, in bytes.
const DOCUMENT_LIMIT: usize = 50 * 1024 * 1024;

/// The longest recipe, in bytes of JSON: it says what to make, it is not what is made.
const RECIPE_LIMIT: usize = 1024;

/// How a file is shown in the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shown {
    Photo,
    Document,
}

impl Shown {
    fn limit(self) -> usize {
        match self {
            Self::Photo => PHOTO_LIMIT,
            Self::Document => DOCUMENT_LIMIT,
        }
    }
}

/// How to make a file: for which maker, and what is asked of it in the maker's own words.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    shown: Shown,
    maker: String,
    order: Value,
    /// What recipes share that always make the same file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    same: Option<String>,
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An order may hold what people wrote, such as what they filtered by.
        f.debug_struct("Recipe")
            .field("shown", &self.shown)
            .field("maker", &self.maker)
            .finish_non_exhaustive()
    }
}

impl Recipe {
    /// A picture, of at most 10 MB.
    ///
    /// # Errors
    /// When the order is no JSON.
    pub fn photo(maker: &str, order: &impl Serialize) -> anyhow::Result<Self> {
        Self::new(Shown::Photo, maker, order)
    }

    /// A file to download, of at most 50 MB.
    ///
    /// # Errors
    /// When the order is no JSON.
    pub fn document(maker: &str, order: &impl Serialize) -> anyhow::Result<Self> {
        Self::new(Shown::Document, maker, order)
    }

    fn new(shown: Shown, maker: &str, order: &impl Serialize) -> anyhow::Result<Self> {
        Ok(Self {
            shown,
            maker: maker.to_owned(),
            order: serde_json::to_value(order).context("write down what file to make")?,
            same: None,
        })
    }

    /// Says that every recipe with this word makes the same file for ever, so that it need not be uploaded twice.
    #[must_use]
    pub fn always_the_same(mut self, word: &str) -> Self {
        self.same = Some(word.to_owned());
        self
    }

    /// Names the file wherever it was sent before, with the way it was shown: Telegram's ids are for one of them.
    pub(crate) fn same_as(&self) -> Option<String> {
        let same = self.same.as_ref()?;
        Some(format!("{:?}:{}:{same}", self.shown, self.maker))
    }

    /// Who makes it.
    #[must_use]
    pub fn maker(&self) -> &str {
        &self.maker
    }

    /// What is asked of the maker.
    ///
    /// # Errors
    /// When it was asked by a program with other words.
    pub fn order<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        T::deserialize(&self.order).context("read what file to make")
    }

    pub(crate) fn shown(&self) -> Shown {
        self.shown
    }

    pub(crate) fn to_json(&self) -> anyhow::Result<String> {
        let json = serde_json::to_string(self)?;
        ensure!(
            json.len() <= RECIPE_LIMIT,
            "a recipe of {} bytes; {RECIPE_LIMIT} are allowed",
            json.len()
        );
        Ok(json)
    }

    pub(crate) fn from_json(json: &str) -> anyhow::Result<Self> {
        serde_json::from_str(json).context("read the recipe of a file")
    }
}

/// A file as its maker gives it.
#[derive(Clone)]
pub struct Made {
    /// Its name, as people see it.
    pub name: String,
    /// What is in it.
    pub bytes: Bytes,
}

impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Made({} bytes)", self.bytes.len())
    }
}

/// Makes the files of messages; who wires the program puts it together from what the slices offer.
pub trait Workshop: Send + Sync + 'static {
    /// Makes a file, on a thread that may block, within 30 s.
    ///
    /// # Errors
    /// Why it cannot be made: it is not tried again, except after a fault of the storage.
    fn make(&self, connection: &Connection, recipe: &Recipe) -> anyhow::Result<Made>;

    /// What a chat with this language (empty: not known) is told in place of a file that cannot be had.
    fn sorry(&self, language: &str) -> Html;
}

/// A file with the way it is shown.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) shown: Shown,
    pub(crate) from: From,
}

/// Where the bytes of a file are.
#[derive(Debug, Clone)]
pub(crate) enum From {
    /// Here.
    Memory(Made),
    /// At Telegram, under this id.
    Telegram(String),
}

/// Why there is no file.
#[derive(Debug)]
pub(crate) enum NotMade {
    /// The storage failed: worth another try.
    Later,
    /// It cannot be made.
    Never(String),
}

/// A seat for one file, from its making until it has left; kept by every clone.
pub(crate) type Seat = Arc<OwnedSemaphorePermit>;

/// The workshop with its seats; clones share it.
#[derive(Clone)]
pub(crate) struct Makers {
    pub(crate) workshop: Arc<dyn Workshop>,
    seats: Arc<Semaphore>,
}

impl Makers {
    pub(crate) fn new(workshop: Arc<dyn Workshop>) -> Self {
        Self {
            workshop,
            seats: Arc::new(Semaphore::new(MAKERS)),
        }
    }

    /// A seat, if one is free.
    pub(crate) fn seat(&self) -> Option<Seat> {
        let seats = Arc::clone(&self.seats);
        let seat = seats.try_acquire_owned().ok()?;
        Some(Arc::new(seat))
    }

    /// Makes the file of a message.
    pub(crate) async fn make(
        &self,
        db: &Db,
        recipe: &Recipe,
        seat: &Seat,
    ) -> Result<File, NotMade> {
        let (workshop, asked, seat) =
            (Arc::clone(&self.workshop), recipe.clone(), Arc::clone(seat));
        let made = db.read(move |connection| {
            // Also a maker that nobody waits for any longer keeps the seat until it ends.
            let made = workshop.make(connection, &asked);
            drop(seat);
            made
        });
        let made = match tokio::time::timeout(MAKE_LIMIT, made).await {
            Ok(Ok(made)) => made,
            Ok(Err(err)) if crate::telegram::inbound::inbox::is_storage_fault(&err) => {
                return Err(NotMade::Later);
            }
            Ok(Err(err)) => return Err(NotMade::Never(format!("{err:#}"))),
            Err(_) => {
                let limit = MAKE_LIMIT.as_secs();
                return Err(NotMade::Never(format!("not made within {limit} s")));
            }
        };
        let (shown, size) = (recipe.shown, made.bytes.len());
        if size == 0 || size > shown.limit() {
            return Err(NotMade::Never(format!("a file of {size} bytes")));
        }
        Ok(File {
            shown,
            from: From::Memory(made),
        })
    }
}

//! Outgoing files: a message's row holds a *recipe*, from which a *maker* makes the file when the
//! message is due.
//!
//! # Invariants
//! - The database holds recipes, never the bytes of files.

use std::fmt;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::html::Html;

/// The largest picture that Telegram accepts, in bytes.
const PHOTO_LIMIT: usize = 10 * 1024 * 1024;

/// The largest document that a bot may send, in bytes.
const DOCUMENT_LIMIT: usize = 50 * 1024 * 1024;

/// The longest recipe, in bytes of JSON: it describes the file and does not contain it.
const RECIPE_LIMIT: usize = 1024;

/// How a file is shown in the chat. The stored recipe and the keys of sent files contain these
/// names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AttachmentKind {
    Photo,
    Document,
}

impl AttachmentKind {
    /// The largest file of this kind, in bytes.
    pub(crate) fn limit(self) -> usize {
        match self {
            Self::Photo => PHOTO_LIMIT,
            Self::Document => DOCUMENT_LIMIT,
        }
    }
}

/// How to make a file: the maker's name, and the order in the maker's own format.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    #[serde(rename = "shown")]
    kind: AttachmentKind,
    maker: String,
    order: Value,
    /// Recipes of one maker that share this word always make the same file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    same: Option<String>,
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An order may contain people's words, such as a filter.
        f.debug_struct("Recipe")
            .field("kind", &self.kind)
            .field("maker", &self.maker)
            .finish_non_exhaustive()
    }
}

impl Recipe {
    /// A picture, of at most 10 MB.
    ///
    /// # Errors
    /// When the order cannot be written as JSON.
    pub fn photo(maker: &str, order: &impl Serialize) -> anyhow::Result<Self> {
        Self::new(AttachmentKind::Photo, maker, order)
    }

    /// A file to download, of at most 50 MB.
    ///
    /// # Errors
    /// When the order cannot be written as JSON.
    pub fn document(maker: &str, order: &impl Serialize) -> anyhow::Result<Self> {
        Self::new(AttachmentKind::Document, maker, order)
    }

    fn new(kind: AttachmentKind, maker: &str, order: &impl Serialize) -> anyhow::Result<Self> {
        Ok(Self {
            kind,
            maker: maker.to_owned(),
            order: serde_json::to_value(order).context("write down what file to make")?,
            same: None,
        })
    }

    /// Promises that every recipe with this word makes the same file, so it is uploaded only once.
    #[must_use]
    pub fn always_the_same(mut self, word: &str) -> Self {
        self.same = Some(word.to_owned());
        self
    }

    /// The key of a file that is always the same. It includes the kind, because Telegram's id of a
    /// photo cannot be sent as a document.
    pub(crate) fn same_as(&self) -> Option<String> {
        let same = self.same.as_ref()?;
        Some(format!("{:?}:{}:{same}", self.kind, self.maker))
    }

    #[must_use]
    pub fn maker(&self) -> &str {
        &self.maker
    }

    /// The order in the maker's own format.
    ///
    /// # Errors
    /// When another version of the program wrote an order that this one cannot read.
    pub fn order<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        T::deserialize(&self.order).context("read what file to make")
    }

    pub(crate) fn kind(&self) -> AttachmentKind {
        self.kind
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

#[derive(Clone)]
pub struct Made {
    pub name: String,
    pub bytes: Bytes,
}

impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Made({} bytes)", self.bytes.len())
    }
}

/// Makes the files of messages. The program's implementation combines the makers of the slices.
pub trait FileMakers: Send + Sync + 'static {
    /// Makes a file within 30 s, on a thread that may block.
    ///
    /// # Errors
    /// Why the file cannot be made. Only a storage fault is retried.
    fn make(&self, connection: &Connection, recipe: &Recipe) -> anyhow::Result<Made>;

    /// The apology in place of a file that cannot be made, in the chat's language (empty: unknown).
    fn sorry(&self, language: &str) -> Html;

    /// Runs in the transaction that gives a message up because the program died twice while its
    /// file was made: tells those who can do something about it.
    ///
    /// # Errors
    /// When the database fails.
    fn put_aside(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        row: i64,
        chat_id: i64,
    ) -> anyhow::Result<()>;
}

/// A file that can be sent.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) kind: AttachmentKind,
    pub(crate) source: FileSource,
}

/// Where the bytes of a file are.
#[derive(Debug, Clone)]
pub(crate) enum FileSource {
    Memory(Made),
    /// At Telegram, under this id.
    Telegram(String),
}

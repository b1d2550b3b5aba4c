//! A file that somebody sent, as its message tells of it.

use serde::Deserialize;

/// A file that somebody sent. All of it is their word: what is in it is known when it was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// By which it is fetched, also later; at most a few hundred bytes.
    pub file_id: String,
    /// Its name, or empty.
    pub name: String,
    /// Its MIME type, or empty.
    pub mime: String,
    /// In bytes, where Telegram tells.
    pub size: Option<u64>,
    /// What is sent together carries the same text here; else empty.
    pub album: String,
}

#[derive(Deserialize)]
pub(crate) struct RawDocument {
    file_id: String,
    file_name: Option<String>,
    mime_type: Option<String>,
    file_size: Option<u64>,
}

impl RawDocument {
    /// The file as its message brings it.
    pub(crate) fn sent(self, album: String) -> Document {
        Document {
            file_id: self.file_id,
            name: self.file_name.unwrap_or_default(),
            mime: self.mime_type.unwrap_or_default(),
            size: self.file_size,
            album,
        }
    }

    /// The largest of the sizes of a photo.
    pub(crate) fn largest(sizes: Vec<Self>) -> Option<Self> {
        sizes.into_iter().max_by_key(|size| size.file_size)
    }
}

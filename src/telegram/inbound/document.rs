//! A file sent to the bot, as its message describes it.

use serde::Deserialize;

/// A file sent to the bot. All fields are claims of the sender until the file is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Telegram's id for fetching the file, also later; at most a few hundred bytes.
    pub file_id: String,
    /// The file name, or empty.
    pub name: String,
    /// The MIME type, or empty.
    pub mime: String,
    /// In bytes, if Telegram states it.
    pub size: Option<u64>,
    /// Files sent together share this; else empty.
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
    pub(crate) fn sent(self, album: String) -> Document {
        Document {
            file_id: self.file_id,
            name: self.file_name.unwrap_or_default(),
            mime: self.mime_type.unwrap_or_default(),
            size: self.file_size,
            album,
        }
    }

    /// The largest size of a photo.
    pub(crate) fn largest(sizes: Vec<Self>) -> Option<Self> {
        sizes.into_iter().max_by_key(|size| size.file_size)
    }
}

//! The body of an answer: unpacked, decoded to text, and read no further than needed.
//!
//! # Invariants
//! - Neither the packed nor the unpacked size ever exceeds the cap.
//! - A truncated body is never taken for a complete one.
//! - Rules match decoded text, whatever the page's charset.

use std::io::{self, ErrorKind, Write};

use encoding_rs::{Decoder, Encoding, UTF_8};
use flate2::write::MultiGzDecoder;
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};

use super::charset::{self, Announced};
use super::fault;
use crate::slices::watch::site::{Method, Site};
use crate::slices::watch::verdict;
use crate::slices::watch::verdict::Inconclusive;

/// A remainder shorter than this is read even if the verdict is certain. Reading it is cheaper than
/// a new connection, and it tells a complete page from a truncated one.
const EARLY_END_AFTER: usize = 64 << 10;

/// Most pages name their charset within this many bytes from their start.
const HEAD: usize = 1024;

/// A page whose head is longer than this is read as UTF-8.
const HEAD_MAX: usize = 64 << 10;

/// Words of `Content-Encoding` that name a packing. We unpack the first two.
const PACKINGS: &[&str] = &[
    "gzip",
    "x-gzip",
    "deflate",
    "br",
    "zstd",
    "compress",
    "x-compress",
    "dcb",
    "dcz",
    "bzip2",
    "lzma",
    "xz",
    "exi",
    "pack200-gzip",
    "sdch",
];

/// Reads the body piece by piece, until it ends, makes the verdict certain, or exceeds `max_bytes`
/// (packed or unpacked).
pub(super) async fn read(
    response: &mut Response,
    site: &Site,
    max_bytes: usize,
) -> Result<String, Inconclusive> {
    let status = response.status().as_u16();
    if site.method() != Method::Head && announces_in_vain(status, response.headers()) {
        return Err(Inconclusive::CutBody);
    }
    let mut body = Body::new(response.headers(), max_bytes);
    // Judged again each time the size doubles, so every byte is searched about twice at any length.
    let mut check_at = EARLY_END_AFTER;
    while let Some(piece) = response
        .chunk()
        .await
        .map_err(|error| fault::in_body(&error))?
    {
        let taken = body.take(&piece);
        let too_long = taken == Err(Inconclusive::BodyTooLarge);
        if too_long || body.text().len() >= check_at {
            check_at = body.text().len().saturating_mul(2);
            let is_certain = if too_long {
                verdict::seems_certain(site, status, body.text())
            } else {
                verdict::is_certain(site, status, body.text())
            };
            if is_certain {
                return Ok(body.into_text());
            }
        }
        taken?;
    }
    body.end()
}

/// A body being unpacked and decoded.
struct Body {
    packing: Packing,
    /// Bytes that may still come.
    room: usize,
    is_empty: bool,
}

enum Packing {
    None(Text),
    /// Several gzip members form one body.
    Gzip(Box<MultiGzDecoder<Text>>),
    /// A packing that we did not ask for.
    Unknown(Text),
}

impl Body {
    fn new(headers: &HeaderMap, max_bytes: usize) -> Self {
        let text = Text::new(headers, max_bytes);
        Self {
            packing: match content_encoding(headers).as_str() {
                "" => Packing::None(text),
                "gzip" | "x-gzip" => Packing::Gzip(Box::new(MultiGzDecoder::new(text))),
                _ => Packing::Unknown(text),
            },
            room: max_bytes,
            is_empty: true,
        }
    }

    fn take(&mut self, piece: &[u8]) -> Result<(), Inconclusive> {
        self.is_empty &= piece.is_empty();
        let room = self.room;
        self.room = room.saturating_sub(piece.len());
        let fits = piece.get(..room).unwrap_or(piece);
        match &mut self.packing {
            Packing::None(text) => text.write_all(fits),
            Packing::Gzip(unpacker) => unpacker.write_all(fits),
            Packing::Unknown(_) => Err(ErrorKind::InvalidData.into()),
        }
        .map_err(|error| match error.kind() {
            ErrorKind::FileTooLarge => Inconclusive::BodyTooLarge,
            _ => Inconclusive::BadBody,
        })?;
        if piece.len() > room {
            return Err(Inconclusive::BodyTooLarge);
        }
        Ok(())
    }

    fn text(&self) -> &str {
        match &self.packing {
            Packing::None(text) | Packing::Unknown(text) => &text.done,
            Packing::Gzip(unpacker) => &unpacker.get_ref().done,
        }
    }

    fn into_text(mut self) -> String {
        let text = match &mut self.packing {
            Packing::None(text) | Packing::Unknown(text) => text,
            Packing::Gzip(unpacker) => unpacker.get_mut(),
        };
        std::mem::take(&mut text.done)
    }

    /// The whole text, after the last piece.
    fn end(self) -> Result<String, Inconclusive> {
        let text = match self.packing {
            // An answer to HEAD names the packing of a body that is not sent.
            Packing::Gzip(unpacker) if !self.is_empty => {
                unpacker.finish().map_err(|error| match error.kind() {
                    ErrorKind::FileTooLarge => Inconclusive::BodyTooLarge,
                    _ => Inconclusive::CutBody,
                })?
            }
            Packing::Gzip(_) => return Ok(String::new()),
            Packing::None(text) | Packing::Unknown(text) => text,
        };
        Ok(text.end())
    }
}

/// True if a status without a body (RFC 9110) announces one. None of our requests is conditional,
/// so no such answer may announce a body. An announced body was cut off or belongs to another
/// answer.
fn announces_in_vain(status: u16, headers: &HeaderMap) -> bool {
    let is_announced = || {
        headers.contains_key(TRANSFER_ENCODING)
            || headers
                .get(CONTENT_LENGTH)
                .is_some_and(|length| length.as_bytes() != b"0")
    };
    matches!(status, 204 | 205 | 304) && is_announced()
}

/// The packings that an answer names. Browsers take other words, such as charsets, for none.
fn content_encoding(headers: &HeaderMap) -> String {
    if !headers.contains_key(CONTENT_ENCODING) {
        return String::new();
    }
    let values = headers.get_all(CONTENT_ENCODING).into_iter();
    let values = values.map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase());
    let mut packings = Vec::new();
    for value in values {
        let words = value.split(',').map(str::trim);
        packings.extend(
            words
                .filter(|word| PACKINGS.contains(word))
                .map(str::to_owned),
        );
    }
    packings.join(",")
}

/// Decodes unpacked bytes to text, up to a cap.
struct Text {
    done: String,
    /// None until the charset is known.
    decoder: Option<Decoder>,
    /// The start of the page, kept while the charset is unknown.
    head: Vec<u8>,
    /// The length of the start at which it is searched for a charset.
    search_at: usize,
    room: usize,
}

impl Text {
    fn new(headers: &HeaderMap, max_bytes: usize) -> Self {
        let charset = match charset::announced(headers) {
            Announced::Charset(charset) => Some(charset),
            Announced::Unnamed => Some(UTF_8),
            Announced::InPage => None,
        };
        Self {
            done: String::new(),
            decoder: charset.map(Encoding::new_decoder),
            head: Vec::new(),
            search_at: HEAD,
            room: max_bytes,
        }
    }

    fn decode(&mut self, bytes: &[u8], is_last: bool) {
        let Some(decoder) = &mut self.decoder else {
            return;
        };
        let most = decoder.max_utf8_buffer_length(bytes.len());
        self.done.reserve(most.unwrap_or(bytes.len()));
        // The buffer has room for the whole text, so the result carries no information. Undecodable
        // bytes become replacement characters.
        let _all_taken = decoder.decode_to_string(bytes, &mut self.done, is_last);
    }

    /// Decides the charset from the start of the page, if it can. The default is UTF-8.
    fn settle(&mut self, is_all: bool) {
        let is_all = is_all || self.head.len() >= HEAD_MAX;
        let Some(named) = charset::in_page(&self.head, is_all) else {
            // Searched again only at twice the length, so every byte is searched about twice.
            self.search_at = self.head.len().saturating_mul(2);
            return;
        };
        self.decoder = Some(named.new_decoder());
        let head = std::mem::take(&mut self.head);
        self.decode(&head, false);
    }

    fn end(mut self) -> String {
        if self.decoder.is_none() {
            self.settle(true);
        }
        self.decode(&[], true);
        self.done
    }
}

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let fits = bytes.get(..self.room).unwrap_or(bytes);
        if fits.is_empty() && !bytes.is_empty() {
            return Err(ErrorKind::FileTooLarge.into());
        }
        self.room -= fits.len();
        if self.decoder.is_some() {
            self.decode(fits, false);
        } else {
            self.head.extend_from_slice(fits);
            if self.head.len() >= self.search_at {
                self.settle(false);
            }
        }
        Ok(fits.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

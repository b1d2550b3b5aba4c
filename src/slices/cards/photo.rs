//! Photos of cards: upright JPEG, at most 2560 pixels wide and high, without metadata; each with a
//! thumbnail.
//!
//! # Invariants
//!
//! - One picture is decoded at a time, after a check of the memory that decoding takes.
//! - That memory leaves room for the rest of the program within the 256 MB of the shipped unit.
//! - A file is named by the hash of its content and never changes.
//! - So a file may be written before the row that names it, and written twice.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{Cursor, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbaImage};
use rustix::fs::Access;
use rustix::io::Errno;
use tokio::time::Instant;

use crate::clock::DAY;
use crate::slice::Finding;
use crate::telegram::FileFault;

/// Telegram shows no larger pictures.
const LONGEST_SIDE: u32 = 2560;

const THUMBNAIL_SIDE: u32 = 320;

/// Beyond this, decoding takes seconds.
const MOST_PIXELS: u64 = 32_000_000;

/// How much memory decoding may take for a moment: 32 million pixels of an ordinary JPEG, 12
/// million of every other kind. Before and after it, a picture takes at most 40 MB.
const MOST_BYTES: u64 = 144_000_000;

/// The longest ratio of the sides; Telegram refuses more.
const LONGEST_SHAPE: u32 = 20;

/// JPEG quality, out of 100.
const QUALITY: u8 = 88;

/// Telegram gives bots no larger files.
pub(crate) const LARGEST_FILE: usize = 20 * 1024 * 1024;

/// Not a picture that we can read.
pub(crate) const NO_PICTURE: &str = "no-picture";

pub(crate) const TOO_MANY_PIXELS: &str = "too-many-pixels";

pub(crate) const TOO_NARROW: &str = "too-narrow";

/// How long a photo is in hand after it was stored: by then a row names it, or none ever will.
pub(crate) const IN_HAND: Duration = DAY;

/// The folder of photos. Clones share it.
#[derive(Debug, Clone)]
pub struct Photos {
    folder: Arc<Path>,
    /// The photos in hand, by name, with the moment. Its lock lets one picture in at a time.
    in_hand: Arc<Mutex<HashMap<String, Instant>>>,
}

impl Photos {
    /// The folder of a database: `vakhta.photos` beside `vakhta.db`.
    #[must_use]
    pub fn of(database: &Path) -> Self {
        Self {
            folder: folder_of(database).into(),
            in_hand: Arc::default(),
        }
    }

    /// Whether photos can be stored.
    pub(crate) fn examine(&self) -> Finding {
        let shown = self.folder.display();
        match rustix::fs::access(&*self.folder, Access::WRITE_OK | Access::EXEC_OK) {
            Ok(()) => Finding::Well(format!("on; photos are in {shown}")),
            Err(Errno::NOENT) => {
                Finding::Well(format!("on; {shown} will be created with the first photo"))
            }
            Err(err) => Finding::Wrong(format!("photos cannot be stored in {shown}: {err}")),
        }
    }

    /// Stores a picture and returns its name. May take seconds, so never call it on a runtime or in
    /// a transaction.
    ///
    /// # Errors
    /// If the picture is unusable; a full or broken disk is [`FileFault::OutOfReach`].
    pub fn keep(&self, sent: &[u8]) -> Result<String, FileFault> {
        let mut in_hand = self.in_hand.lock().unwrap_or_else(PoisonError::into_inner);
        let (picture, thumbnail) = normalise(sent)?;
        let name = self.store(&picture, &thumbnail).map_err(|err| {
            tracing::error!("a photo cannot be stored: {err:#}");
            FileFault::OutOfReach
        })?;
        in_hand.insert(name.clone(), Instant::now());
        Ok(name)
    }

    fn store(&self, picture: &[u8], thumbnail: &[u8]) -> anyhow::Result<String> {
        let hash = ring::digest::digest(&ring::digest::SHA256, picture);
        let hash: String = hash.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        let name = format!("{hash}{KIND}");
        make_private_folder(&self.folder)
            .with_context(|| format!("make the folder {}", self.folder.display()))?;
        // The thumbnail first, so that every full picture has one.
        self.write(&thumbnail_of(&name), thumbnail)?;
        self.write(&name, picture)?;
        Ok(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let context = || format!("write a photo to {}", self.folder.display());
        let mut file = tempfile::NamedTempFile::new_in(&*self.folder).with_context(context)?;
        file.write_all(bytes).with_context(context)?;
        file.as_file().sync_all().with_context(context)?;
        file.persist(self.folder.join(name)).with_context(context)?;
        Ok(())
    }

    /// The names of all pictures. No folder means no pictures.
    pub(crate) fn names(&self) -> anyhow::Result<HashSet<String>> {
        let mut names = HashSet::new();
        for entry in entries(&self.folder)? {
            let name = entry.context("read the folder of photos")?.file_name();
            names.extend(name.to_str().filter(|name| is_name(name)).map(full_name));
        }
        Ok(names)
    }

    /// Removes a picture and its thumbnail; false if it is in hand.
    pub(crate) fn remove(&self, name: &str, now: Instant) -> anyhow::Result<bool> {
        ensure!(is_name(name), "a photo of a name that none has");
        // The lock keeps others from storing the picture between check and removal.
        let mut in_hand = self.in_hand.lock().unwrap_or_else(PoisonError::into_inner);
        in_hand.retain(|_, since| now.duration_since(*since) < IN_HAND);
        if in_hand.contains_key(name) {
            return Ok(false);
        }
        for name in [name, &thumbnail_of(name)] {
            let path = self.folder.join(name);
            match fs::remove_file(path) {
                Err(err) if err.kind() != ErrorKind::NotFound => {
                    return Err(err).context("remove a photo");
                }
                _ => {}
            }
        }
        Ok(true)
    }

    pub(crate) fn read(&self, name: &str) -> anyhow::Result<Bytes> {
        ensure!(is_name(name), "a photo of a name that none has");
        let bytes = fs::read(self.folder.join(name)).context("read a photo")?;
        Ok(bytes.into())
    }
}

/// Copies the photos of a database beside its backup; returns how many there are.
pub(crate) fn backup(source: &Path, target: &Path) -> anyhow::Result<usize> {
    let (from, to) = (folder_of(source), folder_of(target));
    let mut entries = entries(&from)?.peekable();
    if entries.peek().is_none() {
        return Ok(0);
    }
    make_private_folder(&to).with_context(|| format!("make the folder {}", to.display()))?;
    let mut copied = 0;
    for entry in entries {
        let name = entry?.file_name();
        // Files still being written have different names.
        if name.to_str().is_some_and(is_name) {
            fs::copy(from.join(&name), to.join(&name))
                .with_context(|| format!("copy a photo to {}", to.display()))?;
            copied += usize::from(!name.to_string_lossy().ends_with(SMALL));
        }
    }
    Ok(copied)
}

/// The entries of a folder; none if it does not exist.
fn entries(folder: &Path) -> anyhow::Result<impl Iterator<Item = std::io::Result<fs::DirEntry>>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => Some(entries),
        Err(err) if err.kind() == ErrorKind::NotFound => None,
        Err(err) => {
            return Err(err).with_context(|| format!("read the folder {}", folder.display()));
        }
    };
    Ok(entries.into_iter().flatten())
}

/// The photo folder of a database; it may not exist.
#[must_use]
fn folder_of(database: &Path) -> PathBuf {
    database.with_extension("photos")
}

/// File extensions of a photo and its thumbnail.
const KIND: &str = ".jpg";
const SMALL: &str = ".small.jpg";

#[must_use]
pub(crate) fn thumbnail_of(name: &str) -> String {
    format!("{}{SMALL}", name.strip_suffix(KIND).unwrap_or(name))
}

/// The name of a thumbnail's full picture; other names stay as they are.
fn full_name(name: &str) -> String {
    match name.strip_suffix(SMALL) {
        Some(hash) => format!("{hash}{KIND}"),
        None => name.to_owned(),
    }
}

/// The full names of all pictures that a JSON text names.
pub(super) fn names_in(json: &str) -> impl Iterator<Item = String> {
    let words = json.split('"').filter(|word| is_name(word));
    words.map(full_name)
}

fn is_name(name: &str) -> bool {
    let hash = name.strip_suffix(SMALL).or_else(|| name.strip_suffix(KIND));
    let hash = hash.unwrap_or_default();
    hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// The picture as it is stored, and its thumbnail.
fn normalise(sent: &[u8]) -> Result<(Vec<u8>, Vec<u8>), FileFault> {
    let no_picture = |_| FileFault::Unfit(NO_PICTURE);
    let mut reader = ImageReader::new(Cursor::new(sent))
        .with_guessed_format()
        .map_err(|_| FileFault::Unfit(NO_PICTURE))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    let is_layered = match reader.format() {
        Some(ImageFormat::Jpeg) => !comes_in_rows(sent),
        // Its decoder holds the colours, the transparency and the pixels, each for itself.
        Some(ImageFormat::WebP) => true,
        _ => false,
    };
    let mut decoder = reader.into_decoder().map_err(no_picture)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let layers = if is_layered {
        decoder.total_bytes() * 2
    } else {
        0
    };
    if pixels > MOST_PIXELS || decoder.total_bytes() + layers > MOST_BYTES {
        return Err(FileFault::Unfit(TOO_MANY_PIXELS));
    }
    let (short, long) = (width.min(height), width.max(height));
    if short == 0 || long > short.saturating_mul(LONGEST_SHAPE) {
        return Err(FileFault::Unfit(TOO_NARROW));
    }
    let orientation = decoder.orientation().map_err(no_picture)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(no_picture)?;
    if long > LONGEST_SIDE {
        // Averages the pixels. `resize` would keep the picture once more, four times as large.
        picture = picture.thumbnail(LONGEST_SIDE, LONGEST_SIDE);
    }
    picture.apply_orientation(orientation);
    if picture.color().has_alpha() {
        picture = on_white(picture.into_rgba8());
    }
    let small = if long > THUMBNAIL_SIDE {
        picture.thumbnail(THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    } else {
        picture.clone()
    };
    Ok((as_jpeg(picture)?, as_jpeg(small)?))
}

/// True for a JPEG whose pixels are complete row by row: one scan has all components. Every other
/// one, such as a progressive JPEG, comes in layers, and its decoder holds two bytes for each value
/// of each pixel until the last layer. In doubt, that is assumed.
fn comes_in_rows(jpeg: &[u8]) -> bool {
    let mut rest = jpeg.strip_prefix(b"\xff\xd8").unwrap_or_default();
    let mut components = None;
    // Segments: a marker, the length of what follows with its own two bytes, and that.
    while let [0xff, marker, high, low, body @ ..] = rest {
        match marker {
            0xc0 | 0xc1 if components.is_none() => components = body.get(5),
            0xda => return components.is_some() && components == body.first(),
            // Tables, comments and whatever programs add.
            0xc4 | 0xdb | 0xdd | 0xe0..=0xef | 0xfe => {}
            _ => return false,
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        rest = rest.get(2 + length..).unwrap_or_default();
    }
    false
}

/// Only pixels are written, so camera, place and time are dropped.
fn as_jpeg(picture: DynamicImage) -> Result<Vec<u8>, FileFault> {
    let mut kept = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut kept, QUALITY);
    let written = picture.into_rgb8().write_with_encoder(encoder);
    written.map_err(|_| FileFault::Unfit(NO_PICTURE))?;
    Ok(kept)
}

/// Fills transparent areas with white.
fn on_white(mut picture: RgbaImage) -> DynamicImage {
    for pixel in picture.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let over = |shade: u8| {
            let (shade, alpha) = (u16::from(shade), u16::from(alpha));
            u8::try_from((shade * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        pixel.0 = [over(red), over(green), over(blue), u8::MAX];
    }
    picture.into()
}

#[cfg(test)]
#[path = "tests/photo.rs"]
mod tests;

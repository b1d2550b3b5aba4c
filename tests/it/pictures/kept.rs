//! The picture files: their sources, and redrawing them.
//!
//! # Invariants
//! - A picture file contains a digest of its source, so comparing needs no browser.
//! - Only a run with [`DRAW`] in its environment changes a file.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::Path;

use image::RgbImage;
use ring::digest::{Context, SHA256};

const FOLDER: &str = "docs/pictures";

/// Draws the pictures instead of only comparing them.
const DRAW: &str = "VAKHTA_DRAW_PICTURES";

const COMMAND: &str = "cargo test --test it pictures";

/// The text chunk with the digest of the source.
const KEYWORD: &str = "Source";

/// A page with all pictures stays quick to load.
const MOST_BYTES: usize = 150_000;

const NAMES: [&str; 7] = [
    "account",
    "chart",
    "labels",
    "page-dark",
    "page-light",
    "run",
    "run.en",
];

/// Demands that a picture was drawn from these parts, or draws it. `draw` writes a PNG to the given
/// path.
pub(super) async fn is_current(name: &str, source: &[&[u8]], draw: impl AsyncFnOnce(&Path)) {
    assert!(NAMES.contains(&name), "{name} is not in NAMES");
    let path = format!("{FOLDER}/{name}.png");
    let source = digest(source);
    #[expect(
        clippy::disallowed_methods,
        reason = "who runs the tests asks for pictures; the program does not know of them"
    )]
    let draws = std::env::var_os(DRAW).is_some();
    if draws {
        let folder = tempfile::tempdir().unwrap();
        let drawn = folder.path().join("drawn.png");
        draw(&drawn).await;
        keep(&drawn, &path, &source);
    }
    let bytes = std::fs::read(&path).unwrap_or_default();
    assert_eq!(
        source_of(&bytes),
        Some(source),
        "{path} is out of date: run `{DRAW}=1 {COMMAND}` and look at it"
    );
    assert!(
        bytes.len() <= MOST_BYTES,
        "{path} has {} bytes",
        bytes.len()
    );
}

fn digest(parts: &[&[u8]]) -> String {
    let mut digest = Context::new(&SHA256);
    for part in parts {
        digest.update(&part.len().to_be_bytes());
        digest.update(part);
    }
    let bytes = digest.finish();
    let digits = bytes.as_ref().iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}

/// Compresses a picture and stores the digest of its source.
fn keep(drawn: &Path, path: &str, source: &str) {
    let drawn = image::open(drawn).unwrap().into_rgb8();
    let (palette, places) = indexed(&drawn);
    std::fs::create_dir_all(FOLDER).unwrap();
    let file = File::create(path).unwrap();
    let mut encoder = png::Encoder::new(file, drawn.width(), drawn.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(palette.concat());
    encoder.set_filter(png::Filter::NoFilter);
    encoder.set_compression(png::Compression::High);
    encoder
        .add_text_chunk(KEYWORD.to_owned(), source.to_owned())
        .unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&places).unwrap();
    writer.finish().unwrap();
}

/// The colours that matter, and for each pixel the index of the nearest one.
fn indexed(picture: &RgbImage) -> (Vec<[u8; 3]>, Vec<u8>) {
    let mut counts: HashMap<[u8; 3], usize> = HashMap::new();
    for pixel in picture.pixels() {
        *counts.entry(pixel.0).or_default() += 1;
    }
    let mut colours: Vec<_> = counts.into_iter().collect();
    colours.sort_unstable_by_key(|(colour, n)| (Reverse(*n), *colour));
    // Of nearly equal colours, the most frequent one is enough.
    let mut seen = HashSet::new();
    let palette: Vec<[u8; 3]> = colours
        .iter()
        .map(|(colour, _)| *colour)
        .filter(|colour| seen.insert(colour.map(|value| value >> 3)))
        .take(256)
        .collect();
    let distance = |a: &[u8; 3], b: &[u8; 3]| -> u32 {
        let squares = a
            .iter()
            .zip(b)
            .map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2));
        squares.sum()
    };
    let nearest: HashMap<[u8; 3], u8> = colours
        .iter()
        .map(|(colour, _)| {
            let place = (0..=u8::MAX).zip(&palette);
            let (place, _) = place.min_by_key(|(_, of)| distance(colour, of)).unwrap();
            (*colour, place)
        })
        .collect();
    let places = picture.pixels().map(|pixel| nearest[&pixel.0]);
    let places = places.collect();
    (palette, places)
}

fn source_of(bytes: &[u8]) -> Option<String> {
    let reader = png::Decoder::new(BufReader::new(Cursor::new(bytes)));
    let reader = reader.read_info().ok()?;
    let texts = &reader.info().uncompressed_latin1_text;
    let source = texts.iter().find(|text| text.keyword == KEYWORD)?;
    Some(source.text.clone())
}

#[test]
fn no_picture_is_left_over() {
    for file in std::fs::read_dir(FOLDER).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        let is_drawn = file
            .strip_suffix(".png")
            .is_some_and(|name| NAMES.contains(&name));
        assert!(is_drawn, "no test draws {FOLDER}/{file}");
    }
}

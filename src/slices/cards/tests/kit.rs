//! Shared by the tests of pictures: a test picture, and zbar as an independent reader if the
//! machine has it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, UNIX_EPOCH};

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, Rgb, RgbImage};

use crate::clock::UnixMs;
use crate::slices::cards::photo::folder_of;
use crate::tier;

/// The codes that zbar reads in a grey picture, sorted; none if the machine has no zbar.
pub(crate) fn zbar(width: u32, height: u32, shades: &[u8]) -> Option<Vec<String>> {
    if !tier::has("zbarimg") {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("picture.pgm");
    let mut file = format!("P5 {width} {height} 255\n").into_bytes();
    file.extend_from_slice(shades);
    fs::write(&path, file).unwrap();
    let read = Command::new("zbarimg")
        .args(["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"])
        .arg(&path)
        .output();
    let text = String::from_utf8(read.unwrap().stdout).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    Some(lines)
}

pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        Rgb([
            u8::from(x < width / 2) * 200,
            u8::from(y < height / 2) * 200,
            90,
        ])
    });
    let mut bytes = Vec::new();
    JpegEncoder::new(&mut bytes)
        .encode(&picture, width, height, ExtendedColorType::Rgb8)
        .unwrap();
    bytes
}

/// Dates every photo beside a database, so that a test need not ask the machine's clock.
pub(crate) fn date_photos(database: &Path, at: UnixMs) {
    let at = UNIX_EPOCH + Duration::from_millis(at.0.try_into().unwrap());
    for entry in fs::read_dir(folder_of(database)).unwrap() {
        let file = fs::File::options().write(true).open(entry.unwrap().path());
        file.unwrap().set_modified(at).unwrap();
    }
}

//! Shared by the tests of pictures: a test picture, and zbar as an independent reader if the
//! machine has it.

use std::fs;
use std::process::Command;

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, Rgb, RgbImage};

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

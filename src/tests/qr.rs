//! QR pictures, read by our own reader and by zbar: clean, as a bad JPEG, and turned.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageFormat};

use super::*;
use crate::slices::cards::code::Code;
use crate::slices::cards::tests::kit::zbar;

const START: &str = "https://t.me/VakhtaDemo15Bot?start=v_";

const TRIES: usize = 10;

fn qr() -> Qr {
    Qr::new(
        START,
        Code::draw().unwrap().as_str(),
        ErrorCorrection::Quartile,
    )
    .unwrap()
}

/// The picture turned around its middle on a larger white ground, four pixels to a module.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places in a small picture"
)]
fn turned(qr: &Qr, degrees: f64) -> (u32, Vec<u8>) {
    let inner = f64::from(qr.modules() * 4);
    let side = (inner * 1.5).ceil();
    let (sin, cos) = degrees.to_radians().sin_cos();
    let mut shades = Vec::new();
    for i in 0..(side * side) as u64 {
        let (x, y) = (
            i as f64 % side - side / 2.0,
            (i as f64 / side).floor() - side / 2.0,
        );
        // Each pixel is the mean of 16 points, as in a camera.
        let points = (0..16).map(|k| (x + f64::from(k % 4) / 4.0, y + f64::from(k / 4) / 4.0));
        let dark = points.filter(|(x, y)| {
            let (u, v) = (
                x * cos + y * sin + inner / 2.0,
                y * cos - x * sin + inner / 2.0,
            );
            u >= 0.0 && v >= 0.0 && qr.is_dark((u / 4.0) as u32, (v / 4.0) as u32)
        });
        shades.push(255 - (dark.count() * 255 / 16) as u8);
    }
    (side as u32, shades)
}

#[test]
fn a_picture_is_small_sharp_and_large_enough() {
    let qr = qr();
    assert_eq!(qr.modules(), 37 + 8, "two segments keep the symbol small");
    let png = qr.png().unwrap();
    assert!(png.len() < 5000, "{} bytes", png.len());
    let info = png::Decoder::new(std::io::Cursor::new(&png));
    let info = info.read_info().unwrap();
    assert!(info.info().width >= 800);
    assert_eq!(info.info().bit_depth, png::BitDepth::One);
    assert!(qr.svg().contains("viewBox=\"0 0 45 45\""));
}

#[test]
fn the_svg_covers_exactly_the_dark_modules() {
    let qr = qr();
    let dark: u32 = qr.runs().iter().map(|run| run.width).sum();
    let all = (0..qr.modules()).flat_map(|y| (0..qr.modules()).map(move |x| (x, y)));
    assert_eq!(
        all.filter(|(x, y)| qr.is_dark(*x, *y)).count(),
        dark as usize
    );
    assert_eq!(qr.svg().matches('M').count(), qr.runs().len());
}

#[test]
fn what_cannot_be_read_again_is_not_handed_out() {
    let mut qr = qr();
    qr.link.push('X');
    assert!(qr.prove().is_err());
    assert!(qr.png().is_err());
    Qr::new(
        &"x".repeat(3000),
        Code::draw().unwrap().as_str(),
        ErrorCorrection::Medium,
    )
    .unwrap_err();
}

#[test]
fn zbar_reads_clean_compressed_and_turned_pictures() {
    for _ in 0..TRIES {
        let qr = qr();
        let (side, clean) = shades_of_png(&qr.png().unwrap()).unwrap();
        let side = u32::try_from(side).unwrap();
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 30)
            .encode(&clean, side, side, ExtendedColorType::L8)
            .unwrap();
        let compressed = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).unwrap();
        let mut pictures = vec![
            ("clean".to_owned(), side, clean),
            ("JPEG".to_owned(), side, compressed.to_luma8().into_raw()),
        ];
        for degrees in [10, 20, 30, 45] {
            let (side, shades) = turned(&qr, f64::from(degrees));
            pictures.push((format!("{degrees} degrees"), side, shades));
        }
        for (what, side, shades) in pictures {
            let Some(read) = zbar(side, side, &shades) else {
                return;
            };
            assert_eq!(read, [qr.link()], "{what}");
        }
    }
}

#[test]
fn a_mask_is_chosen_that_shows_no_corners_where_none_are() {
    // A finder pattern alone on a light ground must be recognised.
    let corner = |x: i32, y: i32| {
        let ring = x.abs().max(y.abs());
        ring <= 3 && ring != 2
    };
    assert_eq!(
        corner_like(9, |x| corner(x - 4, 0)),
        [FinderLike { from: 3, to: 6 }]
    );
    assert_eq!(corner_like(9, |x| corner(x - 4, 3)), []);
    let (mut chosen, mut usual) = (0, 0);
    for _ in 0..20 {
        let code = Code::draw().unwrap();
        chosen +=
            stray_finders(&symbol_of(START, code.as_str(), ErrorCorrection::Quartile).unwrap());
        let segments = [
            QrSegment::make_bytes(START.as_bytes()),
            QrSegment::make_alphanumeric(code.as_str()),
        ];
        usual += stray_finders(&QrCode::encode_segments(&segments, QrCodeEcc::Quartile).unwrap());
    }
    assert!(chosen * 2 < usual, "{chosen} instead of {usual}");
}

#[test]
fn a_terminal_shows_the_same_symbol() {
    let qr = qr();
    let rows = qr.half_blocks();
    let scale = PROOF_SCALE as usize;
    let side = qr.modules() as usize * scale;
    let read = read(side, |x, y| {
        let (x, y) = (x / scale, y / scale);
        let is_light = match rows[y / 2].chars().nth(x) {
            Some('█') => true,
            Some('▀') => y.is_multiple_of(2),
            Some('▄') => !y.is_multiple_of(2),
            _ => false,
        };
        u8::from(is_light) * u8::MAX
    });
    assert_eq!(read.unwrap(), qr.link());
}

//! Photos: what is accepted, what is refused, and which metadata is dropped.

use image::{ExtendedColorType, ImageEncoder as _};

use super::*;
use crate::layered_jpeg::in_layers;
use crate::slices::cards::tests::kit::jpeg;

/// The picture as from a camera held on its side, with the place of the shot.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0".to_vec();
    exif.extend_from_slice(&[0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    exif.extend_from_slice(b"\x0e\x01\x02\0\x08\0\0\0\x26\0\0\0\0\0\0\0secret!\0");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], b"\xff\xe1", &length, &exif, &jpeg[2..]].concat()
}

/// An empty PNG whose header claims to be very large.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().unwrap();
    let mut stream = writer.stream_writer().unwrap();
    let row = vec![0; (width / 8) as usize];
    for _ in 0..height {
        stream.write_all(&row).unwrap();
    }
    stream.finish().unwrap();
    drop(writer);
    bytes
}

#[test]
fn a_picture_is_turned_upright_and_says_nothing_of_its_camera() {
    let sent = with_exif(&jpeg(40, 30), 6);
    let told = |bytes: &[u8]| bytes.windows(7).any(|part| part == b"secret!");
    assert!(told(&sent));
    let (kept, small) = normalise(&sent).unwrap();
    assert!(!told(&small));
    assert!(!told(&kept));
    assert!(!kept.windows(4).any(|part| part == b"Exif"));
    let picture = image::load_from_memory(&kept).unwrap().into_rgb8();
    assert_eq!(picture.dimensions(), (30, 40));
    // The left side is now the top, as the camera meant it.
    assert!(picture.get_pixel(15, 5).0[0] > 150);
    assert!(picture.get_pixel(15, 35).0[0] < 60);
}

#[test]
fn a_large_picture_is_made_smaller_and_an_empty_ground_white() {
    let (kept, small) = normalise(&jpeg(3000, 1500)).unwrap();
    let picture = image::load_from_memory(&kept).unwrap();
    assert_eq!((picture.width(), picture.height()), (2560, 1280));
    let small = image::load_from_memory(&small).unwrap();
    assert_eq!((small.width(), small.height()), (320, 160));

    let mut clear = Vec::new();
    image::codecs::png::PngEncoder::new(&mut clear)
        .write_image(&[0; 16 * 16 * 4], 16, 16, ExtendedColorType::Rgba8)
        .unwrap();
    let (kept, _) = normalise(&clear).unwrap();
    let picture = image::load_from_memory(&kept).unwrap().into_rgb8();
    assert!(
        picture
            .pixels()
            .all(|pixel| pixel.0.iter().all(|s| *s > 250))
    );
}

#[test]
fn a_picture_is_taken_as_far_as_decoding_it_leaves_room_for_the_rest_of_the_program() {
    let rows = jpeg(6720, 4480);
    assert!(comes_in_rows(&rows));
    let (kept, _) = normalise(&rows).unwrap();
    let picture = image::load_from_memory(&kept).unwrap();
    assert_eq!((picture.width(), picture.height()), (2560, 1707));
    // Baseline frames with a scan for each component are as hungry as progressive ones.
    for frame in [0xc2, 0xc0] {
        let layers = in_layers(frame, 4000, 3992);
        assert!(!comes_in_rows(&layers));
        normalise(&layers).unwrap();
        let refused = Err(FileFault::Unfit(TOO_MANY_PIXELS));
        assert_eq!(normalise(&in_layers(frame, 6720, 4480)), refused);
    }
}

/// The beginning of a WebP, which names its size.
fn webp(side: u32) -> Vec<u8> {
    let size = (side - 1) | (side - 1) << 14;
    let parts: [&[u8]; 5] = [
        b"RIFF\x12\0\0\0WEBP",
        b"VP8L\x06\0\0\0",
        b"\x2f",
        &size.to_le_bytes(),
        b"\0",
    ];
    parts.concat()
}

#[test]
fn a_webp_is_taken_for_as_hungry_as_its_decoder() {
    for (side, why) in [(3464, NO_PICTURE), (4001, TOO_MANY_PIXELS)] {
        assert_eq!(normalise(&webp(side)), Err(FileFault::Unfit(why)));
    }
}

#[test]
fn bombs_texts_and_halves_are_refused() {
    let bomb = bomb(8000, 8000);
    assert!(bomb.len() < 1_000_000, "{} bytes", bomb.len());
    let whole = jpeg(400, 300);
    for (sent, why) in [
        (bomb.as_slice(), TOO_MANY_PIXELS),
        (&jpeg(2100, 100), TOO_NARROW),
        (b"%PDF-1.7", NO_PICTURE),
        (b"", NO_PICTURE),
        (&whole[..300], NO_PICTURE),
        (&[0; 1_000_000], NO_PICTURE),
    ] {
        assert_eq!(normalise(sent), Err(FileFault::Unfit(why)));
    }
}

#[test]
fn files_are_named_by_what_is_in_them_and_copied_with_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("a.db");
    let photos = Photos::of(&database);
    assert_eq!(
        backup(&database, &folder.path().join("none.db")).unwrap(),
        0
    );
    let name = photos.keep(&jpeg(40, 30)).unwrap();
    assert_eq!(photos.keep(&jpeg(40, 30)).unwrap(), name);
    let other = photos.keep(&jpeg(50, 30)).unwrap();
    assert_ne!(other, name);
    fs::write(folder.path().join("a.photos/half"), b"").unwrap();
    let copy = folder.path().join("b.db");
    assert_eq!(backup(&database, &copy).unwrap(), 2);
    assert_eq!(
        Photos::of(&copy).read(&name).unwrap(),
        photos.read(&name).unwrap()
    );
    for name in ["../a.db", "half", ""] {
        photos.read(name).unwrap_err();
    }
}

#[test]
fn what_is_kept_says_nothing_of_its_camera_and_leaves_only_when_it_is_out_of_hand() {
    let folder = tempfile::tempdir().unwrap();
    let photos = Photos::of(&folder.path().join("a.db"));
    let name = photos.keep(&with_exif(&jpeg(40, 30), 6)).unwrap();
    for name in [&name, &thumbnail_of(&name)] {
        let kept = photos.read(name).unwrap();
        assert!(!kept.windows(4).any(|part| part == b"Exif"));
    }
    assert_eq!(photos.names().unwrap(), [name.clone()].into());
    let now = Instant::now();
    assert!(!photos.remove(&name, now).unwrap());
    photos.read(&name).unwrap();
    // Stored again, it is in hand again.
    let later = now + IN_HAND + Duration::from_secs(60);
    assert!(photos.remove(&name, later).unwrap());
    photos.read(&name).unwrap_err();
    photos.keep(&with_exif(&jpeg(40, 30), 6)).unwrap();
    assert!(!photos.remove(&name, Instant::now()).unwrap());
    // Of an earlier program nothing is in hand.
    let next = Photos::of(&folder.path().join("a.db"));
    assert!(next.remove(&name, now).unwrap());
}

//! Broken and oversized pictures get a reply, and the program's memory stays small.

use std::io::Write as _;

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use crate::layered_jpeg::in_layers;
use crate::process::{self, Ground, Process};

/// How far memory may grow briefly, in KB: two copies of the file, and a small picture. A bomb of
/// 64 million pixels would need at least 64,000 more.
const ROOM_KB: u64 = 48 * 1024;

/// How far it may have grown afterwards.
const REST_KB: u64 = 8 * 1024;

/// An empty PNG whose header claims to be very large.
fn bomb() -> Vec<u8> {
    let side = 8000;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().unwrap();
    let mut stream = writer.stream_writer().unwrap();
    let row = vec![0; side as usize / 8];
    for _ in 0..side {
        stream.write_all(&row).unwrap();
    }
    stream.finish().unwrap();
    drop(writer);
    bytes
}

/// Memory of the process in KB: the peak and the current value.
fn memory(process: &Process) -> [u64; 2] {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    ["VmHWM:", "VmRSS:"].map(|field| {
        let line = status.lines().find(|line| line.starts_with(field)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    })
}

/// The memory that the shipped unit allows, in KB.
fn allowed() -> u64 {
    let unit = include_str!("../../packaging/vakhta.service");
    let limit = unit.lines().find_map(|line| {
        let megabytes = line.strip_prefix("MemoryMax=")?.strip_suffix('M')?;
        megabytes.parse::<u64>().ok()
    });
    limit.unwrap() * 1024
}

async fn answered(ground: &Ground, name: &str, bytes: &[u8], answer: &str) {
    ground.admin.sends_document(name, bytes, "");
    ground.heard(ground.admin.id(), answer).await;
}

#[test]
fn what_is_no_photo_is_answered_and_takes_no_memory() {
    process::run(async |ground| {
        let process = ground
            .vakhta(&["run"])
            .env("VAKHTA_CARDS_ENABLED", "true")
            .start();
        ground.admin.presses_forged(1, "cards:add");
        ground.heard(ground.admin.id(), "шаг 1 из 5").await;
        // A valid picture comes first, so that the usual cost of a picture is not measured.
        answered(&ground, "a.pdf", b"%PDF-1.7", "Это не картинка").await;
        let [_, before] = memory(&process);
        answered(&ground, "bomb.png", &bomb(), "слишком много точек").await;
        let [bomb, _] = memory(&process);
        assert!(bomb < before + REST_KB, "{before} KB became {bomb} KB");
        let large = vec![7; 20 * 1024 * 1024];
        let refused = ground.telegram.messages(ground.admin.id()).len();
        ground.admin.sends_document("large.jpg", &large, "");
        ground
            .telegram
            .wait_until("the answer to the large file", crate::harness::LIMIT, |t| {
                // The file itself is a message too.
                t.messages(ground.admin.id()).len() > refused + 1
            })
            .await
            .unwrap();
        answered(
            &ground,
            "larger.jpg",
            &[&large[..], b"x"].concat(),
            "слишком большой: до 20",
        )
        .await;
        let [most, after] = memory(&process);
        eprintln!("memory in KB: before {before}, most {most}, after {after}");
        assert!(most < before + ROOM_KB, "{before} KB became {most} KB");
        assert!(after < before + REST_KB, "{before} KB stayed {after} KB");
        process.stop().await;
    });
}

#[test]
fn the_largest_photos_fit_into_the_memory_of_the_shipped_unit() {
    process::run(async |ground| {
        let process = ground
            .vakhta(&["run"])
            .env("VAKHTA_CARDS_ENABLED", "true")
            .start();
        let mut rows = Vec::new();
        JpegEncoder::new(&mut rows)
            .encode(
                &vec![90; 6720 * 4480 * 3],
                6720,
                4480,
                ExtendedColorType::Rgb8,
            )
            .unwrap();
        // Progressive, and a scan for each component: both hold all coefficients.
        let layers = [0xc2, 0xc0].map(|frame| in_layers(frame, 4000, 3992));
        let [progressive, scans] = &layers;
        for photo in [&rows, progressive, scans] {
            ground.admin.presses_forged(1, "cards:add");
            ground.heard(ground.admin.id(), "шаг 1 из 5").await;
            let asked = ground.telegram.messages(ground.admin.id()).len();
            ground.admin.sends_document("photo.jpg", photo, "");
            ground
                .telegram
                .wait_until("the next step", crate::harness::LIMIT, |t| {
                    let messages = t.messages(ground.admin.id());
                    messages
                        .iter()
                        .skip(asked)
                        .any(|m| m.text.contains("Шаг 2 из 5"))
                })
                .await
                .unwrap();
            let [most, now] = memory(&process);
            eprintln!("memory in KB: most {most}, now {now}");
            // The peak is that of all photos so far, in a program that is not optimised.
            assert!(most < allowed() / 8 * 7, "a photo takes {most} KB");
        }
        process.stop().await;
    });
}

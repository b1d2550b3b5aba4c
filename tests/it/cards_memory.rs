//! Pictures that are no pictures, or too much of one, are answered, and the program stays as small as it was.

use std::io::Write as _;

use crate::process::{self, Ground, Process};

/// What the program may grow to for a moment, in KB: the file itself, twice while it is handed over, and what a little
/// picture takes. A bomb of 64 million pixels would take at least 64,000 more.
const ROOM_KB: u64 = 48 * 1024;

/// What it may have grown by when that is over.
const REST_KB: u64 = 8 * 1024;

/// A PNG of nothing that says it is very large.
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

/// Memory of the process in KB: the most it ever had, and what it has now.
fn memory(process: &Process) -> [u64; 2] {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    ["VmHWM:", "VmRSS:"].map(|field| {
        let line = status.lines().find(|line| line.starts_with(field)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    })
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
        // A picture that is in order first, so that what every picture takes is no part of the measure.
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
                // The file itself is a message, too.
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

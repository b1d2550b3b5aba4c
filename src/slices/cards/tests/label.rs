//! Labels as a printer would print them: rendered from the PDF by poppler, read by zbar, whole
//! sheets at once.

use std::process::Command;

use super::*;
use crate::slices::cards::tests::kit::zbar;
use crate::tier;

const START: &str = "https://t.me/VakhtaDemo15Bot?start=v_";

fn labels(n: usize, print: PrintSettings) -> (Vec<Code>, Labels) {
    let codes: Vec<Code> = (0..n).map(|_| Code::draw().unwrap()).collect();
    let labels = Labels::new(START, &codes, "@VakhtaDemo15Bot", print).unwrap();
    (codes, labels)
}

fn print(paper: Paper, side_mm: u32, dpi: Dpi) -> PrintSettings {
    PrintSettings {
        paper,
        side_mm,
        dpi,
    }
}

/// How poppler renders: with grey dots along edges, or without.
const WAYS: [&[&str]; 2] = [&["-gray"], &["-gray", "-aa", "no", "-aaVector", "no"]];

/// The pages of a PDF as poppler renders them: width, height and shades; none if the machine has no
/// poppler.
fn printed(pdf: &[u8], dpi: Dpi, way: &[&str]) -> Option<Vec<(u32, u32, Vec<u8>)>> {
    if !tier::has("pdftoppm") {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("labels.pdf");
    std::fs::write(&path, pdf).unwrap();
    let status = Command::new("pdftoppm")
        .args(way)
        .args(["-r", &dpi.per_inch().to_string()])
        .arg(&path)
        .arg(folder.path().join("page"))
        .status();
    assert!(status.unwrap().success());
    let mut pages: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "pgm"))
        .collect();
    pages.sort();
    Some(
        pages
            .iter()
            .map(|page| grey(&std::fs::read(page).unwrap()))
            .collect(),
    )
}

/// Width, height and shades of a picture from `pdftoppm -gray`.
fn grey(pgm: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut parts = pgm.splitn(5, |byte| byte.is_ascii_whitespace());
    assert_eq!(parts.next(), Some(&b"P5"[..]));
    let mut number = || -> u32 {
        let digits = std::str::from_utf8(parts.next().unwrap()).unwrap();
        digits.parse().unwrap()
    };
    let (width, height, _) = (number(), number(), number());
    (width, height, parts.next().unwrap().to_vec())
}

/// Prints full sheets, or single labels, and reads each page.
fn every_label_is_read(paper: Paper, n: usize, made_for: Dpi, printer: Dpi) {
    let (_, labels) = labels(n, print(paper, USUAL_SIDE, made_for));
    let pdf = labels.pdf().unwrap();
    for way in WAYS {
        let Some(printed) = printed(&pdf, printer, way) else {
            return;
        };
        let pages = labels.pages();
        assert_eq!(pages.len(), printed.len());
        for (page, (width, height, shades)) in pages.iter().zip(&printed) {
            let Some(read) = zbar(*width, *height, shades) else {
                return;
            };
            let mut links: Vec<&str> = page.labels.iter().map(|label| label.qr.link()).collect();
            links.sort_unstable();
            assert_eq!(read, links, "{paper:?} for {made_for:?} at {printer:?}");
        }
    }
}

#[test]
fn every_label_of_full_sheets_is_read_at_once_as_others_print_them() {
    let sheet = Paper::A4 { used: 3 };
    // One sheet with three places used up.
    every_label_is_read(sheet, 45, Dpi::D203, Dpi::D203);
    every_label_is_read(sheet, 67, Dpi::D300, Dpi::D300);
    // Half of an even number of dots is a whole number.
    every_label_is_read(sheet, 67, Dpi::D600, Dpi::D300);
}

#[test]
fn every_single_label_is_read_as_others_print_it() {
    for dpi in [Dpi::D203, Dpi::D300] {
        every_label_is_read(Paper::Single, 4, dpi, dpi);
    }
}

#[test]
fn modules_are_whole_dots_and_sizes_the_nearest() {
    for (mm, dpi, module, tenths) in [
        (20, Dpi::D203, 4, 225),
        (20, Dpi::D300, 5, 190),
        (20, Dpi::D600, 10, 190),
        (15, Dpi::D203, 3, 153),
        (15, Dpi::D600, 9, 156),
        (40, Dpi::D203, 7, 394),
    ] {
        let (_, labels) = labels(1, print(Paper::Single, mm, dpi));
        assert_eq!(
            (labels.cell.module, printed_tenths(START, mm, dpi).unwrap()),
            (module, tenths),
            "{mm} mm at {dpi:?}"
        );
    }
}

#[test]
fn labels_fill_pages_and_stay_on_them() {
    let (_, labels) = labels(70, print(Paper::A4 { used: 3 }, 20, Dpi::D300));
    let pages = labels.pages();
    assert_eq!(pages.len(), 2);
    let n: Vec<usize> = pages.iter().map(|page| page.labels.len()).collect();
    assert_eq!(n.iter().sum::<usize>(), 70);
    for page in &pages {
        for label in &page.labels {
            assert!(label.x + labels.cell.width <= page.width);
            assert!(label.y + labels.cell.side <= page.height);
        }
    }
    // Text that does not fit beside the symbol is broken into lines.
    assert!(
        labels.labels[0]
            .1
            .iter()
            .all(|line| line.len() <= LINE_LETTERS)
    );
    let pdf = labels.pdf().unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    assert!(pdf.len() < 400_000, "{} bytes", pdf.len());
}

#[test]
fn what_cannot_be_printed_is_refused() {
    let code = [Code::draw().unwrap()];
    for print in [14, 61].map(|mm| print(Paper::Single, mm, Dpi::D300)) {
        Labels::new(START, &code, "", print).unwrap_err();
    }
    let none: [Code; 0] = [];
    Labels::new(START, &none, "", print(Paper::Single, 20, Dpi::D300)).unwrap_err();
    assert_eq!(Dpi::from_number(300), Some(Dpi::D300));
    assert_eq!(Dpi::from_number(72), None);
}

//! Labels as a printer would put them on paper, by ourselves dot by dot and by poppler from the PDF, read again by zbar.

use std::process::Command;

use super::super::test_kit::zbar;
use super::*;

const START: &str = "https://t.me/VakhtaDemo15Bot?start=v_";

fn labels(n: usize, print: Print) -> (Vec<Code>, Labels) {
    let codes: Vec<Code> = (0..n).map(|_| Code::draw().unwrap()).collect();
    let labels = Labels::new(START, &codes, "@VakhtaDemo15Bot", print).unwrap();
    (codes, labels)
}

fn print(paper: Paper, side_mm: u32, dpi: Dpi) -> Print {
    Print {
        paper,
        side_mm,
        dpi,
    }
}

/// A page in dots, without its letters.
fn raster(labels: &Labels, page: &Page<'_>) -> Vec<u8> {
    let mut dots = vec![255; (page.width * page.height) as usize];
    let module = labels.cell.module;
    for label in &page.labels {
        for run in label.qr.runs() {
            for y in 0..module {
                let row = label.y + run.y * module + y;
                let from = (row * page.width + label.x + run.x * module) as usize;
                dots[from..from + (run.width * module) as usize].fill(0);
            }
        }
    }
    dots
}

#[test]
fn every_label_of_a_sheet_is_read_at_203_and_300_dpi() {
    for dpi in [Dpi::D203, Dpi::D300] {
        let (codes, labels) = labels(20, print(Paper::A4 { used: 7 }, USUAL_SIDE, dpi));
        let pages = labels.pages();
        assert_eq!(pages.len(), 1);
        let Some(read) = zbar(pages[0].width, pages[0].height, &raster(&labels, &pages[0])) else {
            return;
        };
        let mut links: Vec<String> = codes
            .iter()
            .map(|code| format!("{START}{}", code.as_str()))
            .collect();
        links.sort();
        assert_eq!(read, links, "{dpi:?}");
    }
}

/// The pages of a file as poppler puts them on paper, each as width, height and shades; none where poppler (Debian:
/// poppler-utils) is not installed, which is said.
fn printed(pdf: &[u8], dpi: Dpi) -> Option<Vec<(u32, u32, Vec<u8>)>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("labels.pdf");
    std::fs::write(&path, pdf).unwrap();
    let done = Command::new("pdftoppm")
        .args(["-gray", "-r", &dpi.per_inch().to_string()])
        .arg(&path)
        .arg(folder.path().join("page"))
        .status();
    let Ok(status) = done else {
        eprintln!("pdftoppm is not installed: labels were not printed by an independent program");
        return None;
    };
    assert!(status.success());
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

/// Width, height and shades of a picture as `pdftoppm -gray` writes it.
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

/// What a reader sees that is held over a label: its part of the page.
fn part(page: &(u32, u32, Vec<u8>), label: &Placed<'_>, cell: Cell) -> Vec<u8> {
    let (width, _, shades) = page;
    let rows = label.y..label.y + cell.side;
    rows.flat_map(|y| {
        let from = (y * width + label.x) as usize;
        shades[from..from + cell.side as usize].to_vec()
    })
    .collect()
}

#[test]
fn every_label_of_a_pdf_is_read_as_others_print_it() {
    for paper in [Paper::A4 { used: 3 }, Paper::Single] {
        for dpi in [Dpi::D203, Dpi::D300] {
            let (_, labels) = labels(24, print(paper, USUAL_SIDE, dpi));
            let Some(printed) = printed(&labels.pdf().unwrap(), dpi) else {
                return;
            };
            let pages = labels.pages();
            assert_eq!(pages.len(), printed.len());
            for (page, printed) in pages.iter().zip(&printed) {
                for label in &page.labels {
                    let side = labels.cell.side;
                    let Some(read) = zbar(side, side, &part(printed, label, labels.cell)) else {
                        return;
                    };
                    assert_eq!(read, [label.qr.link()], "{paper:?} at {dpi:?}");
                }
            }
        }
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
    // What does not fit on a line beside the symbol is broken.
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

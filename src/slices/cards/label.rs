//! Labels for printers, as PDF: a QR symbol with its code as text beside it, one per page or many
//! on A4 sheets.
//!
//! The layout is in printer dots; only the PDF uses points. Sizes include the quiet zone.
//!
//! # Invariants
//!
//! - A module is a whole number of printer dots, at least three, so its edges are sharp.

use std::io::Write as _;
use std::ops::RangeInclusive;

use anyhow::{Context as _, ensure};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref, Str};

use super::code::{Code, LENGTH};
use crate::qr::{ErrorCorrection, Qr, modules_of};

/// Side of a symbol in millimetres. Phones cannot read smaller ones.
pub(crate) const SIDES: RangeInclusive<u32> = 15..=60;

pub(crate) const USUAL_SIDE: u32 = 20;

/// Maximum number of labels in one file.
pub(crate) const MOST: usize = 1000;

/// With two dots per module, few phones can read a symbol.
const LEAST_DOTS: u32 = 3;

/// Symbols with a smaller side, in millimetres, get larger modules and less error correction.
const TINY: u32 = 18;

/// How far each side of a dark rectangle is inset, in dots. Renderers darken every dot that a shape
/// touches. After rounding, a shape may touch one dot too many, which widens corners and makes
/// scanners fail on a full sheet.
const TRIM: f32 = 1.0 / 64.0;

/// Width of the text beside the symbol in millimetres, and the number of letters that fit.
const TEXT_WIDTH: u32 = 17;
const LINE_LETTERS: usize = 13;

/// A sheet of A4 and its white margin, in millimetres.
const A4: (u32, u32) = (210, 297);
const MARGIN: u32 = 8;

/// Font size and line height, in points.
const LETTERS: f32 = 6.0;
const LINE: f32 = 7.0;

/// Resolution of a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dpi {
    /// Thermal printers.
    D203,
    /// Better thermal printers.
    D300,
    /// Office printers.
    D600,
}

impl Dpi {
    pub(crate) const ALL: [Self; 3] = [Self::D203, Self::D300, Self::D600];

    #[must_use]
    pub(crate) fn per_inch(self) -> u32 {
        match self {
            Self::D203 => 203,
            Self::D300 => 300,
            Self::D600 => 600,
        }
    }

    #[must_use]
    pub(crate) fn from_number(per_inch: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|dpi| dpi.per_inch() == per_inch)
    }

    /// Millimetres in dots. At 600 dpi the number is even, so everything is also on whole dots at
    /// 300 dpi.
    fn dots(self, mm: u32) -> u32 {
        match self {
            Self::D600 => 2 * Self::D300.dots(mm),
            Self::D203 | Self::D300 => mm * 10 * self.per_inch() / 254,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paper {
    /// Sheets of A4 with many labels.
    A4 {
        /// Places on the first sheet that are already used up.
        used: usize,
    },
    /// One label per page.
    Single,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PrintSettings {
    pub(crate) paper: Paper,
    /// The side asked for, in millimetres, within [`SIDES`].
    pub(crate) side_mm: u32,
    pub(crate) dpi: Dpi,
}

/// The parts of a label, in dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    module: u32,
    /// Including the quiet zone.
    side: u32,
    /// Including the text.
    width: u32,
}

/// A label on a page, positioned by its upper left corner, in dots.
#[derive(Debug)]
struct Placed<'a> {
    x: u32,
    y: u32,
    qr: &'a Qr,
    lines: &'a [String],
}

/// In dots.
#[derive(Debug)]
struct Page<'a> {
    width: u32,
    height: u32,
    labels: Vec<Placed<'a>>,
}

#[derive(Debug)]
pub(crate) struct Labels {
    print: PrintSettings,
    labels: Vec<(Qr, Vec<String>)>,
    cell: Cell,
}

impl Labels {
    /// Reads every symbol back. `start` is the address before the code, `under` is an ASCII line
    /// below the code.
    ///
    /// # Errors
    /// If there are no codes or more than [`MOST`], or a symbol cannot be made or read back.
    pub(crate) fn new(
        start: &str,
        codes: &[Code],
        under: &str,
        print: PrintSettings,
    ) -> anyhow::Result<Self> {
        ensure!(
            (1..=MOST).contains(&codes.len()),
            "labels of {} codes; 1 to {MOST} are made at once",
            codes.len()
        );
        ensure!(
            SIDES.contains(&print.side_mm),
            "labels of {} mm",
            print.side_mm
        );
        let level = level_of(print.side_mm);
        let label = |code: &Code| -> anyhow::Result<_> {
            Ok((Qr::new(start, code.as_str(), level)?, lines(code, under)))
        };
        let labels = codes
            .iter()
            .map(label)
            .collect::<anyhow::Result<Vec<_>>>()?;
        // All codes have one length, so all symbols have one size.
        let modules = labels.iter().map(|(qr, _)| qr.modules()).max();
        let cell = Cell::new(modules.unwrap_or(1), print);
        Ok(Self {
            print,
            labels,
            cell,
        })
    }

    /// # Errors
    /// If compression fails, which does not happen in memory.
    pub(crate) fn pdf(&self) -> anyhow::Result<Vec<u8>> {
        let (catalogue, tree, font) = (Ref::new(1), Ref::new(2), Ref::new(3));
        let name = Name(b"F");
        let pages = self.pages();
        let ids: Vec<(Ref, Ref)> = (2..)
            .map(|n| (Ref::new(2 * n), Ref::new(2 * n + 1)))
            .take(pages.len())
            .collect();
        let mut pdf = Pdf::new();
        pdf.catalog(catalogue).pages(tree);
        pdf.pages(tree)
            .kids(ids.iter().map(|(page, _)| *page))
            .count(i32::try_from(ids.len())?);
        pdf.type1_font(font).base_font(Name(b"Courier-Bold"));
        for (page, (id, content)) in pages.iter().zip(&ids) {
            let points = self.points();
            let box_of = Rect::new(
                0.0,
                0.0,
                as_f32(page.width) * points,
                as_f32(page.height) * points,
            );
            let mut written = pdf.page(*id);
            written.media_box(box_of).parent(tree).contents(*content);
            written.resources().fonts().pair(name, font);
            written.finish();
            let drawn = self.draw(page, name);
            let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
            packed.write_all(&drawn).context("compress a page")?;
            let packed = packed.finish().context("compress a page")?;
            pdf.stream(*content, &packed).filter(Filter::FlateDecode);
        }
        Ok(pdf.finish())
    }

    /// The size of a dot in points.
    fn points(&self) -> f32 {
        72.0 / as_f32(self.print.dpi.per_inch())
    }

    fn draw(&self, page: &Page<'_>, font: Name<'_>) -> Vec<u8> {
        let (points, module) = (self.points(), self.cell.module);
        let mut content = Content::new();
        content.save_state();
        // From here on the unit is a printer dot.
        content.transform([points, 0.0, 0.0, points, 0.0, 0.0]);
        for label in &page.labels {
            for run in label.qr.runs() {
                let (x, y) = (label.x + run.x * module, label.y + (run.y + 1) * module);
                // PDF counts from the bottom.
                let bottom = page.height.saturating_sub(y);
                content.rect(
                    as_f32(x) + TRIM,
                    as_f32(bottom) + TRIM,
                    as_f32(run.width * module) - 2.0 * TRIM,
                    as_f32(module) - 2.0 * TRIM,
                );
            }
        }
        content.fill_nonzero();
        content.restore_state();
        for label in &page.labels {
            let x = as_f32(label.x + self.cell.side) * points;
            let middle = as_f32(page.height.saturating_sub(label.y + self.cell.side / 2)) * points;
            let above = LINE * as_f32(u32::try_from(label.lines.len()).unwrap_or(0)) / 2.0;
            content.begin_text().set_font(font, LETTERS);
            content.set_leading(LINE);
            content.next_line(x, middle + above - LETTERS);
            for line in label.lines {
                content.show(Str(line.as_bytes())).next_line_using_leading();
            }
            content.end_text();
        }
        content.finish().into_vec()
    }

    fn pages(&self) -> Vec<Page<'_>> {
        let Cell { side, width, .. } = self.cell;
        let (page_width, page_height, margin, used) = match self.print.paper {
            Paper::Single => (width, side, 0, 0),
            Paper::A4 { used } => {
                let dots = |mm| self.print.dpi.dots(mm);
                (dots(A4.0), dots(A4.1), dots(MARGIN), used)
            }
        };
        let columns = ((page_width - 2 * margin) / width).max(1);
        let rows = ((page_height - 2 * margin) / side).max(1);
        let places = (columns * rows) as usize;
        let mut pages: Vec<Page<'_>> = Vec::new();
        for (i, (qr, lines)) in self.labels.iter().enumerate() {
            let place = i + used % places;
            while pages.len() <= place / places {
                pages.push(Page {
                    width: page_width,
                    height: page_height,
                    labels: Vec::new(),
                });
            }
            let on_page = u32::try_from(place % places).unwrap_or(0);
            let label = Placed {
                x: margin + on_page % columns * width,
                y: margin + on_page / columns * side,
                qr,
                lines,
            };
            if let Some(page) = pages.last_mut() {
                page.labels.push(label);
            }
        }
        pages
    }
}

impl Cell {
    fn new(modules: u32, print: PrintSettings) -> Self {
        let asked = print.dpi.dots(print.side_mm);
        let module = ((asked + modules / 2) / modules).max(LEAST_DOTS);
        let side = module * modules;
        Self {
            module,
            side,
            width: side + print.dpi.dots(TEXT_WIDTH),
        }
    }
}

/// The printed side in tenths of a millimetre: the size nearest to `side_mm` whose modules are
/// whole dots. `start` is the address before the code.
///
/// # Errors
/// If the address is too long.
pub(crate) fn printed_tenths(start: &str, side_mm: u32, dpi: Dpi) -> anyhow::Result<u32> {
    let print = PrintSettings {
        paper: Paper::Single,
        side_mm,
        dpi,
    };
    let cell = Cell::new(modules_of(start, LENGTH, level_of(side_mm))?, print);
    Ok(cell.side * 254 / dpi.per_inch())
}

fn level_of(side_mm: u32) -> ErrorCorrection {
    if side_mm < TINY {
        ErrorCorrection::Medium
    } else {
        ErrorCorrection::Quartile
    }
}

/// The code as text, in lines that fit beside the symbol.
fn lines(code: &Code, under: &str) -> Vec<String> {
    let spoken = code.spoken();
    let groups: Vec<&str> = spoken.split('-').collect();
    let lines = groups.chunks(2).map(|pair| pair.join("-"));
    let under: Vec<char> = under.chars().filter(char::is_ascii_graphic).collect();
    lines
        .chain(under.chunks(LINE_LETTERS).map(|line| line.iter().collect()))
        .collect()
}

/// An `f32` represents every dot number of a page exactly.
fn as_f32(dots: u32) -> f32 {
    u16::try_from(dots).map_or(f32::from(u16::MAX), f32::from)
}

#[cfg(test)]
#[path = "tests/label.rs"]
mod tests;

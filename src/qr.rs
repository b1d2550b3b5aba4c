//! An address as a QR picture: PNG, SVG, and the rectangles that labels are drawn from.
//!
//! The address is a byte segment; a code at its end is an alphanumeric one, which keeps the symbol
//! small.
//!
//! # Invariants
//!
//! - A symbol is dark on light, with a quiet zone of four modules.
//! - Every picture is read back before it is handed out, so nobody prints an unreadable one.

use anyhow::{Context as _, bail, ensure};
use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};

/// The quiet zone on each side, in modules.
const QUIET: u32 = 4;

/// The smallest width of a PNG, in pixels.
const PNG_WIDTH: u32 = 800;

/// Pixels of a module are a multiple of this. JPEG compresses blocks of this size, and a module
/// that shares no block with its neighbours stays sharp at any quality.
const BLOCK: u32 = 8;

/// Pixels of a module when a symbol is read back.
const PROOF_SCALE: u32 = 4;

const MASKS: u8 = 8;

/// Modules along a side of a finder pattern, with its light border.
const CORNER: i32 = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorCorrection {
    /// For small labels, where large modules matter more than redundancy.
    Medium,
    Quartile,
}

#[derive(Clone)]
pub(crate) struct Qr {
    link: String,
    symbol: QrCode,
}

/// A row of dark modules. Counted in modules from the upper left corner of the quiet zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DarkRun {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
}

impl std::fmt::Debug for Qr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Qr({} modules)", self.modules())
    }
}

impl Qr {
    /// The symbol of `start` with a code of digits and capitals after it, which may be empty.
    ///
    /// # Errors
    /// If the address is too long, or the symbol does not read back correctly.
    pub(crate) fn new(start: &str, code: &str, level: ErrorCorrection) -> anyhow::Result<Self> {
        let symbol = symbol_of(start, code, level)?;
        let qr = Self {
            link: format!("{start}{code}"),
            symbol,
        };
        qr.prove()?;
        Ok(qr)
    }

    #[must_use]
    #[cfg(test)]
    pub(crate) fn link(&self) -> &str {
        &self.link
    }

    /// Modules along a side, with the quiet zone.
    #[must_use]
    pub(crate) fn modules(&self) -> u32 {
        self.symbol.size().unsigned_abs() + 2 * QUIET
    }

    /// Row by row.
    #[must_use]
    pub(crate) fn runs(&self) -> Vec<DarkRun> {
        let mut runs: Vec<DarkRun> = Vec::new();
        for y in 0..self.modules() {
            for x in (0..self.modules()).filter(|x| self.is_dark(*x, y)) {
                match runs.last_mut() {
                    Some(run) if run.y == y && run.x + run.width == x => run.width += 1,
                    _ => runs.push(DarkRun { x, y, width: 1 }),
                }
            }
        }
        runs
    }

    fn is_dark(&self, x: u32, y: u32) -> bool {
        // The quiet zone is light.
        let inner = |at: u32| at.checked_sub(QUIET).and_then(|at| i32::try_from(at).ok());
        match (inner(x), inner(y)) {
            (Some(x), Some(y)) => self.symbol.get_module(x, y),
            _ => false,
        }
    }

    /// A PNG of one bit per pixel, at least 800 pixels wide.
    ///
    /// # Errors
    /// If the picture does not read back correctly.
    pub(crate) fn png(&self) -> anyhow::Result<Vec<u8>> {
        let scale = PNG_WIDTH.div_ceil(self.modules()).next_multiple_of(BLOCK);
        let side = scale * self.modules();
        let mut rows = Vec::new();
        for y in 0..self.modules() {
            let bits: Vec<bool> = (0..side).map(|x| !self.is_dark(x / scale, y)).collect();
            let row: Vec<u8> = bits.chunks(8).map(packed).collect();
            for _ in 0..scale {
                rows.extend_from_slice(&row);
            }
        }
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, side, side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let mut writer = encoder.write_header().context("begin the picture")?;
        writer
            .write_image_data(&rows)
            .context("write the picture")?;
        writer.finish().context("end the picture")?;
        let (side, shades) = shades_of_png(&bytes)?;
        self.must_read(read(side, |x, y| {
            shades.get(y * side + x).copied().unwrap_or(u8::MAX)
        }))?;
        Ok(bytes)
    }

    /// The unit is a module.
    #[must_use]
    pub(crate) fn svg(&self) -> String {
        let side = self.modules();
        let path: String = self
            .runs()
            .iter()
            .map(|run| format!("M{} {}h{}v1h-{}z", run.x, run.y, run.width, run.width))
            .collect();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
             <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\"/></svg>\n"
        )
    }

    /// For a terminal with light signs on a dark ground: a character is two modules, one above the
    /// other.
    #[must_use]
    pub(crate) fn half_blocks(&self) -> Vec<String> {
        let modules = self.modules();
        let sign = |x, y| match (self.is_dark(x, y), self.is_dark(x, y + 1)) {
            (false, false) => '█',
            (false, true) => '▀',
            (true, false) => '▄',
            (true, true) => ' ',
        };
        let rows = (0..modules).step_by(2);
        rows.map(|y| (0..modules).map(|x| sign(x, y)).collect())
            .collect()
    }

    /// Reads the symbol back from the rectangles that all pictures are made of.
    fn prove(&self) -> anyhow::Result<()> {
        let modules = self.modules();
        let mut dark = vec![false; (modules * modules) as usize];
        for run in self.runs() {
            let from = (run.y * modules + run.x) as usize;
            if let Some(row) = dark.get_mut(from..from + run.width as usize) {
                row.fill(true);
            }
        }
        let scale = PROOF_SCALE as usize;
        self.must_read(read(modules as usize * scale, |x, y| {
            let at = y / scale * modules as usize + x / scale;
            match dark.get(at) {
                Some(true) => 0,
                _ => u8::MAX,
            }
        }))
    }

    fn must_read(&self, read: anyhow::Result<String>) -> anyhow::Result<()> {
        let read = read.context("a QR picture cannot be read again")?;
        ensure!(
            read == self.link,
            "a QR picture is read as something else than it was made for"
        );
        Ok(())
    }
}

/// A picture that has the place of a symbol and shows none, as a PNG.
///
/// # Errors
/// If the picture cannot be written.
pub(crate) fn blank() -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, PNG_WIDTH, PNG_WIDTH);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().context("begin the picture")?;
    let light = vec![u8::MAX; (PNG_WIDTH * PNG_WIDTH / 8) as usize];
    writer
        .write_image_data(&light)
        .context("write the picture")?;
    writer.finish().context("end the picture")?;
    Ok(bytes)
}

/// Modules along a side, with the quiet zone, of every symbol for `start` with a code of this
/// length.
///
/// # Errors
/// If the address is too long.
pub(crate) fn modules_of(
    start: &str,
    length: usize,
    level: ErrorCorrection,
) -> anyhow::Result<u32> {
    let symbol = symbol_of(start, &"0".repeat(length), level)?;
    Ok(symbol.size().unsigned_abs() + 2 * QUIET)
}

fn symbol_of(start: &str, code: &str, level: ErrorCorrection) -> anyhow::Result<QrCode> {
    let mut segments = vec![QrSegment::make_bytes(start.as_bytes())];
    if !code.is_empty() {
        segments.push(QrSegment::make_alphanumeric(code));
    }
    let level = match level {
        ErrorCorrection::Medium => QrCodeEcc::Medium,
        ErrorCorrection::Quartile => QrCodeEcc::Quartile,
    };
    let with_mask = |mask: Option<u8>| {
        let mask = mask.map(Mask::new);
        // Uses a higher level if the symbol does not grow.
        QrCode::encode_segments_advanced(&segments, level, Version::MIN, Version::MAX, mask, true)
            .context("make a QR symbol")
    };
    let mut best = with_mask(None)?;
    let mut strays = stray_finders(&best);
    for mask in 0..MASKS {
        if strays == 0 {
            break;
        }
        let other = with_mask(Some(mask))?;
        let found = stray_finders(&other);
        if found < strays {
            (best, strays) = (other, found);
        }
    }
    Ok(best)
}

/// The number of places in a symbol's data that look like a finder pattern. On a sheet with many
/// symbols, each of them costs a scanner thousands of tries, until it gives up the rest of the
/// sheet.
///
/// A finder pattern is a row and a column that cross, each with runs of 1, 1, 3, 1, 1 modules. The
/// tolerance is about that of scanners.
fn stray_finders(symbol: &QrCode) -> usize {
    let side = symbol.size();
    let across: Vec<Vec<FinderLike>> = (0..side)
        .map(|y| corner_like(side, |x| symbol.get_module(x, y)))
        .collect();
    let down: Vec<Vec<FinderLike>> = (0..side)
        .map(|x| corner_like(side, |y| symbol.get_module(x, y)))
        .collect();
    let near = |at: i32| at < CORNER;
    let far = |at: i32| at >= side - CORNER;
    let is_corner = |x, y| near(x) && near(y) || near(x) && far(y) || far(x) && near(y);
    let mut strays = 0;
    for (y, row) in (0..).zip(&across) {
        for like in row {
            let columns = (0..).zip(&down).skip_while(|(x, _)| *x < like.from);
            for (x, column) in columns.take_while(|(x, _)| *x < like.to) {
                let crosses = column.iter().any(|like| (like.from..like.to).contains(&y));
                strays += usize::from(crosses && !is_corner(x, y));
            }
        }
    }
    strays
}

/// The middle run of five that look like a line through a finder pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FinderLike {
    from: i32,
    to: i32,
}

/// The places on a line of modules that look like a finder pattern.
fn corner_like(side: i32, is_dark: impl Fn(i32) -> bool) -> Vec<FinderLike> {
    // Where the shade changes; outside the symbol everything is light.
    let dark = |at: i32| (0..side).contains(&at) && is_dark(at);
    let edges: Vec<i32> = (0..=side).filter(|at| dark(*at) != dark(at - 1)).collect();
    let mut found = Vec::new();
    for window in edges.windows(6) {
        let [start, a, b, c, d, end] = *window else {
            continue;
        };
        let whole = end - start;
        // Two neighbouring runs, in fourteenths of the whole: a finder pattern has 4, 8, 8 and 4.
        // The bounds are those that scanners accept.
        let fits = |pair: i32, least: i32, below: i32| {
            (least * whole..below * whole).contains(&(pair * 14))
        };
        let looks =
            fits(b - start, 2, 5) && fits(c - a, 7, 9) && fits(d - b, 7, 9) && fits(end - c, 2, 5);
        if dark(start) && looks {
            found.push(FinderLike { from: b, to: c });
        }
    }
    found
}

fn packed(bits: &[bool]) -> u8 {
    let set = bits.iter().enumerate().filter(|(_, bit)| **bit);
    set.fold(0, |byte, (place, _)| byte | (0x80 >> place))
}

/// Side and shades of a square grey PNG.
fn shades_of_png(bytes: &[u8]) -> anyhow::Result<(usize, Vec<u8>)> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().context("open the picture again")?;
    let size = reader.output_buffer_size().unwrap_or_default();
    let mut shades = vec![0; size];
    let frame = reader
        .next_frame(&mut shades)
        .context("read the picture again")?;
    Ok((frame.width as usize, shades))
}

/// Reads the only symbol of a square grey picture.
fn read(side: usize, shade: impl FnMut(usize, usize) -> u8) -> anyhow::Result<String> {
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, shade);
    let grids = picture.detect_grids();
    let [grid] = grids.as_slice() else {
        bail!("{} symbols are seen instead of one", grids.len());
    };
    let (_, text) = grid.decode().context("decode the symbol")?;
    Ok(text)
}

#[cfg(test)]
#[path = "tests/qr.rs"]
mod tests;

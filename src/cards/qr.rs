//! A code as a QR picture: PNG and SVG, and the rectangles from which labels are drawn.
//!
//! Must stay true: dark on light with four modules of quiet around; a picture was read again before it is handed out, so
//! nobody prints what no phone can read. The address stands in bytes and the code in letters and digits, two segments,
//! which keeps the symbol small.

use anyhow::{Context as _, bail, ensure};
use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};

use super::code::{Code, LENGTH};

/// Light modules around the symbol, on each side.
const QUIET: u32 = 4;

/// The least width of a PNG, in pixels.
const PNG_WIDTH: u32 = 800;

/// Pixels of a module when a symbol is read again from its rectangles.
const PROOF_SCALE: u32 = 4;

/// How much of the symbol may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// For labels so small that sharpness is worth more than spare symbols.
    Medium,
    /// The usual one.
    Quartile,
}

/// The symbol of a code.
#[derive(Clone)]
pub struct Qr {
    link: String,
    symbol: QrCode,
}

/// Dark modules in a row, in modules from the upper left corner of the quiet zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// How many.
    pub width: u32,
}

impl std::fmt::Debug for Qr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Qr({} modules)", self.modules())
    }
}

impl Qr {
    /// The symbol that leads to `start` with the code behind it.
    ///
    /// # Errors
    /// When the address is too long, or the symbol is not read again as what it says.
    pub fn new(start: &str, code: &Code, level: Level) -> anyhow::Result<Self> {
        let symbol = symbol_of(start, code.as_str(), level)?;
        let qr = Self {
            link: format!("{start}{}", code.as_str()),
            symbol,
        };
        qr.prove()?;
        Ok(qr)
    }

    /// The address it leads to.
    #[must_use]
    pub fn link(&self) -> &str {
        &self.link
    }

    /// Modules along a side, quiet zone and all.
    #[must_use]
    pub fn modules(&self) -> u32 {
        self.symbol.size().unsigned_abs() + 2 * QUIET
    }

    /// What is dark, row by row.
    #[must_use]
    pub fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for y in 0..self.modules() {
            for x in (0..self.modules()).filter(|x| self.is_dark(*x, y)) {
                match runs.last_mut() {
                    Some(run) if run.y == y && run.x + run.width == x => run.width += 1,
                    _ => runs.push(Run { x, y, width: 1 }),
                }
            }
        }
        runs
    }

    fn is_dark(&self, x: u32, y: u32) -> bool {
        // Beside the symbol every module is light.
        let inner = |at: u32| at.checked_sub(QUIET).and_then(|at| i32::try_from(at).ok());
        match (inner(x), inner(y)) {
            (Some(x), Some(y)) => self.symbol.get_module(x, y),
            _ => false,
        }
    }

    /// The picture as PNG of one bit, at least 800 pixels wide.
    ///
    /// # Errors
    /// When it is not read again as what it says.
    pub fn png(&self) -> anyhow::Result<Vec<u8>> {
        let scale = PNG_WIDTH.div_ceil(self.modules());
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

    /// The picture as SVG, whose unit is a module.
    #[must_use]
    pub fn svg(&self) -> String {
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

    /// Reads the symbol again from the rectangles of which every picture is made.
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

/// Modules along a side of every symbol that leads to `start` with a code behind it, quiet zone and all: codes have one length.
///
/// # Errors
/// When the address is too long.
pub fn modules_of(start: &str, level: Level) -> anyhow::Result<u32> {
    let symbol = symbol_of(start, &"0".repeat(LENGTH), level)?;
    Ok(symbol.size().unsigned_abs() + 2 * QUIET)
}

fn symbol_of(start: &str, code: &str, level: Level) -> anyhow::Result<QrCode> {
    let segments = [
        QrSegment::make_bytes(start.as_bytes()),
        QrSegment::make_alphanumeric(code),
    ];
    let level = match level {
        Level::Medium => QrCodeEcc::Medium,
        Level::Quartile => QrCodeEcc::Quartile,
    };
    let mask: Option<Mask> = None;
    // What a symbol of this size can spare beyond the level, it may use: nothing becomes less sharp by it.
    QrCode::encode_segments_advanced(&segments, level, Version::MIN, Version::MAX, mask, true)
        .context("make a QR symbol")
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

/// Reads the one symbol of a square picture of shades.
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
#[path = "qr_tests.rs"]
mod tests;

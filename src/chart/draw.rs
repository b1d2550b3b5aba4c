//! Draws a chart: letters, frames, bars and lines, and the PNG.

use std::sync::LazyLock;

use anyhow::{Context as _, anyhow, ensure};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{
    BitMapBackend, ChartBuilder, ChartContext, Circle, Color as _, DrawingArea, FontStyle,
    IntoDrawingArea as _, IntoFont as _, LineSeries, RGBColor, Rectangle, Text, TextStyle,
};
use plotters::style::register_font;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{Chart, Ink, Panel, Shape};

/// Width of a picture, in pixels.
pub(crate) const WIDTH: u32 = 1280;

/// Height of one frame with its title and steps, in pixels.
pub(crate) const HEIGHT_OF_PANEL: u32 = 520;

/// Supersampling factor in each direction, for smooth lines. `coarser` averages the pixels.
const FINER: u32 = 2;

/// Text height of titles and of everything else, in shown pixels: 46 of 1280 are 14 of 400.
const TITLE: u32 = 56;
const WORDS: u32 = 46;

/// Margin, in shown pixels.
const EDGE: u32 = 36;

/// Maximum number of labels under a frame: more would overlap.
const NAMED_STEPS: usize = 5;

/// Above this number, the points of a line are not marked.
const MARKED_POINTS: usize = 45;

const GROUND: RGBColor = RGBColor(23, 33, 43);
const LETTERS: RGBColor = RGBColor(228, 236, 242);
const GRID: RGBColor = RGBColor(61, 78, 93);

/// The name of our font in the drawing crate.
const FONT: &str = "vakhta";

static FONT_IS_READY: LazyLock<bool> = LazyLock::new(|| {
    let letters = include_bytes!("../../assets/Roboto-subset.ttf");
    register_font(FONT, FontStyle::Normal, letters).is_ok()
});

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;
type Frame<'a, 'b> =
    ChartContext<'a, BitMapBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

fn ink(ink: Ink) -> RGBColor {
    match ink {
        Ink::Green => RGBColor(91, 209, 139),
        Ink::Blue => RGBColor(90, 169, 255),
        Ink::Red => RGBColor(255, 107, 107),
        Ink::Yellow => RGBColor(255, 200, 87),
        Ink::Violet => RGBColor(184, 146, 255),
        Ink::Teal => RGBColor(77, 208, 200),
        Ink::Grey => RGBColor(147, 164, 179),
    }
}

fn letters(height: u32) -> TextStyle<'static> {
    (FONT, height * FINER).into_font().color(&LETTERS)
}

pub(super) fn png(chart: &Chart) -> anyhow::Result<Vec<u8>> {
    ensure!(*FONT_IS_READY, "the letters of charts cannot be read");
    let legend = legend_rows(chart)?;
    let n_panels = u32::try_from(chart.panels.len())?;
    let n_rows = u32::try_from(legend.len())?;
    let head = EDGE + TITLE + 24 + n_rows * (WORDS + 16);
    let height = head + n_panels * HEIGHT_OF_PANEL + EDGE / 2;
    let (wide, high) = (WIDTH * FINER, height * FINER);
    let pixels = usize::try_from(wide * high)?;
    let mut fine = [GROUND.0, GROUND.1, GROUND.2].repeat(pixels);
    {
        let area = BitMapBackend::with_buffer(&mut fine, (wide, high)).into_drawing_area();
        let edge = i32::try_from(EDGE * FINER)?;
        area.draw(&Text::new(
            chart.title.as_str(),
            (edge, edge),
            letters(TITLE),
        ))
        .context("draw the title")?;
        draw_legend(&area, chart, &legend)?;
        let (_, frames) = area.split_vertically(head * FINER);
        let (frames, _) = frames.split_vertically(n_panels * HEIGHT_OF_PANEL * FINER);
        for (frame, panel) in frames
            .split_evenly((chart.panels.len(), 1))
            .iter()
            .zip(&chart.panels)
        {
            draw_panel(frame, chart, panel)?;
        }
        area.present().context("finish a chart")?;
    }
    encode(&coarser(&fine, usize::try_from(wide)?), height)
}

/// The names of the series with their positions from the left, row by row; empty if the series have
/// no names.
fn legend_rows(chart: &Chart) -> anyhow::Result<Vec<Vec<(usize, i32)>>> {
    if chart.series.iter().all(|(name, _)| name.is_empty()) {
        return Ok(Vec::new());
    }
    let [edge, mark, right] = [EDGE, WORDS, WIDTH - EDGE].map(|pixels| pixels * FINER);
    let (edge, mark, right) = (
        i32::try_from(edge)?,
        i32::try_from(mark)?,
        i32::try_from(right)?,
    );
    let mut rows = vec![Vec::new()];
    let mut left = edge;
    for (place, (name, _)) in chart.series.iter().enumerate() {
        let (width, _) = letters(WORDS)
            .font
            .box_size(name)
            .map_err(|err| anyhow!("measure a name: {err}"))?;
        let width = mark + i32::try_from(width)? + mark;
        if left + width > right && left > edge {
            rows.push(Vec::new());
            left = edge;
        }
        if let Some(row) = rows.last_mut() {
            row.push((place, left));
        }
        left += width;
    }
    Ok(rows)
}

fn draw_legend(area: &Area<'_>, chart: &Chart, rows: &[Vec<(usize, i32)>]) -> anyhow::Result<()> {
    let mark = i32::try_from(WORDS * FINER * 3 / 5)?;
    let line = i32::try_from((WORDS + 16) * FINER)?;
    let mut top = i32::try_from((EDGE + TITLE + 24) * FINER)?;
    for row in rows {
        for (place, left) in row {
            let Some((name, colour)) = chart.series.get(*place) else {
                continue;
            };
            let square = [(*left, top), (left + mark, top + mark)];
            area.draw(&Rectangle::new(square, ink(*colour).filled()))?;
            let middle = Pos::new(HPos::Left, VPos::Center);
            let beside = (left + mark * 4 / 3, top + mark * 3 / 5);
            area.draw(&Text::new(
                name.as_str(),
                beside,
                letters(WORDS).pos(middle),
            ))?;
        }
        top += line;
    }
    Ok(())
}

fn draw_panel(area: &Area<'_>, chart: &Chart, panel: &Panel) -> anyhow::Result<()> {
    let edge = i32::try_from(EDGE * FINER)?;
    area.draw(&Text::new(panel.title.as_str(), (edge, 0), letters(WORDS)))?;
    let n = f64::from(u32::try_from(chart.steps.len())?);
    let top = ceiling(panel);
    let mut frame = ChartBuilder::on(area)
        .margin_top((WORDS + 28) * FINER)
        .margin_right(2 * EDGE * FINER)
        .y_label_area_size(150 * FINER)
        .x_label_area_size((WORDS + 30) * FINER)
        .build_cartesian_2d(-0.5..n - 0.5, 0.0..top)
        .context("lay out a frame")?;
    frame
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(0)
        .y_labels(4)
        .y_label_style(letters(WORDS))
        .y_label_formatter(&|value| amount(*value))
        .bold_line_style(GRID.stroke_width(FINER))
        .light_line_style(GROUND)
        .axis_style(GRID.stroke_width(2 * FINER))
        .draw()
        .context("draw a grid")?;
    match panel.shape {
        Shape::Bars => draw_bars(&mut frame, chart, panel)?,
        Shape::Lines => draw_lines(&mut frame, chart, panel)?,
    }
    name_steps(area, &frame, &chart.steps)
}

fn draw_bars(frame: &mut Frame<'_, '_>, chart: &Chart, panel: &Panel) -> anyhow::Result<()> {
    let mut floors = vec![0.0; chart.steps.len()];
    for (row, (_, colour)) in panel.rows.iter().zip(&chart.series) {
        let bars = row.iter().zip(&mut floors).enumerate();
        let bars = bars.filter(|(_, (value, _))| **value > 0.0);
        let style = ink(*colour).filled();
        let bars = bars.map(|(place, (value, floor))| {
            let (middle, from) = (steps_from_left(place), *floor);
            *floor += value;
            Rectangle::new([(middle - 0.4, from), (middle + 0.4, *floor)], style)
        });
        frame.draw_series(bars).context("draw bars")?;
    }
    Ok(())
}

fn draw_lines(frame: &mut Frame<'_, '_>, chart: &Chart, panel: &Panel) -> anyhow::Result<()> {
    let few = chart.steps.len() <= MARKED_POINTS;
    let (width, dot) = if few { (7, 8) } else { (4, 0) };
    for (row, (_, colour)) in panel.rows.iter().zip(&chart.series) {
        let style = ink(*colour).stroke_width(width * FINER);
        let points = || {
            row.iter()
                .enumerate()
                .map(|(place, value)| (steps_from_left(place), *value))
        };
        frame
            .draw_series(LineSeries::new(points(), style))
            .context("draw a line")?;
        if few {
            let dots = points().map(|at| Circle::new(at, dot * FINER, ink(*colour).filled()));
            frame.draw_series(dots).context("mark points")?;
        }
    }
    Ok(())
}

fn steps_from_left(place: usize) -> f64 {
    u32::try_from(place).map_or(0.0, f64::from)
}

/// Labels a few steps under the frame, always including the last.
fn name_steps(area: &Area<'_>, frame: &Frame<'_, '_>, steps: &[String]) -> anyhow::Result<()> {
    let every = steps.len().div_ceil(NAMED_STEPS);
    let below = i32::try_from(18 * FINER)?;
    let (left, above) = area.get_base_pixel();
    for (place, name) in steps.iter().enumerate().rev().step_by(every) {
        let (x, y) = frame.backend_coord(&(steps_from_left(place), 0.0));
        let at = (x - left, y - above + below);
        let style = letters(WORDS).pos(Pos::new(HPos::Center, VPos::Top));
        area.draw(&Text::new(name.as_str(), at, style))?;
    }
    Ok(())
}

/// The upper end of a frame's axis: a little above the highest number, and never flat.
fn ceiling(panel: &Panel) -> f64 {
    let n = panel.rows.iter().map(Vec::len).max().unwrap_or(0);
    let at = |place: usize| {
        panel
            .rows
            .iter()
            .filter_map(move |row| row.get(place))
            .copied()
    };
    let highest = (0..n).map(|place| match panel.shape {
        Shape::Bars => at(place).sum(),
        Shape::Lines => at(place).fold(0.0, f64::max),
    });
    (highest.fold(0.0, f64::max) * 1.08).max(1.0)
}

/// A number on the axis: `12`, `3.5`, `12k`, `3.4M`.
fn amount(value: f64) -> String {
    let (scaled, unit) = match value {
        million if million >= 1e6 => (value / 1e6, "M"),
        thousand if thousand >= 1e4 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let rounded = format!("{scaled:.1}");
    format!("{}{unit}", rounded.strip_suffix(".0").unwrap_or(&rounded))
}

/// Averages each block of two by two pixels into one.
fn coarser(fine: &[u8], wide: usize) -> Vec<u8> {
    let mut coarse = Vec::with_capacity(fine.len() / 4);
    let average = |four: [u8; 4]| {
        let sum: u16 = four.iter().copied().map(u16::from).sum();
        u8::try_from(sum / 4).unwrap_or(u8::MAX)
    };
    for lines in fine.chunks_exact(2 * wide * 3) {
        let (upper, lower) = lines.split_at(wide * 3);
        for pixels in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
            if let ([r1, g1, b1, r2, g2, b2], [r3, g3, b3, r4, g4, b4]) = pixels {
                coarse.push(average([*r1, *r2, *r3, *r4]));
                coarse.push(average([*g1, *g2, *g3, *g4]));
                coarse.push(average([*b1, *b2, *b3, *b4]));
            }
        }
    }
    coarse
}

fn encode(pixels: &[u8], height: u32) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, WIDTH, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().context("begin a picture")?;
    writer.write_image_data(pixels).context("write a picture")?;
    writer.finish().context("finish a picture")?;
    Ok(bytes)
}

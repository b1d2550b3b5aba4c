//! Tables for spreadsheets: CSV with a byte order mark, and semicolons in Russian. No cell is a
//! formula.

use anyhow::{Context as _, ensure};

use crate::i18n::Lang;

/// The largest table, in bytes: bots may send no larger file, and it is held in memory.
const LARGEST: usize = 50 * 1024 * 1024;

/// A spreadsheet would calculate a cell that begins with one of these.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A table being written.
#[derive(Debug)]
pub(crate) struct Sheet {
    writer: csv::Writer<Vec<u8>>,
}

impl Sheet {
    /// An empty table for a reader of this language.
    #[must_use]
    pub(crate) fn new(lang: Lang) -> Self {
        let delimiter = match lang {
            Lang::Ru => b';',
            Lang::En => b',',
        };
        // The mark tells a spreadsheet that the file is UTF-8.
        let writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .from_writer("\u{feff}".as_bytes().to_vec());
        Self { writer }
    }

    /// # Errors
    /// When the row's number of columns differs from the rows before, or the table is too large.
    pub(crate) fn row<T: AsRef<str>>(
        &mut self,
        cells: impl IntoIterator<Item = T>,
    ) -> anyhow::Result<()> {
        let size = self.writer.get_ref().len();
        ensure!(size <= LARGEST, "a table of more than {LARGEST} bytes");
        let cells = cells.into_iter().map(|cell| as_text(cell.as_ref()));
        self.writer.write_record(cells).context("write a row")
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// Never in practice: the table is written to memory.
    pub(crate) fn finish(self) -> anyhow::Result<Vec<u8>> {
        let bytes = self.writer.into_inner();
        bytes.map_err(|err| anyhow::anyhow!("finish the table: {err}"))
    }
}

/// Puts an apostrophe before a cell that a spreadsheet would calculate.
fn as_text(cell: &str) -> String {
    if cell.starts_with(FORMULA) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// The original value of a cell to which [`Sheet`] may have added an apostrophe.
#[must_use]
pub(crate) fn from_text(cell: &str) -> &str {
    let meant = cell.strip_prefix('\'');
    meant
        .filter(|rest| rest.starts_with(FORMULA))
        .unwrap_or(cell)
}

#[cfg(test)]
#[path = "tests/sheet.rs"]
mod tests;

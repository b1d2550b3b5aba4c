//! Parses server-sent events: the data of each event.
//!
//! # Invariants
//!
//! - The result does not depend on how the bytes are split.
//! - Everything that is kept has a limit.

/// A usual event has hundreds of bytes.
const EVENT_LIMIT: usize = 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// The parser, between two portions.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    data: Option<Vec<u8>>,
    after_return: bool,
    begun: bool,
}

impl Events {
    /// Passes on the data of each event that ends in this portion. `take` returns false when it
    /// needs no more.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        take: &mut impl FnMut(&str) -> bool,
    ) -> Result<bool, TooLong> {
        for &byte in bytes {
            // A line ends with
            // , \r or both.
            let ends = match byte {
                b'\n' => !std::mem::take(&mut self.after_return),
                b'\r' => {
                    self.after_return = true;
                    true
                }
                _ => {
                    self.after_return = false;
                    self.line.push(byte);
                    false
                }
            };
            if ends && !self.line_ends(take) {
                return Ok(false);
            }
            if self.line.len() + self.data.as_ref().map_or(0, Vec::len) > EVENT_LIMIT {
                return Err(TooLong);
            }
        }
        Ok(true)
    }

    /// The end of the stream also ends the last event, even without an empty line.
    pub(super) fn end(&mut self, take: &mut impl FnMut(&str) -> bool) {
        if self.line.is_empty() || self.line_ends(take) {
            self.line_ends(take);
        }
    }

    fn line_ends(&mut self, take: &mut impl FnMut(&str) -> bool) -> bool {
        let line = std::mem::take(&mut self.line);
        let line = match line.strip_prefix("\u{feff}".as_bytes()) {
            Some(rest) if !self.begun => rest,
            _ => &line,
        };
        self.begun = true;
        if line.is_empty() {
            return match self.data.take() {
                Some(data) => take(&String::from_utf8_lossy(&data)),
                None => true,
            };
        }
        // Comments keep the connection alive. They and unknown fields are skipped.
        if let Some(value) = line.strip_prefix(b"data") {
            let value = match value.strip_prefix(b":") {
                Some(value) => value.strip_prefix(b" ").unwrap_or(value),
                None if value.is_empty() => value,
                None => return true,
            };
            match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            }
        }
        true
    }
}

//! Server-sent events out of bytes: the data of each, however the bytes were cut on their way.
//!
//! Must stay true: what comes out depends on the bytes alone, not on their portions; what is held has a limit.

/// Bytes of one event at most. A portion of an answer has hundreds.
const EVENT_LIMIT: usize = 1024 * 1024;

/// An event, or a line of one, is longer than any endpoint's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// The reader of a stream, between two portions.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    data: Option<Vec<u8>>,
    after_return: bool,
    begun: bool,
}

impl Events {
    /// Reads a portion and gives the data of each event that ends in it; the taker says whether it wants more.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        take: &mut impl FnMut(&str) -> bool,
    ) -> Result<bool, TooLong> {
        for &byte in bytes {
            // A line ends with \n, \r or both.
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

    /// The stream has ended: what is there without the empty line after it counts too.
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
        // Comments, which keep the connection alive, and fields that say nothing to us are left out.
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

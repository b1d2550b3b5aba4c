//! The frames around messages on a connection: full, intermediate and abridged.

/// The largest frame; Telegram takes about a megabyte.
const LIMIT: usize = 1024 * 1024 + 8 * 1024;

/// How a connection frames its messages; the client decides with its first bytes.
#[derive(Debug)]
pub(super) enum Framing {
    /// Counters and checksums.
    Full {
        received: i32,
        sent: i32,
    },
    Intermediate,
    Abridged,
}

impl Framing {
    /// Takes the client's first bytes; `None` while there are too few.
    pub(super) fn detect(buffer: &mut Vec<u8>) -> Option<Self> {
        match buffer.as_slice() {
            [0xef, ..] => {
                buffer.drain(..1);
                Some(Self::Abridged)
            }
            [0xee, 0xee, 0xee, 0xee, ..] => {
                buffer.drain(..4);
                Some(Self::Intermediate)
            }
            [_, _, _, _, ..] => Some(Self::Full {
                received: 0,
                sent: 0,
            }),
            _ => None,
        }
    }

    /// Takes the next frame out of the buffer; `None` while it is incomplete.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn unpack(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Vec<u8>>, &'static str> {
        let Some((head, length)) = self.measure(buffer) else {
            return Ok(None);
        };
        if length > LIMIT || length % 4 != 0 {
            return Err("a frame of an impossible length");
        }
        if buffer.len() < head + length {
            return Ok(None);
        }
        let frame: Vec<u8> = buffer.drain(..head + length).collect();
        let Self::Full { received, .. } = self else {
            return Ok(Some(frame.get(head..).unwrap_or_default().to_vec()));
        };
        let (content, checksum) = frame.split_at(frame.len().saturating_sub(4));
        if content.len() < 8 {
            return Err("a frame of an impossible length");
        }
        if checksum != crc32fast::hash(content).to_le_bytes() {
            return Err("a frame with a wrong checksum");
        }
        if content.get(4..8) != Some(&received.to_le_bytes()) {
            return Err("a frame with a wrong counter");
        }
        *received += 1;
        Ok(Some(content.get(8..).unwrap_or_default().to_vec()))
    }

    /// Bytes of the head, and of what follows it.
    fn measure(&self, buffer: &[u8]) -> Option<(usize, usize)> {
        let word = |bytes: &[u8]| {
            let bytes = [0, 1, 2, 3].map(|at| bytes.get(at).copied().unwrap_or_default());
            usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX)
        };
        match (self, buffer) {
            (Self::Full { .. }, [_, _, _, _, ..]) => Some((0, word(buffer))),
            (Self::Intermediate, [_, _, _, _, ..]) => Some((4, word(buffer))),
            (Self::Abridged, [0x7f, length @ ..]) => (length.len() >= 3).then(|| {
                (
                    4,
                    word(length.get(..3).unwrap_or_default()).saturating_mul(4),
                )
            }),
            (Self::Abridged, [words, ..]) => Some((1, usize::from(*words) * 4)),
            _ => None,
        }
    }

    /// Frames a message of whole words.
    pub(super) fn pack(&mut self, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut frame = Vec::with_capacity(message.len() + 12);
        match self {
            Self::Full { sent, .. } => {
                frame.extend(u32::try_from(message.len() + 12)?.to_le_bytes());
                frame.extend(sent.to_le_bytes());
                frame.extend(message);
                frame.extend(crc32fast::hash(&frame).to_le_bytes());
                *sent += 1;
            }
            Self::Intermediate => {
                frame.extend(u32::try_from(message.len())?.to_le_bytes());
                frame.extend(message);
            }
            Self::Abridged => {
                let words = u32::try_from(message.len() / 4)?;
                match u8::try_from(words) {
                    Ok(words) if words < 0x7f => frame.push(words),
                    _ => frame.extend((0x7f | words << 8).to_le_bytes()),
                }
                frame.extend(message);
            }
        }
        Ok(frame)
    }

    /// An error of the transport, such as -404; a full frame is the number three times.
    pub(super) fn status(&mut self, status: i32) -> anyhow::Result<Vec<u8>> {
        match self {
            Self::Full { .. } => Ok(status.to_le_bytes().repeat(3)),
            Self::Intermediate | Self::Abridged => self.pack(&status.to_le_bytes()),
        }
    }
}

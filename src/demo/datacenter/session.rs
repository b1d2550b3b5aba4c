//! A session of a client: numbers of messages in both directions, containers, packed objects.
//!
//! # Invariants
//! - Numbers that Telegram refuses are refused with Telegram's code.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use grammers_tl_types::deserialize::{Cursor, Error};
use grammers_tl_types::{Deserializable as _, Serializable as _};

use super::crypto::{Envelope, Message};
use super::state::Known;
use super::tl::{CONTAINER, PACKED};
use crate::clock::Clock;

/// Numbers of messages that are remembered.
const REMEMBERED: usize = 4096;
/// Messages in a container; Telegram takes few more.
const CONTAINER_LENGTH: usize = 1020;
/// Answers longer than this are packed.
const PACKED_FROM: usize = 1024;
/// Bytes of a packed request, unpacked.
const UNPACKED_LIMIT: u64 = 16 * 1024 * 1024;

/// A message on its way to the client.
#[derive(Debug)]
pub(super) struct Out {
    pub(super) body: Vec<u8>,
    /// The client has to acknowledge it.
    pub(super) is_content: bool,
    pub(super) is_reply: bool,
}

impl Out {
    pub(super) fn content(body: Vec<u8>) -> Self {
        Self {
            body,
            is_content: true,
            is_reply: true,
        }
    }

    pub(super) fn service(body: Vec<u8>) -> Self {
        Self {
            is_content: false,
            ..Self::content(body)
        }
    }

    pub(super) fn push(body: Vec<u8>) -> Self {
        Self {
            is_reply: false,
            ..Self::content(body)
        }
    }
}

#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: i64,
    sent: i32,
    last_sent: i64,
    seen: BTreeSet<i64>,
    /// The last content message: its id and its sequence number.
    last: (i64, i32),
}

impl Session {
    pub(super) fn new(id: i64) -> Self {
        Self {
            id,
            sent: 0,
            last_sent: 0,
            seen: BTreeSet::new(),
            last: (0, -1),
        }
    }

    /// Checks the numbers of a message.
    ///
    /// # Errors
    /// The code with which Telegram ignores it.
    pub(super) fn check(
        &mut self,
        message: &Message,
        is_content: bool,
        now: i32,
    ) -> Result<(), i32> {
        let age = i64::from(now) - (message.id >> 32);
        if message.id % 4 != 0 {
            return Err(18);
        }
        if age > 300 {
            return Err(16);
        }
        if age < -30 {
            return Err(17);
        }
        if !self.seen.insert(message.id) {
            return Err(19);
        }
        if self.seen.len() > REMEMBERED {
            self.seen.pop_first();
        }
        match (is_content, message.seqno % 2 == 1) {
            (true, false) => return Err(35),
            (false, true) => return Err(34),
            _ => {}
        }
        if is_content {
            if message.id > self.last.0 && message.seqno <= self.last.1 {
                return Err(32);
            }
            self.last = self.last.max((message.id, message.seqno));
        }
        Ok(())
    }

    fn number(&mut self, is_content: bool, is_reply: bool) -> (i64, i32) {
        let mut id = number_by_clock();
        if id <= self.last_sent {
            id = (self.last_sent | 3) + 1;
        }
        id |= if is_reply { 1 } else { 3 };
        self.last_sent = id;
        let seqno = self.sent * 2 + i32::from(is_content);
        if is_content {
            self.sent += 1;
        }
        (id, seqno)
    }

    /// Seals messages for the client; several go into one container.
    pub(super) fn seal(
        &mut self,
        known: &Known,
        salt: i64,
        mut out: Vec<Out>,
    ) -> anyhow::Result<Vec<u8>> {
        let message = if out.len() == 1 {
            let out = out.remove(0);
            let (id, seqno) = self.number(out.is_content, out.is_reply);
            let body = out.body;
            Message { id, seqno, body }
        } else {
            let mut body = CONTAINER.to_bytes();
            u32::try_from(out.len())?.serialize(&mut body);
            for out in out {
                let (id, seqno) = self.number(out.is_content, out.is_reply);
                id.serialize(&mut body);
                seqno.serialize(&mut body);
                u32::try_from(out.body.len())?.serialize(&mut body);
                body.extend(out.body);
            }
            let (id, seqno) = self.number(false, true);
            Message { id, seqno, body }
        };
        known.key.seal(&Envelope {
            salt,
            session: self.id,
            message,
        })
    }
}

/// The number of a message that is sent now: seconds, then parts of a second.
pub(super) fn number_by_clock() -> i64 {
    let now = Clock::system().now().0;
    ((now / 1000) << 32) | ((now % 1000) << 22)
}

/// The messages in a container.
pub(super) fn contents(body: &[u8]) -> Result<Vec<Message>, Error> {
    let cursor = &mut Cursor::from_slice(body);
    u32::deserialize(cursor)?;
    let length = u32::deserialize(cursor)?;
    if usize::try_from(length).unwrap_or(usize::MAX) > CONTAINER_LENGTH {
        return Err(Error::UnexpectedConstructor { id: length });
    }
    (0..length)
        .map(|_| {
            let (id, seqno) = (i64::deserialize(cursor)?, i32::deserialize(cursor)?);
            let length = usize::try_from(u32::deserialize(cursor)?).unwrap_or(usize::MAX);
            if length > body.len() {
                return Err(Error::UnexpectedEof);
            }
            let mut body = vec![0; length];
            cursor.read_exact(&mut body)?;
            Ok(Message { id, seqno, body })
        })
        .collect()
}

/// Unpacks a packed object; others stay as they are.
pub(super) fn unpack(body: Vec<u8>) -> Result<Vec<u8>, Error> {
    let cursor = &mut Cursor::from_slice(&body);
    if u32::deserialize(cursor)? != PACKED {
        return Ok(body);
    }
    let packed = Vec::<u8>::deserialize(cursor)?;
    let mut unpacked = Vec::new();
    GzDecoder::new(packed.as_slice())
        .take(UNPACKED_LIMIT)
        .read_to_end(&mut unpacked)
        .map_err(|_| Error::UnexpectedEof)?;
    Ok(unpacked)
}

/// Packs a long answer, as Telegram does.
pub(super) fn pack(answer: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    if answer.len() < PACKED_FROM {
        return Ok(answer);
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&answer)?;
    Ok([PACKED.to_bytes(), encoder.finish()?.to_bytes()].concat())
}

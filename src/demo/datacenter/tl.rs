//! Reading and writing objects of Telegram's schema.

use grammers_tl_types::deserialize::{Cursor, Error};
use grammers_tl_types::{Deserializable, Identifiable, Serializable};

/// Containers, packed objects and results are no part of the schema's file.
pub(super) const CONTAINER: u32 = 0x73f1_f8dc;
pub(super) const PACKED: u32 = 0x3072_cfa1;
pub(super) const RESULT: u32 = 0xf35c_6d01;

/// The number by which an object tells what it is.
pub(super) fn id_of(object: &[u8]) -> u32 {
    u32::from_bytes(object).unwrap_or_default()
}

/// Reads a request that fills the bytes to their end.
pub(super) fn read<T: Deserializable + Identifiable>(bytes: &[u8]) -> Result<T, Error> {
    let cursor = &mut Cursor::from_slice(bytes);
    let id = u32::deserialize(cursor)?;
    let object = T::deserialize(cursor)?;
    if id != T::CONSTRUCTOR_ID || cursor.pos() != bytes.len() {
        return Err(Error::UnexpectedConstructor { id });
    }
    Ok(object)
}

/// A record without any of its optional fields: what these bytes are, filled up with zeros.
pub(super) fn blank<T: Deserializable>(parts: &[&[u8]]) -> Result<T, Error> {
    let mut bytes = parts.concat();
    bytes.resize(bytes.len() + 64, 0);
    T::from_bytes(&bytes)
}

/// The request within a request: everything up to the end.
pub(super) struct Rest(pub(super) Vec<u8>);

impl Deserializable for Rest {
    fn deserialize(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut rest = Vec::new();
        cursor.read_to_end(&mut rest)?;
        Ok(Self(rest))
    }
}

/// An answer to that request.
pub(super) fn result(to: i64, answer: &[u8]) -> Vec<u8> {
    [&RESULT.to_bytes()[..], &to.to_bytes(), answer].concat()
}

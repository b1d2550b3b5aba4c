//! Product cards: proof that a thing is the real thing.
//!
//! A card has codes ([`code`]); a code is printed as a QR picture ([`qr`]) on a label ([`label`]).

pub mod code;
pub mod label;
pub mod qr;
#[cfg(test)]
mod test_kit;

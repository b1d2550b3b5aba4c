//! MTProto 2.0 as the server does it: keys, sealing, opening.
//!
//! Beside AES-IGE nothing here is shared with the client's library, so one checks the other.

use grammers_crypto::aes;
use ring::digest;

use crate::random;

/// Bytes of the envelope before the body: salt, session, message id, sequence number, length.
const HEAD: usize = 32;
/// Padding that MTProto 2.0 allows.
const PADDING: std::ops::RangeInclusive<usize> = 12..=1024;

pub(super) fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    hash(&digest::SHA1_FOR_LEGACY_USE_ONLY, parts)
}

pub(super) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    hash(&digest::SHA256, parts)
}

fn hash<const N: usize>(algorithm: &'static digest::Algorithm, parts: &[&[u8]]) -> [u8; N] {
    let mut context = digest::Context::new(algorithm);
    for part in parts {
        context.update(part);
    }
    part(context.finish().as_ref(), 0)
}

/// `N` bytes from there; zeros where the bytes end earlier.
pub(super) fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut found = [0; N];
    if let Some(bytes) = bytes.get(at..at.saturating_add(N)) {
        found.copy_from_slice(bytes);
    }
    found
}

pub(super) fn xor<const N: usize>(one: [u8; N], other: [u8; N]) -> [u8; N] {
    let mut mixed = one;
    for (byte, with) in mixed.iter_mut().zip(other) {
        *byte ^= with;
    }
    mixed
}

/// A decrypted message of a client.
#[derive(Debug)]
pub(super) struct Envelope {
    pub(super) salt: i64,
    pub(super) session: i64,
    pub(super) message: Message,
}

/// A message on its own or in a container.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) id: i64,
    pub(super) seqno: i32,
    pub(super) body: Vec<u8>,
}

/// The 256 bytes that a client and a data centre share.
#[derive(Clone)]
pub(super) struct AuthKey([u8; 256]);

impl AuthKey {
    pub(super) fn new(bytes: [u8; 256]) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8; 256] {
        &self.0
    }

    pub(super) fn id(&self) -> [u8; 8] {
        part(&sha1(&[&self.0]), 12)
    }

    /// What the server proves at the end of an exchange.
    pub(super) fn nonce_hash(&self, new_nonce: &[u8; 32], number: u8) -> [u8; 16] {
        let aux: [u8; 8] = part(&sha1(&[&self.0]), 0);
        part(&sha1(&[new_nonce, &[number], &aux]), 4)
    }

    /// Opens what a client sealed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn open(&self, frame: &[u8]) -> Result<Envelope, &'static str> {
        let message_key: [u8; 16] = part(frame, 8);
        let mut plain = frame.get(24..).unwrap_or_default().to_vec();
        if plain.len() < HEAD || plain.len() % 16 != 0 {
            return Err("an encrypted message of an impossible length");
        }
        let (key, iv) = self.derive(&message_key, 0);
        aes::ige_decrypt(&mut plain, &key, &iv);
        if self.message_key(&plain, 0) != message_key {
            return Err("a wrong msg_key");
        }
        let length = u32::from_le_bytes(part(&plain, 28));
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let padding = (plain.len() - HEAD).checked_sub(length);
        if length % 4 != 0 || !padding.is_some_and(|padding| PADDING.contains(&padding)) {
            return Err("a wrong length or padding of an encrypted message");
        }
        Ok(Envelope {
            salt: i64::from_le_bytes(part(&plain, 0)),
            session: i64::from_le_bytes(part(&plain, 8)),
            message: Message {
                id: i64::from_le_bytes(part(&plain, 16)),
                seqno: i32::from_le_bytes(part(&plain, 24)),
                body: plain.get(HEAD..HEAD + length).unwrap_or_default().to_vec(),
            },
        })
    }

    /// Seals an envelope for the client.
    pub(super) fn seal(&self, envelope: &Envelope) -> anyhow::Result<Vec<u8>> {
        let body = &envelope.message.body;
        let mut plain = Vec::with_capacity(HEAD + body.len() + 32);
        plain.extend(envelope.salt.to_le_bytes());
        plain.extend(envelope.session.to_le_bytes());
        plain.extend(envelope.message.id.to_le_bytes());
        plain.extend(envelope.message.seqno.to_le_bytes());
        plain.extend(u32::try_from(body.len())?.to_le_bytes());
        plain.extend(body);
        // 12 bytes at least, up to a whole block.
        let padding = 12 + (16 - (plain.len() + 12) % 16) % 16;
        plain.extend(random::bytes::<32>()?.iter().take(padding));
        let message_key = self.message_key(&plain, 8);
        let (key, iv) = self.derive(&message_key, 8);
        aes::ige_encrypt(&mut plain, &key, &iv);
        Ok([&self.id()[..], &message_key, &plain].concat())
    }

    /// `side` is 0 for what clients send, 8 for what the server sends.
    fn message_key(&self, plain: &[u8], side: usize) -> [u8; 16] {
        let of_key: [u8; 32] = part(&self.0, 88 + side);
        part(&sha256(&[&of_key, plain]), 8)
    }

    fn derive(&self, message_key: &[u8; 16], side: usize) -> ([u8; 32], [u8; 32]) {
        let a = sha256(&[message_key, &part::<36>(&self.0, side)]);
        let b = sha256(&[&part::<36>(&self.0, 40 + side), message_key]);
        let mixed = |one: &[u8; 32], other: &[u8; 32]| {
            let parts = [
                &part::<8>(one, 0)[..],
                &part::<16>(other, 8),
                &part::<8>(one, 24),
            ];
            part::<32>(&parts.concat(), 0)
        };
        (mixed(&a, &b), mixed(&b, &a))
    }
}

impl std::fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuthKey({})", random::to_hex(&self.id()))
    }
}

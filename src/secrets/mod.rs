//! Sealing: what opens doors (keys, phones, pending logins) is stored only sealed.
//!
//! A value is sealed with XChaCha20-Poly1305 under one key of the program, and bound to what it is
//! and whose. The key lies outside the database, so a copy of the database alone opens nothing.
//!
//! ```text
//! 1 (version) | 8 bytes: id of the key | 24 bytes: nonce | sealed value with its tag
//! ```
//!
//! # Invariants
//! - A key reaches no log and no error, and is zeroised after use.
//! - A value opens only as what it was sealed for.
//! - *Another key* is told from *broken*.
//! - The key file is made or read only when something needs it.

mod key_file;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use ring::digest::{SHA256, digest};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

pub(crate) use key_file::rotate;

use crate::random;

/// The name of the key file beside the database.
const DEFAULT_FILE: &str = "vakhta.key";

const VERSION: u8 = 1;
const ID: usize = 8;
const NONCE: usize = 24;
const KEY: usize = 32;

/// Section `[secrets]`, and the key that the environment may give.
#[derive(Debug, Clone)]
pub struct SecretsConfig {
    key: Option<SecretString>,
    file: PathBuf,
}

impl SecretsConfig {
    /// `file` is `None` for the default beside the database.
    pub(crate) fn new(key: Option<SecretString>, file: Option<PathBuf>, database: &Path) -> Self {
        Self {
            key,
            file: file.unwrap_or_else(|| database.with_file_name(DEFAULT_FILE)),
        }
    }

    /// Where the key is, in words for the operator.
    ///
    /// # Errors
    /// Why there is none to seal with.
    pub(crate) fn examine(&self) -> anyhow::Result<String> {
        let file = self.file.display();
        match Keyring::open(self, false) {
            Ok(_) if self.key.is_some() => Ok("sealed with VAKHTA_SECRETS_KEY".to_owned()),
            Ok(_) => Ok(format!("sealed with {file}; keep a copy of it")),
            Err(_) if self.key.is_none() && !self.file.exists() => {
                Ok(format!("{file} will be made when something is sealed"))
            }
            Err(err) => Err(err),
        }
    }

    /// The key of the environment.
    pub(crate) fn given(&self) -> Option<&SecretString> {
        self.key.as_ref()
    }
}

/// What a value is and whose. Both must be the same when the value is opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Purpose<'a> {
    pub(crate) what: &'static str,
    pub(crate) whose: &'a str,
}

impl Purpose<'_> {
    fn bytes(self) -> Vec<u8> {
        [self.what.as_bytes(), &[0], self.whose.as_bytes()].concat()
    }
}

/// A sealed value, as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sealed(Vec<u8>);

impl Sealed {
    #[must_use]
    pub(crate) fn from_stored(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub(crate) fn stored(&self) -> &[u8] {
        &self.0
    }

    /// The id of its key, the nonce, and the rest.
    fn parts(&self) -> Option<([u8; ID], [u8; NONCE], &[u8])> {
        let rest = self.0.strip_prefix(&[VERSION])?;
        let (id, rest) = rest.split_first_chunk()?;
        let (nonce, rest) = rest.split_first_chunk()?;
        Some((*id, *nonce, rest))
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// Why a value does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("it is sealed with another key file")]
    OtherKey,
    #[error("it is broken")]
    Broken,
}

/// One key.
struct Key {
    id: [u8; ID],
    bytes: Zeroizing<[u8; KEY]>,
}

impl Key {
    fn new(bytes: Zeroizing<[u8; KEY]>) -> Self {
        let hash = digest(
            &SHA256,
            &[b"vakhta key id".as_slice(), bytes.as_slice()].concat(),
        );
        let mut id = [0; ID];
        for (to, from) in id.iter_mut().zip(hash.as_ref()) {
            *to = *from;
        }
        Self { id, bytes }
    }

    fn make() -> anyhow::Result<Self> {
        Ok(Self::new(Zeroizing::new(random::bytes()?)))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.bytes).into())
    }

    /// Reads 64 hexadecimal digits.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_hex = text.len() == 2 * KEY && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let mut bytes = Zeroizing::new([0; KEY]);
        for (at, byte) in bytes.iter_mut().enumerate() {
            let digits = text.get(2 * at..2 * at + 2).filter(|_| is_hex)?;
            *byte = u8::from_str_radix(digits, 16).ok()?;
        }
        Some(Self::new(bytes))
    }

    /// The inverse of [`Self::parse`], with an end of line.
    fn text(&self) -> Zeroizing<String> {
        let mut text = random::to_hex(self.bytes.as_slice());
        text.push('\n');
        Zeroizing::new(text)
    }
}

/// The keys of the program: one that seals, and, while a rotation is not finished, the former one.
/// Clones share them.
#[derive(Clone)]
pub(crate) struct Keyring {
    own: Arc<Key>,
    former: Option<Arc<Key>>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(***)")
    }
}

impl Keyring {
    /// Reads the keys; makes the file if it is missing and `may_make`.
    ///
    /// # Errors
    /// A sentence for the operator: why there is no key, and what to do.
    pub(crate) fn open(config: &SecretsConfig, may_make: bool) -> anyhow::Result<Self> {
        let former = key_file::former(&config.file)?.map(Arc::new);
        let own = match &config.key {
            Some(given) => Key::parse(given.expose_secret())
                .context("VAKHTA_SECRETS_KEY is not 64 hexadecimal digits")?,
            None => key_file::read_or_make(&config.file, may_make)?,
        };
        Ok(Self {
            own: Arc::new(own),
            former,
        })
    }

    /// A key of its own, for tests.
    #[cfg(test)]
    pub(crate) fn random() -> Self {
        Self {
            own: Arc::new(Key::make().unwrap()),
            former: None,
        }
    }

    /// # Errors
    /// When the system gives no random numbers.
    pub(crate) fn seal(&self, purpose: Purpose<'_>, value: &[u8]) -> anyhow::Result<Sealed> {
        let nonce: [u8; NONCE] = random::bytes()?;
        let payload = Payload {
            msg: value,
            aad: &purpose.bytes(),
        };
        let sealed = self.own.cipher().encrypt(&nonce.into(), payload);
        let sealed = sealed.map_err(|_| anyhow::anyhow!("a value is too long to be sealed"))?;
        let head = [VERSION];
        Ok(Sealed([&head[..], &self.own.id, &nonce, &sealed].concat()))
    }

    /// # Errors
    /// See [`OpenError`].
    pub(crate) fn open_sealed(
        &self,
        purpose: Purpose<'_>,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (id, nonce, rest) = sealed.parts().ok_or(OpenError::Broken)?;
        let keys = [Some(&self.own), self.former.as_ref()];
        let key = keys.into_iter().flatten().find(|key| key.id == id);
        let payload = Payload {
            msg: rest,
            aad: &purpose.bytes(),
        };
        let key = key.ok_or(OpenError::OtherKey)?;
        let value = key.cipher().decrypt(&nonce.into(), payload);
        value.map(Zeroizing::new).map_err(|_| OpenError::Broken)
    }

    /// The value sealed with our own key; `None` if it is that already.
    ///
    /// # Errors
    /// When it does not open.
    pub(crate) fn reseal(
        &self,
        purpose: Purpose<'_>,
        sealed: &Sealed,
    ) -> anyhow::Result<Option<Sealed>> {
        let is_own = sealed.parts().is_some_and(|(id, ..)| id == self.own.id);
        if is_own {
            return Ok(None);
        }
        let value = self.open_sealed(purpose, sealed);
        let value = value.with_context(|| format!("open {} of {}", purpose.what, purpose.whose))?;
        self.seal(purpose, &value).map(Some)
    }
}

#[cfg(test)]
mod tests;

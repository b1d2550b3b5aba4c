//! Section `[mtproto]`, and the hash of the program's registration, which is a secret.

use std::net::SocketAddrV4;
use std::path::Path;

use anyhow::Context as _;
use secrecy::SecretString;
use serde::Deserialize;

use super::exchange::PublicKey;
use crate::settings::{self, Section};

#[derive(Debug, Clone)]
pub struct MtprotoConfig {
    pub(crate) enabled: bool,
    /// From my.telegram.org; 0 if it is missing.
    pub(crate) api_id: i32,
    api_hash: Option<SecretString>,
    /// Where Telegram is; empty: where grammers knows it. The first one is asked first.
    pub(crate) datacenters: Vec<Datacenter>,
    /// Linked accounts that a person may have.
    pub(crate) per_person: u32,
}

/// A data centre that the operator names: for tests, and for Telegram's test servers.
#[derive(Clone)]
pub(crate) struct Datacenter {
    pub(crate) id: i32,
    pub(crate) address: SocketAddrV4,
    /// `None`: one of Telegram's own keys.
    pub(crate) public_key: Option<PublicKey>,
    /// A key that the data centre knows already.
    pub(crate) auth_key: Option<[u8; 256]>,
}

impl std::fmt::Debug for Datacenter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Datacenter({} at {})", self.id, self.address)
    }
}

impl MtprotoConfig {
    /// Reads the section. [`Self::with_hash`] adds the hash of the environment.
    pub(crate) fn read(section: &mut Section<'_>) -> Self {
        section.refuse(
            "api_hash",
            "a secret does not belong in this file; set VAKHTA_MTPROTO_API_HASH or name an api_hash_file",
        );
        let enabled = section.boolean("enabled", false);
        let api_id = section.integer("api_id", 0, 0..=i32::MAX.cast_unsigned());
        let hash = section.path("api_hash_file", "").and_then(|path| {
            let text = settings::read_private(&path);
            text.map_err(|why| {
                section.blame("api_hash_file", &format!("{}: {why}", path.display()));
            })
            .ok()
        });
        let datacenters = section.path("datacenters", "").and_then(|path| {
            let read = read_datacenters(&path);
            read.map_err(|why| {
                section.blame("datacenters", &format!("{}: {why:#}", path.display()));
            })
            .ok()
        });
        let hash = hash.filter(|text| !text.trim().is_empty());
        Self {
            enabled,
            api_id: api_id.cast_signed(),
            api_hash: hash.map(|text| SecretString::from(text.trim())),
            datacenters: datacenters.unwrap_or_default(),
            per_person: section.integer("per_person", 3, 1..=100),
        }
    }

    #[must_use]
    pub(crate) fn with_hash(mut self, given: Option<SecretString>) -> Self {
        self.api_hash = given.or(self.api_hash);
        self
    }

    pub(crate) fn hash(&self) -> Option<&SecretString> {
        self.api_hash.as_ref()
    }

    /// What the operator has to do before accounts can be linked; `None` if nothing.
    #[must_use]
    pub(crate) fn missing(&self) -> Option<&'static str> {
        if self.api_id == 0 {
            return Some(
                "Telegram accounts cannot be linked: there is no mtproto.api_id; \
                 get one at https://my.telegram.org",
            );
        }
        self.api_hash.is_none().then_some(
            "Telegram accounts cannot be linked: there is no api_hash; set \
             VAKHTA_MTPROTO_API_HASH, or name a file with mtproto.api_hash_file",
        )
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    datacenter: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: i32,
    address: SocketAddrV4,
    public_key: Option<String>,
    auth_key: Option<String>,
}

fn read_datacenters(path: &Path) -> anyhow::Result<Vec<Datacenter>> {
    let text = settings::open_file(path).and_then(std::io::read_to_string)?;
    // The parser's own message would quote the line, and a line may hold a key.
    let file: File = toml::from_str(&text)
        .map_err(|err| anyhow::anyhow!("{} (byte {:?})", err.message(), err.span()))?;
    anyhow::ensure!(!file.datacenter.is_empty(), "it names no data centre");
    file.datacenter.iter().map(datacenter).collect()
}

fn datacenter(entry: &Entry) -> anyhow::Result<Datacenter> {
    let about = |what: &str| format!("{what} of data centre {}", entry.id);
    let public_key = entry.public_key.as_deref().map(PublicKey::from_pem);
    let auth_key = entry.auth_key.as_deref().map(key_from_hex);
    Ok(Datacenter {
        id: entry.id,
        address: entry.address,
        public_key: public_key
            .transpose()
            .with_context(|| about("public_key"))?,
        auth_key: auth_key.transpose().with_context(|| about("auth_key"))?,
    })
}

fn key_from_hex(text: &str) -> anyhow::Result<[u8; 256]> {
    let is_hex = text.len() == 512 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    anyhow::ensure!(is_hex, "it is not 512 hexadecimal digits");
    let mut key = [0; 256];
    for (at, byte) in key.iter_mut().enumerate() {
        let digits = text.get(2 * at..2 * at + 2).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16)?;
    }
    Ok(key)
}

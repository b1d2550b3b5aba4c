//! The key exchange with data centres that have an RSA key of their own.
//!
//! grammers knows Telegram's keys only, and keeps the function that looks them up to itself. So
//! this makes the key on grammers' public pieces; the pool takes it as one that was stored before.
//!
//! # Invariants
//! - Nothing that the data centre says is believed before its nonce, hash and range are checked.
//! - An error carries no number of the exchange.

use std::net::SocketAddr;

use anyhow::Context as _;
use grammers_client::InvocationError;
use grammers_client::sender::{Sender, ServerAddr};
use grammers_crypto::{
    AuthKey, aes, factorize, generate_key_data_from_nonce, rsa, two_factor_auth,
};
use grammers_mtproto::{mtp, transport};
use grammers_tl_types::deserialize::Cursor;
use grammers_tl_types::{Deserializable as _, Serializable as _, enums, functions, types};
use num_bigint::BigUint;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::random;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    #[error(transparent)]
    Call(#[from] InvocationError),
    #[error("the data centre cannot be trusted: {0}")]
    Distrusted(&'static str),
    #[error(transparent)]
    Own(#[from] anyhow::Error),
}

fn trust(holds: bool, what: &'static str) -> Result<(), ExchangeError> {
    holds.then_some(()).ok_or(ExchangeError::Distrusted(what))
}

/// The RSA key of a data centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicKey {
    modulus: BigUint,
    exponent: BigUint,
}

impl PublicKey {
    /// Reads a key as PEM: `RSA PUBLIC KEY` (PKCS#1) or `PUBLIC KEY`.
    ///
    /// # Errors
    /// When the text is no RSA key of 2048 bits.
    pub(crate) fn from_pem(pem: &str) -> anyhow::Result<Self> {
        let lines = pem.lines().map(str::trim);
        let base64: String = lines.filter(|line| !line.starts_with("-----")).collect();
        let der = from_base64(&base64).context("the key is not in base64")?;
        let key = Self::from_der(&der).context("the key is not an RSA key in PEM")?;
        anyhow::ensure!(
            key.modulus.bits() == 2048,
            "the RSA key is not of 2048 bits"
        );
        Ok(key)
    }

    fn from_der(der: &[u8]) -> Option<Self> {
        const SEQUENCE: u8 = 0x30;
        const INTEGER: u8 = 0x02;
        const BIT_STRING: u8 = 0x03;
        let (mut key, _) = element(SEQUENCE, der)?;
        // The newer form has the older one in a bit string, behind the algorithm's name.
        if let Some((_, behind)) = element(SEQUENCE, key) {
            let (bits, _) = element(BIT_STRING, behind)?;
            (key, _) = element(SEQUENCE, bits.strip_prefix(&[0])?)?;
        }
        let (modulus, behind) = element(INTEGER, key)?;
        let (exponent, _) = element(INTEGER, behind)?;
        Some(Self {
            modulus: BigUint::from_bytes_be(modulus),
            exponent: BigUint::from_bytes_be(exponent),
        })
    }

    fn fingerprint(&self) -> Option<i64> {
        let [modulus, exponent] = [&self.modulus, &self.exponent];
        let bytes = [modulus, exponent].map(|number| number.to_bytes_be().to_bytes());
        let hash = sha1(&bytes.concat());
        Some(i64::from_le_bytes(*hash.last_chunk()?))
    }
}

/// The content of a DER element with that tag, and what follows it.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[found, short], rest) = der.split_first_chunk()?;
    let (length, rest) = match short {
        0..=0x7f => (usize::from(short), rest),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(short - 0x80))?;
            let length = length
                .iter()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            (length, rest)
        }
        _ => return None,
    };
    (found == tag).then_some(rest.split_at_checked(length)?)
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut length) = (Vec::new(), 0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        length += 6;
        if length >= 8 {
            length -= 8;
            bytes.push(u8::try_from(bits >> length & 0xff).ok()?);
        }
    }
    Some(bytes)
}

fn sha1(bytes: &[u8]) -> [u8; 20] {
    let mut hash = [0; 20];
    hash.copy_from_slice(digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref());
    hash
}

/// Agrees on a new key with the data centre at that address. Bound it with a limit: grammers waits
/// for ever.
///
/// # Errors
/// When the data centre does not answer, or does not prove that it has the RSA key.
pub(crate) async fn exchange(
    address: SocketAddr,
    key: &PublicKey,
) -> Result<[u8; 256], ExchangeError> {
    let address = ServerAddr::Tcp { address };
    let sender = Sender::connect(transport::Full::new(), mtp::Plain::new(), address).await;
    let mut sender = sender.map_err(InvocationError::Io)?;

    let nonce = random::bytes()?;
    let enums::ResPq::Pq(asked) = sender.invoke(&functions::ReqPqMulti { nonce }).await?;
    trust(
        asked.nonce == nonce,
        "its first answer is for somebody else",
    )?;
    let server_nonce = asked.server_nonce;
    let fingerprint = key.fingerprint().unwrap_or_default();
    trust(
        asked.server_public_key_fingerprints.contains(&fingerprint),
        "it has another key than the file of data centres",
    )?;
    let new_nonce = random::bytes::<32>()?;
    let request = prove(&asked, new_nonce, key, fingerprint)?;
    let enums::ServerDhParams::Ok(answer) = sender.invoke(&request).await? else {
        return Err(ExchangeError::Distrusted("it refuses the key exchange"));
    };
    trust(
        (answer.nonce, answer.server_nonce) == (nonce, server_nonce),
        "its second answer is for somebody else",
    )?;
    let temporary = generate_key_data_from_nonce(&server_nonce, &new_nonce);
    let group = open(answer.encrypted_answer, &temporary)?;
    trust(
        (group.nonce, group.server_nonce) == (nonce, server_nonce),
        "the group is for somebody else",
    )?;
    // The check takes a while, and knows only these generators.
    let (prime, generator) = (group.dh_prime.clone(), group.g);
    let check =
        move || (2..=7).contains(&generator) && two_factor_auth::check_p_and_g(&prime, &generator);
    let is_safe = tokio::task::spawn_blocking(check).await;
    trust(is_safe.unwrap_or(false), "its group is not safe")?;

    let prime = BigUint::from_bytes_be(&group.dh_prime);
    let secret = BigUint::from_bytes_be(&[random::bytes::<128>()?, random::bytes()?].concat());
    let half = BigUint::from(group.g.unsigned_abs()).modpow(&secret, &prime);
    let theirs = BigUint::from_bytes_be(&group.g_a);
    let margin = BigUint::from(1_u8) << (2048 - 64);
    let is_inside = |number: &BigUint| *number > margin && *number < &prime - &margin;
    trust(
        is_inside(&half) && is_inside(&theirs),
        "half of a key is out of range",
    )?;
    let shared = theirs.modpow(&secret, &prime).to_bytes_be();
    let mut auth_key = [0; 256];
    for (to, from) in auth_key.iter_mut().rev().zip(shared.iter().rev()) {
        *to = *from;
    }

    let inner = enums::ClientDhInnerData::Data(types::ClientDhInnerData {
        nonce,
        server_nonce,
        retry_id: 0,
        g_b: half.to_bytes_be(),
    });
    let request = functions::SetClientDhParams {
        nonce,
        server_nonce,
        encrypted_data: seal(&inner.to_bytes(), &temporary)?,
    };
    let enums::SetClientDhParamsAnswer::DhGenOk(done) = sender.invoke(&request).await? else {
        return Err(ExchangeError::Distrusted("it refuses the key"));
    };
    let hash = AuthKey::from_bytes(auth_key).calc_new_nonce_hash(&new_nonce, 1);
    trust(
        (done.nonce, done.server_nonce, done.new_nonce_hash1) == (nonce, server_nonce, hash),
        "it does not prove that it has the key",
    )?;
    Ok(auth_key)
}

/// The second request: the factors, and a nonce that only the owner of the RSA key can read.
fn prove(
    asked: &types::ResPq,
    new_nonce: [u8; 32],
    key: &PublicKey,
    public_key_fingerprint: i64,
) -> Result<functions::ReqDhParams, ExchangeError> {
    let product = <[u8; 8]>::try_from(&asked.pq[..]).map(u64::from_be_bytes);
    let product = product.map_err(|_| ExchangeError::Distrusted("its number has no 64 bits"))?;
    let bytes = |factor: u64| BigUint::from(factor).to_bytes_be();
    let (p, q) = factorize(product);
    let (nonce, server_nonce) = (asked.nonce, asked.server_nonce);
    let inner = enums::PQInnerData::Data(types::PQInnerData {
        pq: asked.pq.clone(),
        p: bytes(p),
        q: bytes(q),
        nonce,
        server_nonce,
        new_nonce,
    });
    let (modulus, exponent) = (key.modulus.to_string(), key.exponent.to_string());
    let rsa = rsa::Key::new(&modulus, &exponent).context("the RSA key cannot be used")?;
    Ok(functions::ReqDhParams {
        nonce,
        server_nonce,
        p: bytes(p),
        q: bytes(q),
        public_key_fingerprint,
        encrypted_data: rsa::encrypt_hashed(&inner.to_bytes(), &rsa, &random::bytes()?),
    })
}

fn open(
    mut sealed: Vec<u8>,
    (key, iv): &([u8; 32], [u8; 32]),
) -> Result<types::ServerDhInnerData, ExchangeError> {
    trust(
        sealed.len().is_multiple_of(16),
        "its group has an odd length",
    )?;
    aes::ige_decrypt(&mut sealed, key, iv);
    let broken = || ExchangeError::Distrusted("its group cannot be read");
    let (hash, data) = sealed.split_at_checked(20).ok_or_else(broken)?;
    let cursor = &mut Cursor::from_slice(data);
    let inner = enums::ServerDhInnerData::deserialize(cursor).map_err(|_| broken())?;
    let read = data.get(..cursor.pos()).unwrap_or_default();
    trust(hash == sha1(read), "its group has a wrong hash")?;
    let enums::ServerDhInnerData::Data(inner) = inner;
    Ok(inner)
}

fn seal(data: &[u8], (key, iv): &([u8; 32], [u8; 32])) -> Result<Vec<u8>, ExchangeError> {
    let mut sealed = [&sha1(data)[..], data].concat();
    let padding = (16 - sealed.len() % 16) % 16;
    sealed.extend(random::bytes::<16>()?.iter().take(padding));
    aes::ige_encrypt(&mut sealed, key, iv);
    Ok(sealed)
}

#[cfg(test)]
#[path = "tests/exchange.rs"]
mod tests;

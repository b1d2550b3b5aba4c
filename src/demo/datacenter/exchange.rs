//! The server's side of the key exchange, with the pretend's own RSA key.
//!
//! # Invariants
//! - A client that skips a check or a step gets no key.

use grammers_crypto::aes;
use grammers_tl_types::deserialize::Cursor;
use grammers_tl_types::{Deserializable, Serializable as _, enums, functions, types};
use num_bigint::BigUint;

use super::crypto::{AuthKey, part, sha1, sha256, xor};
use super::keys::{self, FACTORS, GENERATOR, GROUP, wide};
use super::tl::{id_of, read};
use crate::random;

/// Bits of the server's secret. Fewer than a real server takes, for speed: nothing is protected.
const SECRET_BYTES: usize = 32;

/// How far an exchange has come.
#[derive(Debug, Default)]
pub(super) enum Exchange {
    #[default]
    Fresh,
    Asked {
        nonce: [u8; 16],
        server_nonce: [u8; 16],
    },
    Answered {
        nonce: [u8; 16],
        server_nonce: [u8; 16],
        new_nonce: [u8; 32],
        secret: [u8; SECRET_BYTES],
    },
}

/// What the server answers, and the key once it is agreed, with its first salt.
pub(super) struct Reply {
    pub(super) body: Vec<u8>,
    pub(super) agreed: Option<(AuthKey, i64)>,
}

impl Exchange {
    /// Answers the next request of the exchange in the data centre of that number.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub(super) fn answer(
        &mut self,
        request: &[u8],
        centre: i32,
        now: i32,
    ) -> anyhow::Result<Reply> {
        use grammers_tl_types::Identifiable as _;
        match id_of(request) {
            functions::ReqPqMulti::CONSTRUCTOR_ID => {
                self.begin(read::<functions::ReqPqMulti>(request)?.nonce)
            }
            functions::ReqPq::CONSTRUCTOR_ID => {
                self.begin(read::<functions::ReqPq>(request)?.nonce)
            }
            functions::ReqDhParams::CONSTRUCTOR_ID => self.parameters(&read(request)?, centre, now),
            functions::SetClientDhParams::CONSTRUCTOR_ID => self.finish(read(request)?),
            id => anyhow::bail!("a plain message that is no step of the exchange: {id:x}"),
        }
    }

    fn begin(&mut self, nonce: [u8; 16]) -> anyhow::Result<Reply> {
        let server_nonce = random::bytes()?;
        *self = Self::Asked {
            nonce,
            server_nonce,
        };
        let product = u64::from(FACTORS.0) * u64::from(FACTORS.1);
        let answer = enums::ResPq::Pq(types::ResPq {
            nonce,
            server_nonce,
            pq: product.to_be_bytes().to_vec(),
            server_public_key_fingerprints: vec![keys::fingerprint()],
        });
        Ok(Reply {
            body: answer.to_bytes(),
            agreed: None,
        })
    }

    fn parameters(
        &mut self,
        request: &functions::ReqDhParams,
        centre: i32,
        now: i32,
    ) -> anyhow::Result<Reply> {
        let &mut Self::Asked {
            nonce,
            server_nonce,
        } = self
        else {
            anyhow::bail!("a step of the exchange out of turn");
        };
        let factors = [FACTORS.0, FACTORS.1].map(|factor| factor.to_be_bytes().to_vec());
        anyhow::ensure!(
            (request.nonce, request.server_nonce) == (nonce, server_nonce)
                && [&request.p, &request.q] == [&factors[0], &factors[1]]
                && request.public_key_fingerprint == keys::fingerprint(),
            "wrong nonces, factors or fingerprint in the exchange"
        );
        let inner = open_rsa(&request.encrypted_data)
            .ok_or_else(|| anyhow::anyhow!("RSA data that opens with neither padding"))?;
        let dc = match &inner {
            enums::PQInnerData::Dc(data) => data.dc,
            enums::PQInnerData::TempDc(data) => data.dc,
            enums::PQInnerData::Data(_) | enums::PQInnerData::Temp(_) => centre,
        };
        anyhow::ensure!(
            dc == centre && (inner.nonce(), inner.server_nonce()) == (nonce, server_nonce),
            "wrong nonces or data centre within the exchange's RSA data"
        );
        let secret = random::bytes::<SECRET_BYTES>()?;
        let new_nonce = inner.new_nonce();
        let half = BigUint::from(GENERATOR).modpow(&BigUint::from_bytes_be(&secret), &GROUP);
        let answer = enums::ServerDhInnerData::Data(types::ServerDhInnerData {
            nonce,
            server_nonce,
            g: i32::try_from(GENERATOR)?,
            dh_prime: wide(&GROUP).to_vec(),
            g_a: wide(&half).to_vec(),
            server_time: now,
        })
        .to_bytes();
        let mut sealed = [&sha1(&[&answer])[..], &answer].concat();
        let padding = (16 - sealed.len() % 16) % 16;
        sealed.extend(random::bytes::<16>()?.iter().take(padding));
        let (key, iv) = temporary_key(&server_nonce, &new_nonce);
        aes::ige_encrypt(&mut sealed, &key, &iv);
        *self = Self::Answered {
            nonce,
            server_nonce,
            new_nonce,
            secret,
        };
        let answer = enums::ServerDhParams::Ok(types::ServerDhParamsOk {
            nonce,
            server_nonce,
            encrypted_answer: sealed,
        });
        Ok(Reply {
            body: answer.to_bytes(),
            agreed: None,
        })
    }

    fn finish(&mut self, request: functions::SetClientDhParams) -> anyhow::Result<Reply> {
        let Self::Answered {
            nonce,
            server_nonce,
            new_nonce,
            secret,
        } = std::mem::take(self)
        else {
            anyhow::bail!("a step of the exchange out of turn");
        };
        let mut sealed = request.encrypted_data;
        anyhow::ensure!(
            (request.nonce, request.server_nonce) == (nonce, server_nonce)
                && sealed.len().is_multiple_of(16),
            "wrong nonces or length in the exchange's last step"
        );
        let (key, iv) = temporary_key(&server_nonce, &new_nonce);
        aes::ige_decrypt(&mut sealed, &key, &iv);
        let enums::ClientDhInnerData::Data(inner) =
            hashed(&sealed).ok_or_else(|| anyhow::anyhow!("a wrong hash in the last step"))?;
        anyhow::ensure!(
            (inner.nonce, inner.server_nonce) == (nonce, server_nonce),
            "wrong nonces within the exchange's last step"
        );
        let half = BigUint::from_bytes_be(&inner.g_b);
        let margin = BigUint::from(1_u8) << (2048 - 64);
        anyhow::ensure!(
            half > margin && half < &*GROUP - &margin,
            "the client's half of the key is out of range"
        );
        let shared = half.modpow(&BigUint::from_bytes_be(&secret), &GROUP);
        let key = AuthKey::new(wide(&shared));
        let salt = xor(part::<8>(&new_nonce, 0), part::<8>(&server_nonce, 0));
        let answer = enums::SetClientDhParamsAnswer::DhGenOk(types::DhGenOk {
            nonce,
            server_nonce,
            new_nonce_hash1: key.nonce_hash(&new_nonce, 1),
        });
        Ok(Reply {
            body: answer.to_bytes(),
            agreed: Some((key, i64::from_le_bytes(salt))),
        })
    }
}

/// What the client encrypted with RSA, in today's padding or in the one of older clients.
fn open_rsa(encrypted: &[u8]) -> Option<enums::PQInnerData> {
    let plain = keys::decrypt(encrypted)?;
    let sealed: [u8; 224] = part(&plain, 32);
    let key = xor(part::<32>(&plain, 0), sha256(&[&sealed]));
    let mut opened = sealed;
    aes::ige_decrypt(&mut opened, &key, &[0; 32]);
    let mut data: [u8; 192] = part(&opened, 0);
    data.reverse();
    if part::<32>(&opened, 192) == sha256(&[&key, &data]) {
        return enums::PQInnerData::from_bytes(&data).ok();
    }
    // One zero byte, then a hash, the data and padding.
    hashed(plain.get(1..)?)
}

/// An object behind its hash and before its padding.
fn hashed<T: Deserializable>(bytes: &[u8]) -> Option<T> {
    let (hash, data) = bytes.split_at_checked(20)?;
    let cursor = &mut Cursor::from_slice(data);
    let object = T::deserialize(cursor).ok()?;
    (hash == sha1(&[data.get(..cursor.pos())?])).then_some(object)
}

/// The key of the exchange's second half.
fn temporary_key(server_nonce: &[u8; 16], new_nonce: &[u8; 32]) -> ([u8; 32], [u8; 32]) {
    let bytes = [
        &sha1(&[new_nonce, server_nonce])[..],
        &sha1(&[server_nonce, new_nonce]),
        &sha1(&[new_nonce, new_nonce]),
        &part::<4>(new_nonce, 0),
    ]
    .concat();
    (part(&bytes, 0), part(&bytes, 32))
}

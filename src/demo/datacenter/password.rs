//! Passwords of two-step verification: the server's side of SRP.

use std::num::NonZeroU32;

use grammers_tl_types::{enums, types};
use num_bigint::BigUint;
use ring::pbkdf2;

use super::crypto::{sha256, xor};
use super::keys::{GENERATOR, GROUP, wide};
use crate::random;

/// What the algorithm's name says.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(100_000).unwrap();

/// A password as the server keeps it.
#[derive(Clone, Debug)]
pub(super) struct Password {
    hint: String,
    salts: [[u8; 16]; 2],
    verifier: BigUint,
}

impl Password {
    pub(super) fn new(password: &str, hint: &str) -> anyhow::Result<Self> {
        let salts = [random::bytes()?, random::bytes()?];
        let salted = |data: &[u8], salt: &[u8]| sha256(&[salt, data, salt]);
        let inner = salted(&salted(password.as_bytes(), &salts[0]), &salts[1]);
        let mut stretched = [0; 64];
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA512;
        pbkdf2::derive(algorithm, ITERATIONS, &salts[0], &inner, &mut stretched);
        let secret = BigUint::from_bytes_be(&salted(&stretched, &salts[1]));
        Ok(Self {
            hint: hint.to_owned(),
            salts,
            verifier: BigUint::from(GENERATOR).modpow(&secret, &GROUP),
        })
    }
}

fn algorithm([salt1, salt2]: [[u8; 16]; 2]) -> enums::PasswordKdfAlgo {
    types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow {
        salt1: salt1.to_vec(),
        salt2: salt2.to_vec(),
        g: i32::try_from(GENERATOR).unwrap_or_default(),
        p: wide(&GROUP).to_vec(),
    }
    .into()
}

/// A proof that was asked for: the server's secret and public half.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) id: i64,
    secret: BigUint,
    public: [u8; 256],
    password: Password,
}

/// What the server says of a password, and the proof that it awaits.
pub(super) fn ask(
    password: Option<&Password>,
) -> anyhow::Result<(types::account::Password, Option<Proof>)> {
    let proof = match password {
        None => None,
        Some(password) => {
            let secret = BigUint::from_bytes_be(&random::bytes::<32>()?);
            let half = BigUint::from(GENERATOR).modpow(&secret, &GROUP);
            let public = wide(&((multiplier() * &password.verifier + half) % &*GROUP));
            Some(Proof {
                id: i64::from_le_bytes(random::bytes()?),
                secret,
                public,
                password: password.clone(),
            })
        }
    };
    let answer = types::account::Password {
        has_recovery: false,
        has_secure_values: false,
        has_password: password.is_some(),
        current_algo: password.map(|password| algorithm(password.salts)),
        srp_b: proof.as_ref().map(|proof| proof.public.to_vec()),
        srp_id: proof.as_ref().map(|proof| proof.id),
        hint: password.map(|password| password.hint.clone()),
        email_unconfirmed_pattern: None,
        new_algo: algorithm([random::bytes()?, random::bytes()?]),
        new_secure_algo: enums::SecurePasswordKdfAlgo::Unknown,
        secure_random: random::bytes::<32>()?.repeat(8),
        pending_reset_date: None,
        login_email_pattern: None,
    };
    Ok((answer, proof))
}

impl Proof {
    /// Whether the client knows the password; `None` for a number that no client may send.
    pub(super) fn holds(&self, answer: &types::InputCheckPasswordSrp) -> Option<bool> {
        let theirs = BigUint::from_bytes_be(&answer.a);
        if answer.a.len() != 256 || &theirs % &*GROUP == BigUint::ZERO {
            return None;
        }
        let u = BigUint::from_bytes_be(&sha256(&[&answer.a, &self.public]));
        let base = theirs * self.password.verifier.modpow(&u, &GROUP) % &*GROUP;
        let shared = sha256(&[&wide(&base.modpow(&self.secret, &GROUP))]);
        let group = xor(
            sha256(&[&wide(&GROUP)]),
            sha256(&[&wide(&BigUint::from(GENERATOR))]),
        );
        let [salt1, salt2] = self.password.salts.map(|salt| sha256(&[&salt]));
        let expected = sha256(&[&group, &salt1, &salt2, &answer.a, &self.public, &shared]);
        Some(expected[..] == answer.m1[..])
    }

    /// Whether the password is still the one that was asked for.
    pub(super) fn is_of(&self, password: &Password) -> bool {
        self.password.verifier == password.verifier
    }
}

/// `k` of the protocol.
fn multiplier() -> BigUint {
    BigUint::from_bytes_be(&sha256(&[&wide(&GROUP), &wide(&BigUint::from(GENERATOR))]))
}

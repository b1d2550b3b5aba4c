//! The one-time link that makes its first opener the owner.
//!
//! Only the hash of the code is stored; a newer code invalidates older ones.

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::named_params;

use super::{Role, set_role};
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::random;

/// How long a claim link works.
pub(crate) const CLAIM_LIFE: Duration = Duration::from_secs(15 * 60);

/// The prefix of a claim link's start parameter.
pub(crate) const CLAIM_PREFIX: &str = "claim_";

/// Makes a one-time code of 128 bits. Only its hash is stored, and older codes stop working.
///
/// # Errors
/// When the database or the system's source of randomness fails.
pub(crate) fn make_claim(tx: &WriteTx<'_>, now: UnixMs) -> anyhow::Result<String> {
    let code = random::hex::<16>()?;
    tx.execute("DELETE FROM claim", [])?;
    tx.execute(
        "INSERT INTO claim (code_hash, expires_at) VALUES (:hash, :expires)",
        named_params! { ":hash": hash(&code), ":expires": now.plus(CLAIM_LIFE).0 },
    )
    .context("store a claim")?;
    Ok(code)
}

/// Makes the opener of a claim link the owner; false if the code is unknown, used or expired.
pub(crate) fn redeem_claim(
    tx: &WriteTx<'_>,
    now: UnixMs,
    code: &str,
    id: i64,
) -> anyhow::Result<bool> {
    let used = tx
        .execute(
            "DELETE FROM claim WHERE code_hash = :hash AND expires_at > :now",
            named_params! { ":hash": hash(code), ":now": now.0 },
        )
        .context("redeem a claim")?;
    if used == 0 {
        return Ok(false);
    }
    set_role(tx, id, Role::Owner)?;
    Ok(true)
}

fn hash(code: &str) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, code.as_bytes())
        .as_ref()
        .to_vec()
}

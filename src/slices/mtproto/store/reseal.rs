//! Every sealed column, for another key.

use anyhow::Context as _;
use rusqlite::params;

use crate::db::{Connection, WriteTx};
use crate::secrets::{Keyring, Purpose, Sealed};
use crate::slices::mtproto::seals;

/// The sealed columns of logins, with what they are sealed as.
const LOGIN: [(&str, &str); 4] = [
    ("phone", seals::PHONE),
    ("code_hash", seals::CODE_HASH),
    ("url", seals::URL),
    ("hint", seals::HINT),
];

/// True if anything is stored that only the key opens.
///
/// # Errors
/// When the database cannot be read.
pub(crate) fn is_anything_sealed(connection: &Connection) -> anyhow::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM telegram_key)
               OR EXISTS (SELECT 1 FROM telegram_login WHERE ended_at IS NULL)";
    connection
        .query_row(sql, [], |row| row.get(0))
        .context("look for sealed values")
}

/// Seals everything with the present key; returns how many values were sealed anew.
///
/// # Errors
/// When a value does not open: then nothing changes.
pub(crate) fn reseal(tx: &WriteTx<'_>, keys: &Keyring) -> anyhow::Result<usize> {
    let mut count = 0;
    let mut statement = tx.prepare("SELECT account_id, dc, auth_key FROM telegram_key")?;
    let stored: Vec<(i64, i32, Vec<u8>)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    for (account, dc, value) in stored {
        let whose = seals::whose_key(account, dc);
        let purpose = Purpose {
            what: seals::AUTH_KEY,
            whose: &whose,
        };
        if let Some(anew) = keys.reseal(purpose, &Sealed::from_stored(value))? {
            tx.execute(
                "UPDATE telegram_key SET auth_key = ?3 WHERE account_id = ?1 AND dc = ?2",
                params![account, dc, anew.stored()],
            )
            .context("store a key sealed anew")?;
            count += 1;
        }
    }
    for (column, what) in LOGIN {
        let sql = format!(
            "SELECT public_id, {column} FROM telegram_login
             WHERE ended_at IS NULL AND {column} IS NOT NULL"
        );
        let stored: Vec<(String, Vec<u8>)> = tx
            .prepare(&sql)?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (login, value) in stored {
            let purpose = Purpose {
                what,
                whose: &login,
            };
            if let Some(anew) = keys.reseal(purpose, &Sealed::from_stored(value))? {
                let sql = format!("UPDATE telegram_login SET {column} = ?2 WHERE public_id = ?1");
                tx.execute(&sql, params![login, anew.stored()])
                    .context("store a login sealed anew")?;
                count += 1;
            }
        }
    }
    Ok(count)
}

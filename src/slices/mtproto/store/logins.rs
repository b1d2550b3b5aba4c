//! Logins: one row each, with its present step.
//!
//! # Invariants
//! - A person has at most one open login.
//! - What a login needed is wiped when it ends.

use anyhow::Context as _;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::secrets::Sealed;
use crate::slices::mtproto::model::{AccountId, CodeWay, LoginId};
use crate::words::words;

words! {
    pub(crate) enum Way {
        Phone = "phone",
        Qr = "qr",
    }
}

words! {
    /// The stored word of a step.
    pub(crate) enum Progress {
        /// Telegram was not asked yet, or has not answered.
        Starting = "starting",
        Code = "code",
        Password = "password",
        Qr = "qr",
        Complete = "complete",
        Failed = "failed",
    }
}

/// A login as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct LoginRow {
    pub(crate) id: i64,
    pub(crate) public_id: LoginId,
    /// `None`: over, and its account gone.
    pub(crate) account: Option<AccountId>,
    pub(crate) way: Way,
    pub(crate) step: Progress,
    pub(crate) phone: Option<Sealed>,
    pub(crate) code_hash: Option<Sealed>,
    pub(crate) url: Option<Sealed>,
    pub(crate) hint: Option<Sealed>,
    pub(crate) code_way: CodeWay,
    pub(crate) code_length: u32,
    pub(crate) expires_at: UnixMs,
    pub(crate) wrong: u32,
    /// The code of the refusal with which it failed.
    pub(crate) refusal: String,
    pub(crate) started_at: UnixMs,
    pub(crate) is_over: bool,
}

const COLUMNS: &str = "id, public_id, account_id, way, step, phone, code_hash, url, hint, \
                       code_way, code_length, expires_at, wrong, refusal, started_at, ended_at";

fn read(row: &Row<'_>) -> rusqlite::Result<LoginRow> {
    let sealed = |column: &str| -> rusqlite::Result<Option<Sealed>> {
        Ok(row
            .get::<_, Option<Vec<u8>>>(column)?
            .map(Sealed::from_stored))
    };
    let (way, step): (String, String) = (row.get("way")?, row.get("step")?);
    let code_way: String = row.get("code_way")?;
    Ok(LoginRow {
        id: row.get("id")?,
        public_id: LoginId(row.get("public_id")?),
        account: row.get::<_, Option<i64>>("account_id")?.map(AccountId),
        // The table allows no other words.
        way: Way::from_word(&way).unwrap_or(Way::Phone),
        step: Progress::from_word(&step).unwrap_or(Progress::Failed),
        phone: sealed("phone")?,
        code_hash: sealed("code_hash")?,
        url: sealed("url")?,
        hint: sealed("hint")?,
        code_way: CodeWay::from_word(&code_way).unwrap_or(CodeWay::Other),
        code_length: row.get("code_length")?,
        expires_at: UnixMs(row.get("expires_at")?),
        wrong: row.get("wrong")?,
        refusal: row.get("refusal")?,
        started_at: UnixMs(row.get("started_at")?),
        is_over: row.get::<_, Option<i64>>("ended_at")?.is_some(),
    })
}

/// A login of that person.
///
/// # Errors
/// When the database cannot be read.
pub(crate) fn login(
    connection: &Connection,
    person: i64,
    id: &LoginId,
) -> anyhow::Result<Option<LoginRow>> {
    let sql =
        format!("SELECT {COLUMNS} FROM telegram_login WHERE public_id = ?1 AND person_id = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let row = statement.query_row(params![id.0, person], read);
    row.optional().context("read a login")
}

/// The person's open login.
///
/// # Errors
/// When the database cannot be read.
pub(crate) fn open_login(connection: &Connection, person: i64) -> anyhow::Result<Option<LoginRow>> {
    let sql =
        format!("SELECT {COLUMNS} FROM telegram_login WHERE person_id = ?1 AND ended_at IS NULL");
    let mut statement = connection.prepare_cached(&sql)?;
    let row = statement.query_row([person], read);
    row.optional().context("read an open login")
}

/// All open logins.
pub(crate) fn open_logins(connection: &Connection) -> anyhow::Result<Vec<LoginRow>> {
    let sql =
        format!("SELECT {COLUMNS} FROM telegram_login WHERE ended_at IS NULL ORDER BY person_id");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([], read)?;
    rows.collect::<Result<_, _>>()
        .context("read the open logins")
}

/// How many logins of a way a person began since then, and when the oldest of them began.
pub(crate) fn count_since(
    connection: &Connection,
    person: i64,
    way: Way,
    since: UnixMs,
) -> anyhow::Result<(u32, UnixMs)> {
    let sql = "SELECT count(*), coalesce(min(started_at), 0) FROM telegram_login
               WHERE person_id = ?1 AND way = ?2 AND started_at > ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let row = statement.query_row(params![person, way.word(), since.0], |row| {
        Ok((row.get(0)?, UnixMs(row.get(1)?)))
    });
    row.context("count logins")
}

/// A login that begins.
#[derive(Debug)]
pub(crate) struct NewLogin<'a> {
    pub(crate) public_id: &'a LoginId,
    pub(crate) person_id: i64,
    pub(crate) account: AccountId,
    pub(crate) way: Way,
    pub(crate) phone: Option<&'a Sealed>,
    pub(crate) now: UnixMs,
}

/// Begins a login; returns its number.
pub(crate) fn begin(tx: &WriteTx<'_>, new: &NewLogin<'_>) -> anyhow::Result<i64> {
    tx.prepare_cached(
        "INSERT INTO telegram_login (public_id, person_id, account_id, way, step, phone, started_at)
         VALUES (?1, ?2, ?3, ?4, 'starting', ?5, ?6)",
    )?
    .execute(params![
        new.public_id.0,
        new.person_id,
        new.account.0,
        new.way.word(),
        new.phone.map(Sealed::stored),
        new.now.0
    ])
    .context("begin a login")?;
    Ok(tx.last_insert_rowid())
}

/// Stores the step of an open login; false if the login is over meanwhile.
pub(crate) fn advance(tx: &WriteTx<'_>, row: &LoginRow) -> anyhow::Result<bool> {
    let stored = |sealed: &Option<Sealed>| sealed.as_ref().map(|value| value.stored().to_vec());
    let changed = tx
        .prepare_cached(
            "UPDATE telegram_login SET step = ?2, code_hash = ?3, url = ?4, hint = ?5, code_way = ?6,
                 code_length = ?7, expires_at = ?8, wrong = ?9 WHERE id = ?1 AND ended_at IS NULL",
        )?
        .execute(params![
            row.id,
            row.step.word(),
            stored(&row.code_hash),
            stored(&row.url),
            stored(&row.hint),
            row.code_way.word(),
            row.code_length,
            row.expires_at.0,
            row.wrong
        ])
        .context("note the step of a login")?;
    Ok(changed > 0)
}

/// Counts a wrong code or password; returns how many there were.
pub(crate) fn wrong(tx: &WriteTx<'_>, id: i64) -> anyhow::Result<u32> {
    tx.prepare_cached("UPDATE telegram_login SET wrong = wrong + 1 WHERE id = ?1 RETURNING wrong")?
        .query_row([id], |row| row.get(0))
        .context("count a wrong code")
}

/// Ends an open login; false if it was over already.
pub(crate) fn end(
    tx: &WriteTx<'_>,
    now: UnixMs,
    id: i64,
    step: Progress,
    refusal: &str,
) -> anyhow::Result<bool> {
    let changed = tx
        .prepare_cached(
            "UPDATE telegram_login SET step = ?2, refusal = ?3, ended_at = ?4, phone = NULL,
                 code_hash = NULL, url = NULL, hint = NULL WHERE id = ?1 AND ended_at IS NULL",
        )?
        .execute(params![id, step.word(), refusal, now.0])
        .context("end a login")?;
    Ok(changed > 0)
}

/// Ends logins without a known answer of Telegram, and those that nobody went on with.
pub(crate) fn end_interrupted(
    tx: &WriteTx<'_>,
    now: UnixMs,
    began_before: UnixMs,
    refusal: &str,
) -> anyhow::Result<()> {
    let mut statement = tx.prepare_cached(
        "SELECT id FROM telegram_login WHERE ended_at IS NULL AND started_at < ?1",
    )?;
    let old: Vec<i64> = statement
        .query_map([began_before.0], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in old {
        end(tx, now, id, Progress::Failed, refusal)?;
    }
    Ok(())
}

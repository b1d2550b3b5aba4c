//! How long stored data is kept.
//!
//! Each room says for its own tables what is old and how it is removed ([`Rule`]). The rules are
//! carried out here, at the start and every hour. `/privacy` is made from the same rules.
//!
//! # Invariants
//! - No transaction removes more than [`CHUNK`] rows, so other writers do not wait.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, UnixMs};
use crate::db::{Connection, Db, WriteTx, facts, size_bytes};
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};

/// Rows forgotten in one transaction at most.
pub(crate) const CHUNK: u32 = 2000;

/// How often old rows are forgotten.
const PERIOD: Duration = Duration::from_secs(3600);

/// The fact that holds how many rows there are.
const ROWS_FACT: &str = "rows";

/// What is kept for a while, and how it is forgotten.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What it is, as the text `kept-<what>` tells people.
    pub what: &'static str,
    /// The table it is in.
    pub table: &'static str,
    /// How long it is kept after it is over.
    pub keep: Duration,
    /// Forgets what was over before a moment, [`CHUNK`] rows at most; returns how many.
    pub prune: fn(&WriteTx<'_>, UnixMs) -> anyhow::Result<usize>,
}

/// What the database takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sizes {
    /// The file, in bytes, now.
    pub bytes: u64,
    /// Rows by table after the last time that old ones were forgotten; counting them takes too long
    /// for an answer.
    pub rows: Vec<(String, u64)>,
}

impl Sizes {
    /// One line for admins: the file's size and the rows by table.
    #[must_use]
    pub(crate) fn line(&self, lang: Lang) -> Html {
        let size = Args::new().text("size", &i18n::megabytes(lang, self.bytes));
        let mut pieces = vec![i18n::html(lang, "status-storage", &size)];
        for (table, n) in &self.rows {
            let key = format!("rows-{table}");
            // A table of an older version may be among those counted.
            if i18n::has(lang, &key) {
                pieces.push(Html::text(&format!("{} {n}", label(lang, &key))));
            }
        }
        Html::join(&pieces, " · ")
    }
}

/// Carries the rules out until the stop.
pub(crate) async fn run(rules: Vec<Rule>, db: Db, clock: Clock, stop: CancellationToken) {
    loop {
        for rule in &rules {
            if let Err(err) = carry_out(*rule, &db, &clock, &stop).await {
                tracing::warn!(what = rule.what, "old rows could not be removed: {err:#}");
            }
        }
        if let Err(err) = count_rows(&rules, &db).await {
            tracing::warn!("rows could not be counted: {err:#}");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}

async fn carry_out(
    rule: Rule,
    db: &Db,
    clock: &Clock,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let before = clock.now().minus(rule.keep);
    loop {
        let gone = db.write(move |tx| (rule.prune)(tx, before)).await?;
        if gone < CHUNK as usize || stop.is_cancelled() {
            return Ok(());
        }
    }
}

async fn count_rows(rules: &[Rule], db: &Db) -> anyhow::Result<()> {
    let mut tables: Vec<&'static str> = rules.iter().map(|rule| rule.table).collect();
    tables.dedup();
    let rows = db.read(move |connection| {
        let count = |table: &'static str| {
            let sql = format!("SELECT count(*) AS kept FROM {table}");
            let n: u64 = connection.query_row(&sql, [], |row| row.get(0))?;
            Ok((table, n))
        };
        tables.into_iter().map(count).collect::<anyhow::Result<_>>()
    });
    let rows: Vec<(&str, u64)> = rows.await?;
    let json = serde_json::to_string(&rows)?;
    let write = db.write_replayable(move |tx| facts::set(tx, ROWS_FACT, &json));
    write.await
}

/// What the database takes, for `/status`.
pub(crate) fn sizes(connection: &Connection) -> anyhow::Result<Sizes> {
    let counted = facts::get(connection, ROWS_FACT)?;
    let counted = counted.and_then(|json| serde_json::from_str(&json).ok());
    Ok(Sizes {
        bytes: size_bytes(connection)?,
        rows: counted.unwrap_or_default(),
    })
}

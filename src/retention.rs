//! How long stored data is kept.
//!
//! Each room declares for its own tables when a row is old and how it is removed: `KEPT` in its
//! `retention.rs`, made of [`Rule`]s. This file applies the rules at the start and every hour.
//! `/privacy` is made from the same rules.
//!
//! # Invariants
//! - No transaction removes more than [`CHUNK`] rows, so other writers do not wait.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, UnixMs};
use crate::db::{Connection, Db, WriteTx, facts, size_bytes};
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};

/// Maximum number of rows removed in one transaction.
pub(crate) const CHUNK: u32 = 2000;

/// How often old rows are removed.
const PERIOD: Duration = Duration::from_secs(3600);

/// The fact that holds the row counts.
const ROWS_FACT: &str = "rows";

/// One kind of data with an expiry.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The data's name: the text `kept-<what>` describes it to people.
    pub what: &'static str,
    pub table: &'static str,
    /// Counted from the moment the row is over.
    pub keep: Duration,
    /// Removes at most [`CHUNK`] rows that were over before the given moment; returns how many.
    pub prune: fn(&WriteTx<'_>, UnixMs) -> anyhow::Result<usize>,
}

/// The size of the database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sizes {
    /// Current size of the file, in bytes.
    pub bytes: u64,
    /// Rows by table, counted after the last pruning: counting takes too long to do per request.
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
            // The counts may include a table of an older version.
            if i18n::has(lang, &key) {
                pieces.push(Html::text(&format!("{} {n}", label(lang, &key))));
            }
        }
        Html::join(&pieces, " · ")
    }
}

/// Applies the rules until the stop.
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

pub(crate) fn sizes(connection: &Connection) -> anyhow::Result<Sizes> {
    let counted = facts::get(connection, ROWS_FACT)?;
    let counted = counted.and_then(|json| serde_json::from_str(&json).ok());
    Ok(Sizes {
        bytes: size_bytes(connection)?,
        rows: counted.unwrap_or_default(),
    })
}

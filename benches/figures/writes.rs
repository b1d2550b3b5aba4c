//! Durable writes: group commit through the writer thread, beside single commits and beside the
//! bare disk.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::task::JoinSet;
use vakhta::testing::db::Db;
use vakhta::testing::tasks::Tasks;

use crate::roles::main_runtime;
use crate::table::{self, ms, quantile, row};
use crate::world;

const PRODUCERS: usize = 64;

/// Rows through the writer thread. Single commits are much slower, so fewer rows suffice.
const ROWS: usize = 50_000;
const SINGLE_ROWS: usize = 2_000;

/// A page is the least that a commit writes.
const PAGE: [u8; 4096] = [7; 4096];

const MAKE: &str = "CREATE TABLE bench (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT";
const INSERT: &str = "INSERT INTO bench (body) VALUES ('a row of about the length of a verdict')";

struct Written {
    took: Duration,
    each: Vec<Duration>,
}

pub(crate) fn measure() -> anyhow::Result<()> {
    let mut rows = vec![row([
        &"durable writes",
        &"rows/s",
        &"p50",
        &"p99",
        &"to the disk",
    ])];
    let disk = disk()?;
    let disk_rate = rate(&disk);
    let ways = [
        ("the disk: fdatasync of 4 KiB, one after the other", disk),
        ("SQLite, one commit per row", single()?),
        ("Db::write, 1 at a time", group(1, SINGLE_ROWS)?),
        ("Db::write, 64 at once", group(PRODUCERS, ROWS)?),
    ];
    for (way, mut written) in ways {
        let rate = rate(&written);
        let (p50, p99) = (
            quantile(&mut written.each, 0.5),
            quantile(&mut written.each, 0.99),
        );
        rows.push(row([
            &way,
            &format!("{rate:.0}"),
            &ms(p50),
            &ms(p99),
            &format!("{:.2}", rate / disk_rate),
        ]));
    }
    table::print("Writes that survive a power cut", &rows);
    Ok(())
}

fn rate(written: &Written) -> f64 {
    written.each.len() as f64 / written.took.as_secs_f64()
}

fn disk() -> anyhow::Result<Written> {
    let folder = world::folder()?;
    let mut file = std::fs::File::create(folder.path().join("pages"))?;
    one_by_one(|| {
        file.write_all(&PAGE)?;
        Ok(file.sync_data()?)
    })
}

fn single() -> anyhow::Result<Written> {
    let folder = world::folder()?;
    let connection = Connection::open(folder.path().join("single.db"))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.execute_batch(MAKE)?;
    let mut insert = connection.prepare(INSERT)?;
    one_by_one(|| {
        insert.execute([])?;
        Ok(())
    })
}

fn one_by_one(mut write: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<Written> {
    let began = Instant::now();
    let mut each = Vec::with_capacity(SINGLE_ROWS);
    for _ in 0..SINGLE_ROWS {
        let began = Instant::now();
        write()?;
        each.push(began.elapsed());
    }
    Ok(Written {
        took: began.elapsed(),
        each,
    })
}

fn group(producers: usize, rows: usize) -> anyhow::Result<Written> {
    main_runtime()?.block_on(async {
        let folder = world::folder()?;
        let (db, end) = Db::open(&folder.path().join("group.db"), &Tasks::new())?;
        db.write(|tx| Ok(tx.execute_batch(MAKE)?)).await?;
        let left = Arc::new(AtomicUsize::new(rows));
        let began = Instant::now();
        let mut writing = JoinSet::new();
        for _ in 0..producers {
            writing.spawn(produce(db.clone(), Arc::clone(&left)));
        }
        let each = writing
            .join_all()
            .await
            .into_iter()
            .collect::<anyhow::Result<Vec<_>>>()?;
        let took = began.elapsed();
        drop(db);
        end.wait(Duration::from_secs(5)).await;
        Ok(Written {
            took,
            each: each.concat(),
        })
    })
}

async fn produce(db: Db, left: Arc<AtomicUsize>) -> anyhow::Result<Vec<Duration>> {
    let mut each = Vec::new();
    while left
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(1)
        })
        .is_ok()
    {
        let began = Instant::now();
        db.write(|tx| Ok(tx.prepare_cached(INSERT)?.execute([])?))
            .await?;
        each.push(began.elapsed());
    }
    Ok(each)
}

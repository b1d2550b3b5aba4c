//! The database against a real file: groups, faults, foreign writers, backups.

use std::time::Duration;

use super::testing::Store;
use super::*;

const LIMIT: Duration = Duration::from_secs(10);

async fn facts(db: &Db) -> i64 {
    db.read(|c| Ok(c.query_row("SELECT count(*) FROM fact", [], |row| row.get(0))?))
        .await
        .unwrap()
}

fn insert(tx: &WriteTx<'_>, key: &str) -> anyhow::Result<()> {
    tx.execute("INSERT INTO fact (key, value) VALUES (?1, '')", [key])?;
    Ok(())
}

#[tokio::test]
async fn a_failed_request_takes_back_its_own_changes_only() {
    let t = Store::new();
    let (good, bad, panicking) = tokio::join!(
        t.db.write(|tx| insert(tx, "good")),
        t.db.write(|tx| {
            insert(tx, "bad")?;
            Err::<(), _>(anyhow::anyhow!("changed my mind"))
        }),
        t.db.write(|tx| -> anyhow::Result<()> {
            insert(tx, "worse")?;
            panic!("as the test wants")
        }),
    );
    good.unwrap();
    assert_eq!(bad.unwrap_err().to_string(), "changed my mind");
    assert!(matches!(
        panicking.unwrap_err().downcast_ref(),
        Some(DbError::Panicked)
    ));
    assert_eq!(facts(&t.db).await, 1);
}

#[tokio::test]
async fn readers_cannot_write() {
    let t = Store::new();
    let result = t.db.read(|c| Ok(c.execute("DELETE FROM fact", [])?)).await;
    assert!(format!("{:#}", result.unwrap_err()).contains("readonly"));
}

/// More than the queue has room for; few enough that a slow disk takes them before the patience
/// ends.
const MANY: usize = WRITE_QUEUE + 200;

#[tokio::test]
async fn many_writers_at_once_all_succeed() {
    let t = Store::new();
    let all = (0..MANY).map(|i| {
        let db = t.db.clone();
        async move { db.write(move |tx| insert(tx, &i.to_string())).await }
    });
    for result in futures_util::future::join_all(all).await {
        result.unwrap();
    }
    assert_eq!(facts(&t.db).await, i64::try_from(MANY).unwrap());
    assert_eq!(t.db.writes_waiting(), 0);
}

#[tokio::test]
async fn a_commit_of_another_process_rings() {
    let t = Store::new();
    t.db.write(|tx| insert(tx, "own")).await.unwrap();
    let other = Connection::open(t.db.path()).unwrap();
    other
        .execute("INSERT INTO fact (key, value) VALUES ('foreign', '')", [])
        .unwrap();
    tokio::time::timeout(LIMIT, t.db.foreign_write().rung())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_lock_held_elsewhere_is_an_error_for_the_group_and_over_afterwards() {
    let t = Store::new();
    let other = Connection::open(t.db.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = t.db.write(|tx| insert(tx, "late")).await.unwrap_err();
    assert!(format!("{error:#}").contains("locked"), "{error:#}");
    other.execute_batch("ROLLBACK").unwrap();
    t.db.write(|tx| insert(tx, "late")).await.unwrap();
    assert_eq!(facts(&t.db).await, 1);
}

#[tokio::test]
async fn a_backup_of_a_live_database_is_whole_and_never_overwrites() {
    let t = Store::new();
    t.db.write(|tx| insert(tx, "kept")).await.unwrap();
    let copy = t.folder.path().join("copy.db");
    backup(t.db.path(), &copy).unwrap();
    backup(t.db.path(), &copy).unwrap_err();
    let (restored, _end) = Db::open(&copy, &t.tasks).unwrap();
    assert_eq!(facts(&restored).await, 1);
}

#[tokio::test]
async fn the_writer_ends_when_the_last_handle_is_gone() {
    let t = Store::new();
    let clone = t.db.clone();
    drop(t.db);
    clone.write(|tx| insert(tx, "last")).await.unwrap();
    drop(clone);
    assert!(t.end.wait(LIMIT).await);
    let wal = t.folder.path().join("t.db-wal");
    assert_eq!(wal.metadata().map_or(0, |m| m.len()), 0);
}

#[test]
fn what_is_no_database_is_refused_unharmed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let text = "dear diary, this is not a database at all. ".repeat(40);
    std::fs::write(&path, &text).unwrap();
    let error = Db::open(&path, &Tasks::new()).unwrap_err();
    assert!(format!("{error:#}").contains("not a database"), "{error:#}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_full_disk_fails_the_request_and_harms_nothing() {
    let t = Store::new();
    t.db.write(|tx| insert(tx, "before")).await.unwrap();
    // SQLite's own limit on pages simulates a full disk.
    let limit = |pages: i64| {
        t.db.write(move |tx| {
            tx.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
            Ok(())
        })
    };
    limit(1).await.unwrap();
    let big = "x".repeat(4 * 1024 * 1024);
    let (full, beside) = tokio::join!(
        t.db.write(move |tx| insert(tx, &big)),
        t.db.write(|tx| insert(tx, "beside"))
    );
    let error = full.unwrap_err();
    assert!(format!("{error:#}").contains("full"), "{error:#}");
    // A small request in the same group may have failed with it, but never half.
    let kept = 1 + i64::from(beside.is_ok());
    assert_eq!(facts(&t.db).await, kept);
    limit(1_000_000).await.unwrap();
    t.db.write(|tx| insert(tx, "after")).await.unwrap();
    assert_eq!(facts(&t.db).await, kept + 1);
}

fn sync_level(tx: &WriteTx<'_>) -> anyhow::Result<i64> {
    Ok(tx.pragma_query_value(None, "synchronous", |row| row.get(0))?)
}

#[tokio::test]
async fn only_replayable_commits_leave_the_sync_to_the_next() {
    const FULL: i64 = 2;
    const NORMAL: i64 = 1;
    let t = Store::new();
    for _ in 0..2 {
        let replayable = |tx: &WriteTx<'_>| {
            insert(tx, &fastrand::u64(..).to_string())?;
            sync_level(tx)
        };
        assert_eq!(t.db.write_replayable(replayable).await.unwrap(), NORMAL);
        assert_eq!(t.db.write(sync_level).await.unwrap(), FULL);
        // They wait in the queue together and still do not share a transaction.
        let (replayed, synced) =
            tokio::join!(t.db.write_replayable(replayable), t.db.write(sync_level));
        assert_eq!((replayed.unwrap(), synced.unwrap()), (NORMAL, FULL));
    }
    assert_eq!(facts(&t.db).await, 4);
}

/// Fills a page of the log with each row.
fn fill(tx: &WriteTx<'_>, rows: usize) -> anyhow::Result<()> {
    let sql = "INSERT INTO fact (key, value) VALUES (hex(randomblob(16)), hex(zeroblob(2000)))";
    for _ in 0..rows {
        tx.prepare_cached(sql)?.execute(())?;
    }
    Ok(())
}

/// Pages in the log, and how many of them were copied into the file.
async fn log_pages(db: &Db) -> (i64, i64) {
    let sql = "PRAGMA wal_checkpoint(NOOP)";
    db.read(|c| Ok(c.query_row(sql, [], |row| Ok((row.get(1)?, row.get(2)?)))?))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_long_log_is_carried_over_while_the_writer_goes_on() {
    let t = Store::new();
    while log_pages(&t.db).await.0 < checkpoint::PAGES {
        t.db.write_replayable(|tx| fill(tx, 500)).await.unwrap();
    }
    // Slowly from here: the writer's own checkpoint would come too, but only at a log four times as
    // long.
    let carried_over = async {
        while log_pages(&t.db).await.1 == 0 {
            t.db.write(|tx| fill(tx, 1)).await.unwrap();
        }
    };
    tokio::time::timeout(LIMIT, carried_over).await.unwrap();
    let (pages, _) = log_pages(&t.db).await;
    assert!(pages < i64::from(FALLBACK_PAGES), "{pages}");
}

#[tokio::test]
async fn a_log_that_grew_in_a_burst_gives_its_disk_back() {
    let t = Store::new();
    let log = t.folder.path().join("t.db-wal");
    let length = || std::fs::metadata(&log).unwrap().len();
    t.db.write(|tx| {
        let sql = "INSERT INTO fact (key, value) VALUES ('large', hex(zeroblob(?1)))";
        Ok(tx.execute(sql, [LOG_KEPT])?)
    })
    .await
    .unwrap();
    assert!(length() > u64::from(LOG_KEPT) * 3 / 2);
    // More arrives while the first part is being copied.
    for n in 0..9 {
        t.db.write(move |tx| insert(tx, &n.to_string()))
            .await
            .unwrap();
    }
    let carried_over = async {
        let left = |c: &Connection| {
            let sql = "PRAGMA wal_checkpoint(NOOP)";
            let left = c.query_row(sql, [], |row| {
                Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?)
            });
            Ok(left?)
        };
        while t.db.read(left).await.unwrap() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LIMIT, carried_over).await.unwrap();
    t.db.write(|tx| insert(tx, "after it")).await.unwrap();
    assert!(length() <= u64::from(LOG_KEPT));
}

//! Tests of `slices/admin/store.rs`.

use super::*;
use crate::telegram::tests::kit::Store;

const NOW: UnixMs = UnixMs(1_000_000);

#[tokio::test]
async fn a_page_that_was_read_before_the_stop_is_not_written_after_it() {
    let t = Store::new();
    let rows = t
        .write(|tx| {
            tx.execute(
                "INSERT INTO person (id, role, created_at) VALUES (7, 'user', 0)",
                [],
            )?;
            let id = begin(tx, NOW, 1, "words")?;
            let read = open(tx)?.context("it is open")?;
            assert!(stop(tx, id)?);
            fill(tx, NOW, &read, &Html::text("words"), 10)?;
            Ok(tx.query_row("SELECT count(*) FROM outbox", [], |row| {
                row.get::<_, i64>(0)
            })?)
        })
        .await;
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn broadcasts_are_forgotten_after_they_are_over() {
    let t = Store::new();
    let forgotten = t
        .write(|tx| {
            let over = begin(tx, NOW, 1, "words")?;
            begin(tx, NOW, 1, "words")?;
            stop(tx, over)?;
            close(tx, NOW, over)?;
            Ok((prune(tx, NOW)?, prune(tx, UnixMs(NOW.0 + 1))?))
        })
        .await;
    assert_eq!(forgotten, (0, 1));
}

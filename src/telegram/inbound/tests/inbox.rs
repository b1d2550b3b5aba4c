//! The inbox on a temp file.

use super::*;
use crate::clock::days;
use crate::telegram::tests::kit::Store;

fn arrived(update_id: i64, chat_id: i64) -> Arrived {
    Arrived {
        update_id,
        chat_id,
        body: format!("{{\"update_id\":{update_id}}}"),
    }
}

#[tokio::test]
async fn repeats_are_left_out_and_chats_are_found() {
    let t = Store::new();
    let batch = vec![arrived(10, 1), arrived(11, 2), arrived(12, 1)];
    t.write(move |tx| store(tx, UnixMs(1), &batch, &[])).await;
    // A lower number is not an old one: after a week of silence the numbers restart at random.
    let again = vec![arrived(11, 2), arrived(3, 2)];
    assert_eq!(
        t.write(move |tx| store(tx, UnixMs(2), &again, &[])).await,
        4
    );
    assert_eq!(t.read(|c| chats_waiting(c, 9)).await, [2, 1]);
    assert_eq!(t.read(|c| next(c, 2)).await.len(), 2);
    assert!(t.write(|tx| mark_done(tx, UnixMs(3), 10)).await);
    assert!(!t.write(|tx| mark_done(tx, UnixMs(3), 10)).await);
    assert_eq!(t.read(|c| next(c, 1)).await[0].update_id, 12);
}

#[tokio::test]
async fn old_rows_go_and_waiting_ones_stay() {
    let t = Store::new();
    let bad = Unreadable {
        update_id: Some(7),
        kind: "message".to_owned(),
        problem: String::new(),
    };
    let long = "я".repeat(20_000);
    t.write(move |tx| {
        store(
            tx,
            UnixMs(0),
            &[arrived(1, 1), arrived(2, 1)],
            &[(bad, long)],
        )
    })
    .await;
    t.write(|tx| mark_done(tx, UnixMs(0), 1)).await;
    let size: i64 = t
        .read(|c| {
            Ok(
                c.query_row("SELECT octet_length(body) FROM quarantine", (), |r| {
                    r.get(0)
                })?,
            )
        })
        .await;
    assert_eq!(size, 16 * 1024);
    let later = UnixMs(0).plus(days(8));
    t.write(move |tx| {
        Ok((
            prune_done(tx, later.minus(KEEP_DONE))?,
            prune_quarantine(tx, later.minus(KEEP_QUARANTINE))?,
        ))
    })
    .await;
    assert_eq!(
        t.read(counts).await,
        InboxCounts {
            waiting: 1,
            quarantined: 0
        }
    );
    let rows: i64 = t
        .read(|c| Ok(c.query_row("SELECT count(*) FROM inbox", (), |r| r.get(0))?))
        .await;
    assert_eq!(rows, 1);
}

//! Tests of `slices/watch/store/days.rs`.

use super::*;
use crate::db::testing::Store;

#[tokio::test]
async fn days_add_up_and_are_forgotten() {
    let store = Store::new();
    let db = &store.db;
    let tally = SiteTally {
        counts: RunCounts {
            found: 1,
            not_found: 2,
            errors: 3,
        },
        probes: 7,
        probing: Duration::from_millis(1500),
    };
    let tallies = [("github", tally), ("idle", SiteTally::default())];
    for day in ["2026-11-20", "2026-11-21", "2026-11-21"] {
        db.write(move |tx| count_day(tx, day, tallies))
            .await
            .unwrap();
    }
    let all = db.read(|c| days(c, "2026-11-20")).await.unwrap();
    assert_eq!(all.len(), 2, "{all:?}");
    let last = all.last().unwrap();
    assert_eq!((last.day.as_str(), last.tally.probes), ("2026-11-21", 14));
    assert_eq!(last.tally.counts.checked(), 12);
    assert_eq!(last.tally.probing, Duration::from_secs(3));
    // 21 November 2026, 12:00 UTC.
    let gone = db.write(|tx| prune(tx, UnixMs(1_795_262_400_000)));
    assert_eq!(gone.await.unwrap(), 1);
}

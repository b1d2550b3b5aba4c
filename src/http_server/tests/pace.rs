//! Tests of `http_server/pace.rs`.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_minutes_worth_at_once_then_one_after_the_other() {
    let pace = Pace::per_minute(3);
    for _ in 0..3 {
        pace.take(1).unwrap();
    }
    assert_eq!(pace.take(1), Err(Duration::from_secs(20)));
    pace.take(2).unwrap();
    tokio::time::advance(Duration::from_secs(15)).await;
    assert_eq!(pace.take(1), Err(Duration::from_secs(5)));
    tokio::time::advance(Duration::from_secs(5)).await;
    pace.take(1).unwrap();
    pace.take(1).unwrap_err();
}

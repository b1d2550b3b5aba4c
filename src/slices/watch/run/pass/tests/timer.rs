//! Tests of `slices/watch/run/pass/timer.rs`.

use std::time::Duration;

use super::*;

#[tokio::test(start_paused = true)]
async fn it_rings_once_at_the_earliest_moment_it_was_set_to() {
    let start = Instant::now();
    let second = Duration::from_secs(1);
    let mut timer = PassTimer::default();
    let silence = tokio::time::timeout(9 * second, timer.rings()).await;
    assert!(silence.is_err(), "nobody set it");
    timer.set(start + 20 * second);
    timer.set(start + 15 * second);
    timer.set(start + 30 * second);
    timer.rings().await;
    assert_eq!(start.elapsed(), 15 * second);
    let silence = tokio::time::timeout(30 * second, timer.rings()).await;
    assert!(silence.is_err(), "it rings once");
    timer.set(start + 50 * second);
    timer.rings().await;
    assert_eq!(start.elapsed(), 50 * second);
}

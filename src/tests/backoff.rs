//! Tests of `backoff.rs`.

use super::*;

#[test]
fn it_grows_to_its_limit_and_starts_anew() {
    let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
    assert!(backoff.next() <= Duration::from_millis(500));
    for _ in 0..100 {
        backoff.next();
    }
    let most = backoff.next();
    assert!(most >= Duration::from_secs(15) && most <= Duration::from_secs(30));
    backoff.reset();
    assert!(backoff.next() <= Duration::from_millis(500));
}

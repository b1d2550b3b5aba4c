//! Tests of `clock.rs`.

use super::*;

#[test]
fn a_clock_set_back_gives_no_negative_duration() {
    let clock = Clock::set_to(UnixMs(10_000));
    let before = clock.now();
    clock.set(UnixMs(4_000));
    assert_eq!(clock.now().since(before), Duration::ZERO);
    clock.advance(Duration::from_secs(7));
    assert_eq!(clock.now().since(before), Duration::from_secs(1));
}

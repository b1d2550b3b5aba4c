//! Tests of `slices/watch/run/brake.rs`.

use super::*;

#[test]
fn everybody_and_more_than_ten() {
    for (news, answered, expected) in [
        (10, 10, false),
        (11, 11, true),
        (11, 12, false),
        (0, 0, false),
    ] {
        assert_eq!(
            is_everybody(news, answered),
            expected,
            "{news} of {answered}"
        );
    }
    // Until somebody is no news, everybody may be.
    for (accounts, is_asked, is_change, all_held, expected) in [
        (11, false, false, true, true),
        (11, false, false, false, false),
        (10, false, false, true, false),
        (10, false, true, false, true),
        (9, false, true, true, false),
        (9, true, true, true, true),
        (9, true, false, true, false),
    ] {
        let holds = Braking::new(accounts, is_asked).holds(is_change, all_held);
        assert_eq!(
            holds, expected,
            "{accounts} {is_asked} {is_change} {all_held}"
        );
    }
}

#[test]
fn more_than_half_and_at_least_ten() {
    for (changed, answered, expected) in [
        (9, 9, false),
        (10, 10, true),
        (10, 19, true),
        (10, 20, false),
        (11, 20, true),
        (12, 137, false),
        (500_001, 1_000_000, true),
        (500_000, 1_000_000, false),
    ] {
        assert_eq!(
            is_mass_change(changed, answered),
            expected,
            "{changed} of {answered}"
        );
    }
}

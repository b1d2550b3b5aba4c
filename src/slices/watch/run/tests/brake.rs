//! Tests of `slices/watch/run/brake.rs`.

use super::*;

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

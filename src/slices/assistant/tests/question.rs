//! Stored words, and the time limits of an attempt.

use super::*;

#[test]
fn no_reason_both_passes_and_concerns_the_operator_and_a_call_ends_before_its_lease() {
    for (_, reason) in Reason::WORDS {
        assert!(!(reason.passes() && reason.concerns_operator()));
    }
    assert!(LONGEST_CALL < LEASE);
}

//! Tests of `slices/settings/parts.rs`.

use super::*;

#[test]
fn distances_are_spoken_shortly() {
    assert_eq!(spoken_offset(0), "UTC");
    assert_eq!(spoken_offset(10_800), "UTC+3");
    assert_eq!(spoken_offset(-12_600), "UTC-3:30");
}

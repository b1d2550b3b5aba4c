//! Tests of `suggest.rs`.

use super::*;

#[test]
fn a_near_miss_finds_its_word_and_a_strange_word_none() {
    let known = ["workers", "list", "status", "min_gap", "db", "per_site"];
    for (typed, word) in [
        ("worker", Some("workers")),
        ("wrokers", Some("workers")),
        ("lst", Some("list")),
        ("sttaus", Some("status")),
        ("MinGap", Some("min_gap")),
        ("pre-site", Some("per_site")),
        ("dc", None),
        ("lamp", None),
        ("", None),
    ] {
        assert_eq!(meant(typed, known), word, "{typed}");
    }
    assert_eq!(meant(&"list".repeat(1000), known), None);
}

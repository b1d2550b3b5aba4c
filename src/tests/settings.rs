//! Tests of `settings.rs`.

use super::*;

#[test]
fn all_problems_are_named_with_key_value_and_range() {
    let mut problems = Problems::default();
    let values = "workers = 0\ntimeout = \"soon\"\nnotify = \"loud\"\nworker = 3"
        .parse()
        .unwrap();
    let overrides = BTreeMap::from([("min_gap".to_owned(), "2s".to_owned())]);
    let mut section = Section::new("watch", Path::new("/c"), values, overrides, &mut problems);
    assert_eq!(section.integer("workers", 3, 1..=512), 3);
    let second = Duration::from_secs(1);
    assert_eq!(
        section.duration("timeout", second, second..=second * 60),
        second
    );
    assert_eq!(
        section.duration("min_gap", second, second..=second * 60),
        second * 2
    );
    assert!(section.choice("notify", true, &[("quiet", true), ("news", false)]));
    section.finish();
    let lines: Vec<&str> = problems.iter().collect();
    assert_eq!(
        lines,
        [
            "watch.workers: given 0, allowed is a whole number from 1 to 512",
            "watch.timeout: given \"soon\", allowed is a time with its unit from \"1s\" to \"1m\"",
            "watch.notify: given \"loud\", allowed is one of \"quiet\", \"news\"",
            "watch.worker: there is no such key",
        ]
    );
}

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
            "watch.worker: there is no such key; did you mean workers?",
        ]
    );
}

#[test]
fn a_wrong_variable_is_blamed_and_the_file_is_not() {
    let mut problems = Problems::default();
    let overrides = [
        ("timeout", "soon"),
        ("wrokers", "3"),
        ("notify", "\"loud\""),
    ];
    let overrides = overrides.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let values = Table::new();
    let mut section = Section::new(
        "watch",
        Path::new(""),
        values,
        overrides.into(),
        &mut problems,
    );
    let second = Duration::from_secs(1);
    section.duration("timeout", second, second..=second * 60);
    section.integer("workers", 3, 1..=512);
    section.choice("notify", true, &[("quiet", true)]);
    section.finish();
    let lines: Vec<&str> = problems.iter().collect();
    assert_eq!(
        lines,
        [
            "watch.timeout: given \"soon\", allowed is a time with its unit from \"1s\" to \"1m\" \
             (set by VAKHTA_WATCH_TIMEOUT)",
            "watch.notify: given \"loud\", allowed is one of \"quiet\" (set by VAKHTA_WATCH_NOTIFY)",
            "VAKHTA_WATCH_WROKERS: there is no key watch.wrokers; did you mean VAKHTA_WATCH_WORKERS?",
        ]
    );
    assert!(!problems.is_file_wrong());
    problems.add("something in the file");
    assert!(problems.is_file_wrong());
}

#[test]
fn a_variable_may_be_written_as_messages_show_values() {
    let mut problems = Problems::default();
    let overrides = [
        ("admins", "[1, 2]"),
        ("files", "[\"a\", 'b']"),
        ("plain", "a, b"),
        ("level", "\"info\""),
        ("listen", "[::1]:80"),
        ("single", "'info'"),
        ("quoted", "'[1, 2]'"),
        ("more", "\"['a', 'b']\""),
        ("spaced", " [1, 2]\n"),
        ("yes", "'true'"),
        ("name", "'tis"),
        ("wait", "\"10s\""),
    ];
    let overrides = overrides.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let values = Table::new();
    let mut section = Section::new("x", Path::new(""), values, overrides.into(), &mut problems);
    assert_eq!(section.integers("admins"), [1, 2]);
    assert_eq!(section.strings("files"), ["a", "b"]);
    assert_eq!(section.strings("plain"), ["a", "b"]);
    assert_eq!(section.string("level", ""), "info");
    assert_eq!(section.string("listen", ""), "[::1]:80");
    assert_eq!(section.string("single", ""), "info");
    assert_eq!(section.integers("quoted"), [1, 2]);
    assert_eq!(section.strings("more"), ["a", "b"]);
    assert_eq!(section.integers("spaced"), [1, 2]);
    assert!(section.boolean("yes", false));
    assert_eq!(section.string("name", ""), "'tis");
    let second = Duration::from_secs(1);
    let wait = section.duration("wait", second, second..=second * 60);
    assert_eq!(wait, second * 10);
    section.finish();
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn only_regular_files_are_read_and_none_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
    for path in [&pipe, folder.path(), Path::new("/dev/zero")] {
        let err = open_file(path).unwrap_err().to_string();
        assert!(err.contains("not a regular file"), "{path:?}: {err}");
        read_private(path).unwrap_err();
    }
}

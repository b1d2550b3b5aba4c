//! A test that uses the machine's clock must contain no fixed date, because one day it would fail
//! everywhere.

use std::path::Path;

use super::{everything, is_test_file};

/// Signs that a test uses the machine's clock: it reads the time, or starts a program that does.
const MACHINE_CLOCK: &[&str] = &[
    "crate::process",
    "Clock::system(",
    "SystemTime",
    "CARGO_BIN_EXE",
    "current_exe(",
];

/// From 2017 to 2033.
const UNIX_SECONDS: std::ops::Range<i64> = 1_500_000_000..2_000_000_000;

/// The test code in a file, possibly empty.
fn test_code<'a>(path: &Path, text: &'a str) -> &'a str {
    if !path.starts_with("src") || is_test_file(path) {
        return text;
    }
    text.split_once("\n#[cfg(test)]\nmod ")
        .map_or("", |(_, tests)| tests)
}

fn goes_by_the_machine(text: &str) -> bool {
    let unset = text.contains("Options::bot(") && !text.contains("clock:");
    unset || MACHINE_CLOCK.iter().any(|sign| text.contains(sign))
}

/// The first fixed date of a text: a unix time in seconds or milliseconds, a day of this century,
/// or the start of the whole-bot tests.
fn fixed_date(text: &str) -> Option<&str> {
    let is_piece = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
    text.split(|c| !is_piece(c)).find(|piece| {
        let number = piece.trim_end_matches("i64").replace('_', "").parse();
        let unix = number.is_ok_and(|number: i64| {
            UNIX_SECONDS.contains(&number) || UNIX_SECONDS.contains(&(number / 1000))
        });
        // `2026-11-21`, with a time or without, and `21.11.2026`.
        let numbers: Vec<&str> = piece.split(['-', '.', 'T', ':']).collect();
        let calendar = match numbers.get(..3) {
            Some([a, b, c]) => {
                let shape = [a.len(), b.len(), c.len()];
                let numeric = [a, b, c]
                    .iter()
                    .all(|part| part.chars().all(|c| c.is_ascii_digit()));
                numeric
                    && (shape == [4, 2, 2] && a.starts_with("20")
                        || shape == [2, 2, 4] && c.starts_with("20"))
            }
            _ => false,
        };
        unix || calendar || *piece == "START"
    })
}

#[test]
fn nothing_that_goes_by_the_machines_clock_has_a_date_of_its_own() {
    for (path, text) in everything() {
        if path.ends_with("dates.rs") {
            continue;
        }
        let tests = test_code(&path, &text);
        let date = fixed_date(tests).filter(|_| goes_by_the_machine(tests));
        assert_eq!(
            date,
            None,
            "{} goes by the machine's clock: reckon from that clock's now",
            path.display()
        );
        // The scheduler uses the machine's clock, whatever the test sets.
        for schedule in tests.split("schedule = \\\"").skip(1) {
            let fields: Vec<&str> = schedule.split(['\\', ' ']).take(5).collect();
            let day = fields
                .get(3..5)
                .is_some_and(|day| day.iter().all(|field| field.parse::<u8>().is_ok()));
            assert!(!day, "{} has a schedule on a fixed day", path.display());
        }
    }
}

#[test]
fn dates_are_told_from_other_numbers() {
    for date in [
        "UnixMs(1_795_275_300_000)",
        "VALUES (1795275300)",
        "\"2026-11-21T18:35:00+03:00\"",
        "до 21.11.2026 18:35",
        "admit(tx, START, 7)",
    ] {
        assert!(fixed_date(date).is_some(), "{date}");
    }
    for other in ["1_000_000_000", "127.0.0.1:9", "1.2.3", "STARTS", "0-0-0"] {
        assert_eq!(fixed_date(other), None, "{other}");
    }
}

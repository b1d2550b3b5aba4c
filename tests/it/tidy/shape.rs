//! The shape of files: how they open, how long they and their functions are, and what they must not
//! contain.

use super::{everything, files, is_test_file};

/// Maximum lines of a file; more than 400 is already a reason to split.
const LONGEST_FILE: usize = 600;

/// Maximum lines of a function.
const LONGEST_FUNCTION: usize = 80;

/// Maximum columns of a line of code, for strings that the formatter cannot break.
const WIDEST_LINE: usize = 190;

/// Maximum columns of a comment; a link may be longer.
const WIDEST_COMMENT: usize = 100;

/// Maximum words of an invariant.
const LONGEST_INVARIANT: usize = 20;

#[test]
fn every_file_opens_with_what_lives_there() {
    for (path, text) in everything() {
        assert!(
            text.starts_with("//! "),
            "{} does not open with //!",
            path.display()
        );
    }
}

#[test]
fn files_are_short() {
    for (path, text) in everything() {
        let lines = text.lines().count();
        assert!(
            lines <= LONGEST_FILE,
            "{} has {lines} lines",
            path.display()
        );
    }
}

#[test]
fn tests_do_not_sleep_and_nothing_is_left_undone() {
    for (path, text) in everything() {
        if path.ends_with("shape.rs") {
            continue;
        }
        // Lints already refuse the macros for missing code.
        for word in ["TODO", "FIXME", "XXX"] {
            assert!(!text.contains(word), "{} contains {word}", path.display());
        }
        let is_test = path.starts_with("tests") || is_test_file(&path);
        let sleeps = text.contains("time::sleep(") || text.contains("thread::sleep");
        assert!(!(is_test && sleeps), "{} sleeps", path.display());
    }
}

#[test]
fn functions_fit_a_screen() {
    for (path, text) in files("src") {
        if is_test_file(&path) {
            continue;
        }
        let mut begins: Option<(usize, usize, &str)> = None;
        for (n, line) in text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let opens = line.trim_start();
            let is_function = [
                "fn ",
                "pub fn ",
                "async fn ",
                "pub async fn ",
                "pub(crate) fn ",
                "pub(super) fn ",
                "pub(crate) async fn ",
                "pub(super) async fn ",
            ]
            .iter()
            .any(|head| opens.starts_with(head));
            if is_function && begins.is_none() {
                begins = Some((n, indent, opens));
            }
            if let Some((first, own, name)) = begins
                && indent == own
                && (opens == "}" || (n == first && opens.ends_with('}')))
            {
                let lines = n - first + 1;
                assert!(
                    lines <= LONGEST_FUNCTION,
                    "{}: {name} has {lines} lines",
                    path.display()
                );
                begins = None;
            }
        }
    }
}

#[test]
fn lines_are_not_wide() {
    for (path, text) in files("src") {
        for (n, line) in text.lines().enumerate() {
            let is_comment = line.trim_start().starts_with("//") && !line.contains("http");
            let widest = match is_comment {
                true => WIDEST_COMMENT,
                false => WIDEST_LINE,
            };
            let columns = line.chars().count();
            let place = format!("{}:{}", path.display(), n + 1);
            let is_string = is_test_file(&path) && !is_comment;
            assert!(
                columns <= widest || is_string,
                "{place} has {columns} columns"
            );
        }
    }
}

/// One layout: `<room>/tests/`, never `foo_tests.rs` beside the code.
#[test]
fn tests_are_in_folders_of_their_own() {
    for (path, _) in files("src") {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_astray = name == "tests" || name.ends_with("_tests") || name.starts_with("tests_");
        assert!(!is_astray, "{} belongs in a folder tests", path.display());
    }
}

#[test]
fn invariants_are_short_bullets() {
    for (path, text) in files("src") {
        let header = text.lines().take_while(|line| line.starts_with("//!"));
        let mut words: Option<usize> = None;
        for line in header
            .skip_while(|line| *line != "//! # Invariants")
            .skip(1)
        {
            let line = line.trim_start_matches("//!").trim();
            if line.starts_with('#') {
                break;
            }
            let bullet = line.strip_prefix("- ");
            words = match (bullet, words) {
                (Some(bullet), _) => Some(bullet.split_whitespace().count()),
                (None, Some(words)) => Some(words + line.split_whitespace().count()),
                (None, None) => None,
            };
            let within = words.is_none_or(|words| words <= LONGEST_INVARIANT);
            assert!(
                within,
                "{}: an invariant is too long: {line}",
                path.display()
            );
        }
    }
}

#[test]
fn nothing_reaches_out_of_the_project() {
    for (path, text) in everything() {
        if path.ends_with("shape.rs") {
            continue;
        }
        assert!(!text.contains("../shared"), "{}", path.display());
        let is_code = !is_test_file(&path) && path.starts_with("src");
        assert!(
            !(is_code && text.contains("Must stay true")),
            "{}",
            path.display()
        );
    }
}

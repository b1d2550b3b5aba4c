//! The rules of the house, read from the source.

mod crates;
mod dates;
mod rooms;
mod shape;
mod tables;

use std::path::{Path, PathBuf};

fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

pub(crate) fn everything() -> Vec<(PathBuf, String)> {
    ["src", "tests", "benches"]
        .into_iter()
        .flat_map(files)
        .collect()
}

/// The layout of tests: a folder `tests` in the room they test.
pub(crate) fn is_test_file(path: &Path) -> bool {
    path.iter().any(|part| part == "tests")
}

/// The code of a file without its comments and its tests.
fn code(text: &str) -> String {
    let before_tests = text.split("\n#[cfg(test)]\nmod ").next().unwrap();
    before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

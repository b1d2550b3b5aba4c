//! Tests of `slices/watch/site/likeness.rs`.

use super::*;
use crate::slices::watch::site::entry::SiteEntry;

/// A site with further lines.
fn site(more: &str) -> Site {
    let entry = format!(
        "key = \"a\"\nurl = \"https://a.example/{{name}}\"\n\
         exists = {{ status = [200] }}\nmissing = {{ status = [404] }}\n{more}"
    );
    let entry: SiteEntry = toml::from_str(&entry).unwrap();
    entry.into_site(false).unwrap()
}

/// Names of different shapes; the plain one first.
const NAMES: [&str; 23] = [
    "octocat",
    "mr.smith",
    "mr-smith",
    "mr_smith",
    "mr+smith",
    "Octocat",
    "4chan",
    "1234567",
    "_anna",
    "anna.",
    "анна",
    "Анна",
    "Жук-7",
    "李小龙先生",
    "a.b-c_d",
    "ab",
    "abc",
    "Ab",
    "a-very-long-name-of-thirty-chars",
    "averyveryverylongname",
    "ivan.ЖУК",
    "😀😀😀😀",
    "X_x.9-Y",
];

#[test]
fn names_that_sites_treat_differently_differ_in_shape() {
    for (at, name) in NAMES.iter().enumerate() {
        for other in NAMES.iter().skip(at + 1) {
            assert_ne!(Shape::of(name), Shape::of(other), "{name} {other}");
        }
    }
    for (name, other) in [
        ("octocat", "qwerty42"),
        ("mr.smith", "anna.b.c"),
        ("4chan", "7up777"),
        ("анна", "ёлка1"),
    ] {
        assert_eq!(Shape::of(name), Shape::of(other), "{name} {other}");
    }
    assert!(Shape::of(site("").random_name().unwrap().as_str()).is_plain());
}

#[test]
fn a_random_name_has_the_shape_of_its_model_and_is_no_name_of_anybody() {
    for site in [site(""), site("control = \"known\"")] {
        for model in NAMES {
            for close in [false, true] {
                let name = site.random_like(model, close).unwrap();
                let name = name.as_str();
                assert_eq!(Shape::of(name), Shape::of(model), "{name} {model}");
                assert_ne!(name, model);
                let random = name.chars().filter(|c| c.is_alphanumeric()).count();
                assert!(random >= 6 || model.chars().count() <= 3, "{name}");
            }
        }
    }
}

#[test]
fn a_known_name_gets_a_tail_from_each_sign_on() {
    let site = site("control = \"known-a\"");
    for (model, starts) in [
        ("mr.smith", vec!["known-a."]),
        ("a_b.c_d", vec!["known-a_", "known-a."]),
        ("Mr.Smith", vec!["known-a."]),
        ("анна+к", vec!["known-a+"]),
        // The known name itself would be cut, or nothing is left to cut.
        ("mr-smith", vec![]),
        ("_anna", vec![]),
        ("anna", vec![]),
    ] {
        let names = site.known_like(model);
        assert_eq!(names.len(), starts.len(), "{names:?}");
        for (name, start) in names.iter().zip(starts) {
            assert!(name.as_str().starts_with(start), "{name}");
            assert!(name.as_str().chars().count() >= start.len() + 6, "{name}");
        }
    }
}

#[test]
fn a_pattern_without_digits_still_has_random_names() {
    let site = site("name_pattern = '[a-z][a-z._-]{1,13}[a-z]'");
    for _ in 0..100 {
        assert!(site.random_name().is_some());
    }
}

#[test]
fn only_names_that_the_site_may_have_are_asked_for() {
    for (pattern, model, is_asked) in [
        ("[a-z.]{3,9}", "mr.smith", true),
        ("[A-Z]{8}", "ABCDEFGH", true),
        // A fixed beginning.
        ("7656119[0-9]{10}", "76561198000000000", true),
        ("ID[0-9]{6,}", "ID1234567", true),
        ("[а-яё]{4,20}", "анна", true),
        ("known|mr.smith", "mr.smith", false),
        // Too short for a name that nobody has.
        ("[a-z.]{4}", "a.bc", false),
    ] {
        let site = site(&format!("name_pattern = '{pattern}'"));
        let name = site.random_like(model, false);
        assert_eq!(name.is_some(), is_asked, "{pattern} {model} {name:?}");
    }
}

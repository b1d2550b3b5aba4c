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
const NAMES: [&str; 25] = [
    "octocat",
    "mr.smith",
    "mr-smith",
    "mr_smith",
    "mr+smith",
    "mr@smith",
    "Octocat",
    "4chan",
    "1234567",
    "_anna",
    "anna.",
    ".anna",
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
        ("анна", "ёлка"),
        ("анна1", "ёлка12"),
        ("_mr.x", "_anna.b"),
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
                let name = site.random_like(model, close);
                let name = name.unwrap_or_else(|| panic!("{model} {close}"));
                let name = name.as_str();
                assert_eq!(Shape::of(name), Shape::of(model), "{name} {model}");
                assert_ne!(name, model);
                let random = name.chars().filter(|c| c.is_alphanumeric()).count();
                assert!(random >= 6 || model.chars().count() <= 3, "{name}");
            }
        }
    }
}

type Misreading<'a> = &'a dyn Fn(&str) -> String;

#[test]
fn a_site_that_reads_names_otherwise_takes_a_whole_group_for_one_account() {
    let before = |name: &str, sign| name.split(sign).next().unwrap().to_owned();
    let misreadings: [(&str, Misreading<'_>); 16] = [
        ("mr.smith", &|name| before(name, '.')),
        ("mr.smith", &|name| name.replace('.', "")),
        ("mr-smith", &|name| name.replace('-', "")),
        // Every known name would be cut here, so the model's own beginning stands for it.
        ("mr-smith", &|name| before(name, '-')),
        ("a_b.c+d", &|name| before(name, '+')),
        ("a_b.c+d", &|name| name.replace('_', "")),
        ("a_b.c+d", &|name| name.replace(['_', '.', '+'], "")),
        ("mr@smith", &|name| name.replace('@', "")),
        ("_anna", &|name| name.trim_matches('_').to_owned()),
        ("anna.", &|name| name.trim_end_matches('.').to_owned()),
        ("_anna_", &|name| name.trim_start_matches('_').to_owned()),
        ("_anna_", &|name| name.trim_end_matches('_').to_owned()),
        ("anna\u{b7}b", &|name| name.replace('\u{b7}', "")),
        ("иван-ivan", &|name| {
            name.replace(|c| !char::is_ascii(&c), "")
        }),
        ("averyverylongname", &|name| name.chars().take(16).collect()),
        ("7averyverylongname27", &|name| {
            name.chars().take(15).collect()
        }),
    ];
    for more in ["control = \"known-a\"", "", "control = \"known\""] {
        let site = site(more);
        for (model, read) in misreadings {
            let groups = site.known_like(model);
            let shown = |name: &Username| {
                let name = read(name.as_str());
                let mut known = site.controls().iter();
                known.any(|known| read(known.as_str()) == name) || read(model) == name
            };
            let is_told = |group: &Vec<Username>| group.iter().all(shown);
            assert!(groups.iter().any(is_told), "{more} {model} {groups:?}");
            // An honest site has none of these names.
            let are_others = |name: &Username| {
                name.as_str() != model && site.controls().iter().all(|known| known != name)
            };
            assert!(groups.iter().flatten().all(are_others), "{groups:?}");
        }
        for model in ["anna", "abc", "Octocat", "анна", "76561198000000000"] {
            assert!(site.known_like(model).is_empty(), "{model}");
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

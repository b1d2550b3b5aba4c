//! Tests of `slices/watch/catalogue/line.rs`.

use super::*;
use crate::slices::watch::model::config::BrokenEntries;

fn catalogue() -> Catalogue {
    Catalogue::load(&[], "telegram", false, BrokenEntries::Refuse).unwrap()
}

/// Site, name and days of a line.
fn parsed(line: &str) -> Result<(String, String, Option<u32>), LineProblem> {
    let line = parse_line(&catalogue(), "telegram", line)?;
    let (site, name) = (line.site.key().to_string(), line.username.to_string());
    Ok((site, name, line.days))
}

#[test]
fn a_known_site_decides_the_order_of_name_and_site() {
    for (line, site, name, days) in [
        ("octocat github", "github", "octocat", None),
        ("octocat github 30", "github", "octocat", Some(30)),
        ("github octocat", "github", "octocat", None),
        ("GitHub octocat 30", "github", "octocat", Some(30)),
        ("vk  12345", "vk", "12345", None),
        ("vk 12345 7", "vk", "12345", Some(7)),
        // Both are sites: the name comes first.
        ("github vk", "vk", "github", None),
        ("github vk 7", "vk", "github", Some(7)),
        ("durov 14", "telegram", "durov", Some(14)),
    ] {
        let expected = (site.to_owned(), name.to_owned(), days);
        assert_eq!(parsed(line), Ok(expected), "{line}");
    }
    let site = |typed: &str| LineProblem::Site(typed.to_owned(), None);
    assert_eq!(parsed("octocat nowhere"), Err(site("nowhere")));
    assert_eq!(parsed("octocat nowhere 3"), Err(site("nowhere")));
    assert_eq!(parsed("github a b c"), Err(LineProblem::TooLong));
    let days = LineProblem::Days("0".to_owned());
    assert_eq!(parsed("github octocat 0"), Err(days));
}

#[test]
fn a_refused_line_names_what_nobody_can_see_and_what_was_meant() {
    for (line, words) in [
        ("octo\u{200b}cat github", "hidden character"),
        ("octo\u{200b}cat github", "octo⟨U+200B⟩cat"),
        ("octo\u{3164}cat github", "octo⟨U+3164⟩cat"),
        ("octo\u{034f}cat github", "octo⟨U+034F⟩cat"),
        ("\u{feff}octocat github", "⟨U+FEFF⟩octocat"),
        ("octo\u{fe0f}cat github", "octo⟨U+FE0F⟩cat"),
        ("octocat git\u{ad}hub", "git⟨U+00AD⟩hub"),
        ("octocat gihtub", "did you mean github?"),
        ("octocat telegrm 30", "did you mean telegram?"),
    ] {
        let problem = parsed(line).unwrap_err().text(Lang::En).to_plain();
        assert!(problem.contains(words), "{line:?}: {problem}");
    }
    let lawful = parsed("octo.cat github").unwrap_err().text(Lang::En);
    assert!(
        !lawful.to_plain().contains("hidden"),
        "{}",
        lawful.to_plain()
    );
}

//! Tests of loading and searching catalogues.

use std::path::PathBuf;

use tempfile::TempDir;

use super::{Catalogue, CatalogueProblems};
use crate::slices::watch::model::config::BrokenEntries;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::site::{Asks, SiteKey};
use crate::slices::watch::verdict::{AnswerHeaders, Inconclusive, SiteAnswer, judge_about};

fn files(texts: &[&str]) -> (TempDir, Vec<PathBuf>) {
    let dir = tempfile::tempdir().unwrap();
    let paths = texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let path = dir.path().join(format!("{index}.toml"));
            std::fs::write(&path, text).unwrap();
            path
        })
        .collect();
    (dir, paths)
}

fn load(texts: &[&str]) -> Result<Catalogue, CatalogueProblems> {
    let (_dir, paths) = files(texts);
    Catalogue::load(&paths, "telegram", false, BrokenEntries::Refuse)
}

fn entry(key: &str, url: &str) -> String {
    format!(
        "[[site]]\nkey = \"{key}\"\nname = \"{key} of {url}\"\nurl = \"{url}\"\nexists = {{ status = [200] }}\nmissing = {{ status = [404] }}\n"
    )
}

#[test]
fn the_built_in_sites_are_sound() {
    let catalogue = load(&[]).unwrap();
    let keys: Vec<&str> = catalogue.iter().map(|site| site.key().as_str()).collect();
    let expected = [
        "github",
        "gitlab",
        "instagram",
        "pinterest",
        "reddit",
        "steam",
        "telegram",
        "tiktok",
        "twitch",
        "vk",
        "x",
        "youtube",
    ];
    assert_eq!(keys, expected);
    for site in catalogue.iter() {
        let control = site
            .control()
            .unwrap_or_else(|| panic!("{} has no control name", site.key()));
        assert!(
            site.name_pattern().is_some() && site.note().is_some(),
            "{}",
            site.key()
        );
        assert!(
            !site.exists().text.is_empty(),
            "{} would find an account by status alone",
            site.key()
        );
        assert_eq!(site.asks() == Asks::Name, site.key().as_str() == "x");
        let (found, name) = catalogue.from_url(&site.profile_url(control)).unwrap();
        assert_eq!((found.key(), &name), (site.key(), control));
    }
    assert!(catalogue.notes().is_empty());
    assert_eq!(catalogue.default_site().key().as_str(), "telegram");
}

#[test]
fn built_in_patterns_know_their_names() {
    let catalogue = load(&[]).unwrap();
    let check = |key: &str, yes: &[&str], no: &[&str]| {
        let site = catalogue.find(key).unwrap();
        for name in yes {
            assert!(site.parse_username(name).is_ok(), "{key} {name}");
        }
        for name in no {
            assert!(site.parse_username(name).is_err(), "{key} {name}");
        }
    };
    check(
        "telegram",
        &["durov", "a_b1", "@Durov"],
        &[
            "abc",
            "1abcd",
            "abcd_",
            "ab__cd",
            "имя_имя",
            &"a".repeat(33),
        ],
    );
    check(
        "vk",
        &["durov", "id1", "a.b_c"],
        &["a", ".ab", "a..b", "ab."],
    );
    check(
        "github",
        &["octocat", "a-b", "a"],
        &["-a", "a--b", "a_b", "a.b", &"a".repeat(40)],
    );
    check("gitlab", &["a.b-c_d"], &["-a", "x.git", "a."]);
    check(
        "youtube",
        &["a.b", "Имя-1", "YouTube"],
        &["ab", ".abc", "a b"],
    );
    check("tiktok", &["a.b_c"], &["John", "john."]);
    check("instagram", &["a.b", "_x_"], &["John", ".a", "a..b", "a."]);
    check("x", &["jack", "X_1x"], &["abc", "a.bcd", &"a".repeat(16)]);
}

/// What built-in rules say about answers that look clear and are not, and about clear ones.
#[test]
fn built_in_rules_do_not_guess() {
    let exists = Ok(Sighting::Exists);
    let missing = Ok(Sighting::Missing);
    let hidden = Err(Inconclusive::MissingOrHidden);
    let no_rule = Err(Inconclusive::NoRuleMatches);
    let catalogue = load(&[]).unwrap();
    for (key, status, body, expected) in [
        // A private account has the same answer as none.
        (
            "tiktok",
            400,
            "{\"code\":400,\"message\":\"Something went wrong\"}",
            hidden,
        ),
        (
            "tiktok",
            200,
            "{\"author_url\":\"https://www.tiktok.com/@ann\"}",
            exists,
        ),
        ("pinterest", 404, "{\"status\":\"failure\"}", hidden),
        ("instagram", 404, "<title>Page not found</title>", missing),
        (
            "instagram",
            200,
            "{\"data\":{\"user\":null},\"status\":\"ok\"}",
            missing,
        ),
        (
            "instagram",
            200,
            "{\"data\":{\"user\":null},\"errors\":[{}]}",
            no_rule,
        ),
        (
            "instagram",
            200,
            "{\"errors\":[{}],\"data\":{\"user\":null}}",
            no_rule,
        ),
        (
            "instagram",
            200,
            "{\"data\":{\"user\":{\"biography\":\"\",\"username\":\"ann\"}}}",
            exists,
        ),
        (
            "instagram",
            200,
            "{\"data\":{\"user\":{\"biography\":\"\",\"username\":\"bob\"}}}",
            no_rule,
        ),
        (
            "twitch",
            200,
            "{\"data\":{\"user\":{\"id\":\"12\",\"login\":\"ann\"}},\"extensions\":{}}",
            exists,
        ),
        (
            "twitch",
            200,
            "{\"data\":{\"user\":{\"id\":\"\",\"login\":\"ann\"}},\"extensions\":{}}",
            no_rule,
        ),
        (
            "twitch",
            200,
            "{\"data\":{\"user\":{\"id\":\"12\",\"login\":\"\"}},\"extensions\":{}}",
            no_rule,
        ),
        (
            "twitch",
            200,
            "{\"data\":{\"user\":null},\"extensions\":{}}",
            missing,
        ),
        (
            "gitlab",
            200,
            "[{\"username\":\"Ann\",\"state\":\"active\"}]",
            exists,
        ),
        (
            "gitlab",
            200,
            "[{\"username\":\"anna\",\"state\":\"active\"}]",
            no_rule,
        ),
    ] {
        let site = catalogue.find(key).unwrap();
        let name = site.parse_username("ann").unwrap();
        let answer = SiteAnswer {
            url: site.probe_request(&name).unwrap().url,
            status,
            headers: AnswerHeaders::default(),
            location: None,
            body: body.to_owned(),
        };
        assert_eq!(
            judge_about(site, &name, &answer),
            expected,
            "{key} {status} {body}"
        );
    }
    let refusing = catalogue
        .iter()
        .filter(|site| site.refuses_since().is_some());
    let refusing: Vec<&str> = refusing.map(|site| site.key().as_str()).collect();
    assert_eq!(refusing, ["reddit"]);
}

#[test]
fn rules_of_our_own_may_exclude_texts_and_demand_the_name() {
    let rules = |rules: &str| {
        let entry =
            format!("[[site]]\nkey = \"demo\"\nurl = \"https://demo.example/{{name}}\"\n{rules}");
        load(&[&entry])
            .map(|_| ())
            .map_err(|problems| problems.to_string())
    };
    let missing = "missing = { status = [200], text = [\"none\"], bare = [404] }";
    assert_eq!(
        rules(&format!(
            "exists = {{ status = [200], text = [\"a\", \"@{{name}}\"], without = [\"b\"] }}\n{missing}"
        )),
        Ok(())
    );
    for (exists, missing, said) in [
        (
            "status = [200], without = [\"none\"]",
            missing,
            "both sides need a text",
        ),
        (
            "status = [200], text = [\"{name}\"]",
            missing,
            "needs a text without {name}",
        ),
        (
            "status = [200], text = [\"a\"], or_hidden = true",
            missing,
            "or_hidden",
        ),
        (
            "status = [200], text = [\"a\"]",
            "missing = { status = [404], text = [\"{name}\"] }",
            "only exists",
        ),
    ] {
        let problems = rules(&format!("exists = {{ {exists} }}\n{missing}")).unwrap_err();
        assert!(problems.contains(said), "{said:?} not in {problems}");
    }
}

#[test]
fn every_problem_is_named_with_file_line_and_entry() {
    let broken = "\
[[site]]
key = \"one\"
url = \"https://one.example/{name}\"
exist = { status = [200] }
exists = { status = [200] }
missing = { status = [404] }
Min-Gap = \"1s\"

[[site]]
key = \"two\"
url = \"http://10.0.0.1/{name}\"
name_pattern = \"[\"
exists = { status = [200] }
missing = { status = [404] }

[[site]]
key = \"one\"
url = \"https://one.example/{name}\"
exists = { status = \"200\" }
missing = { status = [404] }

[[site]]
name = \"no key\"

[other]
";
    let problems = load(&[
        broken,
        "[[site]\nkey = 1",
        &entry("fine", "http://localhost/{name}"),
    ])
    .unwrap_err()
    .0;
    let said: Vec<String> = problems
        .iter()
        .map(|p| {
            format!(
                "{} {:?} {} {}",
                p.file.rsplit('/').next().unwrap(),
                p.line,
                p.entry.as_deref().unwrap_or("-"),
                p.reason
            )
        })
        .collect();
    let all = said.join("\n");
    for expected in [
        "0.toml Some(4) one unknown key \"exist\", did you mean \"exists\"?",
        "0.toml Some(7) one unknown key \"Min-Gap\", did you mean \"min_gap\"?",
        "0.toml Some(11) two url the address is not a public one",
        "0.toml Some(12) two name_pattern",
        "one the key is used twice in this file, first in line 1",
        "0.toml Some(19) one ",
        "number 4 missing field `key`",
        "0.toml Some(25) - unknown key \"other\"",
        "1.toml Some(1) - ",
        "2.toml Some(4) fine url the address is not a public one",
    ] {
        assert!(all.contains(expected), "{expected:?} not in:\n{all}");
    }
}

#[test]
fn unreadable_files_and_unknown_defaults_are_problems() {
    let missing = PathBuf::from("/nonexistent/sites.toml");
    let problems =
        Catalogue::load(&[missing], "nothing", false, BrokenEntries::Refuse).unwrap_err();
    let text = problems.to_string();
    assert!(
        text.contains("/nonexistent/sites.toml: cannot be read"),
        "{text}"
    );
    assert!(
        text.contains("[sites] default: no usable site has the key \"nothing\""),
        "{text}"
    );
    assert_eq!(problems.0.len(), 2);
}

#[test]
fn mistaken_entries_are_left_out_where_the_operator_said_so() {
    let broken = "[[site]]\nkey = \"wrong\"\nurl = \"http://10.0.0.1/{name}\"\nnam_pattern = \"[\"\n\
        exists = { status = [200] }\nmissing = { status = [404] }\n";
    let good = entry("good", "https://good.example/{name}");
    let (_dir, paths) = files(&[&(broken.to_owned() + &good), &good]);
    let refused = Catalogue::load(&paths, "telegram", false, BrokenEntries::Refuse).unwrap_err();
    let text = refused.to_string();
    assert!(
        text.contains("site wrong: url the address is not a public one")
            && text.ends_with("set broken_entries = \"skip\" in [sites] to go without them"),
        "{text}"
    );
    let catalogue = Catalogue::load(&paths, "good", false, BrokenEntries::Skip).unwrap();
    assert!(catalogue.find("good").is_some() && catalogue.find("wrong").is_none());
    let ([left_out], [earlier]) = (catalogue.warnings(), catalogue.notes()) else {
        panic!("{:?} {:?}", catalogue.warnings(), catalogue.notes());
    };
    assert!(
        left_out.starts_with("left out: ")
            && left_out.contains("0.toml:4: site wrong: unknown key \"nam_pattern\"")
            && left_out.contains("; url the address is not a public one"),
        "{left_out}"
    );
    assert!(earlier.contains("has them already: good"), "{earlier}");

    // Skipping does not cover a file that is no catalogue at all, or a missing default site.
    for text in ["[[site", "{\"sites\": 1}"] {
        let (_dir, paths) = files(&[text]);
        Catalogue::load(&paths, "telegram", false, BrokenEntries::Skip).unwrap_err();
    }
    Catalogue::load(&paths, "wrong", false, BrokenEntries::Skip).unwrap_err();
}

#[test]
fn files_replace_built_in_sites_and_the_earlier_file_wins() {
    let first = entry("github", "https://first.example/{name}")
        + &entry("own", "https://own.example/{name}");
    let second = entry("github", "https://second.example/{name}")
        + &entry("own", "https://other.example/{name}");
    let catalogue = load(&[&first, &second]).unwrap();
    let url = |key: &str| {
        catalogue
            .get(&SiteKey::parse(key).unwrap())
            .unwrap()
            .url_template()
    };
    assert_eq!(url("github"), "https://first.example/{name}");
    assert_eq!(url("own"), "https://own.example/{name}");
    let [replaced, unused] = catalogue.notes() else {
        panic!("{:?}", catalogue.notes());
    };
    assert!(
        replaced.ends_with("0.toml replaces built-in sites: github"),
        "{replaced}"
    );
    assert!(
        unused.contains("1.toml that are not used") && unused.ends_with("github, own"),
        "{unused}"
    );
}

#[test]
fn sites_are_found_by_key_name_and_address() {
    let catalogue = load(&[]).unwrap();
    let key = |typed: &str| catalogue.find(typed).map(|site| site.key().to_string());
    assert_eq!(key("GITHUB").as_deref(), Some("github"));
    assert_eq!(key("Steam").as_deref(), Some("steam"));
    assert_eq!(key("no such"), None);
    let account = |typed: &str| {
        catalogue
            .from_url(typed)
            .map(|(site, name)| format!("{} {name}", site.key()))
    };
    assert_eq!(
        account("https://t.me/durov").as_deref(),
        Some("telegram durov")
    );
    assert_eq!(account("t.me/durov").as_deref(), Some("telegram durov"));
    assert_eq!(
        account("www.youtube.com/@YouTube/").as_deref(),
        Some("youtube YouTube")
    );
    assert_eq!(
        account("https://www.instagram.com/abc?igsh=1").as_deref(),
        Some("instagram abc")
    );
    for nothing in [
        "durov",
        "telegram durov",
        "https://",
        "t.me",
        "https://t.me/",
        "telegram/durov",
        "javascript://t.me/durov",
    ] {
        assert_eq!(account(nothing), None, "{nothing}");
    }
}

#[test]
fn private_targets_load_where_they_are_allowed() {
    let (_dir, paths) = files(&[&entry("local", "http://127.0.0.1:8080/{name}")]);
    assert!(Catalogue::load(&paths, "local", true, BrokenEntries::Refuse).is_ok());
    assert!(Catalogue::load(&paths, "local", false, BrokenEntries::Refuse).is_err());
}

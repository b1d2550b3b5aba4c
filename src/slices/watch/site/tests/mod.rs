//! Tests of names, templates and entries.

use proptest::prelude::{any, proptest};
use proptest::prop_assert_eq;
use url::Url;

use super::entry::SiteEntry;
use super::{Site, SiteKey, Username, UsernameProblem};

fn build(toml: &str) -> Result<Site, Vec<String>> {
    let entry: SiteEntry = toml::from_str(toml).map_err(|error| vec![error.to_string()])?;
    entry.into_site(true).map_err(|found| {
        found
            .into_iter()
            .map(|p| format!("{} {}", p.field, p.reason))
            .collect()
    })
}

const RULES: &str =
    "exists = { status = [200], text = [\"here\"] }\nmissing = { status = [404] }\n";

fn site(url: &str, more: &str) -> Site {
    build(&format!("key = \"demo\"\nurl = \"{url}\"\n{RULES}{more}")).unwrap()
}

fn asked(site: &Site, name: &str) -> String {
    site.probe_request(&Username::parse(name).unwrap())
        .unwrap()
        .url
        .to_string()
}

#[test]
fn a_name_is_refused_or_taken_as_it_is() {
    let site = site(
        "https://demo.example/{name}",
        "name_pattern = \"(?!bad)[A-Za-z]+(?:\\\\.[A-Za-z]+)*\"",
    );
    assert_eq!(
        site.parse_username("@John.Doe").unwrap().as_str(),
        "John.Doe"
    );
    assert_eq!(site.parse_username("John").unwrap().as_str(), "John");
    for refused in [
        "",
        "@",
        "@@John",
        "john doe",
        " john",
        "john\n",
        "john/doe",
        "badger",
        "john.",
        "j\u{202e}ohn",
        "..",
        "jöhn",
    ] {
        site.parse_username(refused).unwrap_err();
    }
    assert_eq!(
        Username::parse(&"x".repeat(101)),
        Err(UsernameProblem::TooLong)
    );
    assert!(Username::parse(&"ж".repeat(100)).is_ok());
    assert_eq!(
        Username::parse("a\u{200b}b"),
        Err(UsernameProblem::Character('\u{200b}'))
    );
    assert_eq!(Username::parse(".."), Err(UsernameProblem::OnlyDots));
}

#[test]
fn a_pattern_that_explodes_is_given_up() {
    let site = site(
        "https://demo.example/{name}",
        "name_pattern = '(?=(a+)+\\z)\\w+\\1'",
    );
    let problem = site
        .parse_username(&format!("{}!", "a".repeat(60)))
        .unwrap_err();
    assert!(
        matches!(
            problem,
            UsernameProblem::PatternTooHard | UsernameProblem::Pattern(_)
        ),
        "{problem}"
    );
}

#[test]
fn a_name_is_escaped_for_its_place() {
    let path = site("https://demo.example/u/{name}/about", "");
    assert_eq!(
        asked(&path, "a/../b?c#d&e%2F"),
        "https://demo.example/u/a%2F..%2Fb%3Fc%23d%26e%252F/about"
    );
    assert_eq!(
        asked(&path, "имя+x"),
        "https://demo.example/u/%D0%B8%D0%BC%D1%8F%2Bx/about"
    );
    let query = site("https://demo.example/u?id={name}&x=1", "");
    assert_eq!(
        asked(&query, "a&id=b#"),
        "https://demo.example/u?id=a%26id%3Db%23&x=1"
    );
    let host = site("https://{name}.demo.example/", "");
    assert_eq!(asked(&host, "john-1"), "https://john-1.demo.example/");
    for refused in [
        "John",
        "a.b",
        "-a",
        "a-",
        "a_b",
        "xn--abc",
        "evil.com/",
        "имя",
        &"a".repeat(64),
    ] {
        assert_eq!(
            host.parse_username(refused),
            Err(UsernameProblem::NotADnsLabel),
            "{refused}"
        );
    }
}

#[test]
fn a_body_is_escaped_after_its_content_type() {
    let post = |kind: &str, body: &str| {
        site(
            "https://demo.example/{name}",
            &format!(
                "probe = \"https://demo.example/q\"\nmethod = \"POST\"\nheaders = {{ Content-Type = \"{kind}\" }}\nbody = '{body}'"
            ),
        )
    };
    let body = |site: &Site, name: &str| {
        site.probe_request(&Username::parse(name).unwrap())
            .unwrap()
            .body
            .unwrap()
    };
    let json = post("application/json; charset=utf-8", r#"{"a":{"n":"{name}"}}"#);
    assert_eq!(
        body(&json, r#"x","admin":"\"#),
        r#"{"a":{"n":"x\",\"admin\":\"\\"}}"#
    );
    let form = post("application/x-www-form-urlencoded", "n={name}&go=1");
    assert_eq!(body(&form, "a&b=c+d"), "n=a%26b%3Dc%2Bd&go=1");
}

#[test]
fn a_profile_address_gives_its_name_back() {
    let cases = [
        (
            "https://demo.example/{name}",
            "http://www.demo.example/John/?tab=x#y",
            Some("John"),
        ),
        (
            "https://www.demo.example/@{name}",
            "https://demo.example/@John",
            Some("John"),
        ),
        (
            "https://demo.example/@{name}",
            "https://demo.example/John",
            None,
        ),
        (
            "https://demo.example/{name}",
            "https://demo.example/John/posts",
            None,
        ),
        ("https://demo.example/{name}", "https://demo.example/", None),
        (
            "https://demo.example/{name}",
            "https://demo.example.evil.com/John",
            None,
        ),
        (
            "https://demo.example/{name}",
            "https://demo.example:8080/John",
            None,
        ),
        (
            "https://demo.example/{name}",
            "ftp://demo.example/John",
            None,
        ),
        (
            "https://demo.example/{name}",
            "https://demo.example/a%20b",
            None,
        ),
        (
            "https://demo.example/{name}",
            "https://demo.example/a+b%26",
            Some("a+b&"),
        ),
        (
            "https://demo.example/u/{name}/",
            "https://demo.example/u/John",
            Some("John"),
        ),
        (
            "https://demo.example/p?id={name}",
            "https://demo.example/p?x=1&id=John",
            Some("John"),
        ),
        (
            "https://{name}.demo.example/",
            "https://john.demo.example",
            Some("john"),
        ),
        (
            "https://{name}.demo.example/",
            "https://www.demo.example",
            None,
        ),
        (
            "https://{name}.demo.example/",
            "https://a.b.demo.example",
            None,
        ),
    ];
    for (template, url, name) in cases {
        let found = site(template, "").name_from_url(&Url::parse(url).unwrap());
        assert_eq!(
            found.as_ref().map(Username::as_str),
            name,
            "{template} {url}"
        );
    }
}

#[test]
fn every_problem_of_an_entry_is_said() {
    let problems = |toml: &str| build(toml).unwrap_err().join("\n");
    let all = problems(
        "key = \"De Mo\"\nurl = \"https://demo.example/\"\nname_pattern = \"(\"\nmin_gap = \"soon\"\nper_site = 0\nbody = \"x\"\n\
         headers = { Host = \"a\" }\nexists = { status = [] }\nmissing = { status = [403] }",
    );
    for expected in [
        "key a site's key",
        "url has no {name}",
        "name_pattern Parsing error",
        "min_gap \"soon\"",
        "per_site is 0",
        "body needs method",
        "body needs a Content-Type",
        "headers Host",
        "exists names no status",
        "missing status 403 is no answer by itself",
    ] {
        assert!(all.contains(expected), "{expected} not in:\n{all}");
    }
    let rules = |exists: &str, missing: &str, more: &str| {
        problems(&format!(
            "key=\"d\"\nurl=\"https://d.example/{{name}}\"\nexists={exists}\nmissing={missing}\n{more}"
        ))
    };
    assert!(rules("{status=[200]}", "{status=[200]}", "").contains("both sides need a text"));
    assert!(
        rules("{status=[200],text=[\"a\"]}", "{status=[200]}", "")
            .contains("both sides need a text")
    );
    assert!(
        rules(
            "{status=[200],text=[\"a\"]}",
            "{status=[200],text=[\"a\",\"b\"]}",
            ""
        )
        .contains("cannot be told")
    );
    assert!(rules("{status=[200],text=[\"\"]}", "{status=[404]}", "").contains("empty text"));
    assert!(
        rules(
            "{status=[200],text=[\"a\"]}",
            "{status=[404]}",
            "method=\"HEAD\""
        )
        .contains("no body")
    );
    assert!(
        rules("{status=[200]}", "{status=[302]}", "follow_redirects=true").contains("never seen")
    );
    assert!(
        rules("{status=[200]}", "{status=[404]}", "control=\"a b\"")
            .contains("control \"a b\" is refused")
    );
    assert!(
        rules(
            "{status=[200]}",
            "{status=[404]}",
            "name_pattern=\"[a-z]+\"\ncontrol=\"A\""
        )
        .contains("control")
    );
    assert!(rules("{status=[200],txt=[]}", "{status=[404]}", "").contains("unknown field"));
    for url in [
        "ftp://d.example/{name}",
        "https://u:p@d.example/{name}",
        "https://{name}@d.example/",
        "not a url {name}",
        "https://d.example/{user}/{name}",
    ] {
        problems(&format!("key=\"d\"\nurl=\"{url}\"\n{RULES}"));
    }
}

#[test]
fn a_redirect_may_keep_the_name_or_lose_it() {
    let anna = Username::parse("Anna").unwrap();
    let is_kept = |from: &str, to: &str| {
        let (from, to) = (Url::parse(from).unwrap(), Url::parse(to).unwrap());
        anna.is_still_in(&to, &from)
    };
    let from = "http://site.example/Anna";
    for kept in [
        "https://www.site.example/Anna/",
        "https://site.example/en/@anna",
        "https://site.example/anna.html",
    ] {
        assert!(is_kept(from, kept), "{kept}");
    }
    for lost in [
        "https://site.example/",
        "https://site.example/annabel",
        "https://site.example/anna.b",
        "https://site.example/search?q=Anna",
        "https://anna.example/",
    ] {
        assert!(!is_kept(from, lost), "{lost}");
    }
    // What was around the name before may stay around it.
    for (from, kept) in [
        (
            "https://site.example/profile_Anna",
            "https://site.example/en/profile_anna",
        ),
        (
            "https://site.example/User:Anna",
            "https://site.example/wiki/User:anna",
        ),
        (
            "https://site.example/?u=Anna",
            "https://www.site.example/en?hl=en&u=anna",
        ),
        (
            "https://site.example/api?url=https%3A%2F%2Fsite.example%2FAnna",
            "https://eu.site.example/api?url=https%3A%2F%2Fsite.example%2FAnna",
        ),
    ] {
        assert!(is_kept(from, kept), "{kept}");
    }
    assert!(!is_kept(
        "https://site.example/?u=Anna",
        "https://site.example/?q=Anna"
    ));
    // Almost the name may be this account or another one.
    let dotted = Username::parse("mr.smith").unwrap();
    for (to, is_almost) in [
        ("https://site.example/mrsmith", true),
        ("https://site.example/en/Mr-Smith/", true),
        ("https://site.example/123-mr.smith", true),
        ("https://site.example/mr", false),
        ("https://site.example/mrsmithson", false),
        ("https://site.example/", false),
    ] {
        assert_eq!(
            dotted.is_almost_in(&Url::parse(to).unwrap()),
            is_almost,
            "{to}"
        );
    }
    assert!(is_kept(
        "http://anna.site.example/",
        "https://anna.site.example/"
    ));
    for (to, expected) in [
        ("https://site.example/", false),
        ("https://anna.site.example/en-GB/", true),
        ("https://anna.site.example/?hl=en", true),
        ("https://anna.site.example/elsewhere", false),
    ] {
        assert_eq!(is_kept("http://anna.site.example/", to), expected, "{to}");
    }
}

#[test]
fn keys_are_lower_case() {
    assert_eq!(
        SiteKey::parse("my-site_1.x").unwrap().to_string(),
        "my-site_1.x"
    );
    assert!(SiteKey::parse("сайт").is_ok());
    for refused in ["", "GitHub", "a b", "a/b", &"a".repeat(65)] {
        SiteKey::parse(refused).unwrap_err();
    }
}

proptest! {
    #[test]
    fn the_asked_address_is_the_one_people_see(typed in "[.~@/?#%&\\\\ä-]{0,2}\\PC{1,12}", www in any::<bool>()) {
        let Ok(name) = Username::parse(&typed) else { return Ok(()) };
        let host = if www { "www.demo.example:8080" } else { "demo.example" };
        for place in ["u/{name}", "@{name}/x.html?q=1#top", "a%2F/../{name}", "?who={name}", "{name}/{name}"] {
            let site = site(&format!("https://{host}/{place}"), "");
            let shown = Url::parse(&site.profile_url(&name)).unwrap();
            prop_assert_eq!(site.probe_request(&name).unwrap().url, shown);
        }
    }
}

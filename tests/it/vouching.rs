//! Nobody is found on the word of a site that answers everybody alike, or everybody whose name looks
//! alike.

use std::collections::BTreeMap;

use vakhta::testing::demo::wire::{Answer, Request, Server};
use vakhta::testing::demo::{Behaviour, site};
use vakhta::testing::slices::watch::model::account::Until;
use vakhta::testing::slices::watch::store;

use crate::guards::told;
use crate::harness::{ADMIN, Stage, run, run_with};
use crate::process;
use crate::watch::{add, check_all};

type Lie = fn(&str) -> bool;

/// How each site lies, by its key: true for a name that it shows a page for, besides those of
/// [`THERE`].
const SITES: [(&str, Lie); 12] = [
    ("honest", |_| false),
    ("dot", |name| {
        is_there(name.split('.').next().unwrap_or(name))
    }),
    ("hyphen", |name| name.contains('-')),
    ("underscore", |name| {
        is_there(name.split('_').next().unwrap_or(name))
    }),
    ("capitals", |name| name.contains(char::is_uppercase)),
    ("digits", |name| {
        name.starts_with(|c: char| c.is_ascii_digit())
    }),
    ("letters", |name| !name.is_ascii()),
    ("short", |name| name.chars().count() < 4),
    ("long", |name| name.chars().count() > 20),
    ("stripped", |name| is_there(&name.replace(['.', '+'], ""))),
    ("edges", |name| is_there(name.trim_matches('_'))),
    ("at", |name| {
        is_there(name.split('@').next().unwrap_or(name))
    }),
];

/// Names that are on every site.
const THERE: [&str; 4] = ["known", "octocat", "mr", "nobody"];

fn is_there(name: &str) -> bool {
    THERE.contains(&name)
}

/// Names of accounts, and the sites that lie about them.
const NAMES: [(&str, &[&str]); 17] = [
    ("octocat", &[]),
    ("nobody7", &[]),
    ("mr.smith", &["dot"]),
    ("nobody.here", &["dot"]),
    ("mr-smith", &["hyphen"]),
    ("mr_smith", &["underscore"]),
    ("MrSmith", &["capitals"]),
    ("7seas", &["digits"]),
    ("octo.cat", &["stripped"]),
    ("octo+cat", &["stripped"]),
    ("_octocat", &["edges"]),
    ("octocat__", &["underscore", "edges"]),
    ("mr@smith", &["at"]),
    ("никто", &["letters"]),
    ("xq", &["short"]),
    ("nobody-has-so-long-a-name", &["hyphen", "long"]),
    (
        "Nobody.Жук_7",
        &["dot", "underscore", "capitals", "letters"],
    ),
];

fn answer(request: &Request) -> Answer {
    let (_, rest) = request.path.split_once('/').unwrap();
    let (key, name) = rest.split_once('/').unwrap();
    let lies = SITES.iter().find(|(site, _)| *site == key).unwrap().1;
    let (status, body) = match is_there(name) || lies(name) {
        true => (200, "<h1>profile of somebody</h1>"),
        false => (404, "<h1>no such user</h1>"),
    };
    Answer::Plain {
        status,
        headers: vec![("content-type", "text/html".to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

fn catalogue(url: &str, keys: impl Iterator<Item = String>) -> String {
    let entry = |key: String| {
        format!(
            "[[site]]\nkey = \"{key}\"\nurl = \"{url}/{key}/{{name}}\"\ncontrol = \"known\"\n\
             exists = {{ status = [200], text = [\"profile of\"] }}\nmissing = {{ status = [404] }}\n\n"
        )
    };
    keys.map(entry).collect()
}

#[test]
fn a_name_is_found_only_where_a_random_name_like_it_is_missing() {
    process::run(async |ground| {
        let server = Server::start(|request| {
            let answer = answer(&request);
            async move { (answer, ()) }
        });
        let server = server.await.unwrap();
        let keys = SITES.iter().map(|(key, _)| (*key).to_owned());
        ground.write("sites.toml", &catalogue(&server.url(), keys));
        ground.configure("workers = 16");
        let rows: Vec<(&str, &str)> = SITES
            .iter()
            .flat_map(|(key, _)| NAMES.map(|(name, _)| (*key, name)))
            .collect();
        ground.import(7, &rows).await;
        let check = ground.vakhta(&["--check-now", "--json"]).without_token();
        let end = check.finish().await;
        let report: serde_json::Value = serde_json::from_str(&end.demand(0).stdout).unwrap();
        let accounts = report["accounts"].as_array().unwrap();
        let field = |account: &serde_json::Value, field: &str| {
            account[field].as_str().unwrap_or_default().to_owned()
        };
        let verdicts: BTreeMap<(String, String), (String, String)> = accounts
            .iter()
            .map(|one| {
                let key = (field(one, "site"), field(one, "username"));
                (key, (field(one, "verdict"), field(one, "reason")))
            })
            .collect();
        for (key, _) in SITES {
            for (name, liars) in NAMES {
                let expected = match name {
                    "octocat" => ("found", ""),
                    _ if liars.contains(&key) && !(name == "Nobody.Жук_7" && is_cut(key)) => {
                        ("error", "names-alike")
                    }
                    _ => ("not_found", ""),
                };
                let (verdict, reason) = &verdicts[&(key.to_owned(), name.to_owned())];
                assert_eq!(
                    (verdict.as_str(), reason.as_str()),
                    expected,
                    "{key} {name}"
                );
            }
        }
    });
}

/// The site cuts names, and nobody has what is left of the long one.
fn is_cut(key: &str) -> bool {
    ["dot", "underscore"].contains(&key)
}

#[test]
fn controls_of_a_shape_are_asked_only_when_somebody_of_it_is_about_to_be_found() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let names = [
            ("mr.smith", Behaviour::Missing),
            ("mr-smith", Behaviour::Missing),
        ];
        add(&t, &eva, "github", &names).await;
        check_all(&t).await;
        assert_eq!(t.site.request_count(), 4, "two controls, two accounts");
        t.site.set("github", "mr.smith", Behaviour::Exists);
        check_all(&t).await;
        t.heard(7, "✅ Аккаунт найден").await;
        let asked = t.site.requests_to("github").split_off(4);
        let asked: Vec<&str> = asked.iter().map(|request| request.name.as_str()).collect();
        // Both accounts in any order, the confirmation, the controls again, and two like the name.
        assert_eq!(asked.len(), 7, "{asked:?}");
        assert_eq!(asked[3], site::CONTROL);
        assert!(
            asked[4].chars().all(|c| c.is_ascii_alphanumeric()),
            "{asked:?}"
        );
        assert!(asked[5].starts_with("known."), "{asked:?}");
        assert_eq!(asked[6].replace('.', ""), site::CONTROL);
        t
    });
}

#[test]
fn an_account_that_stays_vouched_for_costs_one_control_of_its_shape_in_fifteen_minutes() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        t.site.set("github", "mr.smith", Behaviour::Exists);
        let now = t.clock.now();
        let db = t.app().db();
        db.write(move |tx| {
            let new = store::NewAccount::new(7, "github", "mr.smith", 30);
            store::add(
                tx,
                now,
                &store::NewAccount {
                    until: Until::Gone,
                    ..new
                },
            )
        })
        .await
        .unwrap();
        for (minutes, requests) in [(0, 7), (5, 8), (5, 9)] {
            t.clock
                .advance(std::time::Duration::from_secs(60 * minutes));
            let summary = check_all(&t).await;
            assert!(summary.contains("• Найдено: 1\n"), "{summary}");
            assert_eq!(t.site.request_count(), requests, "after {minutes} minutes");
        }
        t.ask(&eva, "/list").await;
        t
    });
}

/// Adds accounts for one owner, without a dialogue.
async fn fill(t: &Stage, sites: usize, accounts: usize, until: Until) {
    let now = t.clock.now();
    let write = t.app().db().write(move |tx| {
        for site in 0..sites {
            for account in 0..accounts {
                let name = format!("name{account}");
                let new = store::NewAccount::new(7, &format!("site{site}"), &name, 30);
                store::add(tx, now, &store::NewAccount { until, ..new })?;
            }
        }
        Ok(())
    });
    write.await.unwrap();
}

/// A restart with this many sites.
async fn with_sites(t: &mut Stage, sites: usize) {
    let keys = (0..sites).map(|site| format!("site{site}"));
    let text = catalogue(&t.site.url(), keys);
    std::fs::write(t.folder.path().join("sites.toml"), text).unwrap();
    t.reconfigure("[sites]\n", "[sites]\ndefault = \"site0\"\n");
    t.stop().await;
    t.start().await;
}

#[test]
fn sites_that_begin_to_answer_everybody_alike_tell_nothing() {
    for (until, before, after) in [
        (Until::Found, Behaviour::Missing, Behaviour::Exists),
        (Until::Gone, Behaviour::Exists, Behaviour::Missing),
        (Until::Change, Behaviour::Missing, Behaviour::Exists),
        (Until::Change, Behaviour::Exists, Behaviour::Missing),
    ] {
        run_with("workers = 16", async |mut t| {
            let eva = t.user(7, "Ева", "ru").await;
            with_sites(&mut t, 36).await;
            fill(&t, 36, 9, until).await;
            let sites: Vec<String> = (0..36).map(|site| format!("site{site}")).collect();
            for (site, name) in sites.iter().flat_map(|site| (0..9).map(move |n| (site, n))) {
                t.site.set(site, &format!("name{name}"), before.clone());
            }
            check_all(&t).await;
            for site in &sites {
                t.site.forget_names(site);
                t.site.set_default(site, after.clone());
            }
            let summary = check_all(&t).await;
            let nothing = "• Найдено: 0\n• Не найдено: 0\n• Ошибок: 324";
            assert!(summary.contains(nothing), "{until:?}: {summary}");
            assert_eq!(told(&t, 7, "ашл") + told(&t, 7, "Аккаунт"), 0);
            t.heard(ADMIN, "⚠️ Контрольные имена определились неверно")
                .await;
            t.ask(&eva, "/list").await;
            t
        });
    }
}

#[test]
fn a_site_that_flips_within_its_first_run_tells_nothing() {
    run(async |mut t| {
        let eva = t.user(7, "Ева", "ru").await;
        with_sites(&mut t, 1).await;
        fill(&t, 1, 9, Until::Found).await;
        let site = t.site.clone();
        // The controls are asked first, and well.
        let flip = move || {
            if site.request_count() == 3 {
                site.forget_names("site0");
                site.set_default("site0", Behaviour::Exists);
            }
        };
        t.site.on_request(Box::new(flip));
        let summary = check_all(&t).await;
        let nothing = "• Найдено: 0\n• Не найдено: 1\n• Ошибок: 8";
        assert!(summary.contains(nothing), "{summary}");
        assert_eq!(told(&t, 7, "Аккаунт найден"), 0);
        // The next run does not believe what the controls said before.
        let summary = check_all(&t).await;
        assert!(summary.contains("• Ошибок: 9"), "{summary}");
        t.ask(&eva, "/list").await;
        t
    });
}

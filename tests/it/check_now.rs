//! `vakhta --check-now`: by the running bot if there is one, otherwise by this process.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use vakhta::testing::demo::{Behaviour, PretendSite};

use crate::harness::{ADMIN, LIMIT};
use crate::process::{Ended, Ground, Process, run};

/// Six accounts, each with another result.
async fn six_accounts(ground: &Ground) {
    ground.site.set("github", "there", Behaviour::Exists);
    ground.site.set("github", "broken", Behaviour::ServerError);
    ground.site.set("vk", "back", Behaviour::Exists);
    ground.site.set("telegram", "blocked", Behaviour::BlockPage);
    ground.telegram.person(7, "Ева", "ru").knows_bot();
    let names = [
        ("github", "there"),
        ("GitHub", "gone"),
        ("github", "broken"),
        ("vk", "back"),
        ("instagram", "nobody"),
        ("telegram", "blocked"),
    ];
    ground.import(7, &names).await;
}

/// The JSON object on standard output, without fields that differ from run to run.
fn report(end: &Ended) -> Value {
    assert_eq!(
        end.stdout.lines().count(),
        1,
        "more than one object: {}",
        end.stdout
    );
    let mut report: Value = serde_json::from_str(&end.stdout).unwrap();
    let fields = report.as_object_mut().unwrap();
    assert!(fields.remove("run_id").unwrap().is_i64());
    assert!(fields.remove("elapsed_ms").unwrap().is_u64());
    report
}

fn account(site: &str, username: &str, verdict: &str, reason: &str) -> Value {
    json!({ "site": site, "username": username, "verdict": verdict, "reason": reason })
}

#[test]
fn it_gives_exactly_the_right_verdicts_and_repeats_no_notice() {
    run(async |ground| {
        six_accounts(&ground).await;
        let end = ground
            .vakhta(&["--check-now", "--json"])
            .without_token()
            .finish()
            .await;
        end.demand(0);
        let expected = json!({
            "trigger": "request", "checked": 6, "found": 2, "not_found": 2, "errors": 2,
            "accounts": [
                account("github", "there", "found", ""),
                account("github", "gone", "not_found", ""),
                account("github", "broken", "error", "server-error"),
                account("vk", "back", "found", ""),
                account("instagram", "nobody", "not_found", ""),
                account("telegram", "blocked", "error", "block-page"),
            ],
        });
        assert_eq!(report(&end), expected);
        // Start and end for the admin, one message for the owner.
        end.says(&[
            "without a bot token nobody could be notified; 3 messages are waiting in the outbox",
        ]);

        let again = ground
            .vakhta(&["--check-now", "--json"])
            .without_token()
            .finish()
            .await;
        again.demand(0);
        let second = report(&again);
        assert_eq!(
            [&second["checked"], &second["found"], &second["errors"]],
            [4, 0, 2]
        );
        let found = "SELECT dedupe FROM outbox WHERE dedupe LIKE 'found:%'";
        assert_eq!(ground.column(found), ["found:1:7"]);
        assert_eq!(
            ground.column("SELECT username FROM account WHERE state = 'done' ORDER BY id"),
            ["there", "back"]
        );

        // The bot delivers what waits, once.
        let bot = ground
            .vakhta(&["run"])
            .env("VAKHTA_WATCH_RUN_AT_START", "false")
            .start();
        ground.heard(7, "Имя пользователя: there").await;
        ground.heard(ADMIN, "• Проверено: 4\n").await;
        bot.stop().await;
        assert_eq!(ground.telegram.messages(7).len(), 1);
    });
}

#[test]
fn a_site_that_wants_to_be_left_alone_is_left_alone_by_the_next_process_too() {
    run(async |ground| {
        ground
            .import(7, &[("github", "first"), ("github", "second")])
            .await;
        ground
            .site
            .set_default("github", Behaviour::rate_limited(3600));
        for _ in 0..2 {
            let check = ground.vakhta(&["--check-now", "--json"]).without_token();
            let end = check.finish().await;
            let accounts = report(end.demand(0))["accounts"].clone();
            let limited = |name: &str| account("github", name, "error", "rate-limited");
            assert_eq!(accounts, json!([limited("first"), limited("second")]));
            assert_eq!(ground.site.requests_to("github").len(), 1);
        }
        // Afterwards nothing is left of the wait.
        let past = "UPDATE site_silence SET until = 1";
        let db = rusqlite::Connection::open(ground.path("v.db")).unwrap();
        assert_eq!(db.execute(past, []).unwrap(), 1);
        drop(db);
        ground.site.set_default("github", Behaviour::Missing);
        ground.site.set("github", "known", Behaviour::Exists);
        let check = ground.vakhta(&["--check-now", "--json"]).without_token();
        let end = check.finish().await;
        assert_eq!(report(end.demand(0))["not_found"], 2);
    });
}

#[test]
fn sites_are_asked_directly_whatever_proxy_the_environment_names() {
    run(async |ground| {
        ground.import(7, &[("github", "gone")]).await;
        let mut check = ground.vakhta(&["--check-now", "--json"]).without_token();
        for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            // Nobody listens there.
            check = check.env(name, "http://127.0.0.1:9");
        }
        let end = check.finish().await;
        assert_eq!(report(end.demand(0))["not_found"], 1);
    });
}

#[test]
fn with_a_token_it_tells_before_it_ends() {
    run(async |ground| {
        six_accounts(&ground).await;
        let end = ground.vakhta(&["--check-now"]).finish().await;
        end.demand(0);
        assert!(
            end.stdout
                .starts_with("checked 6: found 2, not found 2, errors 2 in "),
            "{}",
            end.stdout
        );
        ground.heard(7, "Имя пользователя: back").await;
        ground.heard(ADMIN, "✅ Автопроверка завершена").await;
        assert_eq!(
            ground.number("SELECT count(*) FROM outbox WHERE state <> 'sent'"),
            0
        );
        // A second poller with the same token would disturb a bot elsewhere.
        assert!(ground.telegram.calls("getUpdates").is_empty());
    });
}

/// A bot that starts no run by itself.
async fn idle_bot(ground: &Ground, further: &str) -> Process {
    ground.configure(&format!("run_at_start = false\n{further}"));
    let bot = ground.vakhta(&["run"]).start();
    bot.logged("Threaded auto-checker started").await;
    bot
}

async fn hangs(site: &PretendSite, key: &str) {
    site.wait_until("a hanging look", LIMIT, |site| site.in_flight(key) > 0)
        .await
        .unwrap();
}

#[test]
fn a_running_bot_makes_the_run_instead_and_its_status_shows_it() {
    run(async |ground| {
        six_accounts(&ground).await;
        ground.site.set_delay(Duration::from_millis(500));
        let bot = idle_bot(&ground, "").await;
        let asked = ground
            .vakhta(&["--check-now", "--json"])
            .without_token()
            .start();
        hangs(&ground.site, "vk").await;
        ground.admin.writes("/status");
        ground.heard(ADMIN, "🔄 Идёт проверка").await;
        let end = asked.end(LIMIT).await;
        end.demand(0);
        let report = report(&end);
        assert_eq!(
            [&report["checked"], &report["found"], &report["errors"]],
            [6, 2, 2]
        );
        assert_eq!(report["trigger"], "request");
        assert_eq!(end.stderr, "", "it has nothing to say of its own");
        bot.logged("[AUTO-CHECK/T] Tick completed at").await;
        let took = ground.number(
            "SELECT r.started_at - q.created_at FROM check_request q JOIN run r ON r.id = q.run_id",
        );
        // One second is promised; the second one allows for a loaded machine.
        assert!(took < 2000, "the request was seen after {took} ms");
        ground.heard(7, "Имя пользователя: back").await;
        bot.stop().await;
        assert_eq!(ground.number("SELECT count(*) FROM run"), 1);
    });
}

#[test]
fn two_at_once_are_both_answered() {
    run(async |ground| {
        six_accounts(&ground).await;
        ground.site.set_delay(Duration::from_millis(50));
        let first = ground
            .vakhta(&["--check-now", "--json"])
            .without_token()
            .start();
        // The second request comes while the first one's run goes on.
        hangs(&ground.site, "vk").await;
        let second = ground
            .vakhta(&["--check-now", "--json"])
            .without_token()
            .start();
        let (first, second) = (first.end(LIMIT).await, second.end(LIMIT).await);
        assert_eq!(report(first.demand(0))["found"], 2);
        assert_eq!(report(second.demand(0))["found"], 0);
        assert_eq!(ground.column("SELECT state FROM run"), ["done", "done"]);
        assert_eq!(
            ground.column("SELECT dedupe FROM outbox WHERE dedupe LIKE 'found:%'"),
            ["found:1:7"]
        );
        assert_eq!(
            ground.number("SELECT count(*) FROM check_request WHERE run_id IS NULL"),
            0
        );
    });
}

#[test]
fn when_the_bot_dies_under_it_it_says_so() {
    run(async |ground| {
        six_accounts(&ground).await;
        ground.site.set("vk", "back", Behaviour::Hang);
        let bot = idle_bot(&ground, "timeout = \"60s\"").await;
        let asked = ground.vakhta(&["--check-now", "--json"]).start();
        hangs(&ground.site, "vk").await;
        bot.kill();
        let end = asked.end(LIMIT).await;
        end.demand(1).says(&["the running bot has stopped"]);
        assert_eq!(end.stdout, "");
    });
}

#[test]
fn an_own_run_that_is_interrupted_ends_in_order() {
    run(async |ground| {
        ground.configure("timeout = \"60s\"");
        six_accounts(&ground).await;
        ground.site.set("vk", "back", Behaviour::Hang);
        let asked = ground.vakhta(&["--check-now", "--json"]).start();
        hangs(&ground.site, "vk").await;
        asked.signal(Signal::INT);
        let end = asked.end(Duration::from_secs(10)).await;
        end.demand(1).says(&["stopped before the run ended"]);
        assert_eq!(end.stdout, "");
        assert_eq!(ground.column("SELECT state FROM run"), ["interrupted"]);
    });
}

/// The most probes in flight.
const MOST: usize = 512;

#[test]
fn with_512_workers_as_many_looks_are_in_flight_and_never_more() {
    run(async |ground| {
        // No control name is possible there, so only accounts are probed; the site itself would
        // allow more.
        let sites = format!(
            "[[site]]\nkey = \"wide\"\nurl = \"{}/wide/{{name}}\"\nname_pattern = \"name[0-9]{{3}}\"\n\
             exists = {{ status = [200], text = [\"profile of\"] }}\nmissing = {{ status = [404] }}\n\
             per_site = 1000\n",
            ground.site.url()
        );
        ground.write("sites.toml", &sites);
        ground.configure(&format!("workers = {}", MOST + 1));
        let refused = ground.vakhta(&["--check-now"]).finish().await;
        refused.demand(2).says(&[
            "bot.toml",
            "watch.workers: given 513, allowed is a whole number from 1 to 512",
        ]);
        ground.configure(&format!("workers = {MOST}\ntimeout = \"120s\""));
        let names: Vec<String> = (0..MOST + 100).map(|n| format!("name{n:03}")).collect();
        for name in names.iter().step_by(10) {
            ground.site.set("wide", name, Behaviour::Exists);
        }
        let accounts: Vec<(&str, &str)> =
            names.iter().map(|name| ("wide", name.as_str())).collect();
        ground.import(7, &accounts).await;
        ground.site.hold(true);
        let check = ground.vakhta(&["--check-now", "--json"]).without_token();
        let check = check.start();
        let full = |site: &PretendSite| site.in_flight("wide") == MOST;
        let limit = LIMIT * 3;
        ground
            .site
            .wait_until("all looks", limit, full)
            .await
            .unwrap();
        ground.site.hold(false);
        let end = check.end(limit).await;
        let report = report(end.demand(0));
        assert_eq!(
            [&report["found"], &report["not_found"], &report["errors"]],
            [&62, &550, &0]
        );
        for account in report["accounts"].as_array().unwrap() {
            let name = account["username"].as_str().unwrap();
            let expected = if name.ends_with('0') {
                "found"
            } else {
                "not_found"
            };
            assert_eq!(account["verdict"], expected, "{name}");
        }
        assert_eq!(ground.site.max_in_flight("wide"), MOST);
    });
}

#[test]
fn a_short_run_of_its_own_tells_only_the_result_and_waits_for_nothing() {
    run(async |ground| {
        ground.import(7, &[("github", "gone")]).await;
        let end = ground.vakhta(&["--check-now"]).finish().await;
        end.demand(0);
        let told = ground.telegram.messages(ADMIN);
        let texts: Vec<&str> = told.iter().map(|message| message.text.as_str()).collect();
        assert!(
            matches!(texts[..], [only] if only.starts_with("✅")),
            "{texts:?}"
        );
        // Nothing comes later.
        assert_eq!(
            ground.number("SELECT count(*) FROM outbox WHERE state = 'pending'"),
            0
        );
    });
}

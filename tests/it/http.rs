//! The HTTP server of the real bot: health, metrics, and how it starts and stops.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpStream;
use vakhta::testing::clock::days;
use vakhta::testing::demo::Behaviour;

use crate::harness::{ADMIN, LIMIT};
use crate::process::Process;
use crate::{harness, process};

/// Requests a path; returns status and body.
async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let client = vakhta::testing::http_client::own_client(LIMIT).unwrap();
    let asked = client.get(format!("http://{address}{path}")).send();
    let answer = asked.await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Polls the health until it is as wanted; the server caches it for a second.
pub(crate) async fn healthy(address: SocketAddr, wanted: impl Fn(&Value) -> bool) -> (u16, Value) {
    let mut period = tokio::time::interval(Duration::from_millis(50));
    let asked = tokio::time::timeout(LIMIT, async {
        loop {
            period.tick().await;
            let (status, body) = get(address, "/healthz").await;
            let health = serde_json::from_str(&body).unwrap();
            if wanted(&health) {
                return (status, health);
            }
        }
    });
    asked.await.expect("the health is as wanted")
}

/// The address a process listens on, as its log says.
pub(crate) async fn address_of(process: &Process) -> SocketAddr {
    let line = process.logged("the HTTP server listens").await;
    let (_, address) = line.rsplit_once("address=").unwrap();
    address.trim().parse().unwrap()
}

#[test]
fn health_follows_what_happens() {
    harness::run(async |mut t| {
        assert_eq!(t.app().http(), None, "it is off by default");
        t.stop().await;
        t.reconfigure("[sites]", "[http]\nlisten = \"127.0.0.1:0\"\n[sites]");
        t.start().await;
        let address = t.app().http().unwrap();
        let (status, health) = healthy(address, |_| true).await;
        assert_eq!(status, 200, "{health}");
        assert_eq!(health["run"]["state"], "none");

        let eva = t.user(7, "Ева", "ru").await;
        t.ask(&eva, "/add octocat github").await;
        t.ask(&t.admin, "/start").await;
        let panel = t.ask(&t.admin, "/admin").await;
        t.admin.presses(&panel, "Проверить все").unwrap();
        t.heard(ADMIN, "✅ Автопроверка завершена").await;
        let (_, health) = healthy(address, |health| health["run"]["state"] == "done").await;
        assert_eq!(
            health["run"]["total"], 1,
            "the run over everybody: {health}"
        );

        // Neither polls nor the yearly runs happened.
        t.clock.advance(days(1000));
        let (status, health) = healthy(address, |health| health["healthy"] == false).await;
        assert_eq!(status, 503);
        assert_eq!(health["detail"], "failing: poll, run", "{health}");
        t.ask(&eva, "/status").await;
        let only_run = |health: &Value| health["detail"] == "failing: run";
        healthy(address, only_run).await;
        t
    });
}

#[test]
fn counters_gauges_and_no_texts_of_people() {
    process::run(async |ground| {
        ground.configure("[http]\nlisten = \"127.0.0.1:0\"");
        ground.site.set("github", "eva-secret", Behaviour::Exists);
        ground.telegram.person(7, "Ева", "ru").knows_bot();
        ground
            .import(7, &[("github", "eva-secret"), ("vk", "gone")])
            .await;
        let bot = ground.vakhta(&["run"]).start();
        let address = address_of(&bot).await;
        ground.heard(7, "✅ Аккаунт найден").await;
        ground.heard(ADMIN, "✅ Автопроверка завершена").await;
        let wanted = [
            "vakhta_healthy 1",
            "vakhta_failing{part=\"outbox\"} 0",
            "vakhta_checks_total{verdict=\"found\"} 1",
            "vakhta_checks_total{verdict=\"not_found\"} 1",
            "vakhta_checks_total{verdict=\"error\"} 0",
            "vakhta_runs_total{end=\"done\"} 1",
            "vakhta_run_accounts{what=\"total\"} 2",
            "vakhta_deliveries_total{outcome=\"sent\"} 3",
            "vakhta_outbox_messages{state=\"pending\"} 0",
            "# TYPE vakhta_updates_total counter",
        ];
        let mut period = tokio::time::interval(Duration::from_millis(50));
        let mut last = String::new();
        let scraped = tokio::time::timeout(LIMIT, async {
            loop {
                period.tick().await;
                let (status, text) = get(address, "/metrics").await;
                assert_eq!(status, 200);
                assert!(!text.contains("eva-secret") && !text.contains("Ева"));
                last = text;
                if wanted.iter().all(|line| last.contains(line)) {
                    return;
                }
            }
        });
        let all_there = scraped.await.is_ok();
        assert!(all_there, "some of {wanted:#?} is not in:\n{last}");

        // `doctor` asks the bot that listens there.
        let end = ground
            .vakhta(&["doctor"])
            .env("VAKHTA_HTTP_LISTEN", &address.to_string())
            .finish()
            .await;
        assert!(
            end.demand(0).stdout.contains("reports that all is well"),
            "{}",
            end.stdout
        );
        // An idle connection does not delay the stop.
        let _idle = TcpStream::connect(address).await.unwrap();
        bot.stop().await;
    });
}

#[test]
fn an_address_that_cannot_be_had_is_a_problem_of_the_configuration() {
    process::run(async |ground| {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let taken = (taken.local_addr().unwrap().to_string(), taken);
        let run = |listen: &str| ground.vakhta(&["run"]).env("VAKHTA_HTTP_LISTEN", listen);
        let end = run(&taken.0).finish().await;
        end.demand(2).says(&[&format!(
            "http.listen: {} cannot be listened on: Address already in use",
            taken.0
        )]);
        assert!(!ground.path("v.db").exists(), "it began all the same");
        let end = run("localhost").finish().await;
        end.demand(2)
            .says(&["http.listen: given \"localhost\", allowed is an IP address with a port"]);

        let end = ground
            .vakhta(&["doctor"])
            .env("VAKHTA_HTTP_LISTEN", &taken.0)
            .finish()
            .await;
        assert!(end.demand(1).stdout.contains("FAIL http"), "{}", end.stdout);
        let bot = run("0.0.0.0:0").start();
        bot.logged("can be reached from other machines").await;
        bot.logged("Initial run completed").await;
        bot.stop().await;
    });
}

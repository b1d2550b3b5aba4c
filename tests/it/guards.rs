//! Controls of sites and the guard over our own network. The brake on mass changes is in
//! [`mass_change`](crate::mass_change).

use std::time::Duration;

use vakhta::testing::demo::{Behaviour, site, world};
use vakhta::testing::slices::watch::model::account::RunState;
use vakhta::testing::slices::watch::store;

use crate::harness::{ADMIN, LIMIT, Stage, run, run_with};
use crate::process;
use crate::watch::{add, check_all};

const FAILED: &str = "⚠️ Контрольные имена определились неверно";
const WELL: &str = "✅ Контрольные имена снова определяются верно";

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:1";

/// How many messages of a chat contain a text.
pub(crate) fn told(t: &Stage, chat: i64, text: &str) -> usize {
    let messages = t.telegram.messages(chat);
    messages.iter().filter(|m| m.text.contains(text)).count()
}

/// The number of requests for a name at a site.
fn looks(t: &Stage, site: &str, name: &str) -> usize {
    let looks = t.site.requests_to(site);
    looks.iter().filter(|look| look.name == name).count()
}

#[test]
fn a_site_that_says_yes_to_everybody_gives_no_verdict_and_is_told_once() {
    run(async |mut t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(&t, &eva, "vk", &[("gone", Behaviour::Missing)]).await;
        add(&t, &eva, "github", &[("there", Behaviour::Exists)]).await;
        t.site.set_default("github", Behaviour::Exists);
        for _ in 0..2 {
            let summary = check_all(&t).await;
            assert!(
                summary.contains("• Найдено: 0\n• Не найдено: 1\n• Ошибок: 1"),
                "{summary}"
            );
            assert!(
                summary.contains("GitHub: контрольное имя площадки определилось неверно — 1"),
                "{summary}"
            );
        }
        let alarm = t.heard(ADMIN, FAILED).await;
        assert!(
            alarm.text.contains("• GitHub: случайное имя"),
            "{}",
            alarm.text
        );
        let distrusted = "Нет вердиктов, контрольные имена определяются неверно: GitHub";
        let status = t.ask(&t.admin, "/status").await;
        assert!(status.text.contains(distrusted), "{}", status.text);
        let status = t.ask(&eva, "/status").await;
        assert!(!status.text.contains("GitHub"), "{}", status.text);
        t.stop().await;
        t.start().await;
        check_all(&t).await;
        assert_eq!(told(&t, ADMIN, FAILED), 1);
        assert_eq!(looks(&t, "github", "there"), 0, "it was asked in vain");

        t.site.forget_names("github");
        t.site.set_default("github", Behaviour::Missing);
        t.site.set("github", site::CONTROL, Behaviour::Exists);
        for _ in 0..2 {
            let summary = check_all(&t).await;
            assert!(
                summary.contains("• Не найдено: 2\n• Ошибок: 0"),
                "{summary}"
            );
        }
        let well = t.heard(ADMIN, WELL).await;
        assert!(well.text.ends_with(": GitHub"), "{}", well.text);
        assert_eq!((told(&t, ADMIN, WELL), told(&t, ADMIN, FAILED)), (1, 1));
        let status = t.ask(&t.admin, "/status").await;
        assert!(!status.text.contains("GitHub"), "{}", status.text);
        assert_eq!(told(&t, 7, "Аккаунт найден"), 0);
        t
    });
}

#[test]
fn a_site_whose_known_name_is_gone_gives_no_verdict() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(&t, &eva, "github", &[("there", Behaviour::Exists)]).await;
        for behaviour in [Behaviour::Missing, Behaviour::SoftMissing] {
            t.site.set("github", site::CONTROL, behaviour);
            let summary = check_all(&t).await;
            assert!(summary.contains("• Найдено: 0\n• Не найдено: 0\n• Ошибок: 1"));
        }
        let alarm = t.heard(ADMIN, FAILED).await;
        assert!(
            alarm
                .text
                .contains("• GitHub: имени, которое точно есть, будто бы нет"),
            "{}",
            alarm.text
        );
        t
    });
}

#[test]
fn controls_keep_to_the_gate_of_their_site_and_hold_no_other() {
    run_with("per_site = 4\nworkers = 8", async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let names = ["a", "b", "c", "d"].map(|name| (name, Behaviour::Missing));
        add(&t, &eva, "github", &names).await;
        add(&t, &eva, "vk", &names).await;
        let busy = vec![Behaviour::rate_limited(2), Behaviour::Exists];
        t.site.behave_in_turn("github", site::CONTROL, busy);
        let summary = check_all(&t).await;
        assert!(
            summary.contains("• Не найдено: 8\n• Ошибок: 0"),
            "{summary}"
        );
        let looks = t.site.requests_to("github");
        assert_eq!(looks.len(), 7);
        let gap = looks[1].at.duration_since(looks[0].at);
        assert!(gap >= Duration::from_secs(2), "asked again after {gap:?}");
        // The last probe of the other site came before the second one of this site.
        let other = t.site.requests_to("vk");
        assert!(other.last().unwrap().at < looks[1].at);
        t
    });
}

#[test]
fn controls_cost_two_looks_in_fifteen_minutes_and_are_not_counted() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(&t, &eva, "github", &[("gone", Behaviour::Missing)]).await;
        for (minutes, expected) in [(0, 3), (5, 4), (9, 5), (1, 8)] {
            t.clock.advance(Duration::from_secs(60 * minutes));
            let summary = check_all(&t).await;
            assert!(summary.contains("• Проверено: 1\n"), "{summary}");
            assert_eq!(t.site.request_count(), expected, "after {minutes} minutes");
        }
        t
    });
}

#[test]
fn a_control_that_could_not_be_looked_at_is_no_broken_rule() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let many: Vec<String> = (0..8).map(|n| format!("gone{n}")).collect();
        let many: Vec<_> = many
            .iter()
            .map(|name| (name.as_str(), Behaviour::Missing))
            .collect();
        add(&t, &eva, "github", &many).await;
        t.site.set("github", site::CONTROL, Behaviour::BlockPage);
        let summary = check_all(&t).await;
        assert!(
            summary.contains("GitHub: страница-заслон вместо ответа — 8"),
            "{summary}"
        );
        assert_eq!(t.site.request_count(), 3, "the control, three times");
        // One success at the end is enough.
        t.site.behave_in_turn(
            "github",
            site::CONTROL,
            vec![Behaviour::Reset, Behaviour::Exists],
        );
        let summary = check_all(&t).await;
        assert!(
            summary.contains("• Не найдено: 8\n• Ошибок: 0"),
            "{summary}"
        );
        assert_eq!(told(&t, ADMIN, FAILED) + told(&t, ADMIN, WELL), 0);
        t
    });
}

/// Points the sites of the next start elsewhere.
fn lead_sites_to(t: &Stage, url: &str) {
    let catalogue = t.folder.path().join("sites.toml");
    std::fs::write(catalogue, world::catalogue(url)).unwrap();
}

#[test]
fn when_our_own_network_is_down_nothing_changes_and_it_is_told_once() {
    run(async |mut t| {
        let eva = t.user(7, "Ева", "ru").await;
        let names: Vec<String> = (0..20).map(|n| format!("name{n}")).collect();
        for (site, names) in ["github", "vk"].iter().zip(names.chunks(10)) {
            let accounts: Vec<_> = names
                .iter()
                .map(|name| (name.as_str(), Behaviour::Missing))
                .collect();
            add(&t, &eva, site, &accounts).await;
        }
        check_all(&t).await;
        let now = t.clock.now();
        let before = t
            .app()
            .db()
            .read(move |c| store::page(c, now, &store::AccountQuery::default(), 0, 100))
            .await;
        let before = before.unwrap();

        lead_sites_to(&t, NOWHERE);
        t.reconfigure("run_at_start = false", "run_at_start = true");
        for ended in 1..=2 {
            t.stop().await;
            t.clock.advance(Duration::from_secs(60));
            t.start().await;
            offline_runs(&t, ended).await;
        }
        let asked = t.ask(&eva, "/check").await;
        assert!(asked.text.contains("Проверяю"), "{}", asked.text);
        t.heard(7, "📡 Похоже, нет нашей собственной сети").await;
        t.heard(ADMIN, "📡 Похоже, нет нашей собственной сети")
            .await;
        let status = t.ask(&t.admin, "/status").await;
        assert!(
            status.text.contains("не было нашей собственной сети"),
            "{}",
            status.text
        );
        assert_eq!(told(&t, ADMIN, "📡 Похоже"), 1);
        let closed = told(&t, ADMIN, "🔄") - told(&t, ADMIN, "📡 Посмотреть не удалось");
        assert_eq!(
            closed, 1,
            "only the start of the run before stands as it was"
        );
        let after = t
            .app()
            .db()
            .read(move |c| store::page(c, now, &store::AccountQuery::default(), 0, 100))
            .await;
        assert_eq!(
            after.unwrap(),
            before,
            "accounts keep their states and dates"
        );

        lead_sites_to(&t, &t.site.url());
        t.stop().await;
        t.clock.advance(Duration::from_secs(60));
        t.start().await;
        t.heard(ADMIN, "📡 Наша сеть снова есть. Её не было 2 мин")
            .await;
        let summary = check_all(&t).await;
        assert!(
            summary.contains("• Не найдено: 20\n• Ошибок: 0"),
            "{summary}"
        );
        assert_eq!(told(&t, ADMIN, "📡 Наша сеть снова есть"), 1);
        t
    });
}

/// Waits for this many runs that ended because our own network was down.
async fn offline_runs(t: &Stage, n: i64) {
    let mut period = tokio::time::interval(Duration::from_millis(10));
    let waited = tokio::time::timeout(LIMIT, async {
        loop {
            period.tick().await;
            let last = t.app().db().read(store::last).await.unwrap().unwrap();
            // The run before these succeeded.
            if last.id > n && last.progress.state == RunState::Offline {
                return;
            }
        }
    });
    waited.await.expect("the run ends as offline");
}

#[test]
fn an_immediate_check_without_a_network_fails_and_one_dead_site_does_not() {
    process::run(async |ground| {
        ground.import(7, &[("github", "one")]).await;
        ground.write("sites.toml", &world::catalogue(NOWHERE));
        let check = ground.vakhta(&["--check-now", "--json"]).without_token();
        let end = check.finish().await;
        let report: serde_json::Value = serde_json::from_str(&end.demand(0).stdout).unwrap();
        assert_eq!(report["accounts"][0]["reason"], "connect", "{report}");

        ground.import(8, &[("vk", "two")]).await;
        let check = ground.vakhta(&["--check-now", "--json"]).without_token();
        let end = check.finish().await;
        end.demand(1).says(&["our own network is down"]);
        let report: serde_json::Value = serde_json::from_str(&end.stdout).unwrap();
        assert_eq!(
            [&report["checked"], &report["errors"]],
            [&2, &2],
            "{report}"
        );
        let accounts = report["accounts"].as_array().unwrap();
        assert!(
            accounts.iter().all(|one| one["reason"] == "offline"),
            "{report}"
        );
        assert_eq!(
            ground.column("SELECT state FROM run ORDER BY id"),
            ["done", "offline"]
        );
        let seen = "SELECT reason FROM look ORDER BY account_id";
        assert_eq!(ground.column(seen), ["connect", ""]);
    });
}

//! The brake: when many accounts of a site are found at once, an admin decides.

use std::sync::Arc;
use std::time::Duration;

use vakhta::testing::demo::{Behaviour, ChatMessage, Person};
use vakhta::testing::people::{self, Role};
use vakhta::testing::slices::watch::model::account::{MassDecision, RunCounts, Until};
use vakhta::testing::slices::watch::store;

use crate::guards::told;
use crate::harness::{ADMIN, Stage, run_with};
use crate::process;
use crate::watch::{add, check_all};

/// Adds this many accounts on GitHub and lets a run find them missing.
async fn missing(t: &Stage, owner: &Person, n: usize) -> Vec<String> {
    let names: Vec<String> = (0..n).map(|n| format!("name{n:02}")).collect();
    let accounts: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), Behaviour::Missing))
        .collect();
    add(t, owner, "github", &accounts).await;
    check_all(t).await;
    names
}

fn appear(t: &Stage, names: &[String]) {
    for name in names {
        t.site.set("github", name, Behaviour::Exists);
    }
}

/// Twelve of twelve appear at once, and the admins are asked.
async fn mass_change(t: &Stage, owner: &Person) -> Arc<ChatMessage> {
    let names = missing(t, owner, 12).await;
    appear(t, &names);
    let summary = check_all(t).await;
    assert!(
        summary.contains("• Проверено: 12\n• Найдено: 0\n• Не найдено: 0\n• Ошибок: 12"),
        "{summary}"
    );
    let question = t.heard(ADMIN, "✋ GitHub: сразу нашлось 12 из 12").await;
    assert_eq!(told(t, 7, "Найдено"), 0, "nobody hears of a held account");
    question
}

/// Waits until every decision about a mass change was carried out.
async fn carried_out(t: &Stage) {
    let mut period = tokio::time::interval(Duration::from_millis(10));
    let open = async || t.app().db().read(store::mass_changes).await.unwrap();
    while !open().await.is_empty() {
        period.tick().await;
    }
}

#[test]
fn a_mass_change_waits_for_an_admin_who_says_that_it_is_true() {
    run_with("per_site = 4\nworkers = 4", async |mut t| {
        let eva = t.user(7, "Ева", "ru").await;
        let boss = t.user(200, "Boss", "en").await;
        let db = t.app().db();
        db.write(|tx| people::set_role(tx, 200, Role::Admin))
            .await
            .unwrap();
        t.ask(&boss, "/settings").await;
        let question = mass_change(&t, &eva).await;
        let for_boss = t.heard(200, "✋ GitHub: 12 of 12").await;
        let card = t.ask(&eva, "/list").await;
        let card = t.callback(&eva, &card, "name00").await;
        assert!(card.text.contains("✋ Ждёт решения"), "{}", card.text);

        // Neither another run nor a restart asks again or forgets.
        check_all(&t).await;
        t.stop().await;
        t.start().await;
        let panel = t.ask(&t.admin, "/admin").await;
        let screen = t.callback(&t.admin, &panel, "Массовые изменения: 1").await;
        assert!(screen.text.contains("12 из 12"), "{}", screen.text);
        assert_eq!(told(&t, 200, "✋"), 1);

        let decided = t.callback(&t.admin, &question, "Да, сообщить").await;
        assert!(
            decided.text.contains("✅ Да, решил(а) Ольга"),
            "{}",
            decided.text
        );
        let list = t.heard(7, "✅ Найдено: 12 аккаунтов").await;
        assert_eq!(list.links().len(), 12);
        let edited = |telegram: &vakhta::testing::demo::PretendTelegram| {
            let message = telegram.message(200, for_boss.message_id).unwrap();
            message.text.contains("✅ Ольга decided: yes") && message.buttons().is_empty()
        };
        t.telegram
            .wait_until("the other admin's message", crate::harness::LIMIT, edited)
            .await
            .unwrap();
        // The second admin presses too late.
        let late = boss.presses_forged(for_boss.message_id, "watch:mass:discard:1");
        assert_eq!(t.note(&boss, &late).await, "This has already been done.");
        let db = t.app().db();
        let done = db.read(|c| Ok(store::totals(c, Some(7))?.done)).await;
        assert_eq!(done.unwrap(), 12);
        assert_eq!(db.read(store::mass_changes).await.unwrap(), []);
        assert_eq!(told(&t, 7, "✅ Найдено: 12"), 1);
        t
    });
}

#[test]
fn a_mass_change_that_is_not_true_is_looked_at_again() {
    run_with("per_site = 4\nworkers = 4", async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let question = mass_change(&t, &eva).await;
        // Held accounts are counted as in the summary.
        let days = t.app().db().read(|c| store::days(c, "")).await;
        let counts: Vec<_> = days.unwrap().iter().map(|d| d.tally.counts).collect();
        let expected = RunCounts {
            found: 0,
            not_found: 12,
            errors: 12,
        };
        assert_eq!(counts, [expected]);
        t.callback(&t.admin, &question, "Нет, проверить снова")
            .await;
        carried_out(&t).await;
        // For some hours nobody is asked again, and nobody is told about the accounts concerned.
        for hours in [1, 4] {
            t.clock.advance(Duration::from_secs(hours * 3600));
            let summary = check_all(&t).await;
            assert!(summary.contains("• Ошибок: 12"), "{summary}");
        }
        assert_eq!(told(&t, ADMIN, "✋"), 1);
        assert_eq!(told(&t, 7, "Найдено"), 0);
        t.clock.advance(Duration::from_secs(2 * 3600));
        check_all(&t).await;
        let asked_again = |telegram: &vakhta::testing::demo::PretendTelegram| {
            let messages = telegram.messages(ADMIN);
            let questions = messages
                .iter()
                .filter(|m| m.from_bot && m.text.contains("✋ GitHub"));
            questions.count() == 2
        };
        t.telegram
            .wait_until("the second question", crate::harness::LIMIT, asked_again)
            .await
            .unwrap();
        let question = t.heard(ADMIN, "✋ GitHub").await;
        t.callback(&t.admin, &question, "Нет, проверить снова")
            .await;
        carried_out(&t).await;
        for n in 0..12 {
            t.site
                .set("github", &format!("name{n:02}"), Behaviour::Missing);
        }
        let summary = check_all(&t).await;
        assert!(
            summary.contains("• Не найдено: 12\n• Ошибок: 0"),
            "{summary}"
        );
        // An account that really returns is found at once.
        t.site.set("github", "name03", Behaviour::Exists);
        check_all(&t).await;
        t.heard(7, "✅ Аккаунт найден").await;
        let panel = t.ask(&t.admin, "/admin").await;
        assert!(!panel.buttons().iter().any(|b| b.text.contains("Массовые")));
        t
    });
}

#[test]
fn what_is_no_mass_change_is_told_at_once() {
    run_with("per_site = 4\nworkers = 4", async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        // A first run over existing accounts changes nothing, if it does not find everybody.
        let there: Vec<String> = (0..12).map(|n| format!("there{n}")).collect();
        let mut there: Vec<_> = there
            .iter()
            .map(|name| (name.as_str(), Behaviour::Exists))
            .collect();
        there.push(("gone", Behaviour::Missing));
        add(&t, &eva, "github", &there).await;
        // Ten are not many.
        let few: Vec<_> = there[..10].to_vec();
        add(&t, &eva, "vk", &few).await;
        let summary = check_all(&t).await;
        assert!(
            summary.contains("• Найдено: 22\n• Не найдено: 1\n"),
            "{summary}"
        );
        // Half is not more than half.
        let names = missing(&t, &eva, 20).await;
        appear(&t, &names[..10]);
        let summary = check_all(&t).await;
        assert!(
            summary.contains("• Найдено: 10\n• Не найдено: 11\n"),
            "{summary}"
        );
        t.heard(7, "✅ Найдено: 10 аккаунтов").await;
        assert_eq!(told(&t, ADMIN, "✋"), 0);
        t
    });
}

#[test]
fn a_first_run_that_finds_everybody_waits_for_an_admin() {
    run_with("per_site = 4\nworkers = 4", async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let names: Vec<String> = (0..11).map(|n| format!("name{n:02}")).collect();
        let accounts: Vec<_> = names
            .iter()
            .map(|name| (name.as_str(), Behaviour::Exists))
            .collect();
        add(&t, &eva, "github", &accounts).await;
        add_gone(&t, "vk", 11).await;
        let summary = check_all(&t).await;
        assert!(
            summary.contains("• Найдено: 0\n• Не найдено: 0\n• Ошибок: 22"),
            "{summary}"
        );
        let found = t.heard(ADMIN, "✋ GitHub: сразу нашлось 11 из 11").await;
        let gone = t.heard(ADMIN, "✋ VK: сразу исчезло 11 из 11").await;
        assert_eq!(told(&t, 7, "Найдено") + told(&t, 7, "Исчезло"), 0);
        t.callback(&t.admin, &found, "Да, сообщить").await;
        t.heard(7, "✅ Найдено: 11 аккаунтов").await;
        t.callback(&t.admin, &gone, "Да, сообщить").await;
        t.heard(7, "👋 Исчезло: 11 аккаунтов").await;
        let done = t.app().db().read(|c| Ok(store::totals(c, Some(7))?.done));
        assert_eq!(done.await.unwrap(), 22);
        t
    });
}

/// Adds accounts that are not there and are awaited to be gone.
async fn add_gone(t: &Stage, site: &'static str, n: usize) {
    let now = t.clock.now();
    let write = t.app().db().write(move |tx| {
        for n in 0..n {
            let new = store::NewAccount::new(7, site, &format!("name{n:02}"), 30);
            let until = Until::Gone;
            store::add(tx, now, &store::NewAccount { until, ..new })?;
        }
        Ok(())
    });
    write.await.unwrap();
}

#[test]
fn what_a_killed_first_run_held_is_looked_at_again() {
    process::run(async |ground| {
        ground.configure("timeout = \"60s\"\nworkers = 4\nper_site = 4");
        ground.telegram.person(7, "Ева", "ru").knows_bot();
        let names: Vec<String> = (0..12).map(|n| format!("name{n:02}")).collect();
        let mut rows: Vec<_> = names.iter().map(|name| ("github", name.as_str())).collect();
        for name in &names {
            ground.site.set("github", name, Behaviour::Exists);
        }
        rows.push(("vk", "hanging"));
        ground.import(7, &rows).await;
        ground.site.set("vk", "hanging", Behaviour::Hang);
        let process = ground.vakhta(&["run"]).start();
        let held = "SELECT count(*) = 12 FROM account WHERE state = 'held'";
        ground.wait_db("the held accounts", held).await;
        process.kill();
        ground.site.set("vk", "hanging", Behaviour::Missing);
        for _ in 0..2 {
            let process = ground.vakhta(&["run"]).start();
            process.logged("Initial run completed").await;
            ground.heard(ADMIN, "сразу нашлось 12 из 12").await;
            process.stop().await;
        }
        assert_eq!(ground.number("SELECT count(*) FROM mass_change"), 1);
        assert_eq!(
            ground.number("SELECT count(*) FROM transition WHERE what = 'found'"),
            0
        );
    });
}

#[test]
fn what_a_killed_run_held_is_looked_at_again() {
    process::run(async |ground| {
        ground.configure("timeout = \"60s\"\nworkers = 4\nper_site = 4");
        ground.telegram.person(7, "Ева", "ru").knows_bot();
        let names: Vec<String> = (0..12).map(|n| format!("name{n:02}")).collect();
        let mut rows: Vec<_> = names.iter().map(|name| ("github", name.as_str())).collect();
        rows.push(("github", "hanging"));
        ground.import(7, &rows).await;
        ground.vakhta(&["--check-now"]).finish().await.demand(0);
        for name in &names {
            ground.site.set("github", name, Behaviour::Exists);
        }
        ground.site.set("github", "hanging", Behaviour::Hang);
        let process = ground.vakhta(&["run"]).start();
        ground
            .wait_db(
                "the held accounts",
                "SELECT count(*) = 12 FROM account WHERE state = 'held'",
            )
            .await;
        process.kill();
        ground.site.set("github", "hanging", Behaviour::Missing);
        for _ in 0..2 {
            let process = ground.vakhta(&["run"]).start();
            process.logged("Initial run completed").await;
            ground.heard(ADMIN, "сразу нашлось 12 из 13").await;
            process.stop().await;
        }
        assert_eq!(ground.number("SELECT count(*) FROM mass_change"), 1);
        let asked = "SELECT count(*) FROM outbox WHERE dedupe LIKE 'mass-change-%'";
        assert_eq!(ground.number(asked), 1);
        assert_eq!(
            ground.number("SELECT count(*) FROM account WHERE state = 'held'"),
            12
        );
        // A decision that could not be carried out before the stop is carried out after the start.
        let db = rusqlite::Connection::open(ground.path("v.db")).unwrap();
        let decide = "UPDATE mass_change SET decision = ?1, decided_by = ?2";
        db.execute(decide, (MassDecision::Apply.word(), ADMIN))
            .unwrap();
        drop(db);
        let process = ground.vakhta(&["run"]).start();
        ground.heard(7, "✅ Найдено: 12 аккаунтов").await;
        process.stop().await;
    });
}

//! The three kinds of waits: for an account to appear, to disappear, or to change in any way.

use vakhta::testing::demo::{Behaviour, ChatMessage, Person};
use vakhta::testing::slices::watch::store;

use crate::guards::told;
use crate::harness::{ADMIN, Stage, run, run_with};
use crate::watch::{add, check_all};

/// Chooses on an account's card what to wait for; returns the card afterwards.
async fn choose(t: &Stage, owner: &Person, name: &str, until: &str) -> std::sync::Arc<ChatMessage> {
    let list = t.ask(owner, &format!("/list {name}")).await;
    let card = t.callback(owner, &list, name).await;
    let choice = t.callback(owner, &card, "Чего ждать").await;
    t.callback(owner, &choice, until).await
}

#[test]
fn an_account_that_is_gone_is_told_once_and_done() {
    run_with("confirmations = 2", async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(&t, &eva, "github", &[("octocat", Behaviour::Exists)]).await;
        let card = choose(&t, &eva, "octocat", "когда исчезнет").await;
        assert!(card.text.contains("👁 Жду: когда исчезнет"), "{}", card.text);
        let summary = check_all(&t).await;
        assert!(
            summary.contains("• Найдено: 1\n• Не найдено: 0"),
            "{summary}"
        );

        // One probe of two is not enough.
        let flickers = vec![Behaviour::Missing, Behaviour::Exists];
        t.site.behave_in_turn("github", "octocat", flickers);
        let summary = check_all(&t).await;
        assert!(
            summary.contains("проверки дали разные ответы — 1"),
            "{summary}"
        );

        t.site.set("github", "octocat", Behaviour::Missing);
        let summary = check_all(&t).await;
        assert!(
            summary.contains("• Найдено: 0\n• Не найдено: 1"),
            "{summary}"
        );
        let gone = t.heard(7, "👋 Аккаунт исчез").await;
        assert!(
            gone.text.contains("🏁 Завершено за: меньше дня"),
            "{}",
            gone.text
        );
        assert_eq!(gone.links().len(), 1);
        add(&t, &eva, "vk", &[("other", Behaviour::Missing)]).await;
        check_all(&t).await;
        assert_eq!(told(&t, 7, "Аккаунт исчез"), 1);
        assert_eq!(told(&t, 7, "Аккаунт найден"), 0);
        let list = t.ask(&eva, "/list").await;
        let card = t.callback(&eva, &list, "octocat").await;
        for part in [
            "🏁 Исчез 21.11.2026",
            "🔍 21.11.2026 18:35: не найден",
            "👀 Последний раз видели: 21.11.2026 18:35",
            "📈 █·▁",
            "— исчез · проверка",
            "— ждём: когда исчезнет · вы",
            "— добавлен · вы",
        ] {
            assert!(card.text.contains(part), "{part} is not in {}", card.text);
        }
        t
    });
}

#[test]
fn gone_needs_as_many_looks_that_agree_as_found() {
    run_with("confirmations = 3", async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        for name in ["leaves", "flickers", "changes"] {
            add(&t, &eva, "github", &[(name, Behaviour::Exists)]).await;
        }
        choose(&t, &eva, "leaves", "когда исчезнет").await;
        choose(&t, &eva, "flickers", "когда исчезнет").await;
        choose(&t, &eva, "changes", "любое изменение").await;
        check_all(&t).await;
        t.site.forget_requests();
        let missing = Behaviour::Missing;
        t.site.set("github", "leaves", missing.clone());
        t.site.set("github", "changes", missing.clone());
        let flickers = vec![missing.clone(), missing, Behaviour::Exists];
        t.site.behave_in_turn("github", "flickers", flickers);
        let summary = check_all(&t).await;
        assert!(
            summary.contains("• Не найдено: 2\n• Ошибок: 1"),
            "{summary}"
        );
        let looks = t.site.requests_to("github");
        for name in ["leaves", "flickers", "changes"] {
            let looks = looks.iter().filter(|look| look.name == name);
            assert_eq!(looks.count(), 3, "{name}");
        }
        t.heard(7, "👋 Аккаунт исчез").await;
        t
    });
}

#[test]
fn a_name_that_is_free_at_the_first_look_is_gone() {
    run(async |t| {
        let eva = t.user(7, "Eve", "en").await;
        t.site.set("github", "octocat", Behaviour::Missing);
        t.ask(&eva, "/add").await;
        let site = t.ask(&eva, "octocat").await;
        let days = t.callback(&eva, &site, "GitHub").await;
        let days = t.callback(&eva, &days, "until it is gone").await;
        assert!(
            days.buttons()
                .iter()
                .any(|b| b.text == "✓ until it is gone")
        );
        let added = t.callback(&eva, &days, "30").await;
        assert!(
            added.text.contains("👁 Waiting: until it is gone"),
            "{}",
            added.text
        );
        check_all(&t).await;
        let gone = t.heard(7, "👋 Account gone").await;
        assert!(gone.text.contains("Agreed: 30 days"), "{}", gone.text);
        t
    });
}

#[test]
fn each_change_is_told_once_and_the_wait_goes_on() {
    run(async |mut t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(&t, &eva, "github", &[("octocat", Behaviour::Missing)]).await;
        choose(&t, &eva, "octocat", "любое изменение").await;
        // The first probe is never a change.
        check_all(&t).await;
        assert_eq!(told(&t, 7, "Аккаунт"), 0);
        t.site.set("github", "octocat", Behaviour::Exists);
        check_all(&t).await;
        check_all(&t).await;
        t.heard(7, "🔔 Аккаунт появился").await;
        t.stop().await;
        t.start().await;
        t.site.set("github", "octocat", Behaviour::Missing);
        check_all(&t).await;
        check_all(&t).await;
        t.heard(7, "🔕 Аккаунт пропал").await;
        assert_eq!(told(&t, 7, "🔔 Аккаунт появился"), 1);
        assert_eq!(told(&t, 7, "🔕 Аккаунт пропал"), 1);
        let db = t.app().db();
        let totals = db.read(|c| store::totals(c, Some(7))).await.unwrap();
        assert_eq!((totals.pending, totals.done), (1, 0));
        t
    });
}

#[test]
fn what_one_look_saw_is_no_baseline_for_changes() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(&t, &eva, "github", &[("octocat", Behaviour::Missing)]).await;
        check_all(&t).await;
        choose(&t, &eva, "octocat", "любое изменение").await;
        t.site.set("github", "octocat", Behaviour::Exists);
        check_all(&t).await;
        t.site.set("github", "octocat", Behaviour::Missing);
        check_all(&t).await;
        t.heard(7, "🔕 Аккаунт пропал").await;
        assert_eq!(told(&t, 7, "🔔 Аккаунт появился"), 0);
        t
    });
}

#[test]
fn one_message_tells_an_owner_all_that_a_run_saw() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let names = ["comes", "goes", "turns"];
        for (name, now) in [
            ("comes", Behaviour::Missing),
            ("goes", Behaviour::Exists),
            ("turns", Behaviour::Exists),
        ] {
            add(&t, &eva, "github", &[(name, now)]).await;
        }
        choose(&t, &eva, "goes", "когда исчезнет").await;
        choose(&t, &eva, "turns", "любое изменение").await;
        check_all(&t).await;
        t.site.set("github", "comes", Behaviour::Exists);
        t.site.set("github", "goes", Behaviour::Missing);
        t.site.set("github", "turns", Behaviour::Missing);
        check_all(&t).await;
        let news = t.heard(7, "Аккаунт найден").await;
        for part in ["✅ Аккаунт найден", "👋 Аккаунт исчез", "🔕 Аккаунт пропал"]
        {
            assert!(news.text.contains(part), "{part} is not in {}", news.text);
        }
        assert_eq!(news.links().len(), names.len());
        t
    });
}

#[test]
fn the_brake_works_the_other_way_round() {
    run_with("per_site = 4\nworkers = 4", async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let names: Vec<String> = (0..12).map(|n| format!("name{n:02}")).collect();
        let db = t.app().db();
        let accounts = names.clone();
        let now = t.clock.now();
        db.write(move |tx| {
            for name in &accounts {
                let new = store::NewAccount {
                    until: vakhta::testing::slices::watch::model::account::Until::Gone,
                    ..store::NewAccount::new(7, "github", name, 30)
                };
                store::add(tx, now, &new)?;
            }
            Ok(())
        })
        .await
        .unwrap();
        for name in &names {
            t.site.set("github", name, Behaviour::Exists);
        }
        check_all(&t).await;
        for name in &names {
            t.site.set("github", name, Behaviour::Missing);
        }
        let summary = check_all(&t).await;
        assert!(summary.contains("• Ошибок: 12"), "{summary}");
        let question = t.heard(ADMIN, "✋ GitHub: сразу исчезло 12 из 12").await;
        assert_eq!(told(&t, 7, "Исчезло"), 0, "nobody hears of a held account");
        t.callback(&t.admin, &question, "Да, сообщить").await;
        let news = t.heard(7, "👋 Исчезло: 12 аккаунтов").await;
        assert_eq!(news.links().len(), 12);
        let done = t.app().db().read(|c| Ok(store::totals(c, Some(7))?.done));
        assert_eq!(done.await.unwrap(), 12);
        t.ask(&eva, "/list").await;
        t
    });
}

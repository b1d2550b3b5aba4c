//! Runs from end to end: what becomes a verdict, what never does, and who is told.

use std::time::Duration;

use vakhta::testing::demo::Behaviour;
use vakhta::testing::slices::watch::store;

use crate::harness::{ADMIN, LIMIT, Stage, run, run_with};

/// Adds accounts of one owner and sets the site's responses.
pub(crate) async fn add(
    t: &Stage,
    owner: &vakhta::testing::demo::Person,
    site: &str,
    names: &[(&str, Behaviour)],
) {
    let lines: Vec<String> = names
        .iter()
        .map(|(name, _)| format!("{name} {site}"))
        .collect();
    for (name, behaviour) in names {
        t.site.set(site, name, behaviour.clone());
    }
    t.ask(owner, &format!("/add {}", lines.join("\n"))).await;
}

/// The admin checks everything; returns the summary.
pub(crate) async fn check_all(t: &Stage) -> String {
    let before = t.telegram.messages(ADMIN).len();
    let panel = t.ask(&t.admin, "/admin").await;
    t.callback_for_note(&t.admin, &panel, "Проверить все сейчас")
        .await;
    let done = |telegram: &vakhta::testing::demo::PretendTelegram| {
        let messages = telegram.messages(ADMIN);
        let new = messages
            .iter()
            .skip(before)
            .find(|m| m.text.starts_with("✅ Автопроверка завершена"));
        new.map(|m| m.text.clone())
    };
    t.telegram
        .wait_until("the summary", LIMIT, |telegram| done(telegram).is_some())
        .await
        .unwrap();
    done(&t.telegram).unwrap()
}

#[test]
fn only_a_clear_answer_becomes_a_verdict() {
    run_with(
        "timeout = \"500ms\"\nper_site = 8\nworkers = 8",
        async |t| {
            let eva = t.user(7, "Ева", "ru").await;
            add(
                &t,
                &eva,
                "github",
                &[("there", Behaviour::Exists), ("gone", Behaviour::Missing)],
            )
            .await;
            let hostile = [
                Behaviour::SoftMissing,
                Behaviour::Status(403),
                Behaviour::Status(999),
                Behaviour::rate_limited(0),
                Behaviour::ServerError,
                Behaviour::BlockPage,
                Behaviour::Challenge403,
                Behaviour::EmptyOk,
                Behaviour::Empty202,
                Behaviour::LoginRedirect,
                Behaviour::RedirectLoop,
                Behaviour::Redirect("https://elsewhere.example/".to_owned()),
                Behaviour::Hang,
                Behaviour::EndlessBody,
                Behaviour::GzipBomb,
                Behaviour::Reset,
                Behaviour::CutBody,
                Behaviour::ClosedAfterHeaders,
                Behaviour::Garbage,
            ];
            // One site per behaviour would take twenty sites. With three, the breaker also matters.
            for (index, behaviour) in hostile.iter().enumerate() {
                let site = ["telegram", "vk", "instagram"][index % 3];
                add(
                    &t,
                    &eva,
                    site,
                    &[(&format!("hostile{index}"), behaviour.clone())],
                )
                .await;
            }
            let summary = check_all(&t).await;
            let wrong = hostile.len();
            assert!(
                summary.contains(&format!(
                    "• Проверено: {}\n• Найдено: 1\n• Не найдено: 1\n• Ошибок: {wrong}",
                    wrong + 2
                )),
                "{summary}"
            );
            t
        },
    );
}

#[test]
fn found_needs_looks_that_agree() {
    run_with("confirmations = 3", async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(
            &t,
            &eva,
            "github",
            &[
                ("steady", Behaviour::Exists),
                ("flickers", Behaviour::Missing),
            ],
        )
        .await;
        t.site.behave_in_turn(
            "github",
            "flickers",
            vec![Behaviour::Exists, Behaviour::Exists, Behaviour::Missing],
        );
        let summary = check_all(&t).await;
        assert!(
            summary.contains("• Найдено: 1\n• Не найдено: 0\n• Ошибок: 1"),
            "{summary}"
        );
        assert!(summary.contains("проверки дали разные ответы"), "{summary}");
        let looks = t.site.requests_to("github");
        let of = |name: &str| looks.iter().filter(|look| look.name == name).count();
        assert_eq!((of("steady"), of("flickers")), (3, 3));
        t
    });
}

#[test]
fn a_connection_that_was_closed_under_a_look_is_asked_once_more() {
    run_with("", async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let names = [("once", Behaviour::Missing), ("twice", Behaviour::Missing)];
        add(&t, &eva, "github", &names).await;
        let closed = Behaviour::Reset;
        let once = vec![closed.clone(), Behaviour::Missing];
        t.site.behave_in_turn("github", "once", once);
        let twice = vec![closed.clone(), closed, Behaviour::Missing];
        t.site.behave_in_turn("github", "twice", twice);
        let summary = check_all(&t).await;
        assert!(
            summary.contains("• Не найдено: 1\n• Ошибок: 1"),
            "{summary}"
        );
        let looks = t.site.requests_to("github");
        let of = |name: &str| looks.iter().filter(|look| look.name == name).count();
        assert_eq!((of("once"), of("twice")), (2, 2));
        t
    });
}

#[test]
fn a_failing_site_is_left_alone_and_holds_nobody() {
    run_with("per_site = 2", async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let down: Vec<(String, Behaviour)> = (0..40)
            .map(|n| (format!("down{n}"), Behaviour::ServerError))
            .collect();
        let down: Vec<(&str, Behaviour)> = down
            .iter()
            .map(|(name, how)| (name.as_str(), how.clone()))
            .collect();
        add(&t, &eva, "vk", &down).await;
        add(&t, &eva, "github", &[("there", Behaviour::Exists)]).await;
        // The other site answers during the wait for the failing one. Its controls are probed
        // first.
        let panel = t.ask(&t.admin, "/admin").await;
        t.callback_for_note(&t.admin, &panel, "Проверить все сейчас")
            .await;
        let reached =
            |site: &vakhta::testing::demo::PretendSite| site.requests_to("github").len() == 4;
        t.site
            .wait_until("the looks at the other site", LIMIT, reached)
            .await
            .unwrap();
        let summary = t
            .heard_within(ADMIN, "✅ Автопроверка завершена", Duration::from_secs(60))
            .await;
        assert!(
            summary
                .text
                .contains("• Проверено: 41\n• Найдено: 1\n• Не найдено: 0\n• Ошибок: 40"),
            "{}",
            summary.text
        );
        assert!(
            summary.text.contains("даём ей отдохнуть"),
            "{}",
            summary.text
        );
        let asked = t.site.requests_to("vk").len();
        assert!(
            (7..=14).contains(&asked),
            "a site that is down was asked {asked} times"
        );
        assert!(t.site.max_in_flight("vk") <= 2);
        t
    });
}

#[test]
fn retry_after_is_obeyed_to_the_second() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(
            &t,
            &eva,
            "github",
            &[
                ("first", Behaviour::Missing),
                ("second", Behaviour::Missing),
            ],
        )
        .await;
        for name in ["first", "second"] {
            t.site.behave_in_turn(
                "github",
                name,
                vec![Behaviour::rate_limited(2), Behaviour::Missing],
            );
        }
        let summary = check_all(&t).await;
        assert!(summary.contains("• Ошибок: 2"), "{summary}");
        let mut looks = t.site.requests_to("github");
        looks.retain(|look| ["first", "second"].contains(&look.name.as_str()));
        let gap = looks[1].at.duration_since(looks[0].at);
        assert!(gap >= Duration::from_secs(2), "asked again after {gap:?}");
        t
    });
}

#[test]
fn an_owner_hears_once_of_each_account_and_of_many_as_a_list() {
    run_with("per_site = 4\nworkers = 4", async |t| {
        let (eva, oleg) = (t.user(7, "Ева", "ru").await, t.user(8, "Oleg", "en").await);
        let many: Vec<(String, Behaviour)> = (0..6)
            .map(|n| (format!("many{n}"), Behaviour::Exists))
            .collect();
        let many: Vec<(&str, Behaviour)> = many
            .iter()
            .map(|(name, how)| (name.as_str(), how.clone()))
            .collect();
        add(&t, &eva, "github", &many).await;
        add(
            &t,
            &oleg,
            "vk",
            &[("one", Behaviour::Exists), ("two", Behaviour::Exists)],
        )
        .await;
        check_all(&t).await;
        let list = t.heard(7, "✅ Найдено: 6 аккаунтов").await;
        assert_eq!(list.links().len(), 6);
        assert!(
            t.log
                .contains("[AUTO-CHECK/T] Tick completed at 2026-11-21 18:35:00")
        );
        let full = t.heard(8, "✅ Account found").await;
        assert_eq!(full.text.matches("✅ Account found").count(), 2);
        let panel = t.ask(&t.admin, "/admin").await;
        let nothing = t
            .callback_for_note(&t.admin, &panel, "Проверить все сейчас")
            .await;
        assert_eq!(nothing, "Проверять нечего: нет аккаунтов, которые ждут.");
        for (chat, text) in [(7, "Найдено: 6"), (8, "Account found")] {
            let told = t
                .telegram
                .messages(chat)
                .iter()
                .filter(|m| m.text.contains(text))
                .count();
            assert_eq!(told, 1, "chat {chat} was told {told} times");
        }
        t
    });
}

#[test]
fn a_check_asked_for_during_a_run_makes_exactly_one_more() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(&t, &eva, "github", &[("slow", Behaviour::Missing)]).await;
        t.site
            .behave_in_turn("github", "slow", vec![Behaviour::Hang, Behaviour::Missing]);
        let panel = t.ask(&t.admin, "/admin").await;
        t.callback_for_note(&t.admin, &panel, "Проверить все сейчас")
            .await;
        let begun = |site: &vakhta::testing::demo::PretendSite| site.request_count() == 3;
        t.site.wait_until("the run", LIMIT, begun).await.unwrap();
        for _ in 0..5 {
            let note = t
                .callback_for_note(&t.admin, &panel, "Проверить все сейчас")
                .await;
            assert!(note.contains("начнётся сразу после неё"), "{note}");
        }
        let summaries = |telegram: &vakhta::testing::demo::PretendTelegram| {
            let messages = telegram.messages(ADMIN);
            messages
                .iter()
                .filter(|m| m.text.starts_with("✅ Автопроверка завершена"))
                .count()
        };
        t.telegram
            .wait_until("two summaries", LIMIT, |telegram| summaries(telegram) == 2)
            .await
            .unwrap();
        let open = t.app().db().read(store::open_requests).await.unwrap();
        assert!(open.is_empty() && !t.app().db().read(store::is_running).await.unwrap());
        // The controls once, the account twice.
        assert_eq!(t.site.request_count(), 4);
        t
    });
}

#[test]
fn admins_hear_as_much_as_they_chose() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let boss = t.user(200, "Boss", "en").await;
        t.app()
            .db()
            .write(|tx| {
                vakhta::testing::people::set_role(tx, 200, vakhta::testing::people::Role::Admin)
            })
            .await
            .unwrap();
        let settings = t.ask(&boss, "/settings").await;
        let chosen = t.callback(&boss, &settings, "only with news").await;
        assert!(
            chosen.text.contains("Run reports: only with news"),
            "{}",
            chosen.text
        );
        add(&t, &eva, "github", &[("gone", Behaviour::Missing)]).await;
        check_all(&t).await;
        t.site.set("github", "gone", Behaviour::Exists);
        check_all(&t).await;
        t.heard(200, "✅ Check finished").await;
        let about_runs = t
            .telegram
            .messages(200)
            .iter()
            .filter(|m| m.text.contains("Check "))
            .count();
        assert_eq!(about_runs, 1, "only the run with news is told");
        t
    });
}

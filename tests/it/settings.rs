//! Settings of notices: time zones, quiet hours and digests, for each chat.

use std::time::Duration;

use vakhta::testing::clock::DAY;
use vakhta::testing::demo::Behaviour;

use crate::harness::{ADMIN, LIMIT, run};
use crate::watch::{add, check_all};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_time_zone_is_chosen_or_typed_and_dates_follow_it() {
    run(async |mut t| {
        let eva = t.user(7, "Ева", "ru").await;
        let settings = t.ask(&eva, "/settings").await;
        assert!(
            settings
                .text
                .contains("Часовой пояс: Europe/Moscow (UTC+3), сейчас 18:35"),
            "{}",
            settings.text
        );
        let zones = t.callback(&eva, &settings, "Часовой пояс").await;
        let settings = t.callback(&eva, &zones, "Владивосток").await;
        assert!(
            settings
                .text
                .contains("Asia/Vladivostok (UTC+10), сейчас 01:35"),
            "{}",
            settings.text
        );
        // Typed, with a mistake and a restart in between.
        t.callback(&eva, &settings, "Часовой пояс").await;
        let wrong = t.ask(&eva, "Марс").await;
        assert!(wrong.text.contains("Не знаю такого"), "{}", wrong.text);
        t.stop().await;
        t.start().await;
        let settings = t.ask(&eva, "utc-5").await;
        assert!(
            settings.text.contains("Часовой пояс: UTC-5, сейчас 10:35"),
            "{}",
            settings.text
        );
        // The dialogue is over, and Eva's zone applies to her alone.
        let lost = t.ask(&eva, "utc-5").await;
        assert!(lost.text.contains("/add"), "{}", lost.text);
        add(&t, &eva, "github", &[("octocat", Behaviour::Missing)]).await;
        let summary = check_all(&t).await;
        assert!(summary.contains("Проверено: 1"), "{summary}");
        let list = t.ask(&eva, "/list").await;
        let card = t.callback(&eva, &list, "octocat").await;
        assert!(card.text.contains("21.11.2026 10:35"), "{}", card.text);
        t.heard(ADMIN, "⏰ Время: 18:35").await;
        t
    });
}

#[test]
fn news_waits_for_the_end_of_quiet_hours_and_answers_do_not() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let settings = t.ask(&eva, "/settings").await;
        let quiet = t.callback(&eva, &settings, "Тихие часы").await;
        let quiet = t.callback(&eva, &quiet, "🌙 22:00–8:00").await;
        let quiet = t.callback(&eva, &quiet, "с 21:00").await;
        assert!(
            quiet.text.contains("21:00–8:00, новости ждут конца"),
            "{}",
            quiet.text
        );
        // The admin's quiet hours begin earlier.
        let settings = t.ask(&t.admin, "/settings").await;
        let set = t
            .admin
            .presses_forged(settings.message_id, "set:quiet:hold:18:8");
        t.note(&t.admin, &set).await;
        t.clock.advance(HOUR * 3);
        // 21:35: replies are sent at once, everything else waits.
        add(&t, &eva, "github", &[("octocat", Behaviour::Exists)]).await;
        check_all(&t).await;
        assert!(heard(&t, 7, "Аккаунт найден").is_none());
        // 8:35 in the morning.
        t.clock.advance(HOUR * 11);
        t.ask(&eva, "/status").await;
        t.heard(7, "✅ Аккаунт найден").await;
        add(&t, &eva, "github", &[("hubot", Behaviour::Missing)]).await;
        check_all(&t).await;
        let night = t.heard(ADMIN, "🌙 Итог тихих часов").await;
        assert!(
            night.text.contains("• Проверок: 1\n• Найдено: 1\n"),
            "{}",
            night.text
        );
        check_all(&t).await;
        assert_eq!(
            t.telegram
                .messages(ADMIN)
                .iter()
                .filter(|m| m.text.contains("🌙 Итог"))
                .count(),
            1
        );
        t
    });
}

#[test]
fn what_quiet_hours_hold_leaves_when_they_are_changed() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let settings = t.ask(&eva, "/settings").await;
        let sets = async |button: &str| {
            let callback = eva.presses_forged(settings.message_id, button);
            t.note(&eva, &callback).await;
        };
        // It is 18:35 in Moscow.
        for (name, change, silent) in [
            ("off", "set:quiet:off", false),
            ("moved", "set:quiet:hold:20:8", false),
            ("hushed", "set:quiet:silent:18:8", true),
            ("zone", "set:zone:Europe/London", false),
        ] {
            sets("set:zone:Europe/Moscow").await;
            sets("set:quiet:hold:18:8").await;
            add(&t, &eva, "github", &[(name, Behaviour::Exists)]).await;
            check_all(&t).await;
            let link = format!("Имя пользователя: {name}");
            assert!(heard(&t, 7, &link).is_none(), "{name}");
            sets(change).await;
            assert_eq!(t.heard(7, &link).await.silent, silent, "{name}");
        }
        // Another change while it is quiet moves the end.
        sets("set:zone:Europe/Moscow").await;
        sets("set:quiet:hold:18:8").await;
        add(&t, &eva, "github", &[("earlier", Behaviour::Exists)]).await;
        check_all(&t).await;
        sets("set:quiet:hold:18:20").await;
        assert!(heard(&t, 7, "Имя пользователя: earlier").is_none());
        t.clock.advance(HOUR * 2);
        t.ask(&eva, "/status").await;
        t.heard(7, "Имя пользователя: earlier").await;
        t
    });
}

#[test]
fn what_runs_brought_in_quiet_hours_is_summed_up_when_they_are_changed() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let settings = t.ask(&t.admin, "/settings").await;
        let sets = async |button: &str| {
            let callback = t.admin.presses_forged(settings.message_id, button);
            t.note(&t.admin, &callback).await;
        };
        let nights = || {
            let messages = t.telegram.messages(ADMIN);
            let nights = messages.iter().filter(|m| m.text.contains("🌙 Итог"));
            nights.map(|m| m.text.clone()).collect::<Vec<_>>()
        };
        let summaries = async |n: usize| {
            let told = |_: &vakhta::testing::demo::PretendTelegram| nights().len() == n;
            t.telegram
                .wait_until("a summary of quiet hours", LIMIT, told)
                .await
                .unwrap();
        };
        for (n, change) in [(1, "set:quiet:off"), (2, "set:quiet:hold:22:8")] {
            sets("set:quiet:hold:18:8").await;
            t.clock.advance(HOUR / 60);
            add(
                &t,
                &eva,
                "github",
                &[(&format!("octocat{n}"), Behaviour::Exists)],
            )
            .await;
            check_all(&t).await;
            assert_eq!(nights().len(), n - 1);
            sets(change).await;
            summaries(n).await;
            let told = nights();
            assert!(
                told[n - 1].contains("• Проверок: 1\n• Найдено: 1\n"),
                "{told:?}"
            );
        }
        // While it stays quiet, the summary waits for the new end.
        sets("set:quiet:hold:18:8").await;
        t.clock.advance(HOUR / 60);
        add(&t, &eva, "github", &[("hubot", Behaviour::Missing)]).await;
        check_all(&t).await;
        sets("set:quiet:hold:18:9").await;
        t.ask(&t.admin, "/status").await;
        assert_eq!(nights().len(), 2);
        t.clock.advance(HOUR * 15);
        t.ask(&t.admin, "/status").await;
        summaries(3).await;
        t
    });
}

#[test]
fn in_silent_quiet_hours_news_makes_no_sound() {
    run(async |t| {
        let eva = t.user(7, "Ева", "en").await;
        let settings = t.ask(&eva, "/settings").await;
        for button in ["set:quiet:hold:18:20", "set:quiet:silent:18:20"] {
            let callback = eva.presses_forged(settings.message_id, button);
            t.note(&eva, &callback).await;
        }
        add(&t, &eva, "github", &[("octocat", Behaviour::Exists)]).await;
        check_all(&t).await;
        let found = t.heard(7, "✅ Account found").await;
        assert!(found.silent);
        let settings = t.ask(&eva, "/settings").await;
        assert!(!settings.silent);
        let quiet = t.callback(&eva, &settings, "Quiet hours").await;
        let quiet = t.callback(&eva, &quiet, "No quiet hours").await;
        assert!(quiet.text.contains("Quiet hours: no"), "{}", quiet.text);
        t
    });
}

#[test]
fn digests_come_at_the_chosen_hour_and_say_that_all_is_well() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(&t, &eva, "github", &[("octocat", Behaviour::Missing)]).await;
        let settings = t.ask(&eva, "/settings").await;
        let settings = t.callback(&eva, &settings, "Сводка раз в день").await;
        let hours = t.callback(&eva, &settings, "Час сводки").await;
        let settings = t.callback(&eva, &hours, "20:00").await;
        assert!(
            settings.text.contains("Сводка раз в день: 20:00"),
            "{}",
            settings.text
        );
        let settings = t.ask(&t.admin, "/settings").await;
        t.callback(&t.admin, &settings, "раз в день").await;
        check_all(&t).await;
        assert!(heard(&t, 7, "📅").is_none());
        // 19:55, and then 20:35.
        t.clock.advance(HOUR * 4 / 3);
        check_all(&t).await;
        assert!(heard(&t, 7, "📅").is_none());
        t.clock.advance(HOUR * 2 / 3);
        check_all(&t).await;
        let own = t.heard(7, "📅 Ваши аккаунты за день").await;
        assert!(own.text.contains("• Ждут: 1\n"), "{}", own.text);
        assert!(own.text.contains("Всё спокойно"), "{}", own.text);
        assert!(heard(&t, ADMIN, "📅 Сводка").is_none());
        // The admin's digest comes at nine, with the runs since it was chosen.
        t.clock.advance(HOUR * 13);
        check_all(&t).await;
        let all = t.heard(ADMIN, "📅 Сводка за день").await;
        assert!(all.text.contains("• Проверок: 3\n"), "{}", all.text);
        assert!(all.text.contains("Всё спокойно"), "{}", all.text);
        t
    });
}

#[test]
fn reminders_come_before_at_and_after_the_end() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        t.site.set("github", "octocat", Behaviour::Missing);
        t.ask(&eva, "/add octocat github 10").await;
        let day = DAY;
        check_all(&t).await;
        for (days, title) in [
            (7, "⏳ Скоро конец срока"),
            (2, "⏰ Последний день срока"),
            (1, "⌛️ Срок прошёл"),
            (1, "⌛️ Всё ещё жду"),
        ] {
            t.clock.advance(day * days);
            check_all(&t).await;
            let reminder = t.heard(7, title).await;
            assert!(
                reminder.text.contains("octocat · GitHub · до 01.12.2026"),
                "{}",
                reminder.text
            );
            check_all(&t).await;
        }
        let told = || {
            let messages = t.telegram.messages(7);
            let about = messages.iter().filter(|m| m.text.contains("до 01.12.2026"));
            about.count()
        };
        assert_eq!(told(), 4, "a reminder was repeated");
        // The next one comes two days later, and not to a person who wants none.
        let settings = t.ask(&eva, "/settings").await;
        let settings = t.callback(&eva, &settings, "Не напоминать о сроке").await;
        assert!(
            settings.text.contains("Напоминания о сроке: нет"),
            "{}",
            settings.text
        );
        t.clock.advance(day * 2);
        check_all(&t).await;
        assert_eq!(told(), 4);
        t.callback(&eva, &settings, "Напоминать о сроке").await;
        t.clock.advance(day * 4);
        check_all(&t).await;
        let late = t.heard(7, "Всё ещё жду").await;
        assert!(late.text.contains("Не напоминать: /settings"));
        assert_eq!(told(), 5);
        t
    });
}

/// A message of the bot that has already arrived.
fn heard(t: &crate::harness::Stage, chat: i64, text: &str) -> Option<String> {
    let messages = t.telegram.messages(chat);
    let found = messages
        .iter()
        .find(|m| m.from_bot && m.text.contains(text));
    found.map(|m| m.text.clone())
}

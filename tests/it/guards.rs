//! Controls of sites; the brake on mass changes is in [`mass_change`](crate::mass_change).

use std::time::Duration;

use vakhta::demo::{Behaviour, world};

use crate::harness::{ADMIN, Stage, run};
use crate::watch::{add, check_all};

const FAILED: &str = "⚠️ Контрольные имена определились неверно";
const WELL: &str = "✅ Контрольные имена снова определяются верно";

/// How many messages of a chat contain a text.
pub(crate) fn told(t: &Stage, chat: i64, text: &str) -> usize {
    let messages = t.telegram.messages(chat);
    messages.iter().filter(|m| m.text.contains(text)).count()
}

/// How often a site was asked about a name.
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
        t.stop().await;
        t.start().await;
        check_all(&t).await;
        assert_eq!(told(&t, ADMIN, FAILED), 1);
        assert_eq!(looks(&t, "github", "there"), 0, "it was asked in vain");

        t.site.forget_names("github");
        t.site.set_default("github", Behaviour::Missing);
        t.site.set("github", world::CONTROL, Behaviour::Exists);
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
            t.site.set("github", world::CONTROL, behaviour);
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
        t.site.set("github", world::CONTROL, Behaviour::BlockPage);
        let summary = check_all(&t).await;
        assert!(
            summary.contains("GitHub: страница-заслон вместо ответа — 8"),
            "{summary}"
        );
        assert_eq!(t.site.request_count(), 3, "the control, three times");
        // One that comes through at last is as good as any.
        t.site.behave_in_turn(
            "github",
            world::CONTROL,
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

//! Groups with reports: bound by admins, in topics, and obeying nobody else.

use vakhta::testing::demo::Behaviour;
use vakhta::testing::people;

use crate::harness::{ADMIN, LIMIT, run};
use crate::watch::{add, check_all};

const GROUP: i64 = -1_001_234_567_890;

#[test]
fn that_a_topic_is_gone_is_said_in_the_configured_language() {
    run(async |mut t| {
        t.stop().await;
        t.reconfigure("[telegram]", "[telegram]\nlanguage = \"en\"");
        t.start().await;
        let eva = t.user(7, "Ева", "ru").await;
        add(&t, &eva, "github", &[("octocat", Behaviour::Missing)]).await;
        let group = t.telegram.group(GROUP, "Watch");
        group.opens_topic(5);
        t.admin.writes_in_topic(&group, 5, "/here");
        t.heard(GROUP, "will come here").await;
        group.deletes_topic(5);
        check_all(&t).await;
        t.heard(GROUP, "The topic for reports is gone").await;
        t.expect_refusals();
        t
    });
}

#[test]
fn a_group_hears_of_runs_where_an_admin_wants_it() {
    run(async |mut t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(&t, &eva, "github", &[("octocat", Behaviour::Missing)]).await;
        let group = t.telegram.group(GROUP, "Смена & Ко");
        group.opens_topic(5);
        // Nobody else can bind it: not a user, not somebody who writes as the group.
        eva.writes_in(&group, "/here");
        group.anonymous_admin_writes("/here");
        t.ask(&eva, "/status").await;
        let bound = t.app().db().read(people::bound).await.unwrap();
        assert_eq!(bound, []);
        t.admin.writes_in_topic(&group, 5, "/here");
        let said = t.heard(GROUP, "будут приходить сюда").await;
        assert_eq!(said.topic, Some(5));
        check_all(&t).await;
        let summary = t.heard(GROUP, "✅ Автопроверка завершена").await;
        assert_eq!(summary.topic, Some(5));
        // The topic is deleted: the group itself is told once, with the reason.
        group.deletes_topic(5);
        check_all(&t).await;
        let fallen = t.heard(GROUP, "Темы, куда это шло, больше нет").await;
        assert_eq!(fallen.topic, None);
        check_all(&t).await;
        let notes = |text: &str| {
            let messages = t.telegram.messages(GROUP);
            messages.iter().filter(|m| m.text.contains(text)).count()
        };
        assert_eq!(notes("Темы, куда это шло"), 1);
        // Group settings: for admins only, and without dialogues.
        t.admin.writes_in(&group, "/settings");
        let settings = t.heard(GROUP, "⚙️ Настройки").await;
        let refused = eva.presses(&settings, "только с новостями").unwrap();
        assert_eq!(
            t.note(&eva, &refused).await,
            "Это может только администратор."
        );
        let changed = t.callback(&t.admin, &settings, "только с новостями").await;
        assert!(
            changed
                .text
                .contains("Отчёты о проверках: только с новостями"),
            "{}",
            changed.text
        );
        let zones = t.callback(&t.admin, &changed, "Часовой пояс").await;
        assert!(!zones.text.contains("напишите"), "{}", zones.text);
        let before = notes("завершена");
        check_all(&t).await;
        assert_eq!(notes("завершена"), before);
        let panel = t
            .admin
            .presses_forged_in(&group, settings.message_id, "admin:stats");
        assert_eq!(
            t.note(&t.admin, &panel).await,
            "Это — в личном чате со мной."
        );
        // The group gets another id and is still told; after that it is unbound.
        let group = group.migrates_to(-1_009_876_543_210, "Смена & Ко");
        let settings = t.ask(&t.admin, "/settings").await;
        let groups = t.callback(&t.admin, &settings, "Группы с отчётами").await;
        assert!(groups.text.contains(": 1"), "{}", groups.text);
        let moved =
            |telegram: &vakhta::testing::demo::PretendTelegram| telegram.undelivered_updates() == 0;
        t.telegram
            .wait_until("the move", LIMIT, moved)
            .await
            .unwrap();
        let groups = t.callback(&t.admin, &groups, "Назад").await;
        let groups = t.callback(&t.admin, &groups, "Группы с отчётами").await;
        let none = t
            .callback(&t.admin, &groups, "Больше не писать: Смена & Ко")
            .await;
        assert!(none.text.contains(": 0"), "{}", none.text);
        t.admin.writes_in(&group, "/here off");
        t.heard(group.id(), "и так не приходят").await;
        t.heard(ADMIN, "Группы с отчётами").await;
        t.expect_refusals();
        t
    });
}

//! Chats that refuse messages for now: nothing is lost, the admins know, and everything goes on.

use std::time::Duration;

use vakhta::testing::demo::{Behaviour, Person, PretendTelegram};

use crate::harness::{ADMIN, LIMIT, Stage, run};
use crate::watch::{add, check_all};

const GROUP: i64 = -1_001_234_567_890;

/// How often Telegram refused a message to a chat.
fn refusals(telegram: &PretendTelegram, chat: i64) -> usize {
    let calls = telegram.refused_calls();
    let chats = calls.iter().filter_map(|call| call.params.get("chat_id"));
    chats
        .filter(|id| id.to_string().trim_matches('"') == chat.to_string())
        .count()
}

fn texts(t: &Stage, chat: i64, text: &str) -> usize {
    let messages = t.telegram.messages(chat);
    messages
        .iter()
        .filter(|m| m.from_bot && m.text.contains(text))
        .count()
}

/// Lets time pass until a chat has refused so many messages.
async fn refused(t: &Stage, chat: i64, times: usize, step: Duration) {
    let mut period = tokio::time::interval(Duration::from_millis(50));
    for _ in 0..400 {
        if refusals(&t.telegram, chat) >= times {
            return;
        }
        period.tick().await;
        t.clock.advance(step);
        t.app().telegram().unwrap().proxy().ring();
    }
    panic!("not refused {times} times: {}", t.telegram.transcript());
}

/// An account that is not found, so that runs have a summary.
async fn waiting(t: &Stage) -> Person {
    let eva = t.user(7, "Ева", "ru").await;
    add(t, &eva, "github", &[("octocat", Behaviour::Missing)]).await;
    eva
}

#[test]
fn a_group_without_the_right_to_write_loses_nothing_and_the_admins_hear_once() {
    run(async |mut t| {
        t.expect_refusals();
        waiting(&t).await;
        let group = t.telegram.group(GROUP, "Смена & Ко");
        t.admin.writes_in(&group, "/here");
        t.heard(GROUP, "будут приходить сюда").await;
        group.lets_members_write(false);
        check_all(&t).await;
        let told = t.heard(ADMIN, "Не могу написать: Смена & Ко").await;
        assert!(told.text.contains("not enough rights"), "{}", told.text);
        // The first new try comes within half a minute; a restart forgets nothing.
        refused(&t, GROUP, 2, Duration::from_secs(30)).await;
        t.stop().await;
        t.start().await;
        refused(&t, GROUP, 4, Duration::from_secs(60)).await;
        check_all(&t).await;
        assert_eq!(texts(&t, ADMIN, "Не могу написать"), 1);
        t.once("SELECT count(*) = 0 FROM outbox WHERE state = 'dead'")
            .await;
        let settings = t.ask(&t.admin, "/settings").await;
        let groups = t.callback(&t.admin, &settings, "Группы с отчётами").await;
        assert!(groups.text.contains(": 1"), "{}", groups.text);

        group.lets_members_write(true);
        let note = t.callback_for_note(&t.admin, &told, "Попробовать сейчас");
        assert_eq!(note.await, "Пробую.");
        t.heard(GROUP, "Автопроверка завершена").await;
        let over = t.heard(ADMIN, "Снова могу написать: Смена & Ко").await;
        assert_eq!(over.message_id, told.message_id);
        assert!(over.buttons().is_empty());
        t.once("SELECT count(*) = 0 FROM outbox WHERE closed_at IS NULL")
            .await;
        assert_eq!(texts(&t, GROUP, "Автопроверка завершена"), 2);
        let late = t
            .admin
            .presses_forged(told.message_id, &told.buttons()[0].data.clone().unwrap());
        assert_eq!(t.note(&t.admin, &late).await, "Это уже сделано.");
        // Nobody else may press it.
        let eva = t.telegram.person(7, "Ева", "ru");
        let forged = eva.presses_forged(1, &format!("bot:try-now:{GROUP}"));
        assert_eq!(
            t.note(&eva, &forged).await,
            "Это может только администратор."
        );
        t
    });
}

#[test]
fn who_asks_where_the_bot_may_write_again_is_answered_at_once() {
    run(async |mut t| {
        t.expect_refusals();
        waiting(&t).await;
        let group = t.telegram.group(GROUP, "Смена");
        t.admin.writes_in(&group, "/here");
        t.heard(GROUP, "будут приходить сюда").await;
        group.lets_members_write(false);
        check_all(&t).await;
        t.heard(ADMIN, "Не могу написать").await;
        group.lets_members_write(true);
        t.admin.writes_in(&group, "/settings");
        t.heard(GROUP, "⚙️ Настройки").await;
        t.heard(GROUP, "Автопроверка завершена").await;
        // The same in a private chat.
        t.telegram.fails_for(7, true);
        let eva = t.telegram.person(7, "Ева", "ru");
        eva.writes("/help");
        refused(&t, 7, 6, Duration::from_secs(60)).await;
        t.telegram.fails_for(7, false);
        eva.writes("/status");
        t.heard(7, "Что я умею").await;
        t
    });
}

#[test]
fn a_restricted_bot_writes_again_as_soon_as_it_may() {
    run(async |mut t| {
        t.expect_refusals();
        waiting(&t).await;
        let group = t.telegram.group(GROUP, "Смена");
        t.admin.writes_in(&group, "/here");
        t.heard(GROUP, "будут приходить сюда").await;
        group.restricts_bot(&t.admin, true);
        check_all(&t).await;
        t.heard(ADMIN, "Не могу написать: Смена").await;
        group.restricts_bot(&t.admin, false);
        t.heard(GROUP, "Автопроверка завершена").await;
        t.heard(ADMIN, "Снова могу написать: Смена").await;
        t
    });
}

#[test]
fn a_closed_topic_waits_and_the_other_topics_do_not() {
    run(async |mut t| {
        t.expect_refusals();
        waiting(&t).await;
        let group = t.telegram.group(GROUP, "Смена");
        group.opens_topic(5);
        group.opens_topic(6);
        t.admin.writes_in_topic(&group, 5, "/here");
        t.heard(GROUP, "будут приходить сюда").await;
        group.closes_topic(5);
        check_all(&t).await;
        let told = t.heard(ADMIN, "Не могу написать: Смена").await;
        assert!(told.text.contains("TOPIC_CLOSED"), "{}", told.text);
        t.admin.writes_in_topic(&group, 6, "/settings");
        let answer = t.heard(GROUP, "⚙️ Настройки").await;
        assert_eq!(answer.topic, Some(6));
        assert_eq!(texts(&t, GROUP, "Автопроверка завершена"), 0);
        group.opens_topic(5);
        t.callback_for_note(&t.admin, &told, "Попробовать сейчас")
            .await;
        let summary = t.heard(GROUP, "Автопроверка завершена").await;
        assert_eq!(summary.topic, Some(5));
        t.heard(ADMIN, "Снова могу написать: Смена").await;
        t
    });
}

#[test]
fn a_group_in_slow_mode_gets_everything_in_its_time() {
    run(async |mut t| {
        t.expect_refusals();
        waiting(&t).await;
        let clock = t.clock.clone();
        t.telegram.set_clock(move || clock.now().0 / 1000);
        let group = t.telegram.group(GROUP, "Смена");
        t.admin.writes_in(&group, "/here");
        t.heard(GROUP, "будут приходить сюда").await;
        group.slow_mode(60);
        check_all(&t).await;
        check_all(&t).await;
        refused(&t, GROUP, 1, Duration::from_secs(1)).await;
        group.slow_mode(0);
        t.clock.advance(Duration::from_secs(60));
        t.stop().await;
        t.start().await;
        t.once("SELECT count(*) = 0 FROM outbox WHERE closed_at IS NULL")
            .await;
        t.once("SELECT count(*) = 0 FROM outbox WHERE state = 'dead'")
            .await;
        assert_eq!(texts(&t, GROUP, "Автопроверка завершена"), 2);
        t
    });
}

#[test]
fn an_incident_at_telegram_is_told_once_and_loses_nothing() {
    run(async |mut t| {
        t.expect_refusals();
        let eva = t.user(7, "Ева", "ru").await;
        let oleg = t.user(8, "Олег", "ru").await;
        for person in [&eva, &oleg] {
            t.telegram.fails_for(person.id(), true);
            person.writes("/help");
        }
        // What passes at once is not worth a message.
        refused(&t, 7, 2, Duration::from_secs(1)).await;
        assert_eq!(texts(&t, ADMIN, "неполадки"), 0);
        refused(&t, 7, 7, Duration::from_secs(30)).await;
        refused(&t, 8, 7, Duration::from_secs(30)).await;
        let told = t.heard(ADMIN, "У Telegram неполадки").await;
        assert_eq!(texts(&t, ADMIN, "неполадки"), 1);
        t.telegram.fails_for(7, false);
        t.telegram.fails_for(8, false);
        t.callback_for_note(&t.admin, &told, "Попробовать сейчас")
            .await;
        t.heard(7, "Что я умею").await;
        t.heard(8, "Что я умею").await;
        t
    });
}

#[test]
fn a_group_that_removed_the_bot_is_not_listed_until_the_bot_is_back() {
    run(async |mut t| {
        waiting(&t).await;
        let group = t.telegram.group(GROUP, "Смена");
        t.admin.writes_in(&group, "/here");
        t.heard(GROUP, "будут приходить сюда").await;
        group.removes_bot(&t.admin);
        check_all(&t).await;
        let settings = t.ask(&t.admin, "/settings").await;
        let groups = t.callback(&t.admin, &settings, "Группы с отчётами").await;
        assert!(groups.text.contains(": 0"), "{}", groups.text);
        group.adds_bot(&t.admin);
        let taken = |telegram: &PretendTelegram| telegram.undelivered_updates() == 0;
        t.telegram
            .wait_until("the change", LIMIT, taken)
            .await
            .unwrap();
        check_all(&t).await;
        t.heard(GROUP, "Автопроверка завершена").await;
        let groups = t.ask(&t.admin, "/settings").await;
        let groups = t.callback(&t.admin, &groups, "Группы с отчётами").await;
        assert!(groups.text.contains(": 1"), "{}", groups.text);
        t.expect_refusals();
        t
    });
}

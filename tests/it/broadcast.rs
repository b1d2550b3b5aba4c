//! Broadcasts: to everybody once, over a restart, stopped in the middle, with a summary.

use std::time::Duration;

use vakhta::testing::demo::{Fault, Person, PretendTelegram};

use crate::harness::{ADMIN, LIMIT, Stage, run};

/// Types a text and gets its preview.
async fn preview(t: &Stage, text: &str) -> std::sync::Arc<vakhta::testing::demo::ChatMessage> {
    let panel = t.ask(&t.admin, "/admin").await;
    t.callback(&t.admin, &panel, "Рассылка").await;
    t.ask(&t.admin, text).await
}

async fn users(t: &Stage, n: i64) -> Vec<Person> {
    let mut users = Vec::new();
    for id in 10..10 + n {
        users.push(t.user(id, "Человек", "ru").await);
    }
    users
}

fn copies(telegram: &PretendTelegram, chat: i64, text: &str) -> usize {
    let messages = telegram.messages(chat);
    messages
        .iter()
        .filter(|m| m.from_bot && m.text.contains(text))
        .count()
}

#[test]
fn a_broadcast_is_shown_first_and_reaches_everybody_once() {
    run(async |mut t| {
        let users = users(&t, 3).await;
        users[2].blocks_bot();
        // The dialogue survives a restart; a long text is refused.
        let panel = t.ask(&t.admin, "/admin").await;
        let asked = t.callback(&t.admin, &panel, "Рассылка").await;
        assert!(asked.text.contains("людей: 3"), "{}", asked.text);
        t.stop().await;
        t.start().await;
        let long = t.ask(&t.admin, &"а".repeat(3600)).await;
        assert!(long.text.contains("Слишком длинно"), "{}", long.text);
        let first = t.ask(&t.admin, "Завтра <b>ремонт</b>").await;
        assert!(
            first.text.contains("📣 Завтра <b>ремонт</b>"),
            "{}",
            first.text
        );
        let second = t.ask(&t.admin, "Завтра будет ремонт").await;
        // A button of the older preview sends nothing.
        let note = t.callback_for_note(&t.admin, &first, "Отправить").await;
        assert!(note.contains("устарела"), "{note}");
        t.callback(&t.admin, &second, "Отправить, людей: 3").await;
        let done = t.heard(ADMIN, "📣 Рассылка № 1 окончена").await;
        assert!(
            done.text.contains("• Доставлено: 2\n• Недоступны: 1\n"),
            "{}",
            done.text
        );
        for user in &users[..2] {
            assert_eq!(copies(&t.telegram, user.id(), "Завтра будет ремонт"), 1);
        }
        assert_eq!(
            copies(&t.telegram, ADMIN, "📣 Завтра будет ремонт"),
            1,
            "the preview"
        );
        let again = t
            .admin
            .presses_forged(second.message_id, "admin:broadcast-send:1");
        t.note(&t.admin, &again).await;
        t.expect_refusals();
        t
    });
}

#[test]
fn a_broadcast_goes_on_after_a_restart_and_can_be_stopped() {
    run(async |mut t| {
        let users = users(&t, 5).await;
        // While Telegram is away, the rows wait.
        let shown = preview(&t, "Идёт дождь").await;
        t.telegram
            .break_next("sendMessage", 1000, Fault::status(502, "Bad Gateway"));
        t.callback_for_note(&t.admin, &shown, "Отправить").await;
        let db = t.app().db().clone();
        let mut period = tokio::time::interval(Duration::from_millis(10));
        while db
            .read(|c| {
                let sql = "SELECT NOT EXISTS (SELECT 1 FROM broadcast WHERE state = 'filling')";
                Ok(c.query_row(sql, [], |row| row.get(0))?)
            })
            .await
            .unwrap()
        {
            period.tick().await;
        }
        drop(db);
        t.stop().await;
        t.telegram.clear_faults();
        t.start().await;
        t.clock.advance(Duration::from_secs(600));
        t.ask(&t.admin, "/start").await;
        t.heard(ADMIN, "📣 Рассылка № 1 окончена").await;
        for user in &users {
            assert_eq!(copies(&t.telegram, user.id(), "Идёт дождь"), 1);
        }
        // A second broadcast is stopped before any of it is sent.
        for user in &users {
            let quiet = user.presses_forged(1, "set:quiet:hold:18:20");
            t.note(user, &quiet).await;
        }
        let shown = preview(&t, "Снег").await;
        let going = t.callback(&t.admin, &shown, "Отправить").await;
        let note = t.callback_for_note(&t.admin, &going, "Остановить").await;
        assert!(note.contains("остановлена"), "{note}");
        let end = t.heard(ADMIN, "⏹ Рассылка № 2 остановлена").await;
        assert!(end.text.contains("• Доставлено: 0\n"), "{}", end.text);
        for user in &users {
            assert_eq!(copies(&t.telegram, user.id(), "Снег"), 0);
        }
        t.telegram
            .wait_until("quiet", LIMIT, |telegram| {
                telegram.unanswered_callbacks() == 0
            })
            .await
            .unwrap();
        t.expect_refusals();
        t
    });
}

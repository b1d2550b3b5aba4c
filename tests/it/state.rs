//! The admins' screens of runs and sites: the one that updates itself, and why a site is left
//! alone.

use std::sync::Arc;
use std::time::Duration;

use vakhta::testing::demo::{Behaviour, ChatMessage, Person, PretendTelegram, world};

use crate::harness::{ADMIN, LIMIT, Stage, run, run_with};
use crate::panel::boss;
use crate::watch::{add, check_all};

/// Opens a screen of the panel.
async fn open(t: &Stage, who: &Person, button: &str) -> Arc<ChatMessage> {
    let panel = t.ask(who, "/admin").await;
    t.callback(who, &panel, button).await
}

/// Waits until a message shows a text, regardless of who changes it.
async fn shows(t: &Stage, screen: &ChatMessage, text: &str) -> Arc<ChatMessage> {
    let (chat, id) = (screen.chat_id, screen.message_id);
    let shown = |telegram: &PretendTelegram| {
        let message = telegram.message(chat, id);
        message.filter(|message| message.text.contains(text))
    };
    t.telegram
        .wait_until(&format!("{text:?} on the screen"), LIMIT, |telegram| {
            shown(telegram).is_some()
        })
        .await
        .unwrap();
    shown(&t.telegram).unwrap()
}

#[test]
fn the_screen_of_state_moves_by_itself_until_its_reader_goes_elsewhere() {
    run_with("timeout = \"8s\"\nworkers = 2", async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(&t, &eva, "github", &[("octocat", Behaviour::Missing)]).await;
        let boss = boss(&t).await;
        let hers = open(&t, &boss, "Health of runs").await;
        t.clock.advance(Duration::from_secs(1));
        let his = open(&t, &t.admin, "Ход проверок").await;
        assert!(!his.text.contains('▓'), "{}", his.text);
        t.ask(&eva, "/check").await;
        t.heard(7, "Автопроверка завершена").await;
        assert_eq!(
            t.telegram.message(ADMIN, his.message_id).unwrap().edits,
            his.edits,
            "a run over somebody's accounts is not shown there"
        );
        add(&t, &eva, "telegram", &[("hanging", Behaviour::Hang)]).await;
        // The request comes from somebody who does not have the screen open.
        let asked = t.app().db().write(|tx| {
            use vakhta::testing::slices::watch::model::account::RunScope;
            use vakhta::testing::slices::watch::store;
            store::ask(tx, crate::harness::START, RunScope::All, None)
        });
        asked.await.unwrap();
        t.callback(&t.admin, &his, "Обновить").await;
        t.app().ring_watch();
        let moved = shows(&t, &his, "1/2").await;
        assert!(moved.button("Остановить").is_some());
        shows(&t, &hers, "1/2").await;
        let panel = t.callback(&t.admin, &moved, "Назад").await;
        // Of two screens that update, the one opened last is first.
        let over = shows(&t, &hers, "2 checked, 1 errors").await;
        assert!(over.button("Stop").is_none() && !over.text.contains('▓'));
        let still = t.telegram.message(ADMIN, panel.message_id).unwrap();
        assert_eq!(
            still.text, panel.text,
            "the panel stays where it was opened"
        );
        t
    });
}

#[test]
fn a_site_that_is_left_alone_says_since_when_why_and_until_when() {
    run(async |mut t| {
        let eva = t.user(7, "Ева", "ru").await;
        let names: Vec<String> = (0..5).map(|n| format!("name{n}")).collect();
        let broken: Vec<_> = names
            .iter()
            .map(|name| (name.as_str(), Behaviour::ServerError))
            .collect();
        add(&t, &eva, "github", &broken).await;
        check_all(&t).await;
        let sites = open(&t, &t.admin, "Площадки").await;
        assert!(sites.button("⏳ GitHub").is_some(), "{:?}", sites.buttons());
        let card = t.callback(&t.admin, &sites, "GitHub").await;
        let line = "⏳ С 21.11.2026 18:35 не спрашивается: запросы подряд не удались \
                    (ошибка на стороне площадки (5xx)). Пробный запрос — не раньше 21.11.2026 18:35";
        assert!(card.text.contains(line), "{}", card.text);
        // Only a run makes the trial request, so a due trial waits for the next run, which is once
        // a year here.
        t.clock.advance(Duration::from_secs(60));
        let back = t.callback(&t.admin, &card, "Назад").await;
        let card = t.callback(&t.admin, &back, "GitHub").await;
        let month = *world::QUIET_MONTH;
        let year = if month == 12 { 2026 } else { 2027 };
        let tick = format!("не раньше 01.{month:02}.{year} 00:00");
        assert!(card.text.contains(&tick), "{tick}: {}", card.text);
        // None of it survives a restart, and the card says so.
        t.stop().await;
        t.start().await;
        let back = t.callback(&t.admin, &card, "Назад").await;
        let card = t.callback(&t.admin, &back, "GitHub").await;
        assert!(!card.text.contains("не спрашивается"), "{}", card.text);
        t
    });
}

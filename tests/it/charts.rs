//! Charts: pictures in the chat, with their numbers in words.

use vakhta::testing::demo::{Behaviour, ChatMessage};

use crate::harness::{LIMIT, run};

fn assert_is_picture(message: &ChatMessage) {
    let file = message.file.as_ref().expect("a picture");
    assert_eq!(file.kind, "photo");
    assert!(file.bytes.starts_with(b"\x89PNG"), "{}", file.name);
}

#[test]
fn an_owner_sees_their_own_accounts_drawn() {
    run(async |mut t| {
        let eva = t.user(7, "Ева", "en").await;
        let status = t.ask(&eva, "/status").await;
        let note = t.callback_for_note(&eva, &status, "watch:chart:mine").await;
        assert!(note.starts_with("Nothing to draw yet"), "{note}");
        t.ask(&eva, "/add octocat github").await;
        t.ask(&eva, "/add hubot github").await;
        let oleg = t.user(8, "Олег", "ru").await;
        t.ask(&oleg, "/add torvalds github").await;
        t.site.set("github", "octocat", Behaviour::Exists);
        t.ask(&eva, "/check").await;
        t.heard(7, "Check finished").await;
        let status = t.ask(&eva, "/status").await;
        // A chart asked for while the program stops is drawn after the next start.
        t.stop().await;
        eva.presses(&status, "watch:chart:mine").unwrap();
        t.start().await;
        let chart = eva.next_reply(LIMIT).await.unwrap();
        assert_is_picture(&chart);
        assert_eq!(
            chart.text,
            "📈 My accounts\n\n• Found in 30 days: 1\n• Not found yet: 1"
        );
        // A screen cannot replace a picture.
        eva.presses(&chart, "Home").unwrap();
        let home = eva.next_reply(LIMIT).await.unwrap();
        assert!(home.text.starts_with("👋"), "{}", home.text);
        let forged = eva.presses_forged(home.message_id, "watch:chart:sites");
        assert!(t.note(&eva, &forged).await.contains("admin"));
        t
    });
}

#[test]
fn admins_see_everybody_drawn() {
    run(async |t| {
        t.ask(&t.admin, "/add octocat github").await;
        t.site.set("github", "octocat", Behaviour::Exists);
        let panel = t.ask(&t.admin, "/admin").await;
        t.admin.presses(&panel, "run:check").unwrap();
        t.heard(t.admin.id(), "Автопроверка завершена").await;
        let panel = t.ask(&t.admin, "/admin").await;
        let charts = t.callback(&t.admin, &panel, "watch:charts").await;
        for (button, words) in [
            ("Найдено по дням", "Найдено за 30 дней: 1\n• GitHub: 1"),
            ("Проверки и ошибки", "За 30 дней: проверок 1, ошибок 0"),
            ("Длительность", "• Проверок за 2 дня: 1"),
        ] {
            t.admin.presses(&charts, button).unwrap();
            let chart = t.heard(t.admin.id(), words).await;
            assert_is_picture(&chart);
        }
        t
    });
}

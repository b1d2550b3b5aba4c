//! Conversations as people have them, over a real Bot API.

use vakhta::testing::demo::Behaviour;

use crate::harness::{ADMIN, LIMIT, run};

#[test]
fn an_account_is_added_found_and_told() {
    run(async |t| {
        let eva = t.user(7, "<b>Ева & Ко", "ru").await;
        let added = t.ask(&eva, "/add octocat github 9").await;
        assert_eq!(added.text.lines().next(), Some("✅ Добавлено"));
        assert!(
            added.text.contains("octocat · GitHub · 9 дней"),
            "{}",
            added.text
        );
        t.site.set("github", "octocat", Behaviour::Exists);
        let check = t.ask(&eva, "/check").await;
        assert_eq!(check.text, "🔍 Проверяю: 1 аккаунт");
        let found = t.heard(7, "✅ Аккаунт найден").await;
        assert_eq!(
            found.text,
            "✅ Аккаунт найден\n\n\
             👤 Имя пользователя: octocat\n\
             🌐 Площадка: GitHub\n\
             📅 Начало работ: 21.11.2026\n\
             📝 Заявлено: 9 дней\n\
             🏁 Завершено за: меньше дня\n\
             📅 Конец работ: 30.11.2026"
        );
        assert_eq!(
            found.links(),
            [(
                "octocat".to_owned(),
                "https://github.example/octocat".to_owned()
            )]
        );
        let summary = t.heard(7, "✅ Автопроверка завершена").await;
        assert!(
            summary
                .text
                .contains("• Проверено: 1\n• Найдено: 1\n• Не найдено: 0\n• Ошибок: 0")
        );
        t
    });
}

#[test]
fn a_stranger_asks_and_an_admin_lets_them_in() {
    run(async |t| {
        let stranger = t.telegram.person(55, "Незнакомец", "en");
        let waiting = t.ask(&stranger, "/start").await;
        assert!(
            waiting.text.contains("I have asked the admins"),
            "{}",
            waiting.text
        );
        let question = t.heard(ADMIN, "Просит доступ").await;
        let card = t.callback(&t.admin, &question, "Впустить").await;
        assert!(card.text.contains("пользователь"), "{}", card.text);
        t.heard(55, "You now have access").await;
        let again = t
            .admin
            .presses_forged(question.message_id, "people:refuse:55");
        assert_eq!(t.note(&t.admin, &again).await, "Это уже сделано.");
        let home = t.ask(&stranger, "/start").await;
        assert!(home.text.contains("Vakhta"), "{}", home.text);
        t
    });
}

#[test]
fn a_dialogue_survives_a_restart_and_a_sticker() {
    run(async |mut t| {
        let eva = t.user(7, "Ева", "ru").await;
        t.ask(&eva, "/add").await;
        t.stop().await;
        t.start().await;
        eva.sends_sticker();
        let hint = eva.next_reply(LIMIT).await.unwrap();
        assert_eq!(hint.text, "Здесь нужен текст. Прервать: /cancel");
        let wrong = t.ask(&eva, "not a name at all!").await;
        assert!(wrong.text.contains("слишком много слов"), "{}", wrong.text);
        let site = t.ask(&eva, "octocat").await;
        assert_eq!(site.text, "🌐 На какой площадке искать octocat?");
        t.stop().await;
        t.start().await;
        let unknown = t.ask(&eva, "nowhere").await;
        assert!(
            unknown.text.starts_with("нет такой площадки: nowhere"),
            "{}",
            unknown.text
        );
        let days = t.callback(&eva, &unknown, "GitHub").await;
        assert_eq!(
            days.text,
            "📝 На сколько дней договорились? octocat · GitHub"
        );
        let stale = eva.presses_forged(days.message_id, "watch:add-site:vk");
        assert_eq!(
            t.note(&eva, &stale).await,
            "Эта кнопка устарела, показываю как есть."
        );
        let never = t.ask(&eva, "0").await;
        assert!(
            never.text.starts_with("дней — от 1 до 3650"),
            "{}",
            never.text
        );
        let added = t.callback(&eva, &never, "60").await;
        assert!(
            added.text.contains("octocat · GitHub · 60 дней"),
            "{}",
            added.text
        );
        let nothing = t.ask(&eva, "/cancel").await;
        assert_eq!(nothing.text, "Прерывать нечего.");
        t
    });
}

#[test]
fn one_account_is_checked_from_its_card_paused_and_removed() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        t.ask(&eva, "/add octocat github").await;
        t.site.set("github", "octocat", Behaviour::Status(403));
        let list = t.ask(&eva, "/list").await;
        let card = t.callback(&eva, &list, "octocat").await;
        assert!(card.text.contains("Ещё не проверялся"), "{}", card.text);
        t.callback(&eva, &card, "Пауза").await;
        let paused = t.telegram.message(7, list.message_id).unwrap();
        assert!(paused.text.contains("На паузе"), "{}", paused.text);
        let resumed = t.callback(&eva, &paused, "Продолжить").await;
        eva.presses(&resumed, "Проверить").unwrap();
        let checked = t.heard(7, "посмотреть не удалось").await;
        assert!(
            checked.text.contains("площадка отказывает нам"),
            "{}",
            checked.text
        );
        let removed = t.callback(&eva, &resumed, "Удалить octocat").await;
        assert!(
            removed.text.starts_with("🗑 Удалён: octocat · GitHub"),
            "{}",
            removed.text
        );
        let empty = t.callback(&eva, &removed, "К списку").await;
        assert!(empty.text.contains("Пока пусто"), "{}", empty.text);
        t
    });
}

#[test]
fn every_screen_is_reached_by_buttons_and_leads_back() {
    run(async |t| {
        let home = t.ask(&t.admin, "/start").await;
        for way in [
            &["Мои аккаунты", "Домой"][..],
            &["Состояние", "Домой"],
            &["Настройки", "English", "Home"],
            &["Settings", "Русский", "только с новостями", "Домой"],
            &["Помощь", "Домой"],
            &[
                "Управление",
                "Люди",
                "Ольга",
                "Назад",
                "Назад",
                "Аккаунты всех",
                "Домой",
            ],
        ] {
            for button in way {
                let screen = t.telegram.message(ADMIN, home.message_id).unwrap();
                t.callback(&t.admin, &screen, button).await;
            }
        }
        let end = t.telegram.message(ADMIN, home.message_id).unwrap();
        assert!(end.text.starts_with("👋 Это Вахта"), "{}", end.text);
        t
    });
}

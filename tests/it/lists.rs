//! `/list` and cards: one message, with filters and pages, and the actions of a card.

use std::sync::Arc;

use vakhta::testing::clock::days;
use vakhta::testing::demo::{ChatMessage, Person};
use vakhta::testing::people::{self, Role};
use vakhta::testing::slices::watch::list_of_owner;
use vakhta::testing::slices::watch::store;
use vakhta::testing::slices::watch::store::NewAccount;

use crate::harness::{Stage, run};
use crate::panel::boss;

/// Gives an owner this many accounts, named after the site and a number.
async fn fill(t: &Stage, owner: i64, site: &'static str, n: usize) {
    let now = t.clock.now();
    let add = move |tx: &vakhta::testing::db::WriteTx<'_>| {
        for i in 0..n {
            let new = NewAccount::new(owner, site, &format!("{site}_{i:02}"), 30);
            store::add(tx, now, &new)?;
        }
        Ok(())
    };
    t.app().db().write(add).await.unwrap();
}

/// The labels of a message's buttons.
fn labels(message: &ChatMessage) -> Vec<String> {
    message.buttons().into_iter().map(|b| b.text).collect()
}

/// Presses one button after the other.
async fn press(t: &Stage, who: &Person, screen: &ChatMessage, way: &[&str]) -> Arc<ChatMessage> {
    let mut screen = Arc::new(screen.clone());
    for button in way {
        screen = t.callback(who, &screen, button).await;
    }
    screen
}

#[test]
fn a_filter_survives_pages_cards_and_a_restart() {
    run(async |mut t| {
        let eva = t.user(7, "Ева", "ru").await;
        fill(&t, 7, "github", 9).await;
        fill(&t, 7, "vk", 9).await;
        let list = t.ask(&eva, "/list").await;
        assert!(list.text.contains("Ваши аккаунты: 18"), "{}", list.text);
        let find = t.callback(&eva, &list, "Поиск").await;
        t.stop().await;
        t.start().await;
        let found = t.ask(&eva, "VK_").await;
        assert!(found.text.contains("🔎 Поиск: VK_"), "{}", found.text);
        assert!(found.text.contains(": 9"), "{}", found.text);
        assert_ne!(found.message_id, find.message_id);
        let second = press(&t, &eva, &found, &["›"]).await;
        assert!(labels(&second).contains(&"‹ 2 / 2 ›".to_owned()));
        let card = t.callback(&eva, &second, "vk_07").await;
        let paused = t.callback(&eva, &card, "Пауза").await;
        let back = t.callback(&eva, &paused, "Назад").await;
        assert!(back.text.contains("🔎 Поиск: VK_"), "{}", back.text);
        assert!(
            labels(&back).contains(&"⏸ vk_07 · VK".to_owned()),
            "{:?}",
            labels(&back)
        );

        let paused = t.callback(&eva, &back, "На паузе").await;
        assert_eq!(labels(&paused)[0], "⏸ vk_07 · VK");
        assert!(labels(&paused).contains(&"✓ ⏸ На паузе".to_owned()));
        let everything = t.callback(&eva, &paused, "✓ ⏸ На паузе").await;
        assert!(everything.text.contains(": 18"), "{}", everything.text);
        let sites = t.callback(&eva, &everything, "Площадка").await;
        let github = t.callback(&eva, &sites, "GitHub").await;
        assert!(
            github.text.contains("🌐 Площадка: GitHub"),
            "{}",
            github.text
        );
        let none = t.callback(&eva, &github, "Завершены").await;
        assert!(none.text.contains("Ничего не нашлось"), "{}", none.text);
        let all = t.callback(&eva, &none, "🗂 Все").await;
        assert!(all.text.contains(": 18"), "{}", all.text);

        let overdue = t.clock.now().plus(days(31));
        t.clock.set(overdue);
        let overdue = t.callback(&eva, &all, "Просрочены").await;
        assert!(overdue.text.contains(": 17"), "{}", overdue.text);
        t
    });
}

#[test]
fn a_card_is_changed_from_its_buttons_and_by_answers() {
    run(async |mut t| {
        let eva = t.user(7, "<b>Ева & Ко", "ru").await;
        t.ask(&eva, "/add octocat github 9").await;
        let list = t.ask(&eva, "/list").await;
        let card = t.callback(&eva, &list, "octocat").await;
        for part in [
            "👁 Жду: когда появится",
            "🔍 Ещё не проверялся",
            "👀 Ещё не видели",
            "— добавлен · вы",
        ] {
            assert!(card.text.contains(part), "{part} is not in {}", card.text);
        }
        let longer = press(&t, &eva, &card, &["+7 дн.", "+30 дн."]).await;
        assert!(longer.text.contains("Заявлено: 46 дней"), "{}", longer.text);
        let ask = t.callback(&eva, &longer, "Другой срок").await;
        assert!(
            ask.text.contains("На сколько дней продлить?"),
            "{}",
            ask.text
        );
        let wrong = t.ask(&eva, "много").await;
        assert!(
            wrong.text.starts_with("дней — от 1 до 3650"),
            "{}",
            wrong.text
        );
        t.stop().await;
        t.start().await;
        let longer = t.ask(&eva, "4").await;
        assert!(longer.text.contains("Заявлено: 50 дней"), "{}", longer.text);
        assert!(
            longer.text.contains("— срок +4 дн. · вы"),
            "{}",
            longer.text
        );

        t.callback(&eva, &longer, "🗒 Заметка").await;
        let long = t.ask(&eva, &"ж".repeat(201)).await;
        assert!(long.text.contains("а здесь 201"), "{}", long.text);
        let noted = t.ask(&eva, "клиент <Иван> & Ко").await;
        assert!(
            noted.text.contains("🗒 Заметка: клиент <Иван> & Ко"),
            "{}",
            noted.text
        );
        let clear = t.callback(&eva, &noted, "Убрать заметку").await;
        assert!(!clear.text.contains("🗒"), "{}", clear.text);

        // A question that was abandoned is not answered by later text.
        let ask = t.callback(&eva, &clear, "🗒 Заметка").await;
        let card = t.callback(&eva, &ask, "Назад").await;
        let lost = t.ask(&eva, "это не заметка").await;
        assert!(!lost.text.contains("🗒"), "{}", lost.text);

        let removed = t.callback(&eva, &card, "Удалить octocat").await;
        assert!(
            removed.text.starts_with("🗑 Удалён: octocat · GitHub"),
            "{}",
            removed.text
        );
        let pause = eva.presses_forged(removed.message_id, "watch:pause:1:mine:0");
        assert_eq!(t.note(&eva, &pause).await, "Этого аккаунта больше нет.");
        let empty = t.ask(&eva, "/list").await;
        assert!(empty.text.contains("Пока пусто"), "{}", empty.text);
        let back = t.callback(&eva, &removed, "Вернуть").await;
        assert!(back.text.contains("— возвращён · вы"), "{}", back.text);
        let late = eva.presses_forged(back.message_id, "watch:restore:1:mine:0");
        assert_eq!(t.note(&eva, &late).await, "Это уже сделано.");
        t
    });
}

#[test]
fn an_admin_lists_everybody_and_one_owner_and_nobody_else_does() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let oleg = t.user(8, "Олег", "ru").await;
        for owner in [&eva, &oleg] {
            t.ask(owner, "/start").await;
        }
        t.user(200, "Boss", "en").await;
        t.app()
            .db()
            .write(|tx| people::set_role(tx, 200, Role::Admin))
            .await
            .unwrap();
        fill(&t, 7, "github", 7).await;
        fill(&t, 8, "vk", 2).await;
        let home = t.ask(&t.admin, "/start").await;
        let all = press(&t, &t.admin, &home, &["Управление", "Аккаунты всех"]).await;
        assert!(all.text.contains("Аккаунты всех: 9"), "{}", all.text);
        let vk = press(&t, &t.admin, &all, &["Площадка", "VK", "vk_01"]).await;
        assert!(vk.text.contains("👤 Владелец: Олег (8)"), "{}", vk.text);
        let vk = press(&t, &t.admin, &vk, &["Пауза", "Назад"]).await;
        assert!(vk.text.contains("🌐 Площадка: VK"), "{}", vk.text);

        t.admin.presses_forged(home.message_id, &list_of_owner(7));
        let of_eva = t.heard(t.admin.id(), "Аккаунты Ева: 7").await;
        let second = t.callback(&t.admin, &of_eva, "›").await;
        assert_eq!(labels(&second)[0], "⏳ github_06 · GitHub");

        // Two admins edit one note: the second is shown what the first wrote.
        let card = t.callback(&t.admin, &second, "github_06").await;
        t.callback(&t.admin, &card, "🗒 Заметка").await;
        let boss = t.telegram.person(200, "Boss", "en");
        let screen = t.ask(&boss, "/start").await;
        boss.presses_forged(screen.message_id, "watch:ask-note:7:all:0");
        t.heard(200, "What should the note say?").await;
        t.ask(&boss, "from the boss").await;
        let changed = t.ask(&t.admin, "от Ольги").await;
        assert!(
            changed.text.contains("изменил кто-то другой"),
            "{}",
            changed.text
        );
        assert!(changed.text.contains("from the boss"), "{}", changed.text);
        let noted = t.ask(&t.admin, "от Ольги").await;
        assert!(noted.text.contains("🗒 Заметка: от Ольги"), "{}", noted.text);

        let mine = t.ask(&eva, "/list").await;
        let forged = eva.presses_forged(mine.message_id, &list_of_owner(8));
        assert_eq!(
            t.note(&eva, &forged).await,
            "Это может только администратор."
        );
        t
    });
}

#[test]
fn who_is_no_admin_any_more_changes_nothing_by_an_open_question() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        t.ask(&eva, "/add octocat github").await;
        let boss = boss(&t).await;
        for (question, answer) in [("ask-note", "not for long"), ("ask-days", "99")] {
            set_role(&t, Role::Admin).await;
            let home = t.ask(&boss, "/start").await;
            let callback =
                boss.presses_forged(home.message_id, &format!("watch:{question}:1:all:0"));
            t.note(&boss, &callback).await;
            set_role(&t, Role::User).await;
            t.ask(&boss, answer).await;
        }
        let account = t.app().db().read(|c| store::get(c, Some(7), 1)).await;
        let account = account.unwrap().unwrap();
        assert_eq!((account.note.as_str(), account.period_days), ("", 30));
        t
    });
}

#[test]
fn nobody_sees_or_changes_the_accounts_of_another() {
    run(async |t| {
        let bob = t.user(8, "Боб", "ru").await;
        t.ask(&bob, "/add of-bob-only github").await;
        let eva = t.user(7, "Ева", "ru").await;
        let home = t.ask(&eva, "/start").await;
        let account = async || {
            let read = t.app().db().read(|c| store::get(c, None, 1)).await;
            read.unwrap().unwrap()
        };
        let before = account().await;
        for act in [
            "card:1",
            "check:1",
            "pause:1",
            "again:1",
            "remove:1",
            "extend:1:7",
            "ask-until:1",
            "ask-days:1",
            "ask-note:1",
        ] {
            let data = format!("watch:{act}:all:0");
            let callback = eva.presses_forged(home.message_id, &data);
            t.note(&eva, &callback).await;
            assert_eq!(account().await, before, "{data}");
        }
        // This would answer the last question, if one were open.
        t.ask(&eva, "9").await;
        assert_eq!(account().await, before);
        let told = t.telegram.messages(7);
        assert!(!told.iter().any(|m| m.text.contains("of-bob-only")));
        t
    });
}

async fn set_role(t: &Stage, role: Role) {
    let db = t.app().db();
    db.write(move |tx| people::set_role(tx, 200, role))
        .await
        .unwrap();
}

//! Access rights, as members and strangers try them.

use std::time::Duration;

use vakhta::testing::clock::DAY;
use vakhta::testing::people::{self, Role};

use crate::harness::{ADMIN, LIMIT, Stage, run};

async fn role_of(t: &Stage, id: i64) -> Option<Role> {
    let person = t
        .app()
        .db()
        .read(move |c| people::get(c, id))
        .await
        .unwrap();
    person.map(|person| person.role)
}

/// Waits until the bot has handled everything written so far.
async fn settled(t: &Stage) {
    let marker = t.ask(&t.admin, "/cancel").await;
    assert_eq!(marker.text, "Прерывать нечего.");
    t.telegram
        .wait_until("all updates to be taken", LIMIT, |telegram| {
            telegram.undelivered_updates() == 0
        })
        .await
        .unwrap();
    let mut period = tokio::time::interval(Duration::from_millis(20));
    loop {
        period.tick().await;
        let now = t.clock.now();
        let quiet = t.app().db().read(move |c| {
            let waiting = vakhta::testing::telegram::inbox_counts(c)?.waiting;
            Ok(waiting == 0 && vakhta::testing::telegram::outbox::is_quiet(c, now)?)
        });
        if quiet.await.unwrap() {
            return;
        }
    }
}

#[test]
fn a_stranger_is_answered_once_a_day() {
    run(async |mut t| {
        t.stop().await;
        t.reconfigure("[telegram]", "[telegram]\naccess = \"closed\"");
        t.start().await;
        let stranger = t.telegram.person(55, "X", "en");
        let first = t.ask(&stranger, "/start").await;
        assert_eq!(
            first.text,
            "🔒 This is a private bot; it does not accept new people."
        );
        for text in ["/start", "/list", "hello", "/admin"] {
            stranger.writes(text);
        }
        settled(&t).await;
        assert!(
            stranger.unread().is_empty(),
            "strangers hear one line a day"
        );
        t.clock.advance(DAY);
        let second = t.ask(&stranger, "hello?").await;
        assert_eq!(second.text, first.text);
        t
    });
}

#[test]
fn who_is_refused_is_told_as_promised() {
    run(async |t| {
        for (id, from_the_list) in [(55, false), (56, true)] {
            let stranger = t.telegram.person(id, &format!("Гость {id}"), "ru");
            let asked = t.ask(&stranger, "/start").await;
            assert!(
                asked.text.contains("напишу, когда ответят"),
                "{}",
                asked.text
            );
            let question = t.heard(ADMIN, &format!("Просит доступ: Гость {id}")).await;
            let screen = if from_the_list {
                let panel = t.ask(&t.admin, "/admin").await;
                let list = t.callback(&t.admin, &panel, "Люди").await;
                t.callback(&t.admin, &list, &format!("Гость {id}")).await
            } else {
                question
            };
            let card = t.callback(&t.admin, &screen, "Отказать").await;
            let told = stranger.next_reply(LIMIT).await.unwrap();
            assert!(told.text.contains("в доступе отказано"), "{}", told.text);
            assert_eq!(role_of(&t, id).await, Some(Role::Refused));
            // The admins may think better of it.
            t.callback(&t.admin, &card, "Впустить").await;
            let told = stranger.next_reply(LIMIT).await.unwrap();
            assert!(told.text.contains("открыли доступ"), "{}", told.text);
            assert!(stranger.unread().is_empty());
        }
        t
    });
}

#[test]
fn with_open_access_everybody_is_let_in() {
    run(async |mut t| {
        t.stop().await;
        t.reconfigure("[telegram]", "[telegram]\naccess = \"open\"");
        t.start().await;
        let stranger = t.telegram.person(55, "X", "en");
        let home = t.ask(&stranger, "/start").await;
        assert!(home.text.starts_with("👋 This is Vakhta"), "{}", home.text);
        assert_eq!(role_of(&t, 55).await, Some(Role::User));
        t
    });
}

#[test]
fn admins_are_made_by_owners_only_and_nobody_undoes_another_silently() {
    run(async |t| {
        let boss = t.user(200, "Boss", "ru").await;
        let eva = t.user(7, "Ева", "ru").await;
        t.app()
            .db()
            .write(|tx| people::set_role(tx, 200, Role::Admin))
            .await
            .unwrap();
        let panel = t.ask(&boss, "/admin").await;
        // An admin has no button for it, and a forged one is refused.
        let forged = boss.presses_forged(panel.message_id, "people:make-admin:7");
        assert_eq!(
            t.note(&boss, &forged).await,
            "Это может только администратор."
        );
        let touched = boss.presses_forged(panel.message_id, &format!("people:remove:{ADMIN}"));
        assert_eq!(
            t.note(&boss, &touched).await,
            "Роль задана в файле настроек и меняется только там."
        );
        // The owner makes an admin; a second press says that this is already done.
        let panel = t.ask(&t.admin, "/admin").await;
        let made = t
            .admin
            .presses_forged(panel.message_id, "people:make-admin:7");
        assert!(t.note(&t.admin, &made).await.contains("администратор"));
        assert_eq!(role_of(&t, 7).await, Some(Role::Admin));
        let again = t
            .admin
            .presses_forged(panel.message_id, "people:make-admin:7");
        assert_eq!(t.note(&t.admin, &again).await, "Это уже сделано.");
        let menu = |telegram: &vakhta::testing::demo::PretendTelegram| {
            telegram
                .menu("chat:7:0", "")
                .is_some_and(|menu| menu.iter().any(|command| command["command"] == "admin"))
        };
        t.telegram
            .wait_until("the admin's menu", LIMIT, menu)
            .await
            .unwrap();
        // A button drawn for a user cannot change an admin.
        let stale = t
            .admin
            .presses_forged(panel.message_id, "people:remove:user:7");
        assert_eq!(
            t.note(&t.admin, &stale).await,
            "Пока вы смотрели, это изменилось. Сейчас: администратор"
        );
        assert_eq!(role_of(&t, 7).await, Some(Role::Admin));
        // After removal, their old buttons do nothing.
        let panel_of_eva = t.ask(&eva, "/admin").await;
        let out = t.admin.presses_forged(panel.message_id, "people:remove:7");
        t.note(&t.admin, &out).await;
        t.heard(7, "Ваш доступ закрыт").await;
        let late = eva.presses_forged(panel_of_eva.message_id, "people:let-in:55");
        t.note(&eva, &late).await;
        assert_eq!(role_of(&t, 7).await, Some(Role::Refused));
        t
    });
}

#[test]
fn the_first_who_opens_the_claim_link_owns_the_bot() {
    run(async |mut t| {
        t.stop().await;
        t.reconfigure(&format!("admins = [{ADMIN}]"), "admins = []");
        t.start().await;
        let link = t.app().claim_link().unwrap().to_owned();
        let code = link.split("start=").nth(1).unwrap().to_owned();
        assert!(
            link.starts_with("https://t.me/vakhta_demo_bot?start=claim_"),
            "{link}"
        );
        let (first, second) = (
            t.telegram.person(31, "First", "ru"),
            t.telegram.person(32, "Second", "ru"),
        );
        let owner = t.ask(&first, &format!("/start {code}")).await;
        assert!(owner.text.starts_with("👑"), "{}", owner.text);
        let late = t.ask(&second, &format!("/start {code}")).await;
        assert!(
            late.text.starts_with("Эта ссылка уже не действует"),
            "{}",
            late.text
        );
        assert_eq!(role_of(&t, 31).await, Some(Role::Owner));
        assert_ne!(role_of(&t, 32).await, Some(Role::Owner));
        t.stop().await;
        t.start().await;
        assert!(t.app().claim_link().is_none(), "there is an owner now");
        t
    });
}

#[test]
fn menus_are_set_per_language_and_for_admins() {
    run(async |t| {
        let set = |telegram: &vakhta::testing::demo::PretendTelegram| {
            let describes = |language: &str, text: &str| {
                let menu = telegram.menu("default", language).unwrap_or_default();
                menu.iter().any(|command| command["description"] == text)
            };
            describes("", "Мои аккаунты")
                && describes("en", "My accounts")
                && telegram.menu(&format!("chat:{ADMIN}:0"), "").is_some()
        };
        t.telegram
            .wait_until("the menus", LIMIT, set)
            .await
            .unwrap();
        t
    });
}

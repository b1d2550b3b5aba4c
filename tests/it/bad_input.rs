//! Unexpected input from members and strangers: always a clear reply, nothing lost, no panic.

use crate::harness::{ADMIN, run, run_with};

#[test]
fn lines_that_cannot_be_are_named_and_the_others_are_added() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let answer = t
            .ask(
                &eva,
                "/add good github\nbad!name github\nz nowhere\ny github 0\nhttps://elsewhere.example/z\n\
                 https://github.example/linked 60\nalso VK\na b c d e",
            )
            .await;
        assert!(
            answer
                .text
                .starts_with("➕ Добавлено: 3, уже были: 0, с ошибками: 5"),
            "{}",
            answer.text
        );
        for line in [
            "строка 2: такого имени на площадке GitHub быть не может: bad!name",
            "строка 3: нет такой площадки: nowhere",
            "строка 4: дней — от 1 до 3650, а здесь: 0",
            "строка 5: ссылка не на профиль известной мне площадки",
        ] {
            assert!(
                answer.text.contains(line),
                "{line} is missing in {}",
                answer.text
            );
        }
        let again = t.ask(&eva, "/add good github").await;
        assert!(
            again.text.starts_with("Этот аккаунт у вас уже есть"),
            "{}",
            again.text
        );
        t
    });
}

#[test]
fn ten_thousand_lines_are_one_answer() {
    run_with("per_owner = 0", async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        // More than Telegram lets a person send at once; a self-hosted server may allow it.
        let lines: Vec<String> = (0..10_000).map(|n| format!("name{n} github")).collect();
        let answer = t.ask(&eva, &format!("/add {}", lines.join("\n"))).await;
        assert!(
            answer.text.starts_with("➕ Добавлено: 10000"),
            "{}",
            answer.text
        );
        let list = t.ask(&eva, "/list").await;
        assert!(list.text.contains("10000"), "{}", list.text);
        t
    });
}

#[test]
fn forged_buttons_are_answered_and_do_nothing() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let oleg = t.user(8, "Олег", "ru").await;
        t.ask(&oleg, "/add octocat github").await;
        let home = t.ask(&eva, "/start").await;
        for data in [
            "",
            ":",
            "watch",
            "watch:",
            "watch:card:mine:1",
            "watch:delete:all:1",
            "watch:pause:1",
            "watch:card:1:all:0",
            "watch:remove:1:mine:0",
            "watch:remove:1:8:0",
            "watch:restore:1:mine:0",
            "watch:until:1:fg:mine:0",
            "watch:until:1:zz:mine:0",
            "watch:ask-note:1:mine:0",
            "watch:list:8:0",
            "watch:list:mine:0:f999",
            "watch:sites:8:0",
            "watch:sites:mine:18446744073709551615",
            "watch:site:8:github",
            "watch:find:all:0",
            "watch:add-until:never",
            "watch:add-back",
            "watch:list:all:0",
            "run:check",
            "run:stop:1",
            "site:mute:0:7:github",
            "admin:backup:sure",
            "admin:broadcast-stop:1",
            "set:groups",
            "set:quiet:hold:99:8",
            "watch:list:mine:18446744073709551615",
            "watch:extend:1:100000",
            "watch:add-days:0",
            "people:list:0",
            "people:make-admin:7",
            "people:let-in:-1",
            "bot:panel",
            "bot:language:xx",
            "bot:notify:digest",
            "bot:💥",
            "nobody:knows:this",
            "watch:card:mine:999999999999999999999",
        ] {
            let callback = eva.presses_forged(home.message_id, data);
            t.note(&eva, &callback).await;
        }
        let account = t
            .app()
            .db()
            .read(|c| vakhta::testing::slices::watch::store::get(c, None, 1))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            account.state,
            vakhta::testing::slices::watch::model::account::AccountState::Pending
        );
        let me = t
            .app()
            .db()
            .read(|c| vakhta::testing::people::get(c, 7))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(me.role, vakhta::testing::people::Role::User);
        t
    });
}

#[test]
fn hostile_names_break_no_screen() {
    run(async |t| {
        let name = "<b>Ева & Ко</a>\u{202e}\u{200b}\n<script>";
        let stranger = t.telegram.person(55, name, "ru");
        t.ask(&stranger, "/start").await;
        let question = t.heard(ADMIN, "Просит доступ").await;
        assert!(
            question.text.contains("<b>Ева & Ко</a> <script>"),
            "{}",
            question.text
        );
        let card = t.callback(&t.admin, &question, "Впустить").await;
        assert!(card.text.contains("<b>Ева & Ко</a>"), "{}", card.text);
        let panel = t.ask(&t.admin, "/admin").await;
        let people = t.callback(&t.admin, &panel, "Люди").await;
        assert!(people.button("<b>Ева").is_some(), "{:?}", people.buttons());
        t
    });
}

#[test]
fn words_of_others_are_no_commands() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        eva.forwards("/add octocat github");
        let group = t.telegram.group(-1_001_234, "Group");
        eva.writes_in(&group, "/add octocat github");
        group.anonymous_admin_writes("/admin");
        let message = eva.writes("/list");
        eva.edits(message, "/add octocat github").unwrap();
        let list = t.heard(7, "Пока пусто").await;
        assert!(!list.buttons().is_empty());
        let accounts = t
            .app()
            .db()
            .read(|c| vakhta::testing::slices::watch::store::totals(c, None))
            .await
            .unwrap();
        assert_eq!(accounts.all(), 0);
        assert!(
            t.telegram.messages(-1_001_234).iter().all(|m| !m.from_bot),
            "the bot spoke in a group"
        );
        t
    });
}

#[test]
fn whatever_is_sent_in_the_middle_of_a_dialogue_gets_an_answer() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        t.ask(&eva, "/add").await;
        eva.skips_unread();
        eva.sends_sticker();
        let hint = eva.next_reply(crate::harness::LIMIT).await.unwrap();
        assert_eq!(hint.text, "Здесь нужен текст. Прервать: /cancel");
        let status = t.ask(&eva, "/status").await;
        assert!(status.text.starts_with("📊 Состояние"), "{}", status.text);
        let asked = t.ask(&eva, "octocat").await;
        assert!(
            asked.text.starts_with("🌐 На какой площадке"),
            "a command left the dialogue alone: {}",
            asked.text
        );
        let stopped = t.callback(&eva, &asked, "Отмена").await;
        assert_eq!(stopped.text, "Прервано.");
        let lost = t.ask(&eva, "octocat").await;
        assert!(lost.text.contains("/add"), "{}", lost.text);
        t
    });
}

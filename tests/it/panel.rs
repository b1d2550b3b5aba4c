//! The admins' panel: runs and their stop, sites and their mutes, the log, files.

use std::time::Duration;

use vakhta::testing::clock::days;
use vakhta::testing::demo::{Behaviour, ChatMessage, PretendTelegram};
use vakhta::testing::people::{self, Role, audit};
use vakhta::testing::slices::watch::store;

use crate::harness::{ADMIN, LIMIT, Stage, run, run_with};
use crate::watch::{add, check_all};

/// Another admin.
pub(crate) async fn boss(t: &Stage) -> vakhta::testing::demo::Person {
    let boss = t.user(200, "Boss", "en").await;
    let db = t.app().db();
    db.write(|tx| people::set_role(tx, 200, Role::Admin))
        .await
        .unwrap();
    boss
}

/// Opens the panel and presses buttons, one after the other.
async fn open(t: &Stage, buttons: &[&str]) -> std::sync::Arc<ChatMessage> {
    let mut screen = t.ask(&t.admin, "/admin").await;
    for button in buttons {
        screen = t.callback(&t.admin, &screen, button).await;
    }
    screen
}

#[test]
fn every_screen_of_the_panel_has_a_way_back() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(&t, &eva, "github", &[("octocat", Behaviour::Missing)]).await;
        check_all(&t).await;
        let russian = [
            "Ход проверок",
            "Аккаунты всех",
            "Люди",
            "Площадки",
            "Статистика",
            "Рассылка",
            "Журнал",
            "Выгрузка",
        ];
        for button in russian {
            let screen = open(&t, &[button]).await;
            let back = ["Назад", "Отмена", "Домой"];
            let way = back.into_iter().find(|way| screen.button(way).is_some());
            let way = way.unwrap_or_else(|| panic!("no way back from {button}"));
            t.callback(&t.admin, &screen, way).await;
        }
        let boss = boss(&t).await;
        for button in [
            "Health of runs",
            "Sites",
            "Statistics",
            "Broadcast",
            "Audit log",
            "Export",
        ] {
            let panel = t.ask(&boss, "/admin").await;
            let screen = t.callback(&boss, &panel, button).await;
            assert!(screen.text.is_ascii() || screen.text.chars().count() > 5);
        }
        let stats = open(&t, &["Статистика"]).await;
        assert!(
            stats.text.contains("Аккаунтов 1: ждут 1")
                && stats
                    .text
                    .contains("Сегодня: проверок аккаунтов 1, найдено 0, ошибок 0"),
            "{}",
            stats.text
        );
        let runs = open(&t, &["Ход проверок"]).await;
        assert!(
            runs.text.contains("проверено 1, ошибок 0") && runs.text.contains("GitHub — "),
            "{}",
            runs.text
        );
        t
    });
}

#[test]
fn a_run_that_an_admin_stops_keeps_what_it_saw_and_does_not_begin_again() {
    run_with("timeout = \"60s\"\nworkers = 2", async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(&t, &eva, "github", &[("octocat", Behaviour::Missing)]).await;
        add(&t, &eva, "telegram", &[("hanging", Behaviour::Hang)]).await;
        let screen = open(&t, &["Проверить все сейчас"]).await;
        let begun = t.heard(ADMIN, "Автопроверка запущена").await;
        assert!(begun.silent, "a start is no news");
        let db = t.app().db();
        let mut period = tokio::time::interval(Duration::from_millis(10));
        loop {
            period.tick().await;
            let last = db.read(store::last).await.unwrap();
            if last.is_some_and(|run| run.progress.counts.not_found == 1) {
                break;
            }
        }
        let screen = t.callback(&t.admin, &screen, "Обновить").await;
        assert!(screen.text.contains("1/2"), "{}", screen.text);
        let note = t.callback_for_note(&t.admin, &screen, "Остановить").await;
        assert!(note.contains("Останавливаю"), "{note}");
        let stopped = t
            .heard(ADMIN, "⏹ Остановил(а) Ольга: проверено 1 из 2")
            .await;
        assert!(stopped.buttons().is_empty());
        let again = t.callback(&t.admin, &screen, "Остановить").await;
        assert!(!again.text.contains('▓'), "{}", again.text);
        let last = db.read(store::last).await.unwrap().unwrap();
        assert_eq!(last.progress.stopped_by, Some(ADMIN));
        assert_eq!(db.read(store::open_requests).await.unwrap(), []);
        // The results count for their day.
        let days = db.read(|c| store::days(c, "2026-11-21")).await.unwrap();
        let github = days.iter().find(|day| day.site == "github").unwrap();
        assert_eq!(github.tally.counts.not_found, 1);
        t
    });
}

#[test]
fn a_muted_site_is_not_looked_at_and_everybody_is_told_so() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let boss = boss(&t).await;
        let names = [
            ("octocat", Behaviour::Missing),
            ("hubot", Behaviour::Missing),
        ];
        add(&t, &eva, "github", &names).await;
        add(&t, &eva, "telegram", &[("durov", Behaviour::Missing)]).await;
        check_all(&t).await;
        let card = open(&t, &["Площадки", "GitHub"]).await;
        assert!(
            card.text.contains("найдено 0, не найдено 2, ошибок 0"),
            "{}",
            card.text
        );
        let panel = t.ask(&boss, "/admin").await;
        let sites = t.callback(&boss, &panel, "Sites").await;
        let boss_card = t.callback(&boss, &sites, "GitHub").await;
        let muted = t.callback(&t.admin, &card, "Не проверять неделю").await;
        assert!(
            muted.text.contains("🔇 Не проверяется до 28.11.2026 18:35"),
            "{}",
            muted.text
        );
        // The other admin still sees a site that is not muted.
        let note = t
            .callback_for_note(&boss, &boss_card, "Mute for a day")
            .await;
        assert_eq!(
            note,
            "This changed while you were looking. Now: until 28 Nov 2026 18:35"
        );
        let seen = t.site.requests_to("github").len();
        let summary = check_all(&t).await;
        assert!(
            summary.contains("• Проверено: 1\n")
                && summary.contains("🔇 Отключены администратором, не проверялись: GitHub — 2"),
            "{summary}"
        );
        assert!(!summary.contains("Не успели"), "{summary}");
        assert_eq!(t.site.requests_to("github").len(), seen);
        // A person with an account there sees the mute.
        let list = t.ask(&eva, "/list").await;
        let card = t.callback(&eva, &list, "octocat").await;
        let line = "🔇 GitHub сейчас не проверяется до 28.11.2026 18:35";
        assert!(card.text.contains(line), "{}", card.text);
        assert_eq!(t.callback_for_note(&eva, &card, "Проверить").await, line);
        let status = t.ask(&eva, "/status").await;
        assert!(status.text.contains(line), "{}", status.text);
        // The mute ends by itself, or by an admin.
        t.clock.advance(days(7));
        let summary = check_all(&t).await;
        assert!(summary.contains("• Проверено: 3\n"), "{summary}");
        let card = open(&t, &["Площадки", "GitHub", "пока не включу"]).await;
        let card = t.callback(&t.admin, &card, "Снова проверять").await;
        assert!(card.button("Не проверять день").is_some());
        let summary = check_all(&t).await;
        assert!(!summary.contains("🔇"), "{summary}");
        t
    });
}

#[test]
fn the_log_tells_who_did_what_and_only_grows() {
    run(async |t| {
        let eva = t.user(7, "Ева <b>", "ru").await;
        add(&t, &eva, "github", &[("octocat", Behaviour::Missing)]).await;
        check_all(&t).await;
        let buttons = ["Аккаунты всех", "octocat", "Пауза", "Удалить octocat"];
        let screen = open(&t, &buttons).await;
        let admin = t
            .admin
            .presses_forged(screen.message_id, "people:make-admin:user:7");
        t.note(&t.admin, &admin).await;
        let log = open(&t, &["Журнал"]).await;
        let newest_first = [
            "Ольга: новая роль — Ева <b>, администратор",
            "Ольга: чужой аккаунт удалён — Ева <b>, github/octocat",
            "Ольга: чужой аккаунт на паузе — Ева <b>, github/octocat",
            "Ольга: проверка всех",
        ];
        let places = newest_first.map(|line| log.text.find(line));
        assert!(
            places.iter().all(Option::is_some) && places.is_sorted(),
            "{}",
            log.text
        );
        let roles = t.callback(&t.admin, &log, "Люди").await;
        assert!(roles.text.contains("записей: 1"), "{}", roles.text);
        let all = t.callback(&t.admin, &roles, "✓ 👥 Люди").await;
        assert!(all.text.contains("записей: 4"), "{}", all.text);
        let db = t.app().db();
        for sql in [
            "DELETE FROM audit",
            "UPDATE audit SET by_person = 7",
            "UPDATE audit SET at = 0",
            "UPDATE audit SET what = 'other'",
            "UPDATE audit SET person = 100 WHERE person IS NOT NULL",
        ] {
            let refused = db.write(move |tx| Ok(tx.execute(sql, [])?)).await;
            let refused = format!("{:#}", refused.unwrap_err());
            assert!(refused.contains("the audit log"), "{sql}: {refused}");
        }
        // Eva leaves, and her name is gone.
        t.ask(&t.admin, "/start").await;
        let question = t.ask(&eva, "/delete_me").await;
        t.callback(&eva, &question, "Да, удалить").await;
        let log = open(&t, &["Журнал"]).await;
        assert!(
            log.text.contains("новая роль — кто-то удалённый") && !log.text.contains("octocat"),
            "{}",
            log.text
        );
        // It is removed after a year.
        let rule = people::KEPT
            .iter()
            .find(|rule| rule.what == "audit")
            .unwrap();
        let before = t.clock.now().plus(Duration::from_secs(1));
        let prune = rule.prune;
        assert_eq!(db.write(move |tx| prune(tx, before)).await.unwrap(), 4);
        let left = db.read(|c| Ok(audit::page(c, "", 0, 9)?.1)).await.unwrap();
        assert_eq!(left, 0);
        t
    });
}

#[test]
fn tables_and_the_database_leave_as_files() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        add(&t, &eva, "github", &[("octocat", Behaviour::Missing)]).await;
        check_all(&t).await;
        for (button, name, content) in [
            (
                "Аккаунты всех (CSV)",
                "accounts_2026-11-21.csv",
                "github;octocat;30;found;;pending;2026-11-21 18:35:00;",
            ),
            (
                "Журнал (CSV)",
                "audit_2026-11-21.csv",
                ";data.export;;;accounts",
            ),
            (
                "Проверки (CSV)",
                "runs_2026-11-21.csv",
                "1;request;done;2026-11-21 18:35:00;",
            ),
        ] {
            let screen = open(&t, &["Выгрузка"]).await;
            t.callback_for_note(&t.admin, &screen, button).await;
            let bytes = file(&t, ADMIN, name).await;
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.starts_with('\u{feff}'), "{text}");
            assert!(text.contains(content), "{text}");
        }
        let screen = open(&t, &["Выгрузка", "Копия базы"]).await;
        assert!(screen.text.contains("Прислать?"), "{}", screen.text);
        t.callback_for_note(&t.admin, &screen, "Да, прислать").await;
        let copy = t.folder.path().join("copy.db");
        std::fs::write(&copy, file(&t, ADMIN, "vakhta_2026-11-21.db").await).unwrap();
        let copy = rusqlite::Connection::open(&copy).unwrap();
        let names: String = copy
            .query_row("SELECT username FROM account", [], |row| row.get(0))
            .unwrap();
        assert_eq!(names, "octocat");
        // An admin who is not an owner gets tables only.
        let boss = boss(&t).await;
        let panel = t.ask(&boss, "/admin").await;
        let screen = t.callback(&boss, &panel, "Export").await;
        assert!(screen.button("Backup").is_none());
        let forged = boss.presses_forged(screen.message_id, "admin:backup:sure");
        assert_eq!(t.note(&boss, &forged).await, "Only an owner can do this.");
        t
    });
}

/// A file that the bot sent.
async fn file(t: &Stage, chat: i64, name: &str) -> Vec<u8> {
    let find = |telegram: &PretendTelegram| {
        let messages = telegram.messages(chat);
        let mut files = messages.iter().filter_map(|m| m.file.clone());
        files.find(|file| file.name == name)
    };
    t.telegram
        .wait_until(name, LIMIT, |telegram| find(telegram).is_some())
        .await
        .unwrap();
    find(&t.telegram).unwrap().bytes.to_vec()
}

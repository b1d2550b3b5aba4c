//! Tables of accounts: uploaded, previewed, applied; exported and uploaded again.

use std::sync::Arc;

use vakhta::testing::db::Db;
use vakhta::testing::demo::{ChatMessage, Person};
use vakhta::testing::people;
use vakhta::testing::slices::watch::model::account::Until;
use vakhta::testing::slices::watch::store;
use vakhta::testing::slices::watch::store::{AccountQuery, Import, Imported, NewAccount};
use vakhta::testing::tasks::Tasks;

use crate::harness::{ADMIN, LIMIT, Stage, run, run_with};

/// Sends a file and returns the reply.
async fn send(t: &Stage, who: &Person, name: &str, bytes: &[u8]) -> Arc<ChatMessage> {
    who.skips_unread();
    who.sends_document(name, bytes, "");
    let answer = who.next_reply(LIMIT).await.unwrap();
    assert!(!t.telegram.messages(who.id()).is_empty());
    answer
}

async fn accounts(t: &Stage, owner: i64) -> Vec<(String, u32, Until)> {
    let listing = AccountQuery {
        owner: Some(owner),
        ..AccountQuery::default()
    };
    let now = t.clock.now();
    let read = t
        .app()
        .db()
        .read(move |c| store::page(c, now, &listing, 0, 100));
    let accounts = read.await.unwrap().into_iter();
    accounts
        .map(|account| (account.username, account.period_days, account.until))
        .collect()
}

#[test]
fn a_table_is_looked_at_first_and_applied_as_it_was_shown() {
    run(async |mut t| {
        let eva = t.user(7, "Ева", "ru").await;
        t.ask(&eva, "/add octocat github").await;
        let text = "\u{feff}site;username;days;until\r\ngithub;octocat;9;\r\nGitHub;torvalds;9;gone\r\n\
                    nowhere;x;1;\r\ngithub;a b;1;\r\ngithub;ok;zero;\r\ngithub;;;\r\ngithub;ok;1;never\r\nvk;<b>;1;\r\n";
        let shown = send(&t, &eva, "accounts.csv", text.as_bytes()).await;
        for part in [
            "Новых: 1",
            "Уже есть: 1",
            "С ошибками: 6",
            "• строка 4: нет такой площадки: nowhere",
            "• строка 6: дней — от 1 до 3650, а здесь: zero",
            "• строка 7: пусто в столбце username",
            "• строка 8: ждать можно found, gone или change, а здесь: never",
            "… и ещё строк с ошибками: 1",
        ] {
            assert!(shown.text.contains(part), "{part} is not in {}", shown.text);
        }
        assert_eq!(accounts(&t, 7).await.len(), 1, "nothing is added yet");
        t.stop().await;
        t.start().await;

        // The data changes in between, so the current state is shown and nothing is done.
        t.ask(&eva, "/list").await;
        let list = t.ask(&eva, "/list octocat").await;
        let card = t.callback(&eva, &list, "octocat").await;
        t.callback(&eva, &card, "Удалить").await;
        let changed = t.callback(&eva, &shown, "Применить: добавить 1").await;
        assert!(changed.text.contains("тем временем") || changed.text.contains("Тем временем"));
        assert!(changed.text.contains("Новых: 2"), "{}", changed.text);
        let first = shown.button("Применить").unwrap().data.unwrap();
        let done = t.callback(&eva, &changed, "Применить: добавить 2").await;
        assert!(
            done.text
                .contains("Добавлено: 2, уже были: 0, с ошибками: 6"),
            "{}",
            done.text
        );
        let late = eva.presses_forged(done.message_id, &first);
        assert_eq!(t.note(&eva, &late).await, "Это уже сделано.");
        assert_eq!(
            accounts(&t, 7).await,
            [
                ("octocat".to_owned(), 9, Until::Found),
                ("torvalds".to_owned(), 9, Until::Gone)
            ]
        );
        t
    });
}

#[test]
fn what_is_exported_can_be_sent_back() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let oleg = t.user(8, "Oleg", "en").await;
        t.ask(&eva, "/add octocat github 9").await;
        let list = t.ask(&eva, "/list").await;
        let card = t.callback(&eva, &list, "octocat").await;
        t.callback(&eva, &card, "🗒 Заметка").await;
        let noted = t.ask(&eva, "=2+2; \"да\"").await;
        let list = t.callback(&eva, &noted, "Назад").await;
        eva.skips_unread();
        eva.presses(&list, "Скачать CSV").unwrap();
        let sent = eva.next_reply(LIMIT).await.unwrap();
        let file = sent.file.clone().unwrap();
        assert_eq!(file.name, "accounts_2026-11-21.csv");
        let text = String::from_utf8(file.bytes.to_vec()).unwrap();
        assert_eq!(
            text,
            "\u{feff}site;username;days;until;note;state;started;ends;done;verdict;reason;checked;seen\n\
             github;octocat;9;found;\"'=2+2; \"\"да\"\"\";pending;2026-11-21 18:35:00;2026-11-30 18:35:00;;;;;\n"
        );
        let known = send(&t, &eva, &file.name, text.as_bytes()).await;
        assert!(known.text.contains("Уже есть: 1"), "{}", known.text);
        assert!(known.text.contains("Добавлять нечего."), "{}", known.text);

        let shown = send(&t, &oleg, &file.name, text.as_bytes()).await;
        let done = t.callback(&oleg, &shown, "Apply: add 1").await;
        assert!(done.text.contains("Added: 1"), "{}", done.text);
        let list = t.callback(&oleg, &done, "My accounts").await;
        let card = t.callback(&oleg, &list, "octocat").await;
        assert!(card.text.contains("🗒 Note: =2+2; \"да\""), "{}", card.text);

        // The table of everybody is for admins, and names the owners.
        let forged = oleg.presses_forged(list.message_id, "watch:export:all");
        t.note(&oleg, &forged).await;
        assert!(
            t.telegram
                .messages(8)
                .iter()
                .all(|m| m.file.is_none() || !m.from_bot)
        );
        let panel = t.ask(&t.admin, "/admin").await;
        let all = t.callback(&t.admin, &panel, "Аккаунты всех").await;
        t.admin.skips_unread();
        t.admin.presses(&all, "Скачать CSV").unwrap();
        let sent = t.admin.next_reply(LIMIT).await.unwrap();
        let text = String::from_utf8(sent.file.clone().unwrap().bytes.to_vec()).unwrap();
        assert!(text.lines().next().unwrap().ends_with(";owner"), "{text}");
        assert_eq!(
            text.lines()
                .filter(|line| line.ends_with(";7") || line.ends_with(";8"))
                .count(),
            2
        );
        t
    });
}

#[test]
fn what_is_no_table_is_answered_with_what_was_expected() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        for (name, bytes, answer) in [
            ("a.csv", &b"a;b\n1;2\n"[..], "нет «site»"),
            (
                "a.csv",
                &b"site,username\ngithub,caf\xe9\n"[..],
                "не в кодировке UTF-8",
            ),
            ("a.csv", &[b' '; 600 * 1024][..], "слишком большой"),
            ("a.png", &b"png"[..], "файл CSV со столбцами"),
        ] {
            let said = send(&t, &eva, name, bytes).await;
            assert!(
                said.text.contains(answer),
                "{answer} is not in {}",
                said.text
            );
        }
        // A table can also be pasted, and cancelled.
        t.ask(&eva, "/add").await;
        let shown = t.ask(&eva, "site,username\ngithub,octocat").await;
        assert!(shown.text.contains("Новых: 1"), "{}", shown.text);
        t.callback(&eva, &shown, "Отмена").await;
        assert_eq!(accounts(&t, 7).await, []);
        let stranger = t.telegram.person(55, "Незнакомец", "ru");
        stranger.sends_document("a.csv", b"site,username\ngithub,octocat", "");
        stranger.next_reply(LIMIT).await.unwrap();
        assert_eq!(t.telegram.calls("getFile").len(), 3);
        t
    });
}

/// A table of this many accounts whose names begin alike.
fn table_of(prefix: &str, rows: usize) -> String {
    let rows = (0..rows).map(|row| format!("github,{prefix}{row}\n"));
    std::iter::once("site,username\n".to_owned())
        .chain(rows)
        .collect()
}

#[test]
fn a_large_table_is_added_in_portions_and_goes_on_where_a_crash_stopped_it() {
    run_with("per_owner = 0", async |mut t| {
        let eva = t.user(7, "Ева", "ru").await;
        let shown = send(&t, &eva, "a.csv", table_of("a", 450).as_bytes()).await;
        let going = t.callback(&eva, &shown, "Применить: добавить 450").await;
        assert!(
            going.text.contains("Добавляю 450 аккаунтов"),
            "{}",
            going.text
        );
        t.heard(7, "Добавлено: 450, уже были: 0, с ошибками: 0")
            .await;
        t.stop().await;

        let (db, end) = Db::open(&t.folder.path().join("test.db"), &Tasks::new()).unwrap();
        let (now, text) = (t.clock.now(), table_of("b", 600));
        let import = Import {
            person: 7,
            chat: 7,
            text,
        };
        db.write(move |tx| {
            assert!(store::begin_import(tx, now, &import)?);
            assert!(!store::begin_import(tx, now, &import)?, "one at a time");
            for row in 0..250 {
                store::add(
                    tx,
                    now,
                    &NewAccount::new(7, "github", &format!("b{row}"), 30),
                )?;
            }
            // Another person's older message comes first, but they were removed before it was sent.
            let other = Import {
                person: 8,
                chat: 8,
                text: table_of("c", 300),
            };
            people::admit(tx, now, 8)?;
            assert!(store::begin_import(tx, now.minus(LIMIT), &other)?);
            tx.execute("UPDATE person SET role = 'refused' WHERE id = 8", [])?;
            // Simulates that b3 has been removed since: it must not come back.
            tx.execute(
                "UPDATE account SET state = 'removed' WHERE username = 'b3'",
                [],
            )?;
            let (line, added) = (251, 250);
            store::note_imported(tx, 7, Imported { line, added })
        })
        .await
        .unwrap();
        drop(db);
        assert!(end.wait(LIMIT).await);
        t.start().await;
        t.heard(7, "Добавлено: 600, уже были: 0, с ошибками: 0")
            .await;
        let count = "SELECT count(*), sum(state = 'removed'), (SELECT count(*) FROM transition WHERE what = 'added'),
             (SELECT count(*) FROM import_text) FROM account";
        let counts = t.app().db().read(move |c| {
            Ok(c.query_row(count, [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?)
        });
        assert_eq!(counts.await.unwrap(), (1_050, 1, 1_050, 0));
        t
    });
}

#[test]
fn a_table_that_the_program_died_over_twice_is_put_aside_and_the_next_one_is_added() {
    run(async |mut t| {
        t.user(7, "Ева", "ru").await;
        t.user(8, "Олег", "ru").await;
        t.stop().await;
        let (db, end) = Db::open(&t.folder.path().join("test.db"), &Tasks::new()).unwrap();
        let now = t.clock.now();
        db.write(move |tx| {
            for (person, prefix, at) in [(7, "a", now.minus(LIMIT)), (8, "b", now)] {
                let import = Import {
                    person,
                    chat: person,
                    text: table_of(prefix, 300),
                };
                assert!(store::begin_import(tx, at, &import)?);
            }
            tx.execute("UPDATE import SET deaths = 2 WHERE person_id = 7", [])?;
            Ok(())
        })
        .await
        .unwrap();
        drop(db);
        assert!(end.wait(LIMIT).await);
        t.start().await;
        t.heard(7, "На вашей таблице программа дважды").await;
        t.heard(ADMIN, "дважды оборвалась на таблице из чата 7")
            .await;
        t.heard(8, "Добавлено: 300").await;
        t
    });
}

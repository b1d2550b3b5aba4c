//! A member may have so many accounts, however they are added; admins have no limit.

use vakhta::testing::demo::Person;

use crate::harness::{ADMIN, LIMIT, Stage, run_with};
use crate::process;

/// Lines of `/add` with these names.
fn add(names: impl IntoIterator<Item = &'static str>) -> String {
    let lines = names.into_iter().map(|name| format!("{name} github"));
    format!("/add {}", lines.collect::<Vec<_>>().join("\n"))
}

async fn has(t: &Stage, owner: i64) -> i64 {
    let sql = "SELECT count(*) FROM account WHERE owner_id = ?1 AND state <> 'removed'";
    let db = t.app().db();
    let read = db.read(move |c| Ok(c.query_row(sql, [owner], |row| row.get(0))?));
    read.await.unwrap()
}

/// Sends a table with so many rows and returns what would come of it.
async fn send_table(
    t: &Stage,
    who: &Person,
    rows: usize,
) -> std::sync::Arc<vakhta::testing::demo::ChatMessage> {
    let rows: String = (0..rows).map(|n| format!("github,row{n}\n")).collect();
    who.skips_unread();
    who.sends_document("a.csv", format!("site,username\n{rows}").as_bytes(), "");
    let shown = who.next_reply(LIMIT).await.unwrap();
    assert_eq!(has(t, who.id()).await, 0, "nothing is added yet");
    shown
}

#[test]
fn lines_beyond_the_limit_are_not_added_and_told() {
    run_with("per_owner = 3", async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        t.ask(&eva, &add(["one"])).await;
        let told = t
            .ask(&eva, &add(["one", "two", "three", "four", "five"]))
            .await;
        let over = "➕ Добавлено: 2, уже были: 1, с ошибками: 0\n🚧 Сверх предела: 2. \
                    Аккаунтов у одного человека — не больше 3, вы можете добавить ещё 0.";
        assert!(told.text.starts_with(over), "{}", told.text);
        let told = t.ask(&eva, &add(["six"])).await;
        assert!(
            told.text.starts_with("🚧 Сверх предела: 1."),
            "{}",
            told.text
        );
        let known = t.ask(&eva, &add(["two"])).await;
        assert!(known.text.contains("уже есть"), "{}", known.text);
        assert_eq!(has(&t, 7).await, 3);

        // The place of a removed account is free. Once it is taken, nothing can be brought back.
        let list = t.ask(&eva, "/list one").await;
        let card = t.callback(&eva, &list, "one").await;
        let removed = t.callback(&eva, &card, "Удалить").await;
        t.ask(&eva, &add(["six"])).await;
        assert_eq!(has(&t, 7).await, 3);
        let note = t.callback_for_note(&eva, &removed, "Вернуть").await;
        assert!(note.contains("не больше 3"), "{note}");
        assert_eq!(has(&t, 7).await, 3);

        t.ask(&t.admin, &add(["one", "two", "three", "four", "five"]))
            .await;
        assert_eq!(has(&t, ADMIN).await, 5);
        t
    });
}

#[test]
fn a_table_says_how_many_of_its_rows_may_be_added() {
    run_with("per_owner = 3", async |t| {
        let oleg = t.user(8, "Oleg", "en").await;
        let shown = send_table(&t, &oleg, 5).await;
        assert!(shown.text.contains("New: 3"), "{}", shown.text);
        let over = "Over the limit: 2. One person can have up to 3 accounts; you can add 3 more.";
        assert!(shown.text.contains(over), "{}", shown.text);
        let done = t.callback(&oleg, &shown, "Apply: add 3").await;
        assert!(
            done.text.contains("Added: 3, already there: 0"),
            "{}",
            done.text
        );
        assert!(done.text.contains("Over the limit: 2."), "{}", done.text);
        assert_eq!(has(&t, 8).await, 3);
        t
    });
}

#[test]
fn a_large_table_stops_at_the_limit() {
    run_with("per_owner = 250", async |t| {
        let oleg = t.user(8, "Oleg", "en").await;
        let shown = send_table(&t, &oleg, 700).await;
        assert!(
            shown.text.contains("Over the limit: 450."),
            "{}",
            shown.text
        );
        t.callback(&oleg, &shown, "Apply: add 250").await;
        let done = t.heard(8, "Added: 250, already there: 0").await;
        assert!(done.text.contains("Over the limit: 450."), "{}", done.text);
        assert_eq!(has(&t, 8).await, 250);
        t
    });
}

#[test]
fn the_operator_at_the_command_line_has_no_limit() {
    process::run(async |ground| {
        ground.configure("per_owner = 1");
        ground
            .import(7, &[("github", "a"), ("github", "b"), ("github", "c")])
            .await;
        let one_more = ["accounts", "add", "d", "github", "--owner", "7"];
        ground.vakhta(&one_more).finish().await.demand(0);
        assert_eq!(ground.number("SELECT count(*) FROM account"), 4);
    });
}

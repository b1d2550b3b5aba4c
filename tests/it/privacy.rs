//! Which personal data is kept, how people have it removed, and what the log never contains.

use rusqlite::types::ValueRef;
use serde_json::json;
use vakhta::testing::clock::DAY;
use vakhta::testing::db::Connection;
use vakhta::testing::demo::Person;
use vakhta::testing::people::{self, Role};

use crate::harness::{ADMIN, LIMIT, Stage, run};

/// Ids, names and words that never occur by chance.
const EVA: i64 = 770_012_345;
const NAME: &str = "Ева Тайнова";
const WORDS: [&str; 4] = ["Тайнова", "sought-name", "второе-имя", "письмо-боту"];

/// Every value of every table that contains one of the texts.
fn traces(connection: &Connection, texts: &[String]) -> anyhow::Result<Vec<String>> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table'";
    let mut statement = connection.prepare(tables)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut found = Vec::new();
    for table in names.collect::<Result<Vec<_>, _>>()? {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}"))?;
        let columns: Vec<String> = statement
            .column_names()
            .iter()
            .map(|name| format!("{table}.{name}"))
            .collect();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for (i, column) in columns.iter().enumerate() {
                let value = match row.get_ref(i)? {
                    ValueRef::Integer(n) => n.to_string(),
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                        String::from_utf8_lossy(bytes).into_owned()
                    }
                    ValueRef::Null | ValueRef::Real(_) => continue,
                };
                if texts.iter().any(|text| value.contains(text)) {
                    found.push(format!("{column}: {value}"));
                }
            }
        }
    }
    Ok(found)
}

fn everything_of_eva() -> Vec<String> {
    let words = WORDS.iter().map(|word| (*word).to_owned());
    words.chain([EVA.to_string()]).collect()
}

/// Waits until the database holds as much of Eva as `wanted` says.
async fn traced(t: &Stage, wanted: impl Fn(&[String]) -> bool) -> Vec<String> {
    let mut period = tokio::time::interval(std::time::Duration::from_millis(20));
    let mut last = Vec::new();
    let waited = tokio::time::timeout(LIMIT, async {
        loop {
            period.tick().await;
            let texts = everything_of_eva();
            last = t.app().db().read(move |c| traces(c, &texts)).await.unwrap();
            if wanted(&last) {
                return;
            }
        }
    });
    assert!(waited.await.is_ok(), "still there: {last:#?}");
    last
}

async fn set_role(t: &Stage, id: i64, role: Role) {
    let db = t.app().db();
    db.write(move |tx| people::set_role(tx, id, role))
        .await
        .unwrap();
}

/// Eva asks for access, is let in, and leaves traces wherever people can.
async fn eva_lives(t: &Stage) -> Person {
    let eva = t.telegram.person(EVA, NAME, "ru");
    t.ask(&eva, "/start").await;
    let question = t.heard(ADMIN, "Просит доступ").await;
    t.callback(&t.admin, &question, "Впустить").await;
    t.heard(EVA, "Вам открыли доступ").await;
    t.ask(&eva, "/add sought-name github").await;
    t.ask(&eva, "/check").await;
    t.heard(EVA, "✅ Автопроверка завершена").await;
    // The admin opens her card and everybody's accounts.
    let panel = t.ask(&t.admin, "/admin").await;
    t.callback(&t.admin, &panel, "Аккаунты всех").await;
    let panel = t.ask(&t.admin, "/admin").await;
    let list = t.callback(&t.admin, &panel, "Люди").await;
    t.callback(&t.admin, &list, "Тайнова").await;
    t.ask(&eva, "письмо-боту").await;
    // One of her messages cannot be decoded, and she leaves a dialogue open.
    eva.sends(json!({ "text": 5, "caption": "письмо-боту" }));
    t.ask(&eva, "/add").await;
    t.ask(&eva, "второе-имя").await;
    eva
}

#[test]
fn whoever_asks_for_it_is_forgotten_whole_and_the_log_never_knew_them() {
    run(async |mut t| {
        let eva = eva_lives(&t).await;
        set_role(&t, EVA, Role::Admin).await;
        t.ask(&t.admin, "/add other github").await;
        let home = t.ask(&eva, "/start").await;
        let pause = eva.presses_forged(home.message_id, "watch:pause:2");
        t.note(&eva, &pause).await;
        let places = [
            "person.id",
            "person.name",
            "chat.id",
            "inbox.chat_id",
            "quarantine.body",
            "outbox.chat_id",
            "dialogue.step",
            "account.username",
            "check_request.owner_id",
            "run.owner_id",
            "transition.by_person",
        ];
        let is_at = |found: &[String], place: &str| found.iter().any(|of| of.starts_with(place));
        let all = traced(&t, |found| places.iter().all(|place| is_at(found, place))).await;
        assert!(
            !is_at(&all, "inbox.body"),
            "an update has no text once it is done"
        );
        let question = t.ask(&eva, "/delete_me").await;
        assert!(
            question.text.contains("1 аккаунт с историей"),
            "{}",
            question.text
        );

        // Cancelled, and an old button does nothing.
        let kept = t.callback(&eva, &question, "Отмена").await;
        assert_eq!(kept.text, "Ничего не удалено.");
        let question = t.ask(&eva, "/delete_me").await;
        t.clock.advance(std::time::Duration::from_secs(16 * 60));
        let again = t.callback(&eva, &question, "Да, удалить").await;
        assert!(again.text.contains("Удалить всё ваше?"), "{}", again.text);
        assert!(!traced(&t, |_| true).await.is_empty());

        // The question survives a restart.
        t.stop().await;
        t.start().await;
        let yes = again.clone();
        let done = t.callback(&eva, &again, "Да, удалить").await;
        assert!(done.text.contains("Всё ваше удалено"), "{}", done.text);
        traced(&t, <[String]>::is_empty).await;
        let by_nobody = "SELECT (SELECT count(*) FROM transition WHERE by_person = 0)
                              + (SELECT count(*) FROM run WHERE owner_id = 0)";
        let db = t.app().db();
        let kept: i64 = db
            .read(move |c| Ok(c.query_row(by_nobody, [], |row| row.get(0))?))
            .await
            .unwrap();
        assert_eq!(kept, 2, "what others share stays, without a name");

        // A second press finds nothing, says the same, and leaves nothing.
        let data = yes.button("Да, удалить").unwrap().data.unwrap();
        let callback = eva.presses_forged(yes.message_id, &data);
        t.note(&eva, &callback).await;
        traced(&t, <[String]>::is_empty).await;
        assert_log_knows_nobody(&t);
        t
    });
}

#[test]
fn who_is_forgotten_in_mid_run_hears_no_more_of_it() {
    run(async |t| {
        let eva = t.user(EVA, NAME, "ru").await;
        t.ask(&eva, "/add sought-name github").await;
        t.site.set(
            "github",
            "sought-name",
            vakhta::testing::demo::Behaviour::Hang,
        );
        t.ask(&eva, "/check").await;
        let hangs = |site: &vakhta::testing::demo::PretendSite| site.in_flight("github") == 1;
        t.site
            .wait_until("the look that hangs", LIMIT, hangs)
            .await
            .unwrap();
        let question = t.ask(&eva, "/delete_me").await;
        t.callback(&eva, &question, "Да, удалить").await;
        let over = |log: &crate::log::Log| log.contains("Tick completed at");
        let mut period = tokio::time::interval(std::time::Duration::from_millis(20));
        let waited = tokio::time::timeout(LIMIT, async {
            while !over(&t.log) {
                period.tick().await;
            }
        });
        waited.await.expect("the run ends");
        traced(&t, <[String]>::is_empty).await;
        t
    });
}

#[test]
fn the_last_who_can_manage_the_bot_hears_what_to_do() {
    run(async |mut t| {
        let by_config = t.ask(&t.admin, "/delete_me").await;
        assert!(
            by_config.text.contains("[telegram] admins"),
            "{}",
            by_config.text
        );
        let olga = t.user(7, "Анна", "en").await;
        t.stop().await;
        t.reconfigure(&format!("admins = [{ADMIN}]"), "admins = []");
        t.start().await;
        set_role(&t, 7, Role::Owner).await;
        let alone = t.ask(&olga, "/delete_me").await;
        assert!(
            alone.text.starts_with("You are the last admin"),
            "{}",
            alone.text
        );
        let forged = olga.presses_forged(
            alone.message_id,
            &format!("bot:delete-me:{}", t.clock.now().0),
        );
        assert!(t.note(&olga, &forged).await.contains("out of date"));
        let known = t.app().db().read(|c| people::get(c, 7)).await.unwrap();
        assert_eq!(known.unwrap().role, Role::Owner);
        t
    });
}

#[test]
fn privacy_tells_what_the_program_does() {
    run(async |t| {
        let eva = t.user(EVA, NAME, "en").await;
        let told = t.ask(&eva, "/privacy").await;
        for line in [
            "• records that your messages and button presses were answered, without their texts — 2 days",
            "• messages that the bot could not read — 7 days",
            "• an unfinished conversation — 1 h",
            "• results of runs, without names — 90 days",
        ] {
            assert!(told.text.contains(line), "{line} is not in {}", told.text);
        }
        let question = t.callback(&eva, &told, "Delete my data").await;
        assert!(question.text.contains("0 accounts"), "{}", question.text);
        let status = t.ask(&t.admin, "/status").await;
        assert!(status.text.contains("💾 База: 0,"), "{}", status.text);
        let status = t.ask(&eva, "/status").await;
        assert!(!status.text.contains('💾'), "{}", status.text);
        t
    });
}

/// The log contains no people's texts at any level.
fn assert_log_knows_nobody(t: &Stage) {
    for level in [tracing::Level::DEBUG, tracing::Level::INFO] {
        assert!(!t.log.at(level).is_empty(), "{level} is not listened to");
    }
    for word in WORDS {
        t.log.assert_clean_of(word);
    }
}

#[test]
fn who_waits_or_was_refused_is_forgotten_too() {
    run(async |t| {
        let eva = t.telegram.person(EVA, NAME, "ru");
        t.ask(&eva, "/start").await;
        let kept = t.ask(&eva, "/privacy").await;
        assert!(kept.text.contains("Что о вас хранится"), "{}", kept.text);
        let question = t.callback(&eva, &kept, "Удалить мои данные").await;
        t.callback(&eva, &question, "Да, удалить").await;
        traced(&t, <[String]>::is_empty).await;
        // For a refused person, the id and the mark are kept. Otherwise they could ask again and
        // again.
        t.ask(&eva, "/start").await;
        let asked = t.heard(ADMIN, "Просит доступ").await;
        t.callback(&t.admin, &asked, "Отказать").await;
        t.clock.advance(DAY);
        let question = t.ask(&eva, "/delete_me").await;
        let done = t.callback(&eva, &question, "Да, удалить").await;
        assert!(done.text.contains("в доступе отказано"), "{}", done.text);
        let left = traced(&t, |found| found.len() == 1).await;
        assert_eq!(left, [format!("person.id: {EVA}")]);
        let person = t.app().db().read(|c| people::get(c, EVA)).await.unwrap();
        assert_eq!(person.unwrap().role, Role::Refused);
        t
    });
}

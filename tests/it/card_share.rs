//! Sharing cards: in other chats, by a link, with photos that Telegram already has.

use std::sync::Arc;

use serde_json::Value;
use vakhta::testing::demo::{ChatMessage, Person, PretendTelegram};

use crate::cards::{make, scans, with_cards};
use crate::harness::{ADMIN, LIMIT, Stage, run};

/// Telegram has a message before the program knows, so this waits for the program.
async fn all_delivered(t: &Stage) {
    t.once("SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE state IN ('held', 'pending', 'making', 'sending'))")
        .await;
}

/// The bot's offers to a person who names it in another chat.
async fn offered(t: &Stage, person: &Person, words: &str) -> Vec<Value> {
    let question = person.asks_inline(words);
    let answered = |_: &PretendTelegram| person.offered(&question).is_some();
    t.telegram
        .wait_until("what is offered", LIMIT, answered)
        .await
        .unwrap();
    person.offered(&question).unwrap()
}

/// What the share button inserts in the other chat.
fn words(message: &ChatMessage) -> Option<String> {
    let rows = message.reply_markup.as_ref()?["inline_keyboard"].as_array()?;
    let buttons = rows.iter().filter_map(Value::as_array).flatten();
    let words = buttons.filter_map(|button| button["switch_inline_query"].as_str());
    words.map(str::to_owned).next()
}

#[test]
fn a_card_is_offered_in_other_chats_and_never_its_code() {
    run(async |mut t| {
        t.telegram.allow_inline();
        with_cards(&mut t).await;
        let (screen, code) = make(&t, "Сумка <b>", "Кожа").await;
        let words = words(&screen).unwrap();
        let eva = t.telegram.person(55, "Ева", "en");
        all_delivered(&t).await;
        // Telegram does not have the photo, so the card is offered as a text.
        let forget = t
            .app()
            .db()
            .write(|tx| Ok(tx.execute("DELETE FROM sent_file", [])?));
        forget.await.unwrap();
        let text = offered(&t, &eva, &words).await;
        assert_eq!(text.len(), 1);
        assert_eq!(text[0]["type"], "article");
        let shown = scans(&t, &eva, &code).await;
        assert_eq!(self::words(&shown).as_ref(), Some(&words));
        let photo = offered(&t, &eva, &words).await;
        assert_eq!(photo[0]["type"], "photo");
        let caption = photo[0]["caption"].as_str().unwrap();
        assert!(caption.contains("Сумка &lt;b&gt;"), "{caption}");
        let all = serde_json::to_string(&photo).unwrap();
        assert!(
            !all.contains(code.as_str()) && !all.contains(&code.spoken()),
            "{all}"
        );
        assert!(all.contains(&format!("?start={words}")), "{all}");
        // Only admins can search cards.
        for ask in ["", "сумка", "s_0123"] {
            assert!(offered(&t, &eva, ask).await.is_empty(), "{ask}");
        }
        assert_eq!(offered(&t, &t.admin, "СУМКА").await.len(), 1);
        assert_eq!(offered(&t, &t.admin, "").await.len(), 1);
        t.callback(&t.admin, &screen, "Отключить").await;
        assert!(offered(&t, &eva, &words).await.is_empty());
        assert!(offered(&t, &t.admin, "сумка").await.is_empty());
        t
    });
}

#[test]
fn without_inline_mode_a_card_is_shared_by_its_link() {
    run(async |mut t| {
        with_cards(&mut t).await;
        let (screen, code) = make(&t, "Сумка", "Кожа").await;
        assert_eq!(words(&screen), None);
        let url = screen.button("Поделиться").unwrap().url.unwrap();
        assert!(
            url.starts_with("https://t.me/share/url?url=https%3A%2F%2Ft.me%2F"),
            "{url}"
        );
        assert!(!url.contains(code.as_str()), "{url}");
        let shared = format!("/start s_{}", url.rsplit("s_").next().unwrap());
        let buyer = t.telegram.person(55, "Ева", "ru");
        let shown = t.ask(&buyer, &shared).await;
        assert!(shown.text.contains("Сумка"), "{}", shown.text);
        t.callback(&t.admin, &screen, "Отключить").await;
        let gone = t.ask(&buyer, &shared).await;
        assert_eq!(gone.text, "Такой карточки нет.");
        t
    });
}

async fn photo_to(
    t: &Stage,
    id: i64,
    code: &vakhta::testing::slices::cards::code::Code,
) -> Arc<ChatMessage> {
    let person = t.telegram.person(id, "Ева", "ru");
    let shown = scans(t, &person, code).await;
    assert!(shown.file.is_some());
    shown
}

#[test]
fn a_photo_is_uploaded_once_and_again_when_telegram_forgot_it() {
    run(async |mut t| {
        // Telegram refuses a file id that it forgot.
        t.expect_refusals();
        with_cards(&mut t).await;
        let (_, code) = make(&t, "Сумка", "Кожа").await;
        let known = async || {
            let ids = t.app().db().read(|c| {
                let sql = "SELECT file_id FROM sent_file ORDER BY at, rowid";
                let mut ids = c.prepare(sql)?;
                let rows = ids.query_map([], |row| row.get::<_, String>(0))?;
                Ok(rows.collect::<Result<Vec<_>, _>>()?)
            });
            ids.await.unwrap()
        };
        // The preview in the dialogue was the first use.
        let first = t
            .heard(ADMIN, "Так карточку увидит")
            .await
            .file
            .clone()
            .unwrap();
        let shown = photo_to(&t, 51, &code).await.file.clone().unwrap();
        assert_eq!(shown.file_id, first.file_id);
        assert_eq!(known().await, [first.file_id.as_str()]);
        all_delivered(&t).await;
        let forget = t
            .app()
            .db()
            .write(|tx| Ok(tx.execute("UPDATE sent_file SET file_id = 'forgotten'", [])?));
        forget.await.unwrap();
        let shown = photo_to(&t, 52, &code).await.file.clone().unwrap();
        assert_ne!(shown.file_id, first.file_id);
        assert_eq!(shown.bytes, first.bytes);
        all_delivered(&t).await;
        let again = photo_to(&t, 53, &code).await.file.clone().unwrap();
        assert_eq!(again.file_id, shown.file_id);
        t
    });
}

#[test]
fn a_scan_that_comes_twice_counts_once() {
    run(async |mut t| {
        with_cards(&mut t).await;
        let (_, code) = make(&t, "Сумка", "Кожа").await;
        let eva = t.telegram.person(55, "Ева", "ru");
        scans(&t, &eva, &code).await;
        let taken = |telegram: &PretendTelegram| telegram.undelivered_updates() == 0;
        let what = "the updates to be taken";
        t.telegram.wait_until(what, LIMIT, taken).await.unwrap();
        let before = t.telegram.messages(55).len();
        t.telegram.repeat_last_update();
        t.telegram.wait_until(what, LIMIT, taken).await.unwrap();
        // A later message has its reply, so the repeat had its chance.
        t.ask(&eva, "/start s_0").await;
        let rows = t.app().db().read(|c| {
            let sql = "SELECT (SELECT count(*) FROM scan), (SELECT checks FROM card)";
            Ok(c.query_row(sql, [], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })?)
        });
        assert_eq!(rows.await.unwrap(), (1, 1));
        assert_eq!(t.telegram.messages(55).len(), before + 2);
        t
    });
}

//! The outbox on a temp file.

use super::*;
use crate::clock::{DAY, UnixMs};
use crate::db::WriteTx;
use crate::html::Html;
use crate::people::{chat_reachable, freeze_chat};
use crate::telegram::message::markup::Button;
use crate::telegram::tests::kit::Store;
use crate::telegram::{KEPT, Keyboard, Outgoing};

const NOW: UnixMs = UnixMs(1_000_000);

fn notice(chat: i64, text: &str) -> Outgoing {
    Outgoing::notice(chat, Html::text(text))
}

async fn put(t: &Store, message: Outgoing) -> Option<i64> {
    t.write(move |tx| insert(tx, NOW, &message)).await
}

async fn ready(t: &Store, at: UnixMs) -> Vec<i64> {
    let heads = t.read(move |c| heads(c, at, 128)).await;
    heads.iter().map(|h| h.id).collect()
}

async fn take(t: &Store, id: i64) -> ClaimedRow {
    let mut claimed = t.write(move |tx| claim(tx, NOW, &[id])).await;
    claimed.pop().unwrap()
}

async fn state(t: &Store, id: i64) -> String {
    let sql = "SELECT state FROM outbox WHERE id = ?1";
    t.read(move |c| Ok(c.query_row(sql, [id], |r| r.get(0))?))
        .await
}

fn chat_known(tx: &WriteTx<'_>, chat: i64) -> anyhow::Result<()> {
    tx.execute("INSERT INTO chat (id) VALUES (?1)", [chat])?;
    Ok(())
}

/// Chat, text and summary of every row.
async fn rows(t: &Store) -> Vec<(i64, String)> {
    let sql = "SELECT chat_id, html || gist FROM outbox ORDER BY id";
    t.read(move |c| {
        let mut query = c.prepare(sql)?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
    .await
}

#[tokio::test]
async fn replies_go_first_and_a_chat_has_one_on_its_way() {
    let t = Store::new();
    let first = put(&t, notice(1, "a")).await.unwrap();
    let other = put(&t, notice(2, "b")).await.unwrap();
    let reply = put(&t, Outgoing::reply(1, Html::text("r"))).await.unwrap();
    put(&t, notice(3, "later").not_before(UnixMs(2_000_000))).await;
    assert_eq!(ready(&t, NOW).await, [reply, other]);
    let row = take(&t, reply).await;
    assert_eq!(ready(&t, NOW).await, [other]);
    t.write(move |tx| sent(tx, NOW, &row, 50, &[])).await;
    assert_eq!(ready(&t, NOW).await, [first, other]);
    assert_eq!(t.read(|c| next_due(c, NOW)).await, Some(UnixMs(2_000_000)));
}

#[tokio::test]
async fn a_row_that_was_tried_holds_its_chat_in_order() {
    let t = Store::new();
    let first = put(&t, notice(1, "a")).await.unwrap();
    let second = put(&t, notice(1, "b")).await.unwrap();
    take(&t, first).await;
    let due = UnixMs(NOW.0 + 5000);
    t.write(move |tx| returned(tx, first, due, "busy")).await;
    assert!(ready(&t, NOW).await.is_empty());
    assert_eq!(ready(&t, due).await, [first]);
    // A reply to somebody who waits does pass.
    let reply = put(&t, Outgoing::reply(1, Html::text("r"))).await.unwrap();
    assert_eq!(ready(&t, NOW).await, [reply]);
    assert_eq!(take(&t, first).await.attempts, 2);
    assert_eq!(state(&t, second).await, "pending");
}

#[tokio::test]
async fn news_is_queued_once_and_texts_are_checked() {
    let t = Store::new();
    let id = put(&t, notice(1, "a").of_run(3).dedupe("k:1"))
        .await
        .unwrap();
    assert_eq!(put(&t, notice(1, "a").dedupe("k:1")).await, None);
    let row = take(&t, id).await;
    t.write(move |tx| sent(tx, NOW, &row, 77, &[])).await;
    assert_eq!(t.read(|c| messages_with_key(c, "k")).await, [(1, 77)]);
    assert!(t.read(|c| messages_with_key(c, "k:1")).await.is_empty());
    for bad in [String::new(), "я".repeat(4097)] {
        let message = notice(1, &bad);
        t.db.write(move |tx| insert(tx, NOW, &message))
            .await
            .unwrap_err();
    }
    put(&t, notice(1, &"&".repeat(4096))).await.unwrap();
}

#[tokio::test]
async fn the_newest_edit_of_a_message_is_the_one_that_goes() {
    let t = Store::new();
    let edit = |text: &str| Outgoing::edit(1, 9, Html::text(text));
    let keyed = put(&t, edit("1").dedupe("k")).await.unwrap();
    put(&t, edit("2")).await;
    let last = put(&t, edit("3").keyboard(Keyboard::new())).await.unwrap();
    assert_eq!(ready(&t, NOW).await, [last]);
    assert_eq!(state(&t, keyed).await, "sent");
    let row = take(&t, last).await;
    assert_eq!(
        (row.html.as_str(), row.keyboard),
        ("3", Some(Keyboard::new()))
    );
    assert_eq!(put(&t, edit("again").dedupe("k")).await, None);
}

#[tokio::test]
async fn a_kept_place_is_filled_once_or_given_up() {
    let t = Store::new();
    for (chat, run) in [(1, 4), (1, 4), (2, 4)] {
        let key = format!("found:{run}:{chat}");
        t.write(move |tx| reserve(tx, NOW, chat, run, &key)).await;
    }
    assert!(ready(&t, NOW).await.is_empty(), "nothing to say yet");
    let kept = t.write(|tx| reserved(tx, 10)).await;
    let [first, second] = <[Reserved; 2]>::try_from(kept).unwrap();
    t.write(move |tx| {
        first.fill(tx, NOW, &notice(1, "a"))?;
        first.fill(tx, NOW, &notice(1, "b"))?;
        second.give_up(tx)
    })
    .await;
    assert!(t.write(|tx| reserved(tx, 10)).await.is_empty());
    let sent = ready(&t, NOW).await;
    let [only] = sent[..] else {
        panic!("one message: {sent:?}");
    };
    assert_eq!(take(&t, only).await.html.as_str(), "a");
    t.write(|tx| reserve(tx, NOW, 1, 4, "found:4:1")).await;
    assert_eq!(state(&t, only).await, "sending");
}

#[tokio::test]
async fn only_a_death_counts_against_a_file_that_was_being_made() {
    let t = Store::new();
    let recipe = crate::telegram::Recipe::document("m", &1).unwrap();
    let file = put(&t, Outgoing::file(1, recipe, Html::text("f")))
        .await
        .unwrap();
    assert_eq!(take(&t, file).await.deaths, 0);
    t.write(give_back_files).await;
    assert_eq!(take(&t, file).await.deaths, 0, "an orderly stop is none");
    t.write(recover_crashed).await;
    assert_eq!(take(&t, file).await.deaths, 1);
    t.write(move |tx| mark_sending(tx, file)).await;
    t.write(recover_crashed).await;
    assert_eq!(state(&t, file).await, "unconfirmed");
}

#[tokio::test]
async fn after_a_crash_edits_go_again_and_messages_are_folded_into_the_next_one() {
    let t = Store::new();
    let message = put(&t, notice(1, "<maybe> arrived\nmore")).await.unwrap();
    let edit = put(&t, Outgoing::edit(2, 9, Html::text("e")))
        .await
        .unwrap();
    take(&t, message).await;
    take(&t, edit).await;
    assert_eq!(t.write(recover_crashed).await, (1, 1));
    assert_eq!(ready(&t, NOW).await, [edit]);
    let edit_there = put(&t, Outgoing::edit(1, 3, Html::text("e")))
        .await
        .unwrap();
    assert!(take(&t, edit_there).await.unconfirmed.is_empty());
    t.write(move |tx| returned(tx, edit_there, UnixMs(0), ""))
        .await;
    let next = put(&t, Outgoing::reply(1, Html::text("next")))
        .await
        .unwrap();
    let carrier = take(&t, next).await;
    assert_eq!(
        carrier.unconfirmed,
        [(message, "<maybe> arrived".to_owned())]
    );
    t.write(move |tx| sent(tx, NOW, &carrier, 50, &[message]))
        .await;
    assert_eq!(state(&t, message).await, "folded");
    assert_eq!(t.read(|c| counts(c, NOW)).await.unconfirmed, 0);
}

#[tokio::test]
async fn a_closed_chat_gets_nothing_until_somebody_acts() {
    let t = Store::new();
    let waiting = put(&t, notice(1, "a")).await.unwrap();
    t.write(|tx| chat_unreachable(tx, NOW, 1, "blocked")).await;
    assert_eq!(state(&t, waiting).await, "dead");
    let later = put(&t, notice(1, "b")).await.unwrap();
    assert!(t.write(move |tx| claim(tx, NOW, &[later])).await.is_empty());
    assert_eq!(state(&t, later).await, "dead");
    assert_eq!(t.read(|c| counts(c, NOW)).await.dead, 2);
    t.write(|tx| chat_reachable(tx, 1)).await;
    let welcome = put(&t, notice(1, "c")).await.unwrap();
    take(&t, welcome).await;
}

#[tokio::test]
async fn a_frozen_chat_waits_exactly_as_long_as_asked() {
    let t = Store::new();
    let id = put(&t, notice(1, "a")).await.unwrap();
    let until = NOW.plus(DAY);
    t.write(move |tx| freeze_chat(tx, 1, until)).await;
    t.write(move |tx| freeze_chat(tx, 1, UnixMs(5))).await;
    assert!(ready(&t, UnixMs(until.0 - 1)).await.is_empty());
    assert_eq!(t.read(|c| next_due(c, NOW)).await, Some(until));
    assert_eq!(ready(&t, until).await, [id]);
}

#[tokio::test]
async fn what_waits_follows_a_group_to_its_new_id() {
    let t = Store::new();
    let id = put(&t, notice(-5, "a")).await.unwrap();
    for _ in 0..2 {
        t.write(|tx| move_chat(tx, -5, -1005)).await;
    }
    assert_eq!(take(&t, id).await.chat_id, -1005);
}

#[tokio::test]
async fn what_took_the_place_of_a_lost_message_is_found_under_its_key() {
    let t = Store::new();
    let start = put(&t, notice(1, "start").of_run(3).dedupe("s:1"))
        .await
        .unwrap();
    let row = take(&t, start).await;
    t.write(move |tx| sent(tx, NOW, &row, 9, &[])).await;
    let edit = put(&t, Outgoing::edit(1, 9, Html::text("e")))
        .await
        .unwrap();
    let row = take(&t, edit).await;
    let newer = put(&t, Outgoing::edit(1, 9, Html::text("f")))
        .await
        .unwrap();
    t.write(move |tx| sent(tx, NOW, &row, 20, &[])).await;
    assert_eq!(t.read(|c| messages_with_key(c, "s")).await, [(1, 20)]);
    assert_eq!(take(&t, newer).await.edit_of, Some(20));
}

#[tokio::test]
async fn old_rows_go_and_keys_are_remembered_longer() {
    let t = Store::new();
    t.write(|tx| chat_known(tx, 1)).await;
    for message in [notice(1, "a"), notice(1, "b").dedupe("k")] {
        let id = put(&t, message).await.unwrap();
        let row = take(&t, id).await;
        t.write(move |tx| sent(tx, NOW, &row, 1, &[])).await;
    }
    let day = DAY;
    for (days, left) in [(6, 2), (8, 1), (61, 0)] {
        let at = NOW.plus(day * days);
        for rule in KEPT {
            let before = at.minus(rule.keep);
            t.write(move |tx| (rule.prune)(tx, before)).await;
        }
        assert_eq!(rows(&t).await.len(), left, "after {days} days");
    }
}

#[tokio::test]
async fn closed_rows_hold_no_text_and_the_last_word_to_somebody_forgotten_no_row() {
    let t = Store::new();
    t.write(|tx| chat_known(tx, 1)).await;
    let keyboard = Keyboard::new().row([Button::callback("x", "y").unwrap()]);
    for chat in [1, 2] {
        let id = put(&t, notice(chat, "a").keyboard(keyboard.clone())).await;
        let row = take(&t, id.unwrap()).await;
        t.write(move |tx| sent(tx, NOW, &row, 1, &[])).await;
    }
    let lost = put(&t, notice(1, "lost")).await.unwrap();
    take(&t, lost).await;
    t.write(move |tx| unconfirmed(tx, lost, "?")).await;
    let given_up = put(&t, notice(1, "b")).await.unwrap();
    t.write(move |tx| dead(tx, NOW, given_up, "?")).await;
    put(&t, notice(1, "waits")).await.unwrap();
    t.write(|tx| chat_unreachable(tx, NOW, 1, "?")).await;
    let expected = [(1, ""), (1, "lost"), (1, ""), (1, "")];
    let expected = expected.map(|(chat, text)| (chat, text.repeat(2)));
    assert_eq!(rows(&t).await, expected);
}

#[tokio::test]
async fn a_person_is_forgotten_with_what_waits_for_others_about_them() {
    let t = Store::new();
    t.write(|tx| chat_known(tx, 1)).await;
    let about = |id: i64| {
        let button = Button::callback("x", format!("people:let-in:{id}")).unwrap();
        notice(1, "who?").keyboard(Keyboard::new().row([button]))
    };
    put(&t, about(7)).await.unwrap();
    let other = put(&t, about(77)).await.unwrap();
    let html = Html::code("7");
    put(&t, Outgoing::notice(1, html)).await.unwrap();
    put(&t, notice(7, "hers").dedupe("k:7")).await.unwrap();
    t.write(|tx| crate::telegram::forget(tx, 7)).await;
    assert_eq!(ready(&t, NOW).await, [other]);
    assert_eq!(rows(&t).await.len(), 1);
}

#[tokio::test]
async fn what_waited_for_the_network_goes_when_it_is_back() {
    let t = Store::new();
    let id = put(&t, notice(1, "a")).await.unwrap();
    take(&t, id).await;
    let due = UnixMs(NOW.0 + 300_000);
    t.write(move |tx| returned(tx, id, due, OUT_OF_REACH)).await;
    assert_eq!(t.write(|tx| retry_now(tx, NOW)).await, 1);
    assert_eq!(ready(&t, NOW).await, [id]);
}

//! Tests of `telegram/outbox/pause.rs`.

use super::*;
use crate::clock::days;
use crate::html::Html;
use crate::telegram::outbox::{self, ClaimedRow, claim, heads, insert, next_due};
use crate::telegram::tests::kit::Store;
use crate::telegram::{Outgoing, Recipe};

const NOW: UnixMs = UnixMs(1_000_000_000_000);

fn refusal(topic: Option<i64>, incident: bool) -> Refusal {
    Refusal {
        topic,
        incident,
        why: "no".to_owned(),
    }
}

async fn put(t: &Store, at: UnixMs, message: Outgoing) -> i64 {
    t.write(move |tx| insert(tx, at, &message)).await.unwrap()
}

fn notice(chat: i64) -> Outgoing {
    Outgoing::notice(chat, Html::text("x"))
}

fn reply(topic: i64) -> Outgoing {
    Outgoing::reply(-5, Html::text("x")).in_topic(Some(topic))
}

async fn ready(t: &Store, at: UnixMs) -> Vec<i64> {
    let heads = t.read(move |c| heads(c, at, 9)).await;
    heads.iter().map(|head| head.id).collect()
}

/// Takes a row, which is refused; returns when its place is tried again.
async fn refuse(t: &Store, at: UnixMs, id: i64, refusal: Refusal) -> UnixMs {
    t.write(move |tx| {
        let row = claim(tx, at, &[id])?.remove(0);
        outbox::refused(tx, at, &row, &refusal)?;
        Ok(next_due(tx, at)?.unwrap())
    })
    .await
}

async fn arrive(t: &Store, at: UnixMs, id: i64) -> usize {
    t.write(move |tx| {
        let row: ClaimedRow = claim(tx, at, &[id])?.remove(0);
        outbox::sent(tx, at, &row, 1, &[])?;
        Ok(arrived(tx, at, row.chat_id, row.places(), false)?.len())
    })
    .await
}

#[tokio::test]
async fn a_refused_chat_is_tried_within_half_a_minute_and_then_ever_later_up_to_an_hour() {
    let t = Store::new();
    let first = put(&t, NOW, notice(-5)).await;
    put(&t, NOW, notice(-5)).await;
    let other = put(&t, NOW, notice(-6)).await;
    let (mut at, mut last) = (NOW, Duration::ZERO);
    for tries in 1..20 {
        let until = refuse(&t, at, first, refusal(None, false)).await;
        let pause = until.since(at);
        let most = Duration::from_secs(30) * (1 << tries.min(8)) / 2;
        assert!(
            pause <= most.min(Duration::from_secs(3600)),
            "{tries}: {pause:?}"
        );
        assert!(pause >= Duration::from_secs(15), "{tries}: {pause:?}");
        assert_eq!(ready(&t, UnixMs(until.0 - 1)).await, [other]);
        (at, last) = (until, pause);
    }
    assert!(last >= Duration::from_secs(1800), "{last:?}");
    // One row is tried, and its arrival frees the others.
    assert_eq!(ready(&t, at).await, [first, other]);
    assert_eq!(arrive(&t, at, first).await, 1);
    assert_eq!(ready(&t, at).await, [first + 1, other]);
}

#[tokio::test]
async fn a_topic_is_paused_alone_and_a_chat_with_all_its_topics() {
    let t = Store::new();
    let closed = put(&t, NOW, reply(5)).await;
    let second = put(&t, NOW, reply(5)).await;
    let open = put(&t, NOW, reply(6)).await;
    refuse(&t, NOW, closed, refusal(Some(5), false)).await;
    assert_eq!(ready(&t, NOW).await, [open]);
    // That another topic works says nothing about this one.
    assert_eq!(arrive(&t, NOW, open).await, 0);
    assert!(ready(&t, NOW).await.is_empty());
    assert!(t.write(|tx| try_now(tx, NOW, -5)).await);
    assert_eq!(ready(&t, NOW).await, [closed]);
    assert_eq!(arrive(&t, NOW, closed).await, 1);
    refuse(&t, NOW, second, refusal(None, false)).await;
    put(&t, NOW, reply(6)).await;
    assert!(ready(&t, NOW).await.is_empty());
    assert!(!t.write(|tx| try_now(tx, NOW, -6)).await);
}

#[tokio::test]
async fn a_chat_that_takes_no_files_hears_words_meanwhile() {
    let t = Store::new();
    let file = |n: i64| Outgoing::file(-5, Recipe::photo("test", &n).unwrap(), Html::text("x"));
    let picture = put(&t, NOW, file(1)).await;
    let second = put(&t, NOW, file(2)).await;
    let words = put(&t, NOW, reply(6)).await;
    let until = refuse(&t, NOW, picture, refusal(Some(FILES), false)).await;
    assert_eq!(ready(&t, NOW).await, [words]);
    // That words arrive says nothing about files.
    assert_eq!(arrive(&t, NOW, words).await, 0);
    assert!(ready(&t, NOW).await.is_empty());
    assert_eq!(ready(&t, until).await, [picture]);
    assert_eq!(arrive(&t, until, picture).await, 1);
    assert_eq!(ready(&t, until).await, [second]);
}

#[tokio::test]
async fn an_incident_is_over_for_all_when_telegram_answers_again() {
    let t = Store::new();
    let first = put(&t, NOW, notice(1)).await;
    let second = put(&t, NOW, notice(2)).await;
    refuse(&t, NOW, first, refusal(None, true)).await;
    refuse(&t, NOW, second, refusal(None, false)).await;
    assert!(ready(&t, NOW).await.is_empty());
    t.write(|tx| outbox::retry_now(tx, NOW)).await;
    assert_eq!(ready(&t, NOW).await, [first]);
    // Only the chat's own refusal is no fault of ours.
    let backlog = t.read(|c| outbox::backlog(c, NOW)).await;
    assert_eq!(backlog.pending, 1);
}

#[tokio::test]
async fn a_pause_of_the_chats_own_outlasts_an_incident() {
    let t = Store::new();
    let first = put(&t, NOW, notice(1)).await;
    let refuse = async |incident: bool| {
        let refusal = refusal(None, incident);
        t.write(move |tx| {
            let row = claim(tx, NOW, &[first])?.remove(0);
            Ok(outbox::refused(tx, NOW, &row, &refusal)?.incident)
        })
        .await
    };
    assert!(refuse(true).await);
    assert!(!refuse(false).await);
    assert!(!refuse(true).await);
    // An edit that arrives proves nothing about the chat.
    let ended = t.write(move |tx| {
        let row = claim(tx, NOW, &[first])?.remove(0);
        arrived(tx, NOW, row.chat_id, row.places(), true)
    });
    assert_eq!(ended.await, []);
}

#[tokio::test]
async fn what_waits_for_a_week_is_given_up_and_a_chat_that_is_gone_has_no_pause() {
    let t = Store::new();
    let first = put(&t, NOW, notice(1)).await;
    let old = put(&t, NOW, notice(1)).await;
    let later = NOW.plus(days(6));
    refuse(&t, later, first, refusal(None, false)).await;
    let young = put(&t, later, notice(1)).await;
    let count = async |sql: &'static str| -> i64 {
        t.read(move |c| Ok(c.query_row(sql, [], |row| row.get(0))?))
            .await
    };
    assert_eq!(
        count("SELECT count(*) FROM outbox WHERE state = 'dead'").await,
        0
    );
    let late = NOW.plus(days(8));
    refuse(&t, late, first, refusal(None, false)).await;
    let dead = "SELECT count(*) FROM outbox WHERE state = 'dead' AND problem LIKE 'given up after seven days%'";
    assert_eq!(count(dead).await, 2);
    t.write(move |tx| try_now(tx, late, 1)).await;
    assert_eq!(ready(&t, late).await, [young]);
    assert!(old < young);
    t.write(move |tx| outbox::chat_unreachable(tx, late, 1, "kicked"))
        .await;
    assert_eq!(count("SELECT count(*) FROM chat_pause").await, 0);
}

#[tokio::test]
async fn what_waits_for_another_topic_is_not_given_up_with_the_refused_one() {
    let t = Store::new();
    let closed = put(&t, NOW, reply(5)).await;
    let other = put(&t, NOW, reply(6)).await;
    let same = put(&t, NOW, reply(5)).await;
    let late = NOW.plus(days(8));
    refuse(&t, late, closed, refusal(Some(5), false)).await;
    let dead: Vec<i64> = t
        .read(|c| {
            let mut statement =
                c.prepare("SELECT id FROM outbox WHERE state = 'dead' ORDER BY id")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await;
    assert_eq!(dead, [closed, same]);
    assert_eq!(ready(&t, late).await, [other]);
}

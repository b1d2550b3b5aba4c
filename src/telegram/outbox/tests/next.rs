//! Tests of `telegram/outbox/next.rs`.

use super::*;
use crate::html::Html;
use crate::telegram::Outgoing;
use crate::telegram::outbox::{claim, insert};
use crate::telegram::tests::kit::Store;

const NOW: UnixMs = UnixMs(1_000_000);

const MANY: usize = 1_000;

async fn put(t: &Store, message: Outgoing) -> i64 {
    t.write(move |tx| insert(tx, NOW, &message)).await.unwrap()
}

fn notice(chat: i64) -> Outgoing {
    Outgoing::notice(chat, Html::text("news"))
}

async fn ready(t: &Store, limit: usize) -> Vec<i64> {
    let heads = t.read(move |c| heads(c, NOW, limit)).await;
    heads.iter().map(|head| head.id).collect()
}

#[tokio::test]
async fn a_crowd_lets_others_pass_and_stays_in_line_in_its_own_chats() {
    let t = Store::new();
    let crowd = put(&t, notice(1).among(MANY)).await;
    let second = put(&t, notice(2).among(MANY)).await;
    let few = put(&t, notice(3).among(20)).await;
    let edit = put(&t, Outgoing::edit(4, 9, Html::text("e"))).await;
    let reply = put(&t, Outgoing::reply(5, Html::text("r"))).await;
    assert_eq!(ready(&t, 9).await, [reply, edit, few, crowd, second]);
    // The chat that also waits for later news is not delayed, and gets everything in order.
    put(&t, notice(2)).await;
    assert_eq!(ready(&t, 4).await, [reply, edit, few, second]);
    let urgent = put(&t, Outgoing::reply(2, Html::text("r")).among(MANY)).await;
    assert_eq!(ready(&t, 2).await, [reply, urgent]);
}

#[tokio::test]
async fn what_waits_longest_goes_first_and_a_busy_chat_is_passed() {
    let t = Store::new();
    let late = put(&t, notice(1)).await;
    let early = t
        .write(|tx| insert(tx, UnixMs(NOW.0 - 5), &notice(2)))
        .await;
    assert_eq!(ready(&t, 9).await, [early.unwrap(), late]);
    put(&t, notice(1)).await;
    t.write(move |tx| claim(tx, NOW, &[late])).await;
    assert_eq!(ready(&t, 9).await, [early.unwrap()]);
}

#[tokio::test]
async fn a_look_reads_by_index_only_and_sorts_nothing() {
    let t = Store::new();
    for sql in [DUE_SQL, HEAD_SQL] {
        let plan: Vec<String> = t
            .read(move |c| {
                let mut statement = c.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let rows = statement.query_map((0, 0), |row| row.get(3))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await;
        let steps: Vec<&String> = plan
            .iter()
            .filter(|step| step.contains(" outbox"))
            .collect();
        assert!(
            plan.iter()
                .all(|step| !step.contains("TEMP B-TREE") && !step.starts_with("SCAN")),
            "{plan:#?}"
        );
        assert!(
            steps
                .iter()
                .all(|step| step.contains("INDEX") || step.contains("PRIMARY KEY")),
            "{plan:#?}"
        );
    }
}

//! Tests of `telegram/outbox/by_key.rs`.

use super::*;
use crate::telegram::outbox::{claim, insert, sent, unconfirmed};
use crate::telegram::tests::kit::Store;

const NOW: UnixMs = UnixMs(1_000_000);

fn reply(text: &str) -> Outgoing {
    Outgoing::reply(7, Html::text(text))
}

/// Replaces a row on its way, whose arrival is known only afterwards.
async fn in_place(arrives: bool) -> (Option<i64>, usize, String) {
    let t = Store::new();
    t.write(move |tx| {
        let first = insert(tx, NOW, &reply("thinking").dedupe("k:1"))?.unwrap();
        let on_its_way = claim(tx, NOW, &[first])?.remove(0);
        insert_in_place(tx, NOW, "k:1", reply("answer"))?;
        match arrives {
            true => sent(tx, NOW, &on_its_way, 55, &[])?,
            false => unconfirmed(tx, first, "lost")?,
        }
        let answer = claim(tx, NOW, &[first + 1])?.remove(0);
        let state = tx.query_row("SELECT state FROM outbox WHERE id = ?1", [first], |r| {
            r.get(0)
        })?;
        Ok((answer.edit_of, answer.unconfirmed.len(), state))
    })
    .await
}

#[tokio::test]
async fn the_place_of_a_row_on_its_way_is_known_when_it_has_arrived() {
    assert_eq!(in_place(true).await, (Some(55), 0, "sent".to_owned()));
    assert_eq!(in_place(false).await, (None, 0, "folded".to_owned()));
}

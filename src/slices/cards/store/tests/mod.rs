//! The tables of cards on a real file, and helpers for these tests.

mod cards;
mod codes;
mod scans;

use super::*;
use crate::db::testing::Store;
use crate::i18n::Lang;
use crate::people::{self, Actor, Role};
use crate::slices::cards::card::{Scan, ScanOutcome};

const NOW: UnixMs = UnixMs(1_790_000_000_000);
const DAY: &str = "2026-09-21";

fn actor(id: i64, now: UnixMs) -> Actor {
    Actor {
        id,
        role: Role::Stranger,
        name: format!("Person {id}"),
        chat_id: id,
        lang: Lang::Ru,
        zone: crate::zone::Zone::UTC,
        now,
        pressed: None,
    }
}

fn card(tx: &WriteTx<'_>) -> anyhow::Result<(i64, Code)> {
    let id = add(
        tx,
        NOW,
        &NewCard {
            owner_id: 7,
            name: "Watch".to_owned(),
            description: String::new(),
            photo: "p".to_owned(),
            packaged: String::new(),
        },
    )?;
    Ok((id, shared(tx, id)?.code))
}

fn look(tx: &WriteTx<'_>, id: i64, now: UnixMs, code: &Code) -> anyhow::Result<(ScanOutcome, u64)> {
    let actor = actor(id, now);
    people::meet(tx, now, id, &actor.name, "user")?;
    Ok(match scan(tx, &actor, &Ok(code.clone()), DAY)? {
        Scan::Known {
            outcome, checks, ..
        } => (outcome, checks),
        Scan::Unmatched { outcome, .. } => (outcome, 0),
    })
}

fn n(tx: &WriteTx<'_>, what: &str) -> u64 {
    tx.query_row(&format!("SELECT count(*) FROM {what}"), [], |row| {
        row.get(0)
    })
    .unwrap()
}

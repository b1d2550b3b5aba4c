//! Cards for the walk: some of each kind, with codes that were scanned, claimed and copied, and
//! everybody's possible actions.

use std::path::Path;

use anyhow::Context as _;

use super::*;
use crate::people::Actor;
use crate::slices::cards::code::Code;
use crate::slices::cards::photo::Photos;
use crate::slices::cards::store;
use crate::slices::cards::store::{AlarmDecision, MOST_UNMATCHED, NewCard, StoredCode};
use crate::telegram::Me;
use crate::zone::Zone;

/// Number of cards: more than fit on a page.
const CARDS: usize = 12;

/// Number of codes in the batch: more than fit on a page.
const UNITS: u32 = 45;

const DAY: &str = "2026-11-21";

/// People who scan before the walk begins.
const BUYERS: [i64; 3] = [1_002, 5_000_002, 5_000_003];

/// Cards, a batch whose codes have been through everything, and a stranger who is about to try one
/// code too many.
pub(super) fn furnish(tx: &WriteTx<'_>) -> anyhow::Result<()> {
    let me = Me {
        id: 1,
        username: "a_name_that_is_32_letters_long__".to_owned(),
        supports_inline_queries: false,
    };
    store::note_bot(tx, &me)?;
    let photo = keep_photo(tx)?;
    for n in 0..CARDS {
        let card = NewCard {
            owner_id: if n == 1 { OWNER } else { ADMIN },
            name: format!("Watch {n}"),
            description: "Gold".to_owned(),
            photo: photo.clone(),
            packaged: photo.clone(),
        };
        let id = store::add(tx, NOW, &card)?;
        store::set_active(tx, id, n != 2)?;
        // The owner of the second card is not an admin, so all admins are told of it.
        if n < 2 {
            store::add_batch(tx, id, "summer", UNITS)?;
            let units = store::unit_codes(tx, id, "summer", 0, 4)?;
            for unit in units.get(..2).unwrap_or_default() {
                for buyer in BUYERS {
                    scan(tx, buyer, &unit.code)?;
                }
            }
            let [_, claimed, suspicious, recalled] = units.as_slice() else {
                panic!("{UNITS} codes are more than four");
            };
            assert!(store::claim(tx, NOW, BUYERS[0], claimed.id)?);
            store::decide(tx, suspicious.id, AlarmDecision::Suspicious)?;
            store::decide(tx, recalled.id, AlarmDecision::Recall)?;
        }
    }
    for _ in 1..MOST_UNMATCHED {
        scan(tx, STRANGER, &Code::draw()?)?;
    }
    Ok(())
}

/// The actions of anybody who holds a product.
pub(super) fn ways(tx: &WriteTx<'_>) -> anyhow::Result<Vec<Step>> {
    let (cards, _) = store::page(tx, &store::CardFilter::Active, 0, CARDS)?;
    let [.., second, first] = cards.as_slice() else {
        panic!("{CARDS} cards are more than two");
    };
    let shared = store::shared(tx, first.id)?.code;
    let mut codes = vec![shared.clone(), Code::draw()?];
    for card in [first, second] {
        let units = store::unit_codes(tx, card.id, "summer", 0, 5)?;
        codes.extend(units.into_iter().map(|StoredCode { code, .. }| code));
    }
    let scans = codes
        .iter()
        .map(|code| format!("/start v_{}", code.as_str()));
    let more = [
        "/start v_mistyped".to_owned(),
        format!("/start s_{}", first.public_id),
        "/start s_nothing".to_owned(),
        shared.spoken(),
    ];
    let says = scans.chain(more).map(Step::Says);
    let names = ["", "watch", &format!("s_{}", first.public_id)].map(str::to_owned);
    Ok(says.chain(names.map(Step::Names)).collect())
}

/// The picture that every card has.
pub(super) fn photo(tx: &WriteTx<'_>) -> anyhow::Result<Fetched> {
    let name: String = tx.query_row("SELECT photo FROM card LIMIT 1", [], |row| row.get(0))?;
    Ok(Ok(name.into()))
}

fn keep_photo(tx: &WriteTx<'_>) -> anyhow::Result<String> {
    let database = tx.path().context("the database is a file")?;
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new(&mut jpeg);
    image::RgbImage::new(8, 8).write_with_encoder(encoder)?;
    let kept = Photos::of(Path::new(database)).keep(&jpeg);
    kept.map_err(|fault| anyhow::anyhow!("{fault:?}"))
}

fn scan(tx: &WriteTx<'_>, person: i64, code: &Code) -> anyhow::Result<()> {
    let actor = Actor {
        id: person,
        role: people::Role::Stranger,
        name: format!("Person {person}"),
        chat_id: person,
        lang: Lang::Ru,
        zone: Zone::UTC,
        now: NOW,
        pressed: None,
    };
    store::scan(tx, &actor, &Ok(code.clone()), DAY)?;
    Ok(())
}

//! Scans of one popular card by many people at once, in a database of many cards and a long log;
//! and whether the counter agrees with the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use rusqlite::params;
use tokio::task::JoinSet;
use vakhta::testing::clock::UnixMs;
use vakhta::testing::db::{Db, WriteTx};
use vakhta::testing::i18n::Lang;
use vakhta::testing::people::{self, Actor, Role};
use vakhta::testing::slices::cards::code::Code;
use vakhta::testing::slices::cards::store;
use vakhta::testing::slices::cards::store::{CardFilter, NewCard};
use vakhta::testing::tasks::Tasks;
use vakhta::testing::zone::Zone;

use crate::roles::main_runtime;
use crate::table::{self, ms, quantile, row};
use crate::world;

/// Callers at once.
const CALLERS: usize = 64;

/// Scans in all.
const SCANS: i64 = 50_000;

/// Cards in the database before.
const CARDS: usize = 100_000;
const LOG: i64 = 1_000_000;

/// The limit that is promised for each.
const PROMISED: Duration = Duration::from_millis(50);

const NOW: UnixMs = UnixMs(1_795_275_300_000);

pub(crate) fn measure() -> anyhow::Result<()> {
    main_runtime()?.block_on(async {
        let folder = world::folder()?;
        let (db, end) = Db::open(&folder.path().join("cards.db"), &Tasks::new())?;
        let (hot, code) = db.write(fill).await?;
        let next = Arc::new(AtomicI64::new(0));
        let began = Instant::now();
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            callers.spawn(scan(db.clone(), code.clone(), Arc::clone(&next)));
        }
        let each = callers.join_all().await;
        let mut each = each
            .into_iter()
            .collect::<anyhow::Result<Vec<_>>>()?
            .concat();
        let took = began.elapsed();
        let (checks, rows) = db.read(move |c| counts(c, hot)).await?;
        ensure!(checks == rows, "the counter says {checks}, the log {rows}");
        let mut rows = vec![row([
            &"64 callers, one hot card",
            &"scans/s",
            &"p50",
            &"p99",
            &"promised",
        ])];
        rows.push(row([
            &"look up, count and log",
            &format!("{:.0}", each.len() as f64 / took.as_secs_f64()),
            &ms(quantile(&mut each, 0.5)),
            &ms(quantile(&mut each, 0.99)),
            &ms(PROMISED),
        ]));
        table::print("Scans among 100,000 cards and 1,000,000 log rows", &rows);
        let mut rows = vec![row([&"one reader", &"took"])];
        for (what, read) in READS {
            let began = Instant::now();
            db.read(*read).await?;
            rows.push(row([what, &ms(began.elapsed())]));
        }
        table::print("What admins read of the same database", &rows);
        drop(db);
        end.wait(Duration::from_secs(5)).await;
        Ok(())
    })
}

type Read = fn(&vakhta::testing::db::Connection) -> anyhow::Result<()>;

const READS: &[(&str, Read)] = &[
    ("the ten newest cards", |c| {
        store::page(c, &CardFilter::Active, 0, 10).map(drop)
    }),
    ("a search for a name", |c| {
        store::page(c, &CardFilter::Named("9999".to_owned()), 0, 10).map(drop)
    }),
    ("the last scans of a card", |c| {
        store::last_scans(c, 1, 10).map(drop)
    }),
    ("the three checked most", |c| store::top(c, 3).map(drop)),
    ("sums over all cards", |c| store::sums(c).map(drop)),
];

/// Cards, and a log of scans that are spread over them.
fn fill(tx: &WriteTx<'_>) -> anyhow::Result<(i64, Code)> {
    let mut first = None;
    for n in 0..CARDS {
        let card = NewCard {
            owner_id: 1,
            name: format!("Card {n}"),
            description: "What is said of it".to_owned(),
            photo: "photo".to_owned(),
            packaged: String::new(),
        };
        let id = store::add(tx, NOW, &card)?;
        first = first.or(Some(id));
    }
    let mut log = tx.prepare(
        "INSERT INTO scan (code_id, person_id, name, username, result, at, card_id) VALUES (?1, ?2, 'Somebody', 'user', 'genuine', ?3, ?1)",
    )?;
    // The popular card is the first; none of these scans are its own.
    let others = i64::try_from(CARDS)? - 1;
    for n in 0..LOG {
        log.execute(params![
            2 + n % others,
            10_000_000 + n % 70_001,
            NOW.0 - LOG + n
        ])?;
    }
    let hot = first.unwrap_or_default();
    Ok((hot, store::shared(tx, hot)?.code))
}

async fn scan(db: Db, code: Code, next: Arc<AtomicI64>) -> anyhow::Result<Vec<Duration>> {
    let mut each = Vec::new();
    loop {
        let person = next.fetch_add(1, Ordering::Relaxed);
        if person >= SCANS {
            return Ok(each);
        }
        let actor = Actor {
            id: person + 1,
            role: Role::Stranger,
            name: "Somebody".to_owned(),
            chat_id: person + 1,
            lang: Lang::Ru,
            zone: Zone::UTC,
            now: NOW,
            pressed: None,
        };
        let code = code.clone();
        let began = Instant::now();
        db.write(move |tx| {
            people::meet(tx, actor.now, actor.id, &actor.name, "user")?;
            store::scan(tx, &actor, &Ok(code), "2026-11-21")
        })
        .await?;
        each.push(began.elapsed());
    }
}

fn counts(connection: &vakhta::testing::db::Connection, card: i64) -> anyhow::Result<(u64, u64)> {
    let checks = store::get(connection, card)?.map_or(0, |card| card.checks);
    let rows = connection.query_row(
        "SELECT count(*) FROM scan JOIN card_code ON card_code.id = scan.code_id WHERE card_code.card_id = ?1",
        [card],
        |row| row.get(0),
    )?;
    Ok((checks, rows))
}

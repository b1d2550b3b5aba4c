//! Scans on a real file: what is said, what is counted, what is noted.

use proptest::prelude::*;

use super::*;
use crate::cards::card::{Outcome, Scan};
use crate::cards::code::Mistyped;
use crate::db::Db;
use crate::i18n::Lang;
use crate::people::{self, Asker, Role};
use crate::tasks::{Tasks, ThreadEnd};

const NOW: UnixMs = UnixMs(1_790_000_000_000);
const DAY: &str = "2026-09-21";

struct Store {
    db: Db,
    _end: ThreadEnd,
    _folder: tempfile::TempDir,
}

impl Store {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (db, end) = Db::open(&folder.path().join("t.db"), &Tasks::new()).unwrap();
        Self {
            db,
            _end: end,
            _folder: folder,
        }
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&WriteTx<'_>) -> anyhow::Result<T> + Send + 'static,
    ) -> T {
        self.db.write(work).await.unwrap()
    }
}

fn asker(id: i64, now: UnixMs) -> Asker {
    Asker {
        id,
        role: Role::Stranger,
        name: format!("Person {id}"),
        chat_id: id,
        lang: Lang::Ru,
        zone: None,
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
    Ok((id, shared_code(tx, id)?))
}

fn look(tx: &WriteTx<'_>, id: i64, now: UnixMs, code: &Code) -> anyhow::Result<(Outcome, u64)> {
    let asker = asker(id, now);
    people::meet(tx, now, id, &asker.name, "user")?;
    Ok(match scan(tx, &asker, &Ok(code.clone()), DAY)? {
        Scan::Known {
            outcome, checks, ..
        } => (outcome, checks),
        Scan::Astray(outcome) => (outcome, 0),
    })
}

fn n(tx: &WriteTx<'_>, what: &str) -> u64 {
    tx.query_row(&format!("SELECT count(*) FROM {what}"), [], |row| {
        row.get(0)
    })
    .unwrap()
}

#[tokio::test]
async fn a_look_soon_after_is_shown_and_not_counted() {
    let store = Store::new();
    let counts = store.write(|tx| {
        let (id, code) = card(tx)?;
        let later = NOW.plus(GRACE);
        let seen = [
            look(tx, 1, NOW, &code)?,
            look(tx, 1, NOW.plus(GRACE / 2), &code)?,
            look(tx, 2, NOW.plus(GRACE / 2), &code)?,
            look(tx, 1, later, &code)?,
        ];
        let card = get(tx, id)?.unwrap();
        assert_eq!((card.checks, card.people), (3, 2));
        assert_eq!(n(tx, "scan WHERE result = 'genuine'"), card.checks);
        assert_eq!(n(tx, "scan"), 4);
        Ok(seen)
    });
    assert_eq!(
        counts.await,
        [
            (Outcome::Genuine, 1),
            (Outcome::Repeat, 1),
            (Outcome::Genuine, 2),
            (Outcome::Genuine, 3)
        ]
    );
}

#[tokio::test]
async fn what_is_not_genuine_says_why_and_is_noted() {
    let store = Store::new();
    let work = store.write(|tx| {
        let (id, code) = card(tx)?;
        let other = Code::draw()?;
        assert_eq!(look(tx, 1, NOW, &other)?.0, Outcome::Unknown);
        let typed = scan(tx, &asker(1, NOW), &Err(Mistyped::Check), DAY)?;
        assert_eq!(typed, Scan::Astray(Outcome::Mistyped));
        for (state, outcome) in [
            (CodeState::Inactive, Outcome::Inactive),
            (CodeState::Recalled, Outcome::Recalled),
            (CodeState::Stolen, Outcome::Stolen),
        ] {
            assert!(set_state(tx, &code, state)?);
            assert_eq!(look(tx, 1, NOW, &code)?, (outcome, 0));
        }
        assert!(set_state(tx, &code, CodeState::Active)?);
        assert!(set_active(tx, id, false)?);
        assert_eq!(look(tx, 1, NOW, &code)?.0, Outcome::Inactive);
        assert_eq!(n(tx, "scan WHERE name = 'Person 1'"), 6);
        assert_eq!(n(tx, "card_person"), 0);
        Ok(())
    });
    work.await;
}

#[tokio::test]
async fn who_tries_codes_is_not_served_for_a_while() {
    let store = Store::new();
    let work = store.write(|tx| {
        let (_, code) = card(tx)?;
        for _ in 0..MOST_ASTRAY {
            assert_eq!(look(tx, 1, NOW, &Code::draw()?)?.0, Outcome::Unknown);
        }
        assert_eq!(look(tx, 1, NOW, &code)?.0, Outcome::Refused);
        assert_eq!(look(tx, 2, NOW, &code)?, (Outcome::Genuine, 1));
        let later = NOW.plus(GRACE * 2);
        assert_eq!(look(tx, 1, later, &code)?, (Outcome::Genuine, 2));
        Ok(())
    });
    work.await;
}

#[tokio::test]
async fn a_thing_that_many_people_scan_raises_the_alarm_once_a_day() {
    let store = Store::new();
    let work = store.write(|tx| {
        let (id, shared) = card(tx)?;
        assert!(add_batch(tx, id, "summer", 3)?);
        assert!(!add_batch(tx, id, "summer", 3)?);
        let units = unit_codes(tx, id, "summer")?;
        let serials: Vec<u32> = units.iter().map(|unit| unit.serial).collect();
        assert_eq!(serials, [1, 2, 3]);
        let first = batches(tx, id, 10)?.remove(0);
        assert_eq!((first.codes, first.name.as_str()), (3, "summer"));
        assert_eq!(batch(tx, id, first.first)?.unwrap(), first);
        assert_eq!(batch(tx, id + 1, first.first)?, None);

        let alarm = |person: i64, now: UnixMs, code: &Code| -> anyhow::Result<_> {
            Ok(
                match scan(tx, &asker(person, now), &Ok(code.clone()), DAY)? {
                    Scan::Known { alarm, .. } => alarm.map(|alarm| (alarm.in_a_day, alarm.ever)),
                    Scan::Astray(_) => None,
                },
            )
        };
        let day = std::time::Duration::from_secs(24 * 60 * 60);
        let code = &units[1].code;
        let mut raised = Vec::new();
        for person in 1..=5 {
            raised.push(alarm(person, NOW, code)?);
            assert_eq!(alarm(person, NOW, &shared)?, None, "it is popular");
        }
        assert_eq!(raised, [None, None, None, Some((4, 4)), None]);
        // Slowly, too: five people are enough for ever.
        assert_eq!(alarm(6, NOW.plus(day), code)?, Some((1, 6)));
        let row: i64 = tx.query_row("SELECT id FROM card_code WHERE serial = 2", [], |row| {
            row.get(0)
        })?;
        assert!(decide(tx, row, Decision::Suspicious)?);
        let seen = scan(tx, &asker(7, NOW), &Ok(code.clone()), DAY)?;
        assert!(matches!(
            seen,
            Scan::Known {
                suspicious: true,
                ..
            }
        ));
        assert!(decide(tx, row, Decision::Ignore)?);
        assert_eq!(alarm(8, NOW.plus(day * 3), code)?, None);
        assert!(decide(tx, row, Decision::Recall)?);
        assert_eq!(look(tx, 9, NOW, code)?.0, Outcome::Recalled);
        assert!(!decide(tx, 999, Decision::Ignore)?);
        Ok(())
    });
    work.await;
}

#[tokio::test]
async fn who_is_forgotten_leaves_counts_and_no_names() {
    let store = Store::new();
    let work = store.write(|tx| {
        let (id, code) = card(tx)?;
        look(tx, 1, NOW, &code)?;
        forget(tx, 1)?;
        assert_eq!(n(tx, "scan WHERE person_id = 1 OR name <> ''"), 0);
        assert_eq!(n(tx, "card_person"), 0);
        assert_eq!(get(tx, id)?.unwrap().checks, 1);
        // Old scans go in the end, and the counts stay.
        assert_eq!((KEPT[0].prune)(tx, NOW.plus(GRACE))?, 1);
        assert_eq!(get(tx, id)?.unwrap().checks, 1);
        Ok(())
    });
    work.await;
}

#[tokio::test]
async fn what_a_scan_asks_for_is_found_by_an_index() {
    let store = Store::new();
    let work = store.write(|tx| {
        for sql in [
            "SELECT 1 FROM card_code JOIN card ON card.id = card_code.card_id WHERE card_code.code = ?1",
            "SELECT 1 FROM scan WHERE code_id = ?1 AND person_id = ?2 AND at > ?3 AND result = 'genuine'",
            "SELECT 1 FROM scan WHERE person_id = ?1 AND code_id IS NULL AND at > ?2",
            "DELETE FROM scan WHERE id IN (SELECT id FROM scan WHERE at < ?1 ORDER BY at LIMIT 1)",
        ] {
            let mut plan = tx.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let columns = plan.parameter_count();
            let rows = plan.query_map(rusqlite::params_from_iter(vec![0; columns]), |row| {
                row.get::<_, String>(3)
            })?;
            let steps: Vec<String> = rows.collect::<Result<_, _>>()?;
            assert!(
                steps.iter().all(|step| !step.starts_with("SCAN")),
                "{sql}: {steps:?}"
            );
        }
        Ok(())
    });
    work.await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Whoever looks when, in whatever order: the counters are the log.
    #[test]
    fn the_counters_are_the_log(looks in prop::collection::vec((0_usize..3, 1_i64..4, 0_u32..30), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Store::new();
            let work = store.write(move |tx| {
                let cards = [card(tx)?, card(tx)?, card(tx)?];
                for (which, person, minutes) in looks {
                    let now = NOW.plus(std::time::Duration::from_secs(u64::from(minutes) * 60));
                    look(tx, person, now, &cards[which].1)?;
                }
                for (id, _) in cards {
                    let card = get(tx, id)?.unwrap();
                    let rows = format!("scan JOIN card_code ON card_code.id = code_id WHERE card_id = {id} AND result = 'genuine'");
                    assert_eq!(n(tx, &rows), card.checks);
                    assert_eq!(n(tx, &format!("card_person WHERE card_id = {id}")), card.people);
                    let of_days: u64 = tx.query_row("SELECT coalesce(sum(checks), 0) FROM card_day WHERE card_id = ?1", [id], |row| row.get(0))?;
                    assert_eq!(of_days, card.checks);
                }
                Ok(())
            });
            work.await;
        });
    }
}

//! Scans on a real file: what is said, what is counted, what is noted.

use proptest::prelude::*;

use super::*;
use crate::cards::card::{Claim, CodeState, Outcome, Scan};
use crate::cards::code::Mistyped;
use crate::db::Db;
use crate::db::plans::plan;
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
    Ok((id, shared(tx, id)?.code))
}

fn look(tx: &WriteTx<'_>, id: i64, now: UnixMs, code: &Code) -> anyhow::Result<(Outcome, u64)> {
    let asker = asker(id, now);
    people::meet(tx, now, id, &asker.name, "user")?;
    Ok(match scan(tx, &asker, &Ok(code.clone()), DAY)? {
        Scan::Known {
            outcome, checks, ..
        } => (outcome, checks),
        Scan::Astray { outcome, .. } => (outcome, 0),
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
        let mistyped = Scan::Astray {
            outcome: Outcome::Mistyped,
            too_many: false,
        };
        assert_eq!(typed, mistyped);
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
        for n in 1..=MOST_ASTRAY {
            let astray = scan(tx, &asker(1, NOW), &Ok(Code::draw()?), DAY)?;
            let expected = Scan::Astray {
                outcome: Outcome::Unknown,
                too_many: n == MOST_ASTRAY,
            };
            assert_eq!(astray, expected);
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
        let units = unit_codes(tx, id, "summer", 0, 10)?;
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
                    Scan::Astray { .. } => None,
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
async fn whose_a_thing_is_counts_for_units_that_were_scanned() {
    let store = Store::new();
    let work = store.write(|tx| {
        let (id, shared_by_all) = card(tx)?;
        add_batch(tx, id, "summer", 1)?;
        let unit = unit_codes(tx, id, "summer", 0, 1)?.remove(0);
        let all = shared(tx, id)?.id;
        look(tx, 1, NOW, &shared_by_all)?;
        assert!(!claim(tx, NOW, 1, all)?, "it is everybody's");
        assert!(!claim(tx, NOW, 1, unit.id)?, "never scanned");
        let seen = |person: i64| -> anyhow::Result<_> {
            match scan(tx, &asker(person, NOW), &Ok(unit.code.clone()), DAY)? {
                Scan::Known { claim, alarm, .. } => Ok((claim, alarm)),
                Scan::Astray { .. } => panic!("it is known"),
            }
        };
        assert_eq!(seen(1)?, (Claim::Free { code_id: unit.id }, None));
        assert!(claim(tx, NOW, 1, unit.id)?);
        assert!(!claim(tx, NOW, 1, unit.id)?);
        assert_eq!(seen(1)?.0, Claim::Own(NOW));
        let (whose, alarm) = seen(2)?;
        assert_eq!(whose, Claim::Others(NOW));
        assert!(alarm.unwrap().claimed, "the second person is one too many");
        assert!(!claim(tx, NOW, 2, unit.id)?);
        assert_eq!(printed(tx, id, unit.id)?.unwrap().claimed, Some((1, NOW)));
        forget(tx, 1)?;
        assert_eq!(printed(tx, id, unit.id)?.unwrap().claimed, Some((0, NOW)));
        assert!(release(tx, unit.id)?);
        assert!(!release(tx, unit.id)?);
        assert!(set_state(tx, &unit.code, CodeState::Stolen)?);
        assert!(!claim(tx, NOW, 2, unit.id)?, "it does not hold any more");
        Ok(())
    });
    work.await;
}

#[tokio::test]
async fn cards_are_found_by_name_and_by_code_and_changed() {
    let store = Store::new();
    let work = store.write(|tx| {
        let (first, code) = card(tx)?;
        let (second, _) = card(tx)?;
        assert!(change(tx, first, &Change::Name("Ёлочный ШАР".to_owned()))?);
        assert!(!change(tx, first, &Change::Name("Ёлочный ШАР".to_owned()))?);
        change(tx, first, &Change::Description("d".to_owned()))?;
        change(tx, first, &Change::Photo("q".to_owned()))?;
        change(tx, first, &Change::Packaged("r".to_owned()))?;
        let changed = get(tx, first)?.unwrap();
        assert_eq!(
            (changed.description.as_str(), changed.photo.as_str()),
            ("d", "q")
        );
        assert_eq!(changed.packaged.as_deref(), Some("r"));
        change(tx, first, &Change::Packaged(String::new()))?;
        assert_eq!(get(tx, first)?.unwrap().packaged, None);

        let ids = |which: &Which, offset| -> anyhow::Result<_> {
            let (cards, total) = page(tx, which, offset, 1)?;
            Ok((
                cards.into_iter().map(|card| card.id).collect::<Vec<_>>(),
                total,
            ))
        };
        let named = Which::Named("ёлочный ш".to_owned());
        assert_eq!(ids(&named, 0)?, (vec![first], 1));
        assert_eq!(ids(&Which::Active, 1)?, (vec![first], 2));
        set_active(tx, first, false)?;
        assert_eq!(ids(&named, 0)?, (vec![first], 1));
        assert_eq!(ids(&Which::Active, 0)?, (vec![second], 1));
        assert_eq!(ids(&Which::Inactive, 0)?, (vec![first], 1));
        let (found, id) = find(tx, &code)?.unwrap();
        assert_eq!((found.id, id), (first, shared(tx, first)?.id));
        assert_eq!(find(tx, &Code::draw()?)?, None);
        Ok(())
    });
    work.await;
}

#[tokio::test]
async fn the_log_is_read_newest_first() {
    let store = Store::new();
    let work = store.write(|tx| {
        let (id, code) = card(tx)?;
        look(tx, 1, NOW, &code)?;
        look(tx, 2, NOW, &code)?;
        look(tx, 2, NOW, &Code::draw()?)?;
        let of_card = last_scans(tx, id, 10)?;
        let people: Vec<i64> = of_card.iter().map(|scan| scan.person).collect();
        assert_eq!(people, [2, 1]);
        assert_eq!(of_card[0].code, code.as_str());
        let mut all = Vec::new();
        export(tx, None, |scan| {
            all.push((scan.outcome, scan.card));
            Ok(())
        })?;
        assert_eq!(all[0], (Outcome::Unknown, String::new()));
        assert_eq!(all[2], (Outcome::Genuine, "Watch".to_owned()));
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
            "SELECT 1 FROM scan WHERE card_id = ?1 ORDER BY id DESC LIMIT 10",
            "UPDATE card_code SET claimed_by = 0 WHERE claimed_by = ?1 AND claimed_by > 0",
            "SELECT 1 FROM card WHERE active = 0 ORDER BY id DESC LIMIT 10",
            "DELETE FROM scan WHERE id IN (SELECT id FROM scan WHERE at < ?1 ORDER BY at LIMIT 1)",
        ] {
            let steps = plan(tx, sql);
            assert!(
                steps
                    .iter()
                    .all(|step| !step.starts_with("SCAN") || step.contains("USING COVERING INDEX")),
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
                    let rows = format!("scan JOIN card_code ON card_code.id = code_id WHERE card_code.card_id = {id} AND result = 'genuine'");
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

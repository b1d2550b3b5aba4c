//! Scans: what is shown, counted, logged and forgotten.

use proptest::prelude::*;

use super::*;
use crate::db::plans::{self, Place};
use crate::slices::cards::card::{CodeState, Scan, ScanOutcome};
use crate::slices::cards::code::Mistyped;
use crate::slices::cards::store::scan::GRACE;

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
            (ScanOutcome::Genuine, 1),
            (ScanOutcome::Repeat, 1),
            (ScanOutcome::Genuine, 2),
            (ScanOutcome::Genuine, 3)
        ]
    );
}

#[tokio::test]
async fn what_is_not_genuine_says_why_and_is_noted() {
    let store = Store::new();
    let work = store.write(|tx| {
        let (id, code) = card(tx)?;
        let other = Code::draw()?;
        assert_eq!(look(tx, 1, NOW, &other)?.0, ScanOutcome::Unknown);
        let typed = scan(tx, &actor(1, NOW), &Err(Mistyped::Check), DAY)?;
        let mistyped = Scan::Unmatched {
            outcome: ScanOutcome::Mistyped,
            too_many: false,
        };
        assert_eq!(typed, mistyped);
        for (state, outcome) in [
            (CodeState::Inactive, ScanOutcome::Inactive),
            (CodeState::Recalled, ScanOutcome::Recalled),
            (CodeState::Stolen, ScanOutcome::Stolen),
        ] {
            assert!(set_state(tx, &code, state)?);
            assert_eq!(look(tx, 1, NOW, &code)?, (outcome, 0));
        }
        assert!(set_state(tx, &code, CodeState::Active)?);
        assert!(set_active(tx, id, false)?);
        assert_eq!(look(tx, 1, NOW, &code)?.0, ScanOutcome::Inactive);
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
        for n in 1..=MOST_UNMATCHED {
            let astray = scan(tx, &actor(1, NOW), &Ok(Code::draw()?), DAY)?;
            let expected = Scan::Unmatched {
                outcome: ScanOutcome::Unknown,
                too_many: n == MOST_UNMATCHED,
            };
            assert_eq!(astray, expected);
        }
        assert_eq!(look(tx, 1, NOW, &code)?.0, ScanOutcome::Refused);
        assert_eq!(look(tx, 2, NOW, &code)?, (ScanOutcome::Genuine, 1));
        let later = NOW.plus(GRACE * 2);
        assert_eq!(look(tx, 1, later, &code)?, (ScanOutcome::Genuine, 2));
        Ok(())
    });
    work.await;
}

#[tokio::test]
async fn typing_mistakes_lock_nobody_out() {
    let store = Store::new();
    let work = store.write(|tx| {
        let (_, code) = card(tx)?;
        for mistake in [Mistyped::Check, Mistyped::Length(17), Mistyped::Sign('U')] {
            for _ in 0..MOST_UNMATCHED {
                let typed = scan(tx, &actor(1, NOW), &Err(mistake), DAY)?;
                let mistyped = Scan::Unmatched {
                    outcome: ScanOutcome::Mistyped,
                    too_many: false,
                };
                assert_eq!(typed, mistyped);
            }
        }
        assert_eq!(look(tx, 1, NOW, &code)?, (ScanOutcome::Genuine, 1));
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
        // In the end old scans go, and the counts stay.
        assert_eq!((KEPT[0].prune)(tx, NOW.plus(GRACE))?, 1);
        assert_eq!(get(tx, id)?.unwrap().checks, 1);
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
        assert_eq!(all[0], (ScanOutcome::Unknown, String::new()));
        assert_eq!(all[2], (ScanOutcome::Genuine, "Watch".to_owned()));
        Ok(())
    });
    work.await;
}

#[tokio::test]
async fn whoever_is_forgotten_is_found_by_indexes() {
    let store = Store::new();
    let work = store.write(|tx| {
        // The walk through the screens covers their statements, but it forgets nobody.
        let (done, statements) = plans::spied(tx, || forget(tx, 1));
        done?;
        assert_eq!(statements.len(), 4, "{statements:?}");
        let statements = statements.into_iter().map(|sql| (sql, String::new()));
        let (faults, _) = plans::faults(tx, &statements.collect(), Place::Leaving);
        assert!(faults.is_empty(), "{faults:?}");
        Ok(())
    });
    work.await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// The counters agree with the log for any scans in any order.
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

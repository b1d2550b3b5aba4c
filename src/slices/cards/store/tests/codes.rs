//! Codes for one thing each: alarms and ownership.

use super::*;
use crate::clock::days;
use crate::slices::cards::card::{CodeState, Ownership, Scan, ScanOutcome};

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
                match scan(tx, &actor(person, now), &Ok(code.clone()), DAY)? {
                    Scan::Known { alarm, .. } => alarm.map(|alarm| (alarm.in_a_day, alarm.ever)),
                    Scan::Unmatched { .. } => None,
                },
            )
        };
        let day = days(1);
        let code = &units[1].code;
        let mut raised = Vec::new();
        for person in 1..=5 {
            raised.push(alarm(person, NOW, code)?);
            assert_eq!(alarm(person, NOW, &shared)?, None, "it is popular");
        }
        assert_eq!(raised, [None, None, None, Some((4, 4)), None]);
        // However slowly they come, a sixth person is enough.
        assert_eq!(alarm(6, NOW.plus(day), code)?, Some((1, 6)));
        let row: i64 = tx.query_row("SELECT id FROM card_code WHERE serial = 2", [], |row| {
            row.get(0)
        })?;
        assert!(decide(tx, row, AlarmDecision::Suspicious)?);
        let seen = scan(tx, &actor(7, NOW), &Ok(code.clone()), DAY)?;
        assert!(matches!(
            seen,
            Scan::Known {
                suspicious: true,
                ..
            }
        ));
        assert!(decide(tx, row, AlarmDecision::Ignore)?);
        assert_eq!(alarm(8, NOW.plus(day * 3), code)?, None);
        assert!(decide(tx, row, AlarmDecision::Recall)?);
        assert_eq!(look(tx, 9, NOW, code)?.0, ScanOutcome::Recalled);
        assert!(!decide(tx, 999, AlarmDecision::Ignore)?);
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
            match scan(tx, &actor(person, NOW), &Ok(unit.code.clone()), DAY)? {
                Scan::Known {
                    ownership, alarm, ..
                } => Ok((ownership, alarm)),
                Scan::Unmatched { .. } => panic!("it is known"),
            }
        };
        assert_eq!(seen(1)?, (Ownership::Free { code_id: unit.id }, None));
        assert!(claim(tx, NOW, 1, unit.id)?);
        assert!(!claim(tx, NOW, 1, unit.id)?);
        assert_eq!(seen(1)?.0, Ownership::Own(NOW));
        let (whose, alarm) = seen(2)?;
        assert_eq!(whose, Ownership::Others(NOW));
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
async fn who_scans_what_another_one_claimed_is_told_of_whatever_was_told_or_ignored_before() {
    let store = Store::new();
    let work = store.write(|tx| {
        let (id, _) = card(tx)?;
        add_batch(tx, id, "summer", 1)?;
        let unit = unit_codes(tx, id, "summer", 0, 1)?.remove(0);
        let claimed = |person: i64, now: UnixMs| -> anyhow::Result<Option<bool>> {
            match scan(tx, &actor(person, now), &Ok(unit.code.clone()), DAY)? {
                Scan::Known { alarm, .. } => Ok(alarm.map(|alarm| alarm.claimed)),
                Scan::Unmatched { .. } => panic!("it is known"),
            }
        };
        let minutes = |n: u32| NOW.plus(std::time::Duration::from_secs(60) * n);
        // Four people in a day are a crowd; the owner wants no more of it.
        let crowd = [1, 2, 3, 4].map(|person| claimed(person, NOW).unwrap());
        assert_eq!(crowd, [None, None, None, Some(false)]);
        assert!(decide(tx, unit.id, AlarmDecision::Ignore)?);
        assert_eq!(claimed(5, minutes(1))?, None);
        assert!(claim(tx, minutes(2), 5, unit.id)?);
        assert_eq!(claimed(6, minutes(3))?, Some(true));
        // Each person is told of once, also one who was there before.
        assert_eq!(claimed(6, minutes(20))?, None);
        assert!(decide(tx, unit.id, AlarmDecision::Ignore)?);
        assert_eq!(claimed(1, minutes(21))?, Some(true));
        assert_eq!(claimed(7, minutes(22))?, Some(true));
        // More are a crowd again, and ignored.
        assert_eq!(claimed(8, minutes(23))?, None);
        assert_eq!(claimed(9, NOW.plus(days(2)))?, Some(true));
        Ok(())
    });
    work.await;
}

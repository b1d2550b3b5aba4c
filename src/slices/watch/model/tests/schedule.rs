//! Tests of `slices/watch/model/schedule.rs`.

use super::*;

#[test]
fn five_minutes_are_five_minutes() {
    let schedule = Schedule::parse(
        Schedule::EVERY_FIVE_MINUTES,
        "Europe/Moscow".parse().unwrap(),
    )
    .unwrap();
    // 2026-11-21 15:02:03 UTC
    let now = UnixMs(1_795_273_323_000);
    let next = schedule.next_after(now).unwrap();
    assert_eq!(next, UnixMs(1_795_273_500_000));
    assert_eq!(schedule.period_after(now), Duration::from_secs(300));
    let later = now.plus(Duration::from_millis(678));
    assert_eq!(
        schedule.next_after(later),
        Some(next),
        "ticks are at whole seconds"
    );
}

#[test]
fn a_day_in_a_zone_follows_its_summer_time() {
    let zone: Zone = "Europe/Berlin".parse().unwrap();
    let schedule = Schedule::parse("0 0 9 * * *", zone.clone()).unwrap();
    // 2026-10-24 12:00 UTC, the day before clocks go back.
    let next = schedule.next_after(UnixMs(1_792_843_200_000)).unwrap();
    let shown = crate::i18n::time(next, &zone);
    assert_eq!(shown, "09:00:00");
    assert_ne!(
        schedule.utc_offset_seconds(UnixMs(1_792_843_200_000)),
        schedule.utc_offset_seconds(next)
    );
}

#[test]
fn when_clocks_go_back_no_tick_is_left_out() {
    let zone = "Europe/Berlin".parse().unwrap();
    let schedule = Schedule::parse(Schedule::EVERY_FIVE_MINUTES, zone).unwrap();
    // 2026-10-25 00:55 UTC, 02:55 in summer time; five minutes later it is 02:00 again.
    let last = UnixMs(1_792_889_700_000);
    assert_eq!(schedule.next_after(last), Some(UnixMs(1_792_890_000_000)));
    assert_eq!(schedule.period_after(last), Duration::from_secs(300));
    let zone = "Europe/Berlin".parse().unwrap();
    let daily = Schedule::parse("0 30 2 * * *", zone).unwrap();
    // 2027-03-27 01:30 UTC, 02:30 in Berlin; the day after has no 02:30.
    let before = UnixMs(1_806_111_000_000);
    assert_eq!(daily.next_after(before), Some(UnixMs(1_806_280_200_000)));
}

#[test]
fn what_never_comes_is_refused() {
    for text in ["*/5 * * * *", "0 0 0 31 2 *", "often", "61 * * * * *"] {
        Schedule::parse(text, Zone::UTC).unwrap_err();
    }
}

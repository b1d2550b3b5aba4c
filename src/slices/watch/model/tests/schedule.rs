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
        zone.offset_seconds(UnixMs(1_792_843_200_000)),
        zone.offset_seconds(next)
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
}

/// The ticks of a day, as the clocks of the zone show them.
fn ticks(pattern: &str, zone: &str, day: &str) -> Vec<String> {
    let zone: Zone = zone.parse().unwrap();
    let schedule = Schedule::parse(pattern, zone.clone()).unwrap();
    let noon: jiff::civil::DateTime = format!("{day}T12:00:00").parse().unwrap();
    let noon = noon.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    let (first, end) = zone.span(UnixMs(noon.as_millisecond()), Span::Day);
    let mut at = first.minus(Duration::from_millis(1));
    let mut shown = Vec::new();
    while let Some(next) = schedule.next_after(at).filter(|next| *next < end) {
        shown.push(zone.iso(next));
        at = next;
    }
    shown
}

#[test]
fn a_daily_tick_comes_once_where_clocks_skip_or_repeat_its_hour() {
    for (pattern, zone, day, expected) in [
        // 02:30 is skipped: the tick comes when clocks are put from 02:00 to 03:00.
        (
            "0 30 2 * * *",
            "Europe/Berlin",
            "2027-03-28",
            &["2027-03-28T03:00:00+02:00"][..],
        ),
        (
            "0 0 2 * * *",
            "Europe/Berlin",
            "2027-03-28",
            &["2027-03-28T03:00:00+02:00"],
        ),
        (
            "0 0,30 2 * * *",
            "Europe/Berlin",
            "2027-03-28",
            &["2027-03-28T03:00:00+02:00"],
        ),
        (
            "0 0 2,3 * * *",
            "Europe/Berlin",
            "2027-03-28",
            &["2027-03-28T03:00:00+02:00"],
        ),
        (
            "0 0 3 * * *",
            "Europe/Berlin",
            "2027-03-28",
            &["2027-03-28T03:00:00+02:00"],
        ),
        // 02:30 is shown twice.
        (
            "0 30 2 * * *",
            "Europe/Berlin",
            "2026-10-25",
            &["2026-10-25T02:30:00+02:00"],
        ),
        (
            "0 0,30 2 * * *",
            "Europe/Berlin",
            "2026-10-25",
            &["2026-10-25T02:00:00+02:00", "2026-10-25T02:30:00+02:00"],
        ),
        (
            "0 0 3 * * *",
            "Europe/Berlin",
            "2026-10-25",
            &["2026-10-25T03:00:00+01:00"],
        ),
        // Half an hour, and a change at midnight.
        (
            "0 45 1 * * *",
            "Australia/Lord_Howe",
            "2027-04-04",
            &["2027-04-04T01:45:00+11:00"],
        ),
        (
            "0 15 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-04",
            &["2026-10-04T02:30:00+11:00"],
        ),
        (
            "0 30 0 * * *",
            "Asia/Beirut",
            "2027-03-28",
            &["2027-03-28T01:00:00+03:00"],
        ),
    ] {
        assert_eq!(
            ticks(pattern, zone, day),
            expected,
            "{pattern} {zone} {day}"
        );
    }
    for pattern in ["0 0 * * * *", "0 0 0-23 * * *", "0 0 */1 * * *"] {
        assert_eq!(ticks(pattern, "Europe/Berlin", "2026-10-25").len(), 25);
        assert_eq!(ticks(pattern, "Europe/Berlin", "2027-03-28").len(), 23);
    }
    let minutes = ticks(Schedule::EVERY_FIVE_MINUTES, "Europe/Berlin", "2026-10-25");
    assert_eq!(minutes.len(), 25 * 12);
}

#[test]
fn somebody_who_looks_every_minute_sees_each_tick_once() {
    for day in ["2026-10-25", "2027-03-28", "2027-01-01"] {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let schedule = Schedule::parse("0 30 2 * * *", zone.clone()).unwrap();
        let noon: jiff::civil::DateTime = format!("{day}T12:00:00").parse().unwrap();
        let noon = noon.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        let (first, end) = zone.span(UnixMs(noon.as_millisecond()), Span::Day);
        // A little late, as timers are.
        let minute = |n: u32| first.plus(Duration::from_millis(300) + Duration::from_secs(60) * n);
        let looks = (0_u32..).map(|n| (minute(n), minute(n + 1)));
        let day_long = looks.take_while(|(_, until)| *until < end);
        let seen = day_long.filter(|(after, until)| schedule.has_tick(*after, *until));
        assert_eq!(seen.count(), 1, "{day}");
        assert!(!schedule.has_tick(end, first), "the clock was set back");
    }
}

#[test]
fn what_never_comes_is_refused() {
    for text in ["*/5 * * * *", "0 0 0 31 2 *", "often", "61 * * * * *"] {
        Schedule::parse(text, Zone::UTC).unwrap_err();
    }
}

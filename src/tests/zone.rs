//! Tests of `zone.rs`.

use super::*;

#[test]
fn a_zone_follows_its_summer_time() {
    let zone: Zone = "Europe/Berlin".parse().unwrap();
    // 2026-10-24 12:00 UTC, the day before clocks go back at 01:00 UTC.
    let before = UnixMs(1_792_843_200_000);
    let change = zone.next_change(before).unwrap();
    assert_eq!(change, UnixMs(1_792_890_000_000));
    assert_eq!(zone.offset_seconds(before), 7200);
    assert_eq!(zone.offset_seconds(change), 3600);
    assert_eq!(zone.civil(before).to_string(), "2026-10-24T14:00:00");
    assert_eq!(zone.day(before), "2026-10-24");
    assert_eq!(zone.iso(before), "2026-10-24T14:00:00+02:00");
    assert_eq!(zone.iso(change), "2026-10-25T02:00:00+01:00");
    for (span, first, next) in [
        (
            Span::Day,
            "2026-10-24T00:00:00+02:00",
            "2026-10-25T00:00:00+02:00",
        ),
        (
            Span::Week,
            "2026-10-19T00:00:00+02:00",
            "2026-10-26T00:00:00+01:00",
        ),
        (
            Span::Month,
            "2026-10-01T00:00:00+02:00",
            "2026-11-01T00:00:00+01:00",
        ),
    ] {
        let (from, to) = zone.span(before, span);
        assert_eq!(
            (zone.iso(from).as_str(), zone.iso(to).as_str()),
            (first, next)
        );
    }
    assert_eq!(zone.name(), "Europe/Berlin");
}

#[test]
fn full_hours_come_every_day() {
    let zone = Zone::named("Europe/Berlin").unwrap();
    assert!(std::ptr::eq(zone, Zone::named("Europe/Berlin").unwrap()));
    assert_eq!(Zone::named("Mars"), None);
    // 2026-10-24 14:00 in Berlin, the day before the day with 25 hours.
    let before = UnixMs(1_792_843_200_000);
    let hours = |from: UnixMs, to: UnixMs| to.since(from).as_secs() / 3600;
    assert_eq!(hours(before, zone.next_hour(before, 8)), 19);
    assert_eq!(hours(before, zone.next_hour(before, 14)), 25);
    assert_eq!(hours(before, zone.next_hour(before, 15)), 1);
    assert_eq!(zone.last_hour(before, 14), before);
    assert_eq!(hours(zone.last_hour(before, 15), before), 23);
    assert_eq!(hours(zone.last_hour(before, 8), before), 6);
}

#[test]
fn what_is_no_zone_is_refused_and_no_moment_is_too_far() {
    assert_eq!("Mars".parse::<Zone>(), Err(UnknownZone));
    assert_eq!(Zone::UTC.next_change(UnixMs(0)), None);
    assert_eq!(Zone::UTC.civil(UnixMs(i64::MAX)).year(), 9999);
}

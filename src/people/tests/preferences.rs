//! Tests of `people/preferences.rs`.

use super::*;

#[test]
fn quiet_hours_go_over_midnight_and_follow_the_zone() {
    let zone = Zone::named("Europe/Moscow").unwrap();
    let evening = crate::clock::testing::NOW;
    let hour = std::time::Duration::from_secs(3600);
    let minutes = |hours: QuietHours, at| {
        let end = hours.end(zone, at);
        end.map(|end| end.since(at).as_secs() / 60)
    };
    let night = QuietHours {
        how: Quiet::Hold,
        from: 23,
        to: 8,
    };
    assert_eq!(minutes(night, evening), None);
    assert_eq!(minutes(night, evening.plus(hour * 5)), Some(505));
    assert_eq!(minutes(night, evening.plus(hour * 13)), Some(25));
    assert_eq!(minutes(night, evening.plus(hour * 14)), None);
    let evenings = QuietHours {
        from: 18,
        to: 20,
        ..night
    };
    assert_eq!(minutes(evenings, evening), Some(85));
    let never = QuietHours {
        from: 18,
        to: 18,
        ..night
    };
    assert_eq!(minutes(never, evening), None);
}

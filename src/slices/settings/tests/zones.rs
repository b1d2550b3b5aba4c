//! Tests of `slices/settings/zones.rs`.

use super::*;

#[test]
fn zones_are_read_by_name_and_by_distance() {
    let name = |text: &str| read_zone(text).map(Zone::name);
    assert_eq!(name(" europe/berlin "), Some("Europe/Berlin"));
    for text in ["+3", "UTC+3", "gmt +3"] {
        assert_eq!(name(text), Some("Etc/GMT-3"), "{text}");
    }
    assert_eq!(name("−5"), Some("Etc/GMT+5"));
    assert_eq!(name("UTC"), Some("UTC"));
    let long = format!("+{}3", "0".repeat(LONGEST_NAME));
    for text in ["", "+99", "-128", "Марс", "+3:30", &long] {
        assert_eq!(name(text), None, "{text}");
    }
    for (name, _) in ZONES {
        assert!(Zone::named(name).is_some(), "{name}");
    }
}

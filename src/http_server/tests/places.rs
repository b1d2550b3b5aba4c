//! Tests of `http_server/places.rs`.

use super::*;

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn one_address_leaves_places_to_others() {
    let places = Places::default();
    let take = |from: &str, most: usize| -> Vec<Place> {
        let taken = (0..most).map_while(|_| places.take(address(from)));
        taken.collect()
    };
    let first = take("192.0.2.1", 1000);
    assert_eq!(first.len(), PER_ADDRESS);
    let second = take("192.0.2.2", 1000);
    assert_eq!(second.len(), CONNECTIONS - PER_ADDRESS);
    assert!(places.take(address("192.0.2.3")).is_none());
    drop(first);
    assert_eq!(take("192.0.2.3", 1000).len(), PER_ADDRESS);
    assert_eq!(
        take("192.0.2.3", 1000).len(),
        PER_ADDRESS,
        "they were given back"
    );
}

#[test]
fn a_network_of_ipv6_is_one_holder_and_both_forms_of_ipv4_are_the_same() {
    let places = Places::default();
    let network = (0..1000).map_while(|n| places.take(address(&format!("2001:db8:0:7::{n:x}"))));
    let network: Vec<Place> = network.collect();
    assert_eq!(network.len(), PER_ADDRESS);
    assert!(places.take(address("2001:db8:0:8::1")).is_some());
    assert_eq!(holder(address("::ffff:192.0.2.1")), address("192.0.2.1"));
}

//! Tests of `slices/watch/run/network.rs`.

use super::*;
use crate::slices::watch::site::entry::SiteEntry;

fn site(host: &str) -> Site {
    let entry = format!(
        "key = \"a\"\nurl = \"https://{host}/{{name}}\"\nexists = {{ status = [200] }}\nmissing = {{ status = [404] }}"
    );
    let entry: SiteEntry = toml::from_str(&entry).unwrap();
    entry.into_site(false).unwrap()
}

fn failed(reason: Inconclusive) -> Probe {
    Probe::without_answer(reason)
}

#[test]
fn nothing_answers_from_anywhere() {
    let mut network = Network::new(3);
    for number in 0..3 {
        assert!(!network.seems_down());
        assert!(network.doubts(number, &site("a.example"), &failed(Inconclusive::Dns)));
    }
    assert!(
        !network.seems_down(),
        "one host is not enough to stop early"
    );
    assert!(network.is_down() && !network.is_heard());
}

#[test]
fn five_different_hosts_are_enough() {
    let mut network = Network::new(700);
    for number in 0..5 {
        assert!(!network.seems_down());
        let host = site(&format!("a{number}.example"));
        assert!(network.doubts(number, &host, &failed(Inconclusive::Connect)));
    }
    assert!(network.seems_down() && network.is_down());
}

#[test]
fn any_answer_ends_the_doubt() {
    let answer = Probe {
        status: Some(503),
        ..failed(Inconclusive::ServerError(503))
    };
    for answer in [
        answer,
        failed(Inconclusive::Timeout),
        failed(Inconclusive::Reset),
    ] {
        let mut network = Network::new(2);
        assert!(network.doubts(0, &site("a.example"), &failed(Inconclusive::Connect)));
        assert!(!network.doubts(1, &site("b.example"), &answer));
        assert!(!network.doubts(0, &site("a.example"), &failed(Inconclusive::Connect)));
        assert!(network.is_heard() && !network.is_down());
    }
}

#[test]
fn one_site_alone_says_nothing_of_us() {
    let mut network = Network::new(1);
    assert!(!network.doubts(0, &site("a.example"), &failed(Inconclusive::Connect)));
    assert!(!network.is_heard());
    // Nor does one silent site among others that were not asked.
    let mut network = Network::new(2);
    assert!(network.doubts(0, &site("a.example"), &failed(Inconclusive::Connect)));
    assert!(!network.doubts(1, &site("b.example"), &failed(Inconclusive::PrivateTarget)));
    assert!(!network.is_down() && network.is_trusted());
}

//! Tests of `slices/watch/model/past.rs`.

use super::*;

#[test]
fn outcomes_are_shifted_in_and_the_oldest_fall_out() {
    let mut probes = ProbeHistory::default();
    assert_eq!(probes.oldest_first().count(), 0);
    let shift = |probes: ProbeHistory, verdict| {
        ProbeHistory((probes.0 << 2 & ProbeHistory::MASK) | ProbeHistory::bits(verdict))
    };
    for verdict in [Verdict::NotFound, Verdict::Error, Verdict::Found] {
        probes = shift(probes, verdict);
    }
    let seen: Vec<Verdict> = probes.oldest_first().collect();
    assert_eq!(seen, [Verdict::NotFound, Verdict::Error, Verdict::Found]);
    for _ in 0..ProbeHistory::KEPT {
        probes = shift(probes, Verdict::Error);
    }
    assert!(
        probes
            .oldest_first()
            .all(|verdict| verdict == Verdict::Error)
    );
    assert_eq!(probes.oldest_first().count(), ProbeHistory::KEPT as usize);
}

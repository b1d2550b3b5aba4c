//! Tests of `telegram/priority_gate.rs`.

use super::*;

#[test]
fn a_window_ends_with_the_answer_or_by_itself() {
    let start = Instant::now();
    let mut window = Window::default();
    assert_eq!(window.held_until(start), None);
    window.open(start);
    assert_eq!(window.held_until(start), Some(start + LONGEST));
    assert_eq!(window.held_until(start + LONGEST), None);
    assert!(!window.close(start + LONGEST), "it was over");
    let later = start + 2 * LONGEST;
    window.open(later);
    assert!(window.close(later + LONGEST / 3));
    assert_eq!(window.held_until(later + LONGEST / 3), None);
}

#[test]
fn a_run_keeps_half_of_the_time() {
    let start = Instant::now();
    for answer_after in [1, 7, 20, 40] {
        let mut window = Window::default();
        let mut held = 0;
        for ms in 0..3_000_u64 {
            let now = start + Duration::from_millis(ms);
            window.open(now);
            if ms % answer_after == answer_after - 1 {
                window.close(now);
            }
            held += u64::from(window.held_until(now).is_some());
        }
        assert!(
            held <= 1_530,
            "{held} ms held, answers every {answer_after} ms"
        );
    }
}

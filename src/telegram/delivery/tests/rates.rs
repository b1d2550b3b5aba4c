//! Rates over made-up moments: never more than allowed, and answers never wait for less urgent
//! calls.

use super::*;
use crate::clock::DAY;
use proptest::prelude::*;

fn most_in_a_window(times: &[Instant], span: Duration) -> usize {
    let within = |from: &Instant| {
        times
            .iter()
            .filter(|t| *t >= from && **t < *from + span)
            .count()
    };
    times.iter().map(within).max().unwrap_or(0)
}

proptest! {
    #[test]
    fn never_more_than_allowed_in_any_window(steps in prop::collection::vec((0_u64..400, -3_i64..40, any::<bool>()), 1..400)) {
        let mut rates = Rates::default();
        let mut now = Instant::now();
        let mut all = Vec::new();
        let mut of: HashMap<i64, Vec<Instant>> = HashMap::new();
        for (pause, chat, answer) in steps {
            let urgency = if answer { Urgency::Answer } else { Urgency::Notice };
            now += Duration::from_millis(pause / 10);
            match rates.take(now, chat, urgency) {
                Ok(()) => {
                    all.push(now);
                    of.entry(chat).or_default().push(now);
                }
                Err(later) => prop_assert!(later > now && later <= now + MINUTE),
            }
        }
        prop_assert!(most_in_a_window(&all, SECOND) <= IN_ALL);
        for (chat, times) in of {
            prop_assert!(most_in_a_window(&times, SECOND) <= 1);
            prop_assert!(chat >= 0 || most_in_a_window(&times, MINUTE) <= IN_GROUP);
        }
    }

    #[test]
    fn the_named_moment_is_enough(chat in -3_i64..3, calls in 1_usize..60, answer: bool) {
        let urgency = if answer { Urgency::Answer } else { Urgency::Notice };
        let mut rates = Rates::default();
        let mut now = Instant::now();
        for _ in 0..calls {
            if let Err(later) = rates.take(now, chat, urgency) {
                now = later;
                prop_assert_eq!(rates.take(now, chat, urgency), Ok(()));
            }
        }
    }
}

#[test]
fn a_refusal_freezes_its_chat_and_two_freeze_everything() {
    let mut rates = Rates::default();
    let now = Instant::now();
    let day = DAY;
    rates.refused(now, 1, day);
    assert_eq!(rates.take(now, 1, Urgency::Answer), Err(now + day));
    assert_eq!(rates.take(now, 2, Urgency::Answer), Ok(()));
    let soon = now + Duration::from_millis(900);
    rates.refused(soon, 2, Duration::from_secs(5));
    assert_eq!(
        rates.take(soon, 3, Urgency::Answer),
        Err(soon + Duration::from_secs(5))
    );
}

#[test]
fn answers_do_not_wait_behind_notices_nor_notices_for_ever() {
    let mut rates = Rates::default();
    let start = Instant::now();
    let (mut answers, mut notices, mut waited) = (0, 0, 0);
    // Ten seconds with a chat that wants a notice every millisecond and, from the third second on,
    // an answer every 60 ms.
    for ms in 0..10_000 {
        let now = start + Duration::from_millis(ms);
        let chat = i64::try_from(ms).unwrap() + 1;
        if rates.take(now, chat, Urgency::Notice).is_ok() {
            notices += 1;
        }
        if ms >= 2_000 && ms % 60 == 0 {
            answers += 1;
            waited += usize::from(rates.take(now, -chat, Urgency::Answer).is_err());
        }
    }
    assert_eq!((answers, waited), (133, 0));
    assert!((70..=100).contains(&notices), "{notices}");
}

#[test]
fn ten_thousand_notices_take_their_time_and_nobody_elses() {
    let (mut rates, start) = (Rates::default(), Instant::now());
    let (mut notices, mut now, mut calls) = (0, start, Vec::new());
    let mut answer = start;
    while notices < 10_000 {
        // Every 700 ms somebody else asks something, and is answered within a second.
        if now >= answer {
            answer += Duration::from_millis(700);
            let actor = -1 - i64::try_from(calls.len()).unwrap();
            let mut at = now;
            while let Err(later) = rates.take(at, actor, Urgency::Answer) {
                at = later;
            }
            assert!(at - now < SECOND);
            calls.push(at);
            now = at;
        }
        match rates.take(now, notices + 1, Urgency::Notice) {
            Ok(()) => {
                notices += 1;
                calls.push(now);
            }
            Err(later) => now = later,
        }
    }
    let took = now - start;
    assert!((500..=550).contains(&took.as_secs()), "{took:?}");
    let windows = calls.windows(IN_ALL + 1);
    assert!(windows.map(|w| w[IN_ALL] - w[0]).all(|span| span >= SECOND));
}

#[test]
fn a_courtesy_keeps_nobody_waiting_and_stands_back() {
    for chat in [1, -1] {
        let (mut rates, start) = (Rates::default(), Instant::now());
        assert_eq!(rates.take(start, chat, Urgency::Courtesy), Ok(()));
        assert_eq!(rates.take(start, chat, Urgency::Answer), Ok(()));
        let second = start + SECOND;
        assert!(
            rates.take(second, chat, Urgency::Courtesy).is_err(),
            "too soon"
        );
        assert_eq!(rates.take(second, chat, Urgency::Notice), Ok(()));
        let after = second + COURTESY_GAPS.1 - Duration::from_millis(1);
        assert_eq!(rates.take(after, chat, Urgency::Notice), Ok(()));
        assert!(
            rates.take(after, chat, Urgency::Courtesy).is_err(),
            "after another call"
        );
    }
    // A group's minute: courtesies leave half of it.
    let (mut rates, start) = (Rates::default(), Instant::now());
    let mut shown = 0;
    for second in 0..50 {
        let now = start + second * SECOND;
        shown += usize::from(rates.take(now, -1, Urgency::Courtesy).is_ok());
    }
    assert_eq!(shown, IN_GROUP / 2);
    for second in 50..59 {
        assert_eq!(
            rates.take(start + second * SECOND, -1, Urgency::Notice),
            Ok(())
        );
    }
    // All chats together: half of a second's calls.
    let mut rates = Rates::default();
    let shown = (1..=60).filter(|chat| rates.take(start, *chat, Urgency::Courtesy).is_ok());
    assert_eq!(shown.count(), IN_ALL.div_ceil(2));
    assert_eq!(rates.take(start, 100, Urgency::Notice), Ok(()));
    assert_eq!(rates.take(start, 101, Urgency::Answer), Ok(()));
}

#[test]
fn memory_stays_bounded() {
    let mut rates = Rates::default();
    let mut now = Instant::now();
    for chat in 0..20_000 {
        now += Duration::from_millis(50);
        rates.take(now, chat, Urgency::Notice).ok();
    }
    assert!(rates.chats.len() <= CHATS, "{}", rates.chats.len());
}

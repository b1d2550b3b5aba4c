//! How fast we may speak: Telegram's unpublished limits, kept from below.
//!
//! 25 calls a second in all (known limit about 30), one a second in a chat, 18 a minute in a group (known limit 20; edits
//! count). Somebody who waits for an answer does not stand in line behind notices: those leave some of the 25 free.
//!
//! Sliding windows instead of token buckets: in *no* window are there more than allowed, which a bucket with a
//! burst does not promise. Pure: the moment is passed in. What Telegram itself asks for (429) is kept here too, so that
//! the courier and the desk of the proxy obey it together.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Calls in one second, over all chats.
pub(super) const IN_ALL: usize = 25;

/// Of these, what notices leave to answers.
const FOR_ANSWERS: usize = 5;

/// What notices may have in one second however many answers there are, so that they are late but never stop.
const FOR_NOTICES: usize = 5;

/// Calls in one minute, in one group.
pub(super) const IN_GROUP: usize = 18;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// Chats remembered before idle ones are dropped. A chat is idle after a minute, and at most 25 × 60 can be busy.
const CHATS: usize = 2048;

/// Between two notices. In a burst they would use up a whole second's calls at once.
const NOTICE_GAP: Duration = Duration::from_millis(50);

/// Whether somebody waits for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
    /// The answer to what somebody just did.
    Answer,
    /// Everything else.
    Notice,
}

/// Who may call when.
#[derive(Debug, Default)]
pub(super) struct Rates {
    all: VecDeque<Instant>,
    notices: VecDeque<Instant>,
    chats: HashMap<i64, ChatRate>,
    paused_until: Option<Instant>,
    refused: Option<(i64, Instant)>,
}

#[derive(Debug, Default)]
struct ChatRate {
    calls: VecDeque<Instant>,
    frozen_until: Option<Instant>,
}

impl Rates {
    /// Takes a slot for a call to this chat now, or says when to ask again.
    pub(super) fn take(
        &mut self,
        now: Instant,
        chat_id: i64,
        urgency: Urgency,
    ) -> Result<(), Instant> {
        if self.chats.len() >= CHATS {
            self.chats.retain(|_, chat| !chat.is_idle(now));
        }
        let chat = self.chats.entry(chat_id).or_default();
        let frozen = [self.paused_until, chat.frozen_until].into_iter().flatten();
        let group = if chat_id < 0 {
            next_free(&mut chat.calls, now, IN_GROUP, MINUTE)
        } else {
            next_free(&mut chat.calls, now, 1, SECOND)
        };
        let gap = chat.calls.back().map(|last| *last + SECOND);
        let all = next_free(&mut self.all, now, IN_ALL, SECOND);
        let share = match urgency {
            Urgency::Answer => None,
            Urgency::Notice => {
                let shared = next_free(&mut self.all, now, IN_ALL - FOR_ANSWERS, SECOND);
                let own = next_free(&mut self.notices, now, FOR_NOTICES, SECOND);
                let gap = self.notices.back().map(|last| *last + NOTICE_GAP);
                // Room in either window is enough; none means there is room at once.
                shared.min(own).max(gap)
            }
        };
        let free = frozen.chain(group).chain(gap).chain(all).chain(share).max();
        if let Some(later) = free.filter(|at| *at > now) {
            return Err(later);
        }
        chat.calls.push_back(now);
        self.all.push_back(now);
        if urgency == Urgency::Notice {
            self.notices.push_back(now);
        }
        Ok(())
    }

    /// Telegram asked for a pause in this chat. When another chat was refused within the last second, the pause is for
    /// everything: then the limit that was hit is the one over all chats.
    pub(super) fn refused(&mut self, now: Instant, chat_id: i64, wait: Duration) {
        let until = now + wait;
        let chat = self.chats.entry(chat_id).or_default();
        chat.frozen_until = chat.frozen_until.max(Some(until));
        let other = self
            .refused
            .is_some_and(|(other, at)| other != chat_id && now.duration_since(at) <= SECOND);
        if other {
            self.paused_until = self.paused_until.max(Some(until));
        }
        self.refused = Some((chat_id, now));
    }
}

impl ChatRate {
    fn is_idle(&self, now: Instant) -> bool {
        self.frozen_until.is_none_or(|until| until <= now)
            && self.calls.back().is_none_or(|last| *last + MINUTE <= now)
    }
}

/// When a window of `span` has room for one more call: in the past if it has now.
fn next_free(
    calls: &mut VecDeque<Instant>,
    now: Instant,
    limit: usize,
    span: Duration,
) -> Option<Instant> {
    while calls.front().is_some_and(|first| *first + span <= now) {
        calls.pop_front();
    }
    let over = calls.len().checked_sub(limit)?;
    calls.get(over).map(|first| *first + span)
}

/// The rates, shared by the courier and the desk. A mutex: it is held for microseconds and never across an await.
#[derive(Debug, Clone, Default)]
pub(super) struct SharedRates(Arc<Mutex<Rates>>);

impl SharedRates {
    /// As [`Rates::take`], now.
    pub(super) fn take(&self, chat_id: i64, urgency: Urgency) -> Result<(), Instant> {
        self.lock().take(Instant::now(), chat_id, urgency)
    }

    /// Waits for a slot; gives up when it would not come before `limit`.
    pub(super) async fn wait(&self, chat_id: i64, urgency: Urgency, limit: Duration) -> bool {
        let end = Instant::now() + limit;
        loop {
            match self.take(chat_id, urgency) {
                Ok(()) => return true,
                Err(later) if later > end => return false,
                Err(later) => tokio::time::sleep_until(later).await,
            }
        }
    }

    /// As [`Rates::refused`], now.
    pub(super) fn refused(&self, chat_id: i64, wait: Duration) {
        self.lock().refused(Instant::now(), chat_id, wait);
    }

    fn lock(&self) -> MutexGuard<'_, Rates> {
        // The data is whole between any two statements, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let day = Duration::from_secs(86_400);
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
        // Ten seconds with a chat that wants a notice every millisecond and, from the third on, an answer every 60.
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
    fn memory_stays_bounded() {
        let mut rates = Rates::default();
        let mut now = Instant::now();
        for chat in 0..20_000 {
            now += Duration::from_millis(50);
            rates.take(now, chat, Urgency::Notice).ok();
        }
        assert!(rates.chats.len() <= CHATS, "{}", rates.chats.len());
    }
}

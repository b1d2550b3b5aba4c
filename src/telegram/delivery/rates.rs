//! Rate limits: Telegram's unpublished limits, kept with a margin.
//!
//! The limits are 25 calls a second in all (known limit about 30), one a second per chat, and 18 a
//! minute per group (known limit 20; edits count). Notices leave some of the 25 free, so a person
//! who waits for an answer does not queue behind them. A courtesy needs half of every limit to be
//! free, and nothing else in its chat waits for it.
//!
//! They are sliding windows rather than token buckets, because a bucket with a burst allows more
//! than the limit in some window. [`Rates`] is pure: the current moment is a parameter. Pauses that
//! Telegram asks for (429) are kept here too, so the sender and the proxy worker obey them
//! together.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::telegram::message::priority::{CROWD, Urgency};

/// Calls per second, over all chats.
const IN_ALL: usize = 25;

/// Notices leave one call in this many to answers. Notices also get one call in this many however
/// many answers there are, so they may be late but never stop.
const SHARES: usize = 5;

// A crowd is more notices than fit in one second.
const _: () = assert!(CROWD == IN_ALL - IN_ALL / SHARES);

/// Calls per minute in one group.
pub(crate) const IN_GROUP: usize = 18;

/// Minimum gap between two courtesies in a private chat, and in a group.
const COURTESY_GAPS: (Duration, Duration) = (Duration::from_millis(1_500), Duration::from_secs(4));

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// Chats remembered before idle ones are dropped. A chat is idle after a minute at most, and in a
/// minute at most 25 × 60 can be busy.
const CHATS: usize = 2048;

/// The limit over all chats. The limits within one chat are fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Calls per second; `usize::MAX` means no limit.
    pub in_all: usize,
}

impl Default for Pace {
    /// The rate that Telegram is known to accept.
    fn default() -> Self {
        Self { in_all: IN_ALL }
    }
}

impl Pace {
    /// The calls that notices leave to answers, and the least that notices get.
    fn share(self) -> usize {
        self.in_all.div_ceil(SHARES)
    }

    /// The gap between two notices: a burst would use up a whole second's calls at once.
    fn notice_gap(self) -> Duration {
        let notices = self.in_all.saturating_sub(self.share()).max(1);
        SECOND / u32::try_from(notices).unwrap_or(u32::MAX)
    }
}

/// Recent calls, and who may call when.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    pace: Pace,
    all: VecDeque<Instant>,
    notices: VecDeque<Instant>,
    chats: HashMap<i64, ChatRate>,
    paused_until: Option<Instant>,
    refused: Option<(i64, Instant)>,
}

#[derive(Debug, Default)]
struct ChatRate {
    /// Calls of the last minute, in a group.
    calls: VecDeque<Instant>,
    /// The last call that was not a courtesy.
    last: Option<Instant>,
    courtesy: Option<Instant>,
    frozen_until: Option<Instant>,
}

impl Rates {
    /// Takes a slot for a call to this chat now, or says when to ask again.
    pub(crate) fn take(
        &mut self,
        now: Instant,
        chat_id: i64,
        urgency: Urgency,
    ) -> Result<(), Instant> {
        if self.chats.len() >= CHATS {
            self.chats.retain(|id, chat| !chat.is_idle(*id, now));
        }
        let chat = self.chats.entry(chat_id).or_default();
        let is_group = chat_id < 0;
        let frozen = [self.paused_until, chat.frozen_until].into_iter().flatten();
        let in_group = |chat: &mut ChatRate, limit| match is_group {
            true => next_free(&mut chat.calls, now, limit, MINUTE),
            false => None,
        };
        let group = in_group(chat, IN_GROUP);
        let gap = chat.last.map(|last| last + SECOND);
        let (in_all, share) = (self.pace.in_all, self.pace.share());
        let all = next_free(&mut self.all, now, in_all, SECOND);
        let left = match urgency {
            Urgency::Answer => None,
            Urgency::Notice => {
                let shared = next_free(&mut self.all, now, in_all - share, SECOND);
                let own = next_free(&mut self.notices, now, share, SECOND);
                let gap = self.notices.back();
                let gap = gap.map(|last| *last + self.pace.notice_gap());
                // Room in either window is enough; `None` means room at once.
                shared.min(own).max(gap)
            }
            Urgency::Courtesy => {
                let gap = match is_group {
                    true => COURTESY_GAPS.1,
                    false => COURTESY_GAPS.0,
                };
                let own = chat.courtesy.map(|last| last + gap);
                let half = next_free(&mut self.all, now, in_all.div_ceil(2), SECOND);
                own.max(half).max(in_group(chat, IN_GROUP / 2))
            }
        };
        let free = frozen.chain(group).chain(gap).chain(all).chain(left).max();
        if let Some(later) = free.filter(|at| *at > now) {
            return Err(later);
        }
        if is_group {
            chat.calls.push_back(now);
        }
        match urgency {
            Urgency::Courtesy => chat.courtesy = Some(now),
            Urgency::Answer | Urgency::Notice => chat.last = Some(now),
        }
        self.all.push_back(now);
        if urgency == Urgency::Notice {
            self.notices.push_back(now);
        }
        Ok(())
    }

    /// Telegram asked for a pause in this chat. If another chat was refused within the last second,
    /// the limit over all chats was hit, and the pause is for all of them.
    pub(crate) fn refused(&mut self, now: Instant, chat_id: i64, wait: Duration) {
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
    fn is_idle(&self, chat_id: i64, now: Instant) -> bool {
        let span = if chat_id < 0 { MINUTE } else { COURTESY_GAPS.0 };
        self.frozen_until.is_none_or(|until| until <= now)
            && self
                .last
                .max(self.courtesy)
                .is_none_or(|last| last + span <= now)
    }
}

/// When a window of `span` has room for one more call; `None` if it has now.
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

/// The rates, shared by the sender and the proxy worker. The mutex is held for microseconds and
/// never across an await.
#[derive(Debug, Clone, Default)]
pub(crate) struct SharedRates(Arc<Mutex<Rates>>);

impl SharedRates {
    pub(crate) fn new(pace: Pace) -> Self {
        let rates = Rates {
            pace,
            ..Rates::default()
        };
        Self(Arc::new(Mutex::new(rates)))
    }

    /// [`Rates::take`] at the current moment.
    pub(crate) fn take(&self, chat_id: i64, urgency: Urgency) -> Result<(), Instant> {
        self.lock().take(Instant::now(), chat_id, urgency)
    }

    /// Waits for a slot; false when none comes within `limit`.
    pub(crate) async fn wait(&self, chat_id: i64, urgency: Urgency, limit: Duration) -> bool {
        let end = Instant::now() + limit;
        loop {
            match self.take(chat_id, urgency) {
                Ok(()) => return true,
                Err(later) if later > end => return false,
                Err(later) => tokio::time::sleep_until(later).await,
            }
        }
    }

    /// [`Rates::refused`] at the current moment.
    pub(crate) fn refused(&self, chat_id: i64, wait: Duration) {
        self.lock().refused(Instant::now(), chat_id, wait);
    }

    fn lock(&self) -> MutexGuard<'_, Rates> {
        // The data is consistent between any two statements, so a panic elsewhere does not spoil
        // it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "tests/rates.rs"]
mod tests;

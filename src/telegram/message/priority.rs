//! The order in which messages leave: stored priorities, and how urgent a call is.

/// More notices than this at once are a crowd: they take longer than a second to go out.
pub(crate) const CROWD: usize = 20;

/// The order in which rows leave, lowest first; the numbers are stored. Within one chat `Notice`
/// and `Crowd` count as one priority, so its notices keep their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Priority {
    Reply = 0,
    Edit = 1,
    Notice = 2,
    /// One notice of a crowd, which must not delay the notices of other chats.
    Crowd = 3,
}

/// Whether somebody waits for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// The answer to what somebody just did.
    Answer,
    /// Everything else.
    Notice,
    /// An edit that nobody would miss, such as a half-finished answer.
    Courtesy,
}

impl Priority {
    pub(crate) const ALL: [Self; 4] = [Self::Reply, Self::Edit, Self::Notice, Self::Crowd];

    /// The urgency of a row with this stored priority.
    pub(crate) const fn urgency(stored: i64) -> Urgency {
        // An edit changes the screen on which somebody just pressed a button.
        if stored <= Self::Edit as i64 {
            Urgency::Answer
        } else {
            Urgency::Notice
        }
    }
}

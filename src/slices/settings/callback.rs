//! What a button of the settings means.
//!
//! # Invariants
//! - A button carries the value itself, not a change of it.

use crate::clock::UnixMs;
use crate::i18n::Lang;
use crate::people::{Notify, Quiet, QuietHours};
use crate::words::{Data, Part, callbacks};

callbacks! {
    /// A button of the settings.
    pub(super) enum SettingsCallback<'a> {
        Open = "bot:settings",
        Privacy = "bot:privacy",
        AskDeleteMe = "bot:ask-delete-me",
        /// *Yes* to the question that was asked at a moment. A moment that cannot be read is long
        /// ago: the question is asked again.
        DeleteMe(asked: UnixMs = UnixMs(0)) = "bot:delete-me",
        KeepMe = "bot:keep-me",
        /// The first screen, from one of the screens behind it.
        All = "set:all",
        Language(lang: Lang) = "set:language",
        Zones = "set:zones",
        /// A time zone by its name.
        Zone(name: &'a str) = "set:zone",
        QuietHours = "set:quiet-hours",
        SetQuiet(quiet: QuietHours) = "set:quiet",
        QuietOff = "set:quiet:off",
        Notify(notify: Notify) = "set:notify",
        /// The configured choice counts again.
        UsualNotify = "set:notify:none",
        Hours = "set:hours",
        DigestHour(hour: i8) = "set:digest-hour" if (0..24).contains(&hour),
        RunStarts(yes: bool) = "set:starts",
        Reminders(yes: bool) = "set:reminders",
        Groups = "set:groups",
        /// The group with this id hears nothing any more.
        Unbind(group: i64) = "set:unbind",
    }
}

impl Part<'_> for UnixMs {
    fn take(data: &mut Data<'_>) -> Option<Self> {
        Part::take(data).map(Self)
    }

    fn put(&self, words: &mut Vec<String>) {
        self.0.put(words);
    }
}

impl Part<'_> for QuietHours {
    fn take(data: &mut Data<'_>) -> Option<Self> {
        let how = Quiet::take(data)?;
        let (from, to) = (i8::take(data)?, i8::take(data)?);
        let are_hours = [from, to].iter().all(|hour| (0..24).contains(hour));
        are_hours.then_some(Self { how, from, to })
    }

    fn put(&self, words: &mut Vec<String>) {
        self.how.put(words);
        self.from.put(words);
        self.to.put(words);
    }
}

#[cfg(test)]
#[path = "tests/callback.rs"]
mod tests;

//! What a button of the settings means: its data, written and read back.
//!
//! # Invariants
//! - A button carries the value itself, not a change of it.

use std::fmt;

use crate::clock::UnixMs;
use crate::i18n::Lang;
use crate::navigation::PRIVACY;
use crate::people::{Notify, Quiet, QuietHours};

/// A button of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SettingsCallback<'a> {
    Open,
    Privacy,
    AskDeleteMe,
    /// *Yes* to the question that was asked at a moment.
    DeleteMe(UnixMs),
    KeepMe,
    /// The first screen, from one of the screens behind it.
    All,
    Language(Lang),
    Zones,
    /// A time zone by its name.
    Zone(&'a str),
    QuietHours,
    SetQuiet(Option<QuietHours>),
    Notify(Option<Notify>),
    Hours,
    DigestHour(i8),
    RunStarts(bool),
    Reminders(bool),
    Groups,
    /// The group with this id hears nothing any more.
    Unbind(i64),
}

impl<'a> SettingsCallback<'a> {
    pub(super) fn parse(data: &'a str) -> Option<Self> {
        let (prefix, data) = split(data);
        let (what, value) = split(data);
        match prefix {
            "bot" => Self::of_bot(what, value),
            "set" => Self::choice(what, value),
            _ => None,
        }
    }

    fn of_bot(what: &str, value: &str) -> Option<Self> {
        match what {
            "settings" => Some(Self::Open),
            "privacy" => Some(Self::Privacy),
            "ask-delete-me" => Some(Self::AskDeleteMe),
            // A moment that cannot be read is long ago: the question is asked again.
            "delete-me" => Some(Self::DeleteMe(value.parse().map_or(UnixMs(0), UnixMs))),
            "keep-me" => Some(Self::KeepMe),
            _ => None,
        }
    }

    fn choice(what: &str, value: &'a str) -> Option<Self> {
        let callback = match what {
            "all" => Self::All,
            "language" => Self::Language(Lang::from_word(value)?),
            "zones" => Self::Zones,
            "zone" => Self::Zone(value),
            "quiet-hours" => Self::QuietHours,
            "quiet" => Self::SetQuiet(parse_quiet(value)?),
            "notify" => Self::Notify(match value {
                "none" => None,
                word => Some(Notify::from_word(word)?),
            }),
            "hours" => Self::Hours,
            "digest-hour" => Self::DigestHour(parse_hour(value)?),
            "starts" => Self::RunStarts(parse_yes(value)?),
            "reminders" => Self::Reminders(parse_yes(value)?),
            "groups" => Self::Groups,
            "unbind" => Self::Unbind(value.parse().ok()?),
            _ => return None,
        };
        Some(callback)
    }
}

impl fmt::Display for SettingsCallback<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("bot:settings"),
            Self::Privacy => f.write_str(PRIVACY),
            Self::AskDeleteMe => f.write_str("bot:ask-delete-me"),
            Self::DeleteMe(asked) => write!(f, "bot:delete-me:{}", asked.0),
            Self::KeepMe => f.write_str("bot:keep-me"),
            Self::All => f.write_str("set:all"),
            Self::Language(lang) => write!(f, "set:language:{}", lang.word()),
            Self::Zones => f.write_str("set:zones"),
            Self::Zone(name) => write!(f, "set:zone:{name}"),
            Self::QuietHours => f.write_str("set:quiet-hours"),
            Self::SetQuiet(None) => f.write_str("set:quiet:off"),
            Self::SetQuiet(Some(QuietHours { how, from, to })) => {
                write!(f, "set:quiet:{}:{from}:{to}", how.word())
            }
            Self::Notify(notify) => {
                let word = notify.map_or("none", Notify::word);
                write!(f, "set:notify:{word}")
            }
            Self::Hours => f.write_str("set:hours"),
            Self::DigestHour(hour) => write!(f, "set:digest-hour:{hour}"),
            Self::RunStarts(yes) => write!(f, "set:starts:{}", yes_or_no(*yes)),
            Self::Reminders(yes) => write!(f, "set:reminders:{}", yes_or_no(*yes)),
            Self::Groups => f.write_str("set:groups"),
            Self::Unbind(group) => write!(f, "set:unbind:{group}"),
        }
    }
}

impl From<SettingsCallback<'_>> for String {
    fn from(callback: SettingsCallback<'_>) -> Self {
        callback.to_string()
    }
}

/// The word of a choice, in buttons and in the keys of texts.
pub(super) fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn parse_yes(word: &str) -> Option<bool> {
    match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn split(data: &str) -> (&str, &str) {
    data.split_once(':').unwrap_or((data, ""))
}

fn parse_hour(text: &str) -> Option<i8> {
    text.parse().ok().filter(|hour| (0..24).contains(hour))
}

/// `off`, or what becomes of news and two hours; none when it is neither.
fn parse_quiet(text: &str) -> Option<Option<QuietHours>> {
    if text == "off" {
        return Some(None);
    }
    let mut parts = text.split(':');
    let how = Quiet::from_word(parts.next()?)?;
    let (from, to) = (parse_hour(parts.next()?)?, parse_hour(parts.next()?)?);
    Some(Some(QuietHours { how, from, to }))
}

#[cfg(test)]
#[path = "tests/callback.rs"]
mod tests;

//! What a button of the admins' screens means: its data, written and read back.

use std::fmt;

use crate::navigation::PANEL;
use crate::people::PersonCallback;
use crate::people::audit::Deed;

/// A button of the admins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AdminCallback<'a> {
    Panel,
    People(PersonCallback),
    Stats,
    /// The log of one kind of deeds, and the page. An empty kind is all of them.
    Log(&'static str, usize),
    /// The tables and files that can be had.
    Exports,
    /// A table by its word.
    Export(&'a str),
    AskBackup,
    Backup,
    Broadcast,
    /// Sends the text of the preview with this number.
    SendBroadcast(i64),
    /// Stops the broadcast with this id.
    StopBroadcast(i64),
    CancelBroadcast,
}

impl<'a> AdminCallback<'a> {
    pub(super) fn parse(data: &'a str) -> Option<Self> {
        if data == PANEL {
            return Some(Self::Panel);
        }
        let Some(data) = data.strip_prefix("admin:") else {
            return PersonCallback::parse(data).map(Self::People);
        };
        let callback = match data.split_once(':').unwrap_or((data, "")) {
            ("stats", _) => Self::Stats,
            ("log", rest) => {
                let (kind, page) = rest.split_once(':').unwrap_or((rest, ""));
                let kind = Deed::KINDS.into_iter().find(|known| *known == kind);
                Self::Log(kind.unwrap_or_default(), page.parse().unwrap_or(0))
            }
            ("export", "") => Self::Exports,
            ("export", word) => Self::Export(word),
            ("backup", "sure") => Self::Backup,
            ("backup", _) => Self::AskBackup,
            ("broadcast", "") => Self::Broadcast,
            ("broadcast-send", shown) => Self::SendBroadcast(shown.parse().ok()?),
            ("broadcast-stop", id) => Self::StopBroadcast(id.parse().ok()?),
            ("broadcast-cancel", _) => Self::CancelBroadcast,
            _ => return None,
        };
        Some(callback)
    }
}

impl fmt::Display for AdminCallback<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panel => f.write_str(PANEL),
            Self::People(callback) => callback.fmt(f),
            Self::Stats => f.write_str("admin:stats"),
            Self::Log(kind, page) => write!(f, "admin:log:{kind}:{page}"),
            Self::Exports => f.write_str("admin:export"),
            Self::Export(word) => write!(f, "admin:export:{word}"),
            Self::AskBackup => f.write_str("admin:backup:ask"),
            Self::Backup => f.write_str("admin:backup:sure"),
            Self::Broadcast => f.write_str("admin:broadcast"),
            Self::SendBroadcast(shown) => write!(f, "admin:broadcast-send:{shown}"),
            Self::StopBroadcast(id) => write!(f, "admin:broadcast-stop:{id}"),
            Self::CancelBroadcast => f.write_str("admin:broadcast-cancel"),
        }
    }
}

impl From<AdminCallback<'_>> for String {
    fn from(callback: AdminCallback<'_>) -> Self {
        callback.to_string()
    }
}

#[cfg(test)]
#[path = "tests/callback.rs"]
mod tests;

//! A chat's preferences: language, time zone, quiet hours, and the regular messages it gets.
//!
//! # Invariants
//! - Quiet hours always have a time zone of the chat's own.

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::i18n::Lang;
use crate::words::words;
use crate::zone::Zone;

/// The hour after which a digest is sent, if the chat has not chosen another.
const DIGEST_HOUR: i8 = 9;

words! {
    /// How news is treated in quiet hours.
    pub(crate) enum Quiet {
        /// Sent when quiet hours end.
        Hold = "hold",
        /// Sent without a sound.
        Silent = "silent",
    }
}

words! {
    /// Which runs a chat is told about.
    pub enum Notify {
        EveryRun = "every-run",
        /// Only runs with news.
        News = "news",
        /// One message a day.
        Digest = "digest",
    }
}

/// Quiet hours of each day. They may span midnight; equal start and end mean no quiet hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QuietHours {
    /// How news is treated.
    pub how: Quiet,
    /// The first hour, 0 to 23.
    pub from: i8,
    /// The hour at which quiet ends.
    pub to: i8,
}

impl QuietHours {
    /// When the current quiet hours end; `None` if it is not quiet at the given moment.
    #[must_use]
    pub(crate) fn end(self, zone: &Zone, now: UnixMs) -> Option<UnixMs> {
        let hour = zone.civil(now).hour();
        let is_quiet = if self.from <= self.to {
            (self.from..self.to).contains(&hour)
        } else {
            hour >= self.from || hour < self.to
        };
        is_quiet.then(|| zone.next_hour(now, self.to))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Preferences {
    /// `None` if unknown.
    pub language: Option<Lang>,
    /// `None` means the configured zone.
    pub zone: Option<&'static Zone>,
    /// The local hour after which the digest is sent.
    pub digest_hour: i8,
    /// The chat is told when a run begins.
    pub run_starts: bool,
    /// The chat is reminded of agreed times.
    pub reminders: bool,
    pub quiet: Option<QuietHours>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: None,
            zone: None,
            digest_hour: DIGEST_HOUR,
            run_starts: true,
            reminders: true,
            quiet: None,
        }
    }
}

impl Preferences {
    /// What quiet hours require at a moment.
    #[must_use]
    pub(crate) fn mute(&self, now: UnixMs) -> Mute {
        let (Some(quiet), Some(zone)) = (self.quiet, self.zone) else {
            return Mute::Not;
        };
        match (quiet.how, quiet.end(zone, now)) {
            (_, None) => Mute::Not,
            (Quiet::Silent, Some(_)) => Mute::Silent,
            (Quiet::Hold, Some(end)) => Mute::Until(end),
        }
    }

    /// When the current quiet hours began, if they hold news.
    #[must_use]
    pub(crate) fn held_since(&self, now: UnixMs) -> Option<UnixMs> {
        let is_held = matches!(self.mute(now), Mute::Until(_));
        let (quiet, zone) = self.quiet.zip(self.zone).filter(|_| is_held)?;
        Some(zone.last_hour(now, quiet.from))
    }
}

/// What quiet hours require of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mute {
    /// No restriction.
    Not,
    /// Send without a sound.
    Silent,
    /// Wait until then.
    Until(UnixMs),
}

pub(crate) fn preferences(connection: &Connection, chat_id: i64) -> anyhow::Result<Preferences> {
    let stored = connection
        .prepare_cached(
            "SELECT language, zone, digest_hour, run_starts, reminders, quiet, quiet_from, quiet_to FROM chat WHERE id = ?1",
        )?
        .query_row([chat_id], |row| {
            let quiet = Quiet::from_word(row.get_ref(5)?.as_str()?);
            let (from, to) = (row.get(6)?, row.get(7)?);
            Ok(Preferences {
                language: Lang::from_word(row.get_ref(0)?.as_str()?),
                zone: Some(row.get_ref(1)?.as_str()?)
                    .filter(|name| !name.is_empty())
                    .and_then(Zone::named),
                digest_hour: row.get(2)?,
                run_starts: row.get(3)?,
                reminders: row.get(4)?,
                quiet: quiet.map(|how| QuietHours { how, from, to }),
            })
        })
        .optional()
        .with_context(|| format!("look up the manners of chat {chat_id}"))?;
    Ok(stored.unwrap_or_default())
}

/// What a chat's quiet hours require at a moment.
pub(crate) fn mute(connection: &Connection, chat_id: i64, now: UnixMs) -> anyhow::Result<Mute> {
    Ok(preferences(connection, chat_id)?.mute(now))
}

/// One changed preference.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Preference<'a> {
    Language(Lang),
    Zone(&'a Zone),
    /// The digest is sent after this hour, 0 to 23.
    DigestHour(i8),
    /// Whether to tell when a run begins.
    RunStarts(bool),
    /// Whether to send reminders.
    Reminders(bool),
    /// Quiet hours in the chat's zone, or in this zone if the chat has not chosen one. `None` turns
    /// them off.
    Quiet(Option<QuietHours>, &'a Zone),
}

/// Stores a preference.
pub(crate) fn set_preference(
    tx: &WriteTx<'_>,
    now: UnixMs,
    chat_id: i64,
    preference: Preference<'_>,
) -> anyhow::Result<()> {
    let context = || format!("store what chat {chat_id} wants");
    let set = |column: &str, value: &dyn rusqlite::ToSql| {
        let sql = format!("UPDATE chat SET {column} = ?2 WHERE id = ?1");
        tx.execute(&sql, params![chat_id, value])
            .map(drop)
            .with_context(context)
    };
    match preference {
        Preference::Language(language) => set("language", &language.word()),
        Preference::Zone(zone) => set("zone", &zone.name()),
        Preference::DigestHour(hour) => set("digest_hour", &hour),
        Preference::RunStarts(wanted) => set("run_starts", &wanted),
        Preference::Reminders(wanted) => set("reminders", &wanted),
        Preference::Quiet(None, _) => set("quiet", &""),
        Preference::Quiet(Some(quiet), zone) => {
            // The summary of quiet hours counts only messages from now on.
            tx.execute(
                "UPDATE chat SET quiet = ?2, quiet_from = ?3, quiet_to = ?4, zone = iif(zone = '', ?5, zone),
                     digest_at = iif(notify = 'digest', digest_at, ?6)
                 WHERE id = ?1",
                params![chat_id, quiet.how.word(), quiet.from, quiet.to, zone.name(), now.0],
            )
            .map(drop)
            .with_context(context)
        }
    }
}

/// Which runs the chat is told about; `None` if it has not chosen.
pub(crate) fn notify_of(connection: &Connection, chat_id: i64) -> anyhow::Result<Option<Notify>> {
    let word: Option<String> = connection
        .prepare_cached("SELECT notify FROM chat WHERE id = ?1")?
        .query_row([chat_id], |row| row.get(0))
        .optional()
        .with_context(|| format!("look up what chat {chat_id} wants to hear"))?;
    Ok(word.as_deref().and_then(Notify::from_word))
}

/// Sets which runs the chat is told about, or clears the choice. A digest covers only what happens
/// from now on.
pub(crate) fn set_notify(
    tx: &WriteTx<'_>,
    now: UnixMs,
    chat_id: i64,
    notify: Option<Notify>,
) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE chat SET notify = ?2, digest_at = iif(?2 = 'digest' AND notify <> 'digest', ?3, digest_at) WHERE id = ?1",
        params![chat_id, notify.map_or("", Notify::word), now.0],
    )
    .with_context(|| format!("choose what chat {chat_id} hears"))?;
    Ok(())
}

pub(crate) fn digest_at(connection: &Connection, chat_id: i64) -> anyhow::Result<UnixMs> {
    let at: Option<i64> = connection
        .prepare_cached("SELECT digest_at FROM chat WHERE id = ?1")?
        .query_row([chat_id], |row| row.get(0))
        .optional()
        .with_context(|| format!("look up the last digest of chat {chat_id}"))?;
    Ok(UnixMs(at.unwrap_or(0)))
}

pub(crate) fn set_digest_at(tx: &WriteTx<'_>, chat_id: i64, at: UnixMs) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE chat SET digest_at = ?2 WHERE id = ?1",
        params![chat_id, at.0],
    )
    .with_context(|| format!("note the digest of chat {chat_id}"))?;
    Ok(())
}

#[cfg(test)]
#[path = "tests/preferences.rs"]
mod tests;

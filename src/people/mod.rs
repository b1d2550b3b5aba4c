//! People and their rights.
//!
//! A person is a numeric Telegram id; names are free text and change hands. Everybody who writes to
//! the bot has one row with one role (`role`). The chat's row holds its preferences (`chats`,
//! `preferences`). The audit log ([`audit`]) records what somebody does to others.
//!
//! # Invariants
//! - Rights are read from the role when they are used, never remembered.

pub(crate) mod audit;
mod callback;
mod chats;
mod claim;
mod preferences;
mod retention;
mod role;

use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use crate::clock::{DAY, UnixMs};
use crate::db::WriteTx;
use crate::html::{Html, clean_name};
use crate::i18n::Lang;
use crate::zone::Zone;

pub(crate) use callback::{PersonAct, PersonCallback};
pub(crate) use chats::Bound;
pub use chats::bound;
pub(crate) use chats::{
    admin_chats, admin_languages, bind, language_of, meet_chat, report_chats, spoken_chat, unbind,
};
pub(crate) use chats::{chat_reachable, chat_unreachable, freeze_chat, move_chat, topic_gone};
pub(crate) use claim::{CLAIM_PREFIX, make_claim, redeem_claim};
pub(crate) use preferences::{
    Mute, Preference, Preferences, QuietHours, digest_at, mute, notify_of, preferences,
    set_digest_at, set_notify, set_preference,
};
pub(crate) use preferences::{Notify, Quiet};
pub use retention::KEPT;
pub(crate) use retention::{forget, other_admin_than};
pub(crate) use role::Access;
pub use role::Role;

/// Replaces the id of a forgotten person. Telegram gives nobody this id.
pub(crate) const NOBODY: i64 = 0;

/// Minimum time between two answers to a person without access: silence is kinder than a
/// conversation that leads nowhere.
const STRANGER_PAUSE: Duration = DAY;

/// The part of `[telegram]` about people.
#[derive(Debug, Clone)]
pub struct PeopleConfig {
    /// Ids that are owners as long as the file lists them.
    pub admins: Vec<i64>,
    /// How strangers get access.
    pub access: Access,
    /// The default language for people when Telegram names none.
    pub language: Lang,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: i64,
    pub role: Role,
    /// Display name, cleaned but not escaped.
    pub name: String,
    /// User name without `@`; may be empty.
    pub username: String,
    /// The role is set in the configuration and can only be changed there.
    pub by_config: bool,
}

/// The person an event comes from, with their rights read for this event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub id: i64,
    pub role: Role,
    /// Display name, cleaned but not escaped.
    pub name: String,
    /// The chat of the event.
    pub chat_id: i64,
    /// The chat's language.
    pub lang: Lang,
    /// The chat's time zone.
    pub zone: Zone,
    /// The time of the event.
    pub now: UnixMs,
    /// The message whose button was pressed.
    pub pressed: Option<i64>,
}

impl Person {
    /// Display name and user name, safe to show.
    #[must_use]
    pub fn spoken(&self) -> Html {
        let name = Html::name(&self.name);
        if self.username.is_empty() {
            return name;
        }
        Html::join([&name, &Html::text(&format!("@{}", self.username))], " ")
    }

    const COLUMNS: &'static str = "id, role, name, username, by_config";

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            role: row.get(1)?,
            name: row.get(2)?,
            username: row.get(3)?,
            by_config: row.get(4)?,
        })
    }
}

/// Gives the configured ids their role and takes the role from ids no longer listed.
pub(crate) fn apply_config(
    tx: &WriteTx<'_>,
    now: UnixMs,
    config: &PeopleConfig,
) -> anyhow::Result<()> {
    tx.execute(
        "UPDATE person SET role = 'user', by_config = 0 WHERE by_config = 1",
        [],
    )
    .context("take back configured roles")?;
    for id in &config.admins {
        tx.execute(
            "INSERT INTO person (id, role, by_config, created_at) VALUES (:id, 'owner', 1, :now)
             ON CONFLICT (id) DO UPDATE SET role = 'owner', by_config = 1",
            named_params! { ":id": id, ":now": now.0 },
        )
        .with_context(|| format!("give {id} the configured role"))?;
    }
    Ok(())
}

/// Creates the person's row or refreshes the names.
pub fn meet(
    tx: &WriteTx<'_>,
    now: UnixMs,
    id: i64,
    name: &str,
    username: &str,
) -> anyhow::Result<Person> {
    let sql = format!(
        "INSERT INTO person (id, role, name, username, created_at) VALUES (:id, 'stranger', :name, :username, :now)
         ON CONFLICT (id) DO UPDATE SET name = :name, username = :username
         RETURNING {}",
        Person::COLUMNS
    );
    tx.prepare_cached(&sql)?
        .query_row(
            named_params! {
                ":id": id, ":name": clean_name(name), ":username": username, ":now": now.0,
            },
            Person::from_row,
        )
        .with_context(|| format!("meet person {id}"))
}

/// Lets a person in by id before they ever wrote: for accounts added on the command line.
pub fn admit(tx: &WriteTx<'_>, now: UnixMs, id: i64) -> anyhow::Result<()> {
    tx.execute(
        "INSERT INTO person (id, role, created_at) VALUES (:id, 'user', :now)
         ON CONFLICT (id) DO UPDATE SET role = 'user' WHERE role IN ('stranger', 'asked', 'refused')",
        named_params! { ":id": id, ":now": now.0 },
    )
    .with_context(|| format!("admit person {id}"))?;
    Ok(())
}

pub fn get(connection: &Connection, id: i64) -> anyhow::Result<Option<Person>> {
    let sql = format!("SELECT {} FROM person WHERE id = ?1", Person::COLUMNS);
    connection
        .prepare_cached(&sql)?
        .query_row([id], Person::from_row)
        .optional()
        .with_context(|| format!("look up person {id}"))
}

/// A person who asks without an event, with their current rights and preferences. `None` if they
/// are not a member (any more). `default` and `zone` are for people who have not chosen.
pub(crate) fn actor(
    connection: &Connection,
    now: UnixMs,
    id: i64,
    default: Lang,
    zone: &Zone,
) -> anyhow::Result<Option<Actor>> {
    let Some(person) = get(connection, id)?.filter(|person| person.role.is_member()) else {
        return Ok(None);
    };
    let preferences = preferences(connection, id)?;
    Ok(Some(Actor {
        id,
        role: person.role,
        name: person.name,
        chat_id: id,
        lang: preferences.language.unwrap_or(default),
        zone: preferences.zone.unwrap_or(zone).clone(),
        now,
        pressed: None,
    }))
}

/// True if the person is known and was let in.
pub(crate) fn is_member(connection: &Connection, id: i64) -> anyhow::Result<bool> {
    Ok(get(connection, id)?.is_some_and(|person| person.role.is_member()))
}

/// Changes a role; true if it was different before. A role of the configuration stays.
pub fn set_role(tx: &WriteTx<'_>, id: i64, role: Role) -> anyhow::Result<bool> {
    let changed = tx
        .execute(
            "UPDATE person SET role = :role WHERE id = :id AND role <> :role AND by_config = 0",
            named_params! { ":id": id, ":role": role },
        )
        .with_context(|| format!("set the role of person {id}"))?;
    Ok(changed > 0)
}

/// True if somebody can manage the bot.
pub(crate) fn has_admin(connection: &Connection) -> anyhow::Result<bool> {
    connection
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM person WHERE role IN ('admin', 'owner'))",
            [],
            |row| row.get(0),
        )
        .context("look for an admin")
}

/// How many people are known, and how many of them wait for an answer.
pub(crate) fn counts(connection: &Connection) -> anyhow::Result<(usize, usize)> {
    connection
        .query_row(
            "SELECT count(*) FILTER (WHERE role <> 'asked'), count(*) FILTER (WHERE role = 'asked')
             FROM person WHERE role IN ('user', 'admin', 'owner', 'asked')",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .context("count people")
}

/// The owner with the lowest id, to whom accounts belong if nobody else is named.
pub(crate) fn first_owner(connection: &Connection) -> anyhow::Result<Option<i64>> {
    connection
        .query_row(
            "SELECT id FROM person WHERE role = 'owner' ORDER BY by_config DESC, id LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()
        .context("look for an owner")
}

/// The order of people in lists, as in the schema's index.
const LISTED: &str = "CASE role WHEN 'asked' THEN 0 WHEN 'owner' THEN 1 WHEN 'admin' THEN 1 WHEN 'user' THEN 2 ELSE 3 END, id";

/// One page of people, those who wait for an answer first, and the total.
pub(crate) fn list(
    connection: &Connection,
    offset: usize,
    limit: usize,
) -> anyhow::Result<(Vec<Person>, usize)> {
    let total: usize = connection.query_row(
        "SELECT count(*) FROM person WHERE role <> 'stranger'",
        [],
        |row| row.get(0),
    )?;
    let sql = format!(
        "SELECT {} FROM person WHERE role <> 'stranger'
         ORDER BY {LISTED} LIMIT :limit OFFSET :offset",
        Person::COLUMNS
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(
        named_params! { ":limit": limit, ":offset": offset },
        Person::from_row,
    )?;
    Ok((
        rows.collect::<Result<_, _>>().context("list people")?,
        total,
    ))
}

/// True if a person without access may be answered now; records the answer.
pub(crate) fn may_answer_stranger(tx: &WriteTx<'_>, now: UnixMs, id: i64) -> anyhow::Result<bool> {
    let changed = tx
        .execute(
            "UPDATE person SET told_at = :now WHERE id = :id AND (told_at <= :before OR told_at > :now)",
            named_params! { ":id": id, ":now": now.0, ":before": now.minus(STRANGER_PAUSE).0 },
        )
        .with_context(|| format!("note the answer to person {id}"))?;
    Ok(changed > 0)
}

#[cfg(test)]
mod tests;

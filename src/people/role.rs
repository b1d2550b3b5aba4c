//! Roles, and how strangers come to one.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

/// What happens to people whom nobody let in yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The admins are asked.
    Request,
    /// Everybody is let in.
    Open,
    /// They get one polite line a day.
    Closed,
}

impl Access {
    /// The words of the configuration.
    pub const CHOICES: &'static [(&'static str, Self)] = &[
        ("request", Self::Request),
        ("open", Self::Open),
        ("closed", Self::Closed),
    ];
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Spoke to the bot, nothing more.
    Stranger,
    /// Waits for an admin's answer.
    Asked,
    /// Was refused, or removed.
    Refused,
    /// Has accounts of their own.
    User,
    /// Reads summaries, manages people and all accounts.
    Admin,
    /// An admin whom no other admin can demote.
    Owner,
}

impl Role {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("stranger", Self::Stranger),
        ("asked", Self::Asked),
        ("refused", Self::Refused),
        ("user", Self::User),
        ("admin", Self::Admin),
        ("owner", Self::Owner),
    ];

    /// The word in the database and in the keys of texts.
    #[must_use]
    pub fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, role)| *role == self);
        found.map_or("stranger", |(word, _)| word)
    }

    /// The role of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let found = Self::WORDS.iter().find(|(name, _)| *name == word);
        found.map(|(_, role)| *role)
    }

    /// True for everybody who was let in.
    #[must_use]
    pub fn is_member(self) -> bool {
        self >= Self::User
    }

    /// True for admins and owners.
    #[must_use]
    pub fn is_admin(self) -> bool {
        self >= Self::Admin
    }
}

impl ToSql for Role {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.word().into())
    }
}

impl FromSql for Role {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = value.as_str()?;
        let found = Self::WORDS.iter().find(|(name, _)| *name == word);
        found
            .map(|(_, role)| *role)
            .ok_or(FromSqlError::InvalidType)
    }
}

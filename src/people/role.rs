//! Roles, and how strangers get one.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::words::words;

words! {
    /// What happens to people who have no access yet.
    pub enum Access {
        /// The admins are asked.
        Request = "request",
        /// Everybody is let in.
        Open = "open",
        /// They get one polite line a day.
        Closed = "closed",
    }
}

words! {
    /// A person's role. Each role includes the rights of the roles before it.
    pub enum Role {
        /// Spoke to the bot, nothing more.
        Stranger = "stranger",
        /// Waits for an admin's answer.
        Asked = "asked",
        /// Was refused, or removed.
        Refused = "refused",
        /// Has accounts of their own.
        User = "user",
        /// Reads summaries, manages people and all accounts.
        Admin = "admin",
        /// An admin that no other admin can demote.
        Owner = "owner",
    }
}

impl Role {
    /// True for every member.
    #[must_use]
    pub fn is_member(self) -> bool {
        self >= Self::User
    }

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
        Self::from_word(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

//! What a button about people means: its data, written and read back.
//!
//! The router makes these buttons too, when somebody asks for access.

use std::fmt;

use super::Role;
use crate::words::words;

/// A button about people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PersonCallback {
    /// A page of the list.
    List(usize),
    Person {
        act: PersonAct,
        /// The person's role when the button was made; none in buttons that do not depend on it.
        seen: Option<Role>,
        id: i64,
    },
}

words! {
    /// What a button does with one person.
    pub(crate) enum PersonAct {
        Show = "card",
        LetIn = "let-in",
        Refuse = "refuse",
        Remove = "remove",
        MakeAdmin = "make-admin",
        MakeUser = "make-user",
    }
}

impl PersonCallback {
    pub(crate) fn parse(data: &str) -> Option<Self> {
        let (action, rest) = data.strip_prefix("people:")?.split_once(':')?;
        if action == "list" {
            return Some(Self::List(rest.parse().unwrap_or(0)));
        }
        let act = PersonAct::from_word(action)?;
        let (seen, id) = match rest.split_once(':') {
            Some((seen, id)) => (Some(Role::from_word(seen)?), id),
            None => (None, rest),
        };
        // An id that cannot be read is 0, which names nobody.
        let id = id.parse().unwrap_or(0);
        Some(Self::Person { act, seen, id })
    }
}

impl fmt::Display for PersonCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(page) => write!(f, "people:list:{page}"),
            Self::Person { act, seen, id } => {
                write!(f, "people:{}:", act.word())?;
                if let Some(seen) = seen {
                    write!(f, "{}:", seen.word())?;
                }
                id.fmt(f)
            }
        }
    }
}

impl From<PersonCallback> for String {
    fn from(callback: PersonCallback) -> Self {
        callback.to_string()
    }
}

#[cfg(test)]
#[path = "tests/callback.rs"]
mod tests;

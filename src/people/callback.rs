//! What a button about people means.
//!
//! The router makes these buttons too, when somebody asks for access.

use super::Role;
use crate::words::{callbacks, words};

callbacks! {
    /// A button about people.
    pub(crate) enum PersonCallback in "people" {
        /// A page of the list.
        List(page: usize = 0) = "list",
        Person {
            act: PersonAct,
            /// The person's role when the button was made; none in buttons that do not depend on
            /// it.
            seen: Option<Role>,
            /// An id that cannot be read is 0, which names nobody.
            id: i64 = 0,
        } = "",
    }
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

#[cfg(test)]
#[path = "tests/callback.rs"]
mod tests;

//! What is stored sealed, and the names under which it is sealed.
//!
//! # Invariants
//! - A name is never changed: what is stored opens only under it.

pub(crate) const AUTH_KEY: &str = "telegram auth key";
pub(crate) const PHONE: &str = "telegram phone";
pub(crate) const CODE_HASH: &str = "telegram code hash";
pub(crate) const URL: &str = "telegram qr";
pub(crate) const HINT: &str = "telegram password hint";

/// Whose a key is: an account at a data centre.
pub(crate) fn whose_key(account: i64, dc: i32) -> String {
    format!("{account}/{dc}")
}

//! Linked accounts and who asks about them.

use crate::clock::UnixMs;
use crate::words::words;

/// The row of a linked account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct AccountId(pub(crate) i64);

words! {
    /// What is known of an account; the word is stored, and shown by the API.
    pub(crate) enum AccountState {
        /// A login is not complete yet.
        Linking = "linking",
        /// Telegram answered with it.
        Linked = "linked",
        /// Telegram knows its key no more: logged out, the key used elsewhere, or banned.
        LoggedOut = "logged_out",
        /// Telegram lets it read, but not act.
        Frozen = "frozen",
        /// Telegram restricts it and names a reason.
        Restricted = "restricted",
    }
}

/// An account as lists show it. The whole phone number is stored nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LinkedAccount {
    pub(crate) id: AccountId,
    /// The person who linked it.
    pub(crate) person_id: i64,
    pub(crate) state: AccountState,
    /// Why Telegram logged it out or restricts it, in Telegram's word; may be empty.
    pub(crate) reason: String,
    /// Telegram's own id; 0 until the login is complete.
    pub(crate) telegram_id: i64,
    /// First and last name.
    pub(crate) name: String,
    /// Without `@`; may be empty.
    pub(crate) username: String,
    /// The last two digits of the phone number.
    pub(crate) phone_tail: String,
    /// The watch looks up accounts with it.
    pub(crate) watch_with: bool,
    pub(crate) linked_at: Option<UnixMs>,
    /// When Telegram last answered with it.
    pub(crate) seen_at: Option<UnixMs>,
}

/// Who asks, and about which of their accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) person_id: i64,
    /// `None`: the only one. With several, that is a refusal.
    pub(crate) account: Option<AccountId>,
}

//! What a button of the Telegram accounts means.

use crate::words::callbacks;

callbacks! {
    /// A button about linked accounts; numbers are rows of accounts.
    pub(super) enum AccountsCallback<'a> in "telegram" {
        List = "list",
        /// Links an account by QR code.
        Link = "link",
        /// Ends a login, by its public id.
        Cancel(login: &'a str) = "cancel",
        Account(id: i64) = "account",
        /// Asks Telegram how the account is.
        Check(id: i64) = "check",
        Devices(id: i64) = "devices",
        /// Asks whether to end a device, by its hash.
        AskEnd(id: i64, hash: i64) = "end-ask",
        End(id: i64, hash: i64) = "end",
        AskLogOut(id: i64) = "out-ask",
        LogOut(id: i64) = "out",
        /// The watch looks up accounts with it, or no more.
        WatchWith(id: i64, is_used: bool) = "watch",
    }
}

#[cfg(test)]
#[path = "tests/callback.rs"]
mod tests;

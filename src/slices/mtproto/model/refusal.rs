//! Why something could not be done: one value per kind, with its code and HTTP status. The texts
//! that say what to do are `mtproto-refusal-<code>`.

use std::time::Duration;

/// Why an account is not linked (any longer); the word is Telegram's, in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unlinked(pub(crate) String);

/// Why a request was not fulfilled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The person has no linked account, or Telegram logged it out.
    NotLinked(Unlinked),
    /// The person has several accounts and named none.
    WhichAccount,
    /// There is no such account, login, chat or device of this person.
    Unknown(&'static str),
    /// The chat is not known yet: it comes with the list of chats.
    ListChatsFirst,
    /// The login is at another step, or over.
    WrongStep,
    PhoneInvalid,
    PhoneBanned,
    CodeInvalid,
    CodeExpired,
    PasswordInvalid,
    /// Five wrong codes or passwords ended the login.
    TooManyTries,
    /// Nobody went on with the login, or the program was stopped before Telegram answered.
    LoginExpired,
    /// The password was changed a moment ago.
    PasswordTooFresh,
    /// Telegram does not let a session this young end others.
    DeviceTooFresh,
    /// Telegram asks to wait.
    Flood(Duration),
    /// More accounts than `[mtproto] per_person` allows.
    TooManyAccounts,
    /// The operator's `api_id` or hash is wrong, or too old a program.
    Misconfigured,
    /// Keys are sealed with another key file.
    Sealed,
    /// Telegram wants this login made in an official app (payment, sign-up).
    OfficialAppNeeded,
    /// No connection, or an answer that cannot be read.
    Unreachable,
    Timeout,
    /// Nobody is named like this.
    NobodyThere,
    /// Too many requests wait already.
    Busy,
    /// A fault of ours.
    Internal,
}

impl Refusal {
    /// The code by which programs tell it.
    #[must_use]
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotLinked(_) => "telegram_not_linked",
            Self::WhichAccount => "which_account",
            Self::Unknown(_) => "unknown",
            Self::ListChatsFirst => "list_chats_first",
            Self::WrongStep => "wrong_step",
            Self::PhoneInvalid => "phone_invalid",
            Self::PhoneBanned => "phone_banned",
            Self::CodeInvalid => "code_invalid",
            Self::CodeExpired => "code_expired",
            Self::PasswordInvalid => "password_invalid",
            Self::TooManyTries => "too_many_tries",
            Self::LoginExpired => "login_expired",
            Self::PasswordTooFresh => "password_too_fresh",
            Self::DeviceTooFresh => "device_too_fresh",
            Self::Flood(_) => "telegram_flood",
            Self::TooManyAccounts => "too_many_accounts",
            Self::Misconfigured => "telegram_misconfigured",
            Self::Sealed => "keys_sealed",
            Self::OfficialAppNeeded => "telegram_official_app_needed",
            Self::Unreachable => "telegram_unreachable",
            Self::Timeout => "telegram_timeout",
            Self::NobodyThere => "nobody_there",
            Self::Busy => "busy",
            Self::Internal => "telegram_internal",
        }
    }

    /// The status of HTTP that goes with it.
    /// The refusal of a stored code, without what only the moment knew.
    #[must_use]
    pub(crate) fn from_code(code: &str) -> Self {
        let all = [
            Self::NotLinked(Unlinked(String::new())),
            Self::WrongStep,
            Self::PhoneInvalid,
            Self::PhoneBanned,
            Self::CodeInvalid,
            Self::CodeExpired,
            Self::PasswordInvalid,
            Self::TooManyTries,
            Self::LoginExpired,
            Self::PasswordTooFresh,
            Self::Flood(Duration::ZERO),
            Self::Misconfigured,
            Self::Sealed,
            Self::OfficialAppNeeded,
            Self::Unreachable,
            Self::Timeout,
        ];
        let found = all.into_iter().find(|refusal| refusal.code() == code);
        found.unwrap_or(Self::Internal)
    }

    #[must_use]
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::NotLinked(_) => 401,
            Self::PhoneInvalid
            | Self::CodeInvalid
            | Self::CodeExpired
            | Self::PasswordInvalid
            | Self::TooManyTries
            | Self::LoginExpired
            | Self::PasswordTooFresh
            | Self::WhichAccount => 400,
            Self::PhoneBanned => 403,
            Self::Unknown(_) | Self::ListChatsFirst | Self::NobodyThere => 404,
            Self::WrongStep
            | Self::DeviceTooFresh
            | Self::TooManyAccounts
            | Self::OfficialAppNeeded => 409,
            Self::Flood(_) => 429,
            Self::Misconfigured | Self::Sealed | Self::Busy => 503,
            Self::Unreachable => 502,
            Self::Timeout => 504,
            Self::Internal => 500,
        }
    }
}

//! The steps of a login. A page that shows them need not know the protocol.

use secrecy::SecretString;

use super::AccountId;
use crate::clock::UnixMs;
use crate::words::words;

/// The public id of a login: random, so that nobody can guess another one's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct LoginId(pub(crate) String);

words! {
    /// How Telegram sent a code; the word is stored, and shown by the API.
    pub(crate) enum CodeWay {
        /// A message from Telegram in the person's other apps.
        App = "app",
        Sms = "sms",
        /// A voice call that dictates the code.
        Call = "call",
        /// A call that is not answered: the code is in the calling number.
        MissedCall = "missed_call",
        Email = "email",
        /// A code on fragment.com, for anonymous numbers.
        Fragment = "fragment",
        /// Anything that Telegram has added since.
        Other = "other",
    }
}

/// What the person has to do next.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Enter the code that Telegram sent.
    Code {
        way: CodeWay,
        /// Number of its characters; 0 where Telegram does not say.
        length: u32,
        expires_at: UnixMs,
    },
    /// Enter the password of two-step verification.
    Password {
        /// The person's own hint; may be empty.
        hint: String,
    },
    /// Scan this with the phone: Settings, Devices, Link Desktop Device.
    Qr {
        /// `tg://login?token=…`: whoever scans it is logged in here.
        url: SecretString,
        expires_at: UnixMs,
    },
    /// The account is linked.
    Complete { account: AccountId },
    /// The login is over. The refusal says what to do.
    Failed { refusal: super::Refusal },
}

/// A login and its present step.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) id: LoginId,
    pub(crate) step: Step,
}

/// What a person enters.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    Code(SecretString),
    Password(SecretString),
}

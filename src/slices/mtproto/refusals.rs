//! What Telegram's errors mean to a person: the one table.
//!
//! # Invariants
//! - Every error of a call becomes a [`Refusal`] here.

use std::time::Duration;

use grammers_client::InvocationError;
use grammers_client::sender::RpcError;
use grammers_mtproto::transport;

use super::model::{Refusal, Unlinked};

/// Telegram's names for *not for now* that say no time.
const FLOOD_WITHOUT_TIME: Duration = Duration::from_secs(3600);
/// After an error 429 of the transport.
const TRANSPORT_FLOOD: Duration = Duration::from_secs(60);

/// The account's key is of no use any longer: Telegram's word for it, in small letters.
pub(crate) fn unlinked(error: &InvocationError) -> Option<String> {
    match error {
        InvocationError::Rpc(rpc) if is_unlinked(rpc) => Some(rpc.name.to_lowercase()),
        InvocationError::Transport(transport::Error::BadStatus { status: 404 }) => {
            Some("auth_key_not_found".to_owned())
        }
        _ => None,
    }
}

fn is_unlinked(rpc: &RpcError) -> bool {
    const NAMES: [&str; 6] = [
        "AUTH_KEY_UNREGISTERED",
        "AUTH_KEY_INVALID",
        "SESSION_REVOKED",
        "SESSION_EXPIRED",
        "USER_DEACTIVATED",
        "USER_DEACTIVATED_BAN",
    ];
    (rpc.code == 401 && NAMES.contains(&rpc.name.as_str())) || rpc.name == "AUTH_KEY_DUPLICATED"
}

/// Telegram lets the account read, but not do this.
pub(crate) fn is_frozen(error: &InvocationError) -> bool {
    error.is("FROZEN_*")
}

/// How long Telegram asks to wait.
pub(crate) fn flood(error: &InvocationError) -> Option<Duration> {
    match error {
        InvocationError::Rpc(rpc) => match rpc.value {
            Some(seconds) if rpc.is("*FLOOD_WAIT") || rpc.is("FLOOD_PREMIUM_WAIT") => {
                Some(Duration::from_secs(seconds.into()))
            }
            _ if rpc.is("PHONE_NUMBER_FLOOD") || rpc.is("PHONE_PASSWORD_FLOOD") => {
                Some(FLOOD_WITHOUT_TIME)
            }
            _ => None,
        },
        InvocationError::Transport(transport::Error::BadStatus { status: 429 }) => {
            Some(TRANSPORT_FLOOD)
        }
        _ => None,
    }
}

pub(crate) fn refusal(error: &InvocationError) -> Refusal {
    if let Some(reason) = unlinked(error) {
        return Refusal::NotLinked(Unlinked(reason));
    }
    if let Some(wait) = flood(error) {
        return Refusal::Flood(wait);
    }
    match error {
        InvocationError::Rpc(rpc) => of_name(rpc),
        InvocationError::Session(err) => {
            tracing::error!("a session could not be stored: {err}");
            Refusal::Internal
        }
        InvocationError::Io(_)
        | InvocationError::Deserialize(_)
        | InvocationError::Transport(_)
        | InvocationError::Dropped(_)
        | InvocationError::InvalidDc
        | InvocationError::Authentication(_) => Refusal::Unreachable,
    }
}

fn of_name(rpc: &RpcError) -> Refusal {
    match rpc.name.as_str() {
        "PHONE_NUMBER_INVALID" | "PHONE_NUMBER_UNOCCUPIED" => Refusal::PhoneInvalid,
        "PHONE_NUMBER_BANNED" => Refusal::PhoneBanned,
        "PHONE_CODE_INVALID" | "PHONE_CODE_EMPTY" => Refusal::CodeInvalid,
        "PHONE_CODE_EXPIRED" | "PHONE_CODE_HASH_EMPTY" => Refusal::CodeExpired,
        "PASSWORD_HASH_INVALID" => Refusal::PasswordInvalid,
        "SRP_ID_INVALID" | "SRP_PASSWORD_CHANGED" => Refusal::PasswordTooFresh,
        "FRESH_RESET_AUTHORISATION_FORBIDDEN" => Refusal::DeviceTooFresh,
        "HASH_INVALID" => Refusal::Unknown("device"),
        "API_ID_INVALID" | "API_ID_PUBLISHED_FLOOD" | "UPDATE_APP_TO_LOGIN" => {
            Refusal::Misconfigured
        }
        "USERNAME_INVALID" | "USERNAME_NOT_OCCUPIED" | "USER_ID_INVALID" => Refusal::NobodyThere,
        "PEER_ID_INVALID" | "CHANNEL_INVALID" | "CHAT_ID_INVALID" => Refusal::ListChatsFirst,
        "CHANNEL_PRIVATE" | "CHANNEL_PUBLIC_GROUP_NA" | "CHAT_FORBIDDEN" => {
            Refusal::Unknown("chat")
        }
        "AUTH_TOKEN_EXPIRED" | "AUTH_TOKEN_INVALID" | "AUTH_TOKEN_ALREADY_ACCEPTED" => {
            Refusal::LoginExpired
        }
        // The caller asks for the password; elsewhere this is a key that is not logged in.
        "SESSION_PASSWORD_NEEDED" => Refusal::WrongStep,
        name if name.starts_with("FROZEN_") => Refusal::NotLinked(Unlinked("frozen".to_owned())),
        _ => Refusal::Unreachable,
    }
}

/// Why a call did not succeed.
#[derive(Debug)]
pub(crate) enum CallError {
    /// Telegram refused it, or could not be asked.
    Call(InvocationError),
    /// It was not made, or its failure was dealt with.
    Refused(Refusal),
}

impl CallError {
    /// Whether it is Telegram's error of that name; an asterisk ends a prefix.
    pub(crate) fn is(&self, name: &str) -> bool {
        matches!(self, Self::Call(error) if error.is(name))
    }
}

impl From<CallError> for Refusal {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Call(error) => refusal(&error),
            CallError::Refused(refused) => refused,
        }
    }
}

impl From<Refusal> for CallError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

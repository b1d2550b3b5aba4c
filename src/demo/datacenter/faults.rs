//! Faults on demand: what can go wrong with a call, a step of the exchange, or a connection.

use std::time::Duration;

/// One way to spoil an answer. Unless the words say otherwise, the work is not done.
#[derive(Clone, Debug)]
pub enum WireFault {
    /// An error as Telegram names it.
    Rpc { code: i32, name: String },
    /// The connection ends without an answer.
    HangUp,
    /// The work is done, and the connection ends without an answer.
    Lost,
    /// This one call is never answered.
    Ignore,
    /// Nothing is answered on this connection any more; it stays open.
    Silence,
    /// The work is done and answered after a pause; other calls are answered meanwhile. A step of
    /// the key exchange is answered at once.
    Delay(Duration),
    /// An error of the transport (-404, -429), then the end of the connection.
    Status(i32),
    /// The work is done, and answered with an object that no schema knows.
    Garbage,
}

impl WireFault {
    /// `WireFault::rpc(420, "FLOOD_WAIT_30")`.
    pub fn rpc(code: i32, name: &str) -> Self {
        Self::Rpc {
            code,
            name: name.to_owned(),
        }
    }
}

/// What becomes of a call.
#[derive(Debug)]
pub(super) enum Fate {
    Answered,
    /// Done, and answered later.
    Delayed(Duration),
    /// Done, and answered with garbage.
    Spoiled,
    /// Done; the connection ends.
    Lost,
    Ignored,
    Refused(Refusal),
}

/// Why a call is refused, as Telegram names it.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: i32,
    pub(super) name: String,
}

impl Refusal {
    pub(super) fn new(code: i32, name: impl Into<String>) -> Self {
        Self {
            code,
            name: name.into(),
        }
    }

    pub(super) fn bad(name: impl Into<String>) -> Self {
        Self::new(400, name)
    }

    /// This key belongs to no account.
    pub(super) fn unregistered() -> Self {
        Self::new(401, "AUTH_KEY_UNREGISTERED")
    }
}

impl From<grammers_tl_types::deserialize::Error> for Refusal {
    fn from(error: grammers_tl_types::deserialize::Error) -> Self {
        Self::bad(format!("INPUT_REQUEST_INVALID: {error}"))
    }
}

/// A fault of the pretend itself.
impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        Self::new(500, format!("INTERNAL: {error}"))
    }
}

//! How a connection ends, and what ends it.

/// How a connection ends.
#[derive(Debug)]
pub(super) enum End {
    HangUp,
    Status(i32),
    /// The client did what no client may; it gets a -404, as at Telegram.
    Complaint(String),
}

impl From<anyhow::Error> for End {
    fn from(error: anyhow::Error) -> Self {
        Self::Complaint(error.to_string())
    }
}

impl From<&'static str> for End {
    fn from(what: &'static str) -> Self {
        Self::Complaint(what.to_owned())
    }
}

impl From<std::io::Error> for End {
    fn from(_: std::io::Error) -> Self {
        Self::HangUp
    }
}

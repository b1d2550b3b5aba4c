//! What a button of the assistant means: its data, written and read back.

use std::fmt;

/// A button below a question, which its public id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuestionCallback<'a> {
    Stop(&'a str),
    Again(&'a str),
}

impl<'a> QuestionCallback<'a> {
    pub(super) fn parse(data: &'a str) -> Option<Self> {
        let (deed, public_id) = data.strip_prefix("ask:")?.split_once(':')?;
        match deed {
            "stop" => Some(Self::Stop(public_id)),
            "again" => Some(Self::Again(public_id)),
            _ => None,
        }
    }

    pub(super) fn public_id(self) -> &'a str {
        let (Self::Stop(public_id) | Self::Again(public_id)) = self;
        public_id
    }
}

impl fmt::Display for QuestionCallback<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stop(public_id) => write!(f, "ask:stop:{public_id}"),
            Self::Again(public_id) => write!(f, "ask:again:{public_id}"),
        }
    }
}

impl From<QuestionCallback<'_>> for String {
    fn from(callback: QuestionCallback<'_>) -> Self {
        callback.to_string()
    }
}

#[cfg(test)]
#[path = "tests/callback.rs"]
mod tests;

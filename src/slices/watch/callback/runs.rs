//! A button of the screen of runs.

use std::fmt;

/// A button about runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunCallback {
    /// Checks all accounts now.
    Check,
    /// Shows the state, which moves by itself from then on.
    Now,
    /// Stops the run with this id.
    Stop(i64),
}

impl RunCallback {
    pub(crate) fn parse(data: &str) -> Option<Self> {
        let data = data.strip_prefix("run:")?;
        match data.split_once(':').unwrap_or((data, "")) {
            ("check", _) => Some(Self::Check),
            ("now", _) => Some(Self::Now),
            // An id that cannot be read is 0, which names no run.
            ("stop", id) => Some(Self::Stop(id.parse().unwrap_or(0))),
            _ => None,
        }
    }
}

impl fmt::Display for RunCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Check => f.write_str("run:check"),
            Self::Now => f.write_str("run:now"),
            Self::Stop(id) => write!(f, "run:stop:{id}"),
        }
    }
}

impl From<RunCallback> for String {
    fn from(callback: RunCallback) -> Self {
        callback.to_string()
    }
}

#[cfg(test)]
#[path = "tests/runs.rs"]
mod tests;

//! A button of the screens of sites.

use std::fmt;

/// A button about sites. A tag is a site's key, or what stands for a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SiteCallback<'a> {
    /// A page of the sites.
    List(usize),
    Card(&'a str),
    Mute {
        /// Since when the site was muted when the button was made, in unix seconds; 0: it was not.
        seen: i64,
        /// 0: until it is unmuted.
        days: u32,
        tag: &'a str,
    },
    Unmute {
        /// As in a mute.
        seen: i64,
        tag: &'a str,
    },
}

impl<'a> SiteCallback<'a> {
    pub(crate) fn parse(data: &'a str) -> Option<Self> {
        let parts: Vec<&str> = data.strip_prefix("site:")?.splitn(4, ':').collect();
        match *parts.as_slice() {
            ["list", page] => Some(Self::List(page.parse().unwrap_or(0))),
            ["card", tag] => Some(Self::Card(tag)),
            ["mute", seen, days, tag] => Some(Self::Mute {
                seen: seen.parse().ok()?,
                days: days.parse().ok()?,
                tag,
            }),
            ["unmute", seen, tag] => Some(Self::Unmute {
                seen: seen.parse().ok()?,
                tag,
            }),
            _ => None,
        }
    }
}

impl fmt::Display for SiteCallback<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(page) => write!(f, "site:list:{page}"),
            Self::Card(tag) => write!(f, "site:card:{tag}"),
            Self::Mute { seen, days, tag } => write!(f, "site:mute:{seen}:{days}:{tag}"),
            Self::Unmute { seen, tag } => write!(f, "site:unmute:{seen}:{tag}"),
        }
    }
}

impl From<SiteCallback<'_>> for String {
    fn from(callback: SiteCallback<'_>) -> Self {
        callback.to_string()
    }
}

#[cfg(test)]
#[path = "tests/sites.rs"]
mod tests;

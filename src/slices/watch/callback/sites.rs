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
mod tests {
    use super::*;

    #[test]
    fn buttons_are_read_back_as_they_were_written() {
        let (seen, tag) = (1_234, "github");
        let mute = SiteCallback::Mute { seen, days: 7, tag };
        for (callback, data) in [
            (SiteCallback::List(2), "site:list:2"),
            (SiteCallback::Card("~0a1b"), "site:card:~0a1b"),
            (mute, "site:mute:1234:7:github"),
            (
                SiteCallback::Unmute { seen, tag },
                "site:unmute:1234:github",
            ),
        ] {
            assert_eq!(callback.to_string(), data);
            assert_eq!(SiteCallback::parse(data), Some(callback));
        }
        for data in [
            "",
            "site",
            "site:",
            "site:list",
            "site:close:github",
            "site:mute:now:7:github",
            "site:mute:0:week:github",
            "site:mute:0:github",
            "site:unmute:github",
        ] {
            assert_eq!(SiteCallback::parse(data), None, "{data}");
        }
    }
}

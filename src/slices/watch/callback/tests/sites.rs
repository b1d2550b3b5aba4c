//! Tests of `slices/watch/callback/sites.rs`.

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

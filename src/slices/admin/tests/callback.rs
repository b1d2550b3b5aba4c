//! Tests of `slices/admin/callback.rs`.

use super::*;

#[test]
fn buttons_are_read_back_as_they_were_written() {
    for (callback, data) in [
        (AdminCallback::Panel, "bot:panel"),
        (
            AdminCallback::People(PersonCallback::List(0)),
            "people:list:0",
        ),
        (AdminCallback::Stats, "admin:stats"),
        (AdminCallback::Log(Kind(""), 0), "admin:log::0"),
        (AdminCallback::Log(Kind("cards"), 3), "admin:log:cards:3"),
        (AdminCallback::Exports, "admin:export"),
        (AdminCallback::Export("runs"), "admin:export:runs"),
        (AdminCallback::AskBackup, "admin:backup:ask"),
        (AdminCallback::Backup, "admin:backup:sure"),
        (AdminCallback::Broadcast, "admin:broadcast"),
        (AdminCallback::SendBroadcast(12), "admin:broadcast-send:12"),
        (AdminCallback::StopBroadcast(1), "admin:broadcast-stop:1"),
        (AdminCallback::CancelBroadcast, "admin:broadcast-cancel"),
    ] {
        assert_eq!(callback.data(), data);
        assert_eq!(AdminCallback::parse(data), Some(callback), "{data}");
    }
}

#[test]
fn what_is_no_button_is_not_read() {
    for data in [
        "",
        "admin",
        "admin:",
        "admin:reboot",
        "admin:broadcast:now",
        "admin:broadcast-send:all",
        "admin:broadcast-stop:",
        "people:greet:7",
        "stats",
    ] {
        assert_eq!(AdminCallback::parse(data), None, "{data}");
    }
}

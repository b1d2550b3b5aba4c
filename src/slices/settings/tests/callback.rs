//! Tests of `slices/settings/callback.rs`.

use super::*;

#[test]
fn buttons_are_read_back_as_they_were_written() {
    let quiet = QuietHours {
        how: Quiet::Hold,
        from: 23,
        to: 8,
    };
    for (callback, data) in [
        (SettingsCallback::Open, "bot:settings"),
        (SettingsCallback::Privacy, "bot:privacy"),
        (SettingsCallback::AskDeleteMe, "bot:ask-delete-me"),
        (SettingsCallback::DeleteMe(UnixMs(12)), "bot:delete-me:12"),
        (SettingsCallback::KeepMe, "bot:keep-me"),
        (SettingsCallback::All, "set:all"),
        (SettingsCallback::Language(Lang::En), "set:language:en"),
        (SettingsCallback::Zones, "set:zones"),
        (SettingsCallback::Zone("Asia/Omsk"), "set:zone:Asia/Omsk"),
        (SettingsCallback::QuietHours, "set:quiet-hours"),
        (SettingsCallback::QuietOff, "set:quiet:off"),
        (SettingsCallback::SetQuiet(quiet), "set:quiet:hold:23:8"),
        (SettingsCallback::UsualNotify, "set:notify:none"),
        (
            SettingsCallback::Notify(Notify::Digest),
            "set:notify:digest",
        ),
        (SettingsCallback::Hours, "set:hours"),
        (SettingsCallback::DigestHour(9), "set:digest-hour:9"),
        (SettingsCallback::RunStarts(true), "set:starts:yes"),
        (SettingsCallback::RunStarts(false), "set:starts:no"),
        (SettingsCallback::Reminders(true), "set:reminders:yes"),
        (SettingsCallback::Groups, "set:groups"),
        (SettingsCallback::Unbind(-100), "set:unbind:-100"),
    ] {
        assert_eq!(callback.data(), data);
        assert_eq!(SettingsCallback::parse(data), Some(callback), "{data}");
    }
    // A question of an unknown moment is too old to be answered.
    assert_eq!(
        SettingsCallback::parse("bot:delete-me:soon"),
        Some(SettingsCallback::DeleteMe(UnixMs(0)))
    );
}

#[test]
fn what_is_no_button_is_not_read() {
    for data in [
        "",
        "all",
        "bot:home",
        "watch:status",
        "set:",
        "set:colour:red",
        "set:language:xx",
        "set:quiet:hold:24:8",
        "set:quiet:hold:8",
        "set:quiet:loud:1:2",
        "set:notify:",
        "set:notify:never",
        "set:digest-hour:-1",
        "set:starts:maybe",
        "set:reminders:",
        "set:unbind:group",
    ] {
        assert_eq!(SettingsCallback::parse(data), None, "{data}");
    }
}

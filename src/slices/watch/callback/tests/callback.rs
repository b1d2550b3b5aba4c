//! Tests of `slices/watch/callback/mod.rs`.

use super::*;

#[test]
fn buttons_are_read_back_as_they_were_written() {
    let view = View::parse("all:3:f12").unwrap();
    let choose = WatchCallback::Choose;
    for (callback, data) in [
        (WatchCallback::Add, "add"),
        (choose(AddChoice::Site("github")), "add-site:github"),
        (choose(AddChoice::Days(30)), "add-days:30"),
        (choose(AddChoice::Until(Until::Found)), "add-until:found"),
        (choose(AddChoice::Back), "add-back"),
        (WatchCallback::List(View::default()), "list:mine:0"),
        (WatchCallback::List(view), "list:all:3:f12"),
        (WatchCallback::Find(view), "find:all:3:f12"),
        (WatchCallback::Sites(Whose::Mine, 2), "sites:mine:2"),
        (WatchCallback::Site(Whose::Owner(8), "vk"), "site:8:vk"),
        (WatchCallback::Apply(12), "apply:12"),
        (WatchCallback::Export(Whose::All), "export:all"),
        (WatchCallback::CheckMine, "check-mine"),
        (WatchCallback::Status, "status"),
        (WatchCallback::Charts, "charts"),
        (WatchCallback::Chart(ChartSubject::Mine), "chart:mine"),
        (WatchCallback::MassChanges, "mass"),
        (
            WatchCallback::Decide(MassDecision::Apply, 7),
            "mass:apply:7",
        ),
    ] {
        let data = format!("watch:{data}");
        assert_eq!(callback.data(), data);
        assert_eq!(WatchCallback::parse(&data), Some(callback), "{data}");
    }
    assert_eq!(list_of_owner(7), "watch:list:7:0");
}

#[test]
fn acts_are_read_back_as_they_were_written() {
    let view = View::parse("all:3:f12").unwrap();
    for act in [
        AccountAct::Show,
        AccountAct::Check,
        AccountAct::Pause,
        AccountAct::Resume,
        AccountAct::Again,
        AccountAct::AskDays,
        AccountAct::AskNote,
        AccountAct::AskUntil,
        AccountAct::Remove,
        AccountAct::Restore,
        AccountAct::Extend(30),
        AccountAct::ClearNote(note_mark("note")),
        AccountAct::Until(UntilChoice(Until::Found, Until::Change)),
    ] {
        let callback = WatchCallback::Account(5, act, view);
        let data = callback.data();
        assert_eq!(WatchCallback::parse(&data), Some(callback), "{data}");
    }
    let extend = WatchCallback::Account(5, AccountAct::Extend(7), View::default());
    assert_eq!(extend.data(), "watch:extend:5:7:mine:0");
    assert_eq!(WatchCallback::parse("watch:extend:5:7"), Some(extend));
    assert_ne!(note_mark("ab"), note_mark("ba"));
}

#[test]
fn what_is_no_button_is_not_read() {
    for data in [
        "",
        "watch",
        "watch:",
        "add",
        "watch:frob",
        "watch:extend:5:8",
        "watch:card:mine:5",
        "watch:add-days:soon",
        "watch:add-until:never",
        "watch:until:1:zz:mine:0",
        "watch:list:his:0",
        "watch:chart:nothing",
        "watch:mass:maybe:7",
    ] {
        assert_eq!(WatchCallback::parse(data), None, "{data}");
    }
}

#[test]
fn buttons_of_runs_are_read_back_as_they_were_written() {
    for (callback, data) in [
        (RunCallback::Check, "run:check"),
        (RunCallback::Now, "run:now"),
        (RunCallback::Stop(7), "run:stop:7"),
    ] {
        assert_eq!(callback.data(), data);
        assert_eq!(RunCallback::parse(data), Some(callback));
    }
    assert_eq!(
        RunCallback::parse("run:stop:it"),
        Some(RunCallback::Stop(0))
    );
    for data in ["", "run", "run:", "run:away", "now"] {
        assert_eq!(RunCallback::parse(data), None, "{data}");
    }
}

#[test]
fn buttons_of_sites_are_read_back_as_they_were_written() {
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
        assert_eq!(callback.data(), data);
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

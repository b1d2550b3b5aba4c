//! Signals that are no stop: SIGHUP, and the limit of file sizes.

use rustix::process::{Pid, Resource, Rlimit, Signal, prlimit};

use crate::harness::{ADMIN, LIMIT};
use crate::http::{address_of, healthy};
use crate::process::{Process, run, wait_for};

#[test]
fn sighup_opens_the_log_file_anew_and_the_bot_goes_on() {
    run(async |ground| {
        let bot = ground.vakhta(&["run"]).env("VAKHTA_LOG_FILE", "v.log");
        let bot = bot.start();
        bot.logged("Initial run completed").await;
        for rotated in ["v.log.1", "v.log.2"] {
            std::fs::rename(ground.path("v.log"), ground.path(rotated)).unwrap();
            bot.signal(Signal::HUP);
            wait_for("the new file", LIMIT, || {
                let text = std::fs::read_to_string(ground.path("v.log"));
                text.is_ok_and(|text| text.contains("opened anew"))
            })
            .await;
        }
        // The file cannot be opened: the old one stays.
        std::fs::rename(ground.path("v.log"), ground.path("v.log.3")).unwrap();
        std::fs::create_dir(ground.path("v.log")).unwrap();
        bot.signal(Signal::HUP);
        bot.logged("cannot be opened anew").await;
        ground.admin.writes("/status");
        ground.heard(ADMIN, "💾 База").await;
        bot.stop().await;
        let last = std::fs::read_to_string(ground.path("v.log.3")).unwrap();
        assert!(last.contains("stopped"), "{last}");
        let first = std::fs::read_to_string(ground.path("v.log.1")).unwrap();
        assert!(!first.contains("stopp"), "{first}");
    });
}

#[test]
fn sighup_without_a_log_file_is_no_stop() {
    run(async |ground| {
        let bot = ground.vakhta(&["run"]).start();
        bot.logged("Initial run completed").await;
        bot.signal(Signal::HUP);
        ground.admin.writes("/status");
        ground.heard(ADMIN, "💾 База").await;
        bot.stop().await;
    });
}

/// Sets the largest size of files that a process may write.
fn limit_files(process: &Process, most: Option<u64>) {
    let pid = Pid::from_raw(process.id().cast_signed());
    let limit = Rlimit {
        current: most,
        maximum: None,
    };
    prlimit(pid, Resource::Fsize, limit).unwrap();
}

#[test]
fn a_file_that_may_not_grow_is_an_error_and_the_bot_gets_over_it() {
    run(async |ground| {
        ground.configure("[http]\nlisten = \"127.0.0.1:0\"");
        let bot = ground.vakhta(&["run"]).start();
        bot.logged("Initial run completed").await;
        let address = address_of(&bot).await;
        healthy(address, |health| health["healthy"] == true).await;
        limit_files(&bot, Some(1));
        ground.admin.writes("/status");
        let (status, _) = healthy(address, |health| health["detail"] == "failing: writer").await;
        assert_eq!(status, 503);
        limit_files(&bot, None);
        ground.heard(ADMIN, "💾 База").await;
        healthy(address, |health| health["healthy"] == true).await;
        bot.signal(Signal::TERM);
        let end = bot.end(LIMIT).await;
        assert_eq!(end.code, Some(0), "{}", end.stderr);
    });
}

#[test]
fn a_command_whose_file_may_not_grow_fails_in_order() {
    run(async |ground| {
        let program = env!("CARGO_BIN_EXE_vakhta");
        let script = "ulimit -f 8; exec \"$0\" accounts list";
        let end = ground.command(std::path::Path::new("sh"), &["-c", script, program]);
        let end = end.finish().await;
        assert_eq!(end.code, Some(1), "{}", end.stderr);
        end.says(&["open the database"]);
    });
}

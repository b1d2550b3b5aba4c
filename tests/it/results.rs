//! Results of commands: a result that nobody has is a failure.

use std::path::Path;

use crate::process::{Ground, Invocation, run};

/// A command whose standard output is a full disk.
fn on_a_full_disk(ground: &Ground, arguments: &[&str]) -> Invocation {
    let program = env!("CARGO_BIN_EXE_vakhta");
    let script = ["-c", "exec \"$0\" \"$@\" >/dev/full", program];
    ground.command(Path::new("sh"), &[&script, arguments].concat())
}

#[test]
fn a_result_that_could_not_be_written_is_a_failure() {
    run(async |ground| {
        ground.import(7, &[("github", "octocat")]).await;
        for arguments in [
            &["--check-now"][..],
            &["--check-now", "--json"],
            &["accounts", "list"],
            &["accounts", "export"],
            &["accounts", "add", "torvalds", "github", "--owner", "7"],
            &["accounts", "import", "7.csv", "--owner", "7"],
            &["sites", "list"],
            &["sites", "show", "github"],
            &["sites", "test", "github"],
            &["sites", "import", "sites.toml"],
            &["tokens", "add", "script", "--owner", "7"],
            &["backup", "copy.db"],
            &["completions", "bash"],
            &["man"],
            &["--version"],
            &["--help"],
            &["help", "accounts"],
            &["sites", "list", "-h"],
            &["doctor"],
            &["demo", "--once"],
        ] {
            let end = on_a_full_disk(&ground, arguments).finish().await;
            assert_eq!(end.code, Some(1), "{arguments:?}: {}", end.stderr);
            end.says(&["No space left on device"]);
        }
        assert_eq!(ground.number("SELECT count(*) FROM token"), 0);
        // A bot that could not print its claim link has no owner and never gets one.
        let bot = on_a_full_disk(&ground, &["run"]).env("VAKHTA_TELEGRAM_ADMINS", "");
        let none = "UPDATE person SET role = 'user'";
        let db = rusqlite::Connection::open(ground.path("v.db")).unwrap();
        db.execute(none, []).unwrap();
        drop(db);
        let end = bot.finish().await;
        end.demand(1)
            .says(&["nobody could become the owner", "stopped"]);
    });
}

#[test]
fn a_reader_that_has_gone_away_is_no_failure() {
    run(async |ground| {
        let script = "{ \"$0\" sites list; echo \"code $?\" >&2; } | true";
        let program = env!("CARGO_BIN_EXE_vakhta");
        let end = ground.command(Path::new("sh"), &["-c", script, program]);
        end.finish().await.demand(0).says(&["code 0"]);
    });
}

#[test]
fn a_token_is_printed_once_and_only_where_a_script_reads_it() {
    run(async |ground| {
        let end = ground
            .vakhta(&["tokens", "add", "script", "--owner", "7"])
            .env("VAKHTA_HTTP_LISTEN", "127.0.0.1:9273")
            .env("VAKHTA_ASSISTANT_ENABLED", "true")
            .env("VAKHTA_ASSISTANT_MODEL", "some/model")
            .env("VAKHTA_ASSISTANT_API_KEY", "sk-key")
            .finish()
            .await;
        let token = end.demand(0).stdout.clone();
        assert!(token.starts_with("vakhta_") && token.lines().count() == 1);
        assert!(!end.stderr.contains(&token), "{}", end.stderr);
        end.says(&["token 1, for 7", "http://127.0.0.1:9273/#"]);
        assert_eq!(ground.number("SELECT count(*) FROM token"), 1);
    });
}

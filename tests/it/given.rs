//! What an operator gives: files that are none, variables, misspelt words.

use std::path::Path;

use rustix::fs::{CWD, Mode, mkfifoat};

use crate::harness;
use crate::process::run;

#[test]
fn a_pipe_in_place_of_a_file_is_refused_and_never_waited_for() {
    run(async |ground| {
        mkfifoat(CWD, ground.path("pipe"), Mode::RUSR | Mode::WUSR).unwrap();
        for (variable, command, code, said) in [
            (
                "SITES_CATALOGUES",
                &["sites", "list"][..],
                2,
                "not a regular file",
            ),
            ("SITES_CATALOGUES", &["run"], 2, "not a regular file"),
            (
                "TELEGRAM_TOKEN_FILE",
                &["accounts", "list"],
                2,
                "not a regular file",
            ),
            (
                "DATABASE_PATH",
                &["accounts", "list"],
                1,
                "not a regular file",
            ),
            ("DATABASE_PATH", &["--check-now"], 1, "not a regular file"),
            // A log file that cannot be written is a warning.
            (
                "LOG_FILE",
                &["--check-now"],
                0,
                "the log file cannot be written",
            ),
            ("LOG_FILE", &["doctor"], 0, ""),
        ] {
            let mut given = ground.vakhta(command);
            if variable == "TELEGRAM_TOKEN_FILE" {
                given = given.without_token();
            }
            let given = given.env(&format!("VAKHTA_{variable}"), "pipe");
            given.finish().await.demand(code).says(&[said]);
        }
        for (command, code) in [
            (&["sites", "import", "pipe"][..], 2),
            (&["accounts", "import", "pipe", "--owner", "7"], 1),
            (&["accounts", "import", "/dev/zero", "--owner", "7"], 1),
            (&["accounts", "list", "--config", "pipe"], 2),
        ] {
            let end = ground.vakhta(command).finish().await;
            end.demand(code).says(&["not a regular file"]);
        }
    });
}

#[test]
fn a_wrong_variable_is_blamed_and_a_right_one_is_taken() {
    run(async |ground| {
        let list = ["accounts", "list"];
        for (variable, value, said) in [
            ("VAKHTA_WATCH_TIMEOUT", "soon", "by VAKHTA_WATCH_TIMEOUT"),
            (
                "VAKHTA_TELEGRAM_ADMINS",
                "[1, x]",
                "by VAKHTA_TELEGRAM_ADMINS",
            ),
            (
                "VAKHTA_TELEGRAM_TOKEN",
                "a b",
                "VAKHTA_TELEGRAM_TOKEN: the bot token has",
            ),
            ("VAKHTA_LOG_LEVLE", "info", "did you mean VAKHTA_LOG_LEVEL?"),
            ("VAKHTA_LGO_LEVEL", "info", "did you mean VAKHTA_LOG_LEVEL?"),
            ("VAKHTA_watch_workers", "0", "by VAKHTA_WATCH_WORKERS"),
            ("VAKHTA_CONFG", "bot.toml", "did you mean VAKHTA_CONFIG?"),
            (
                "VAKHTA_TELEGRAM_TOKEN_FILE",
                "nowhere",
                "VAKHTA_TELEGRAM_TOKEN_FILE: nowhere",
            ),
            (
                "VAKHTA_ASSISTANT_ENABLED",
                "true",
                "VAKHTA_ASSISTANT_ENABLED: OpenRouter wants a key",
            ),
        ] {
            let mut given = ground.vakhta(&list).env(variable, value);
            if variable == "VAKHTA_TELEGRAM_TOKEN_FILE" {
                given = given.without_token();
            }
            let end = given.finish().await;
            end.demand(2).says(&[said]);
            assert!(!end.stderr.contains("bot.toml"), "{}", end.stderr);
        }
        let script = "VAKHTA_WATCH_WORKERS=$(printf '\\377') exec \"$0\" accounts list";
        let program = env!("CARGO_BIN_EXE_vakhta");
        let end = ground.command(Path::new("sh"), &["-c", script, program]);
        let end = end.finish().await;
        end.demand(2).says(&["VAKHTA_WATCH_WORKERS: is not UTF-8"]);
        let admins = ("VAKHTA_TELEGRAM_ADMINS", "[1,2]");
        let end = ground.vakhta(&list).env(admins.0, admins.1).finish().await;
        end.demand(0);
        ground.configure("workesr = 3");
        let end = ground.vakhta(&list).finish().await;
        end.demand(2).says(&[
            "see bot.toml",
            "watch.workesr: there is no such key; did you mean workers?",
        ]);
    });
}

#[test]
fn misspelt_commands_and_sites_are_suggested() {
    run(async |ground| {
        for (arguments, said) in [
            (&["accounts", "lst"][..], "'list'"),
            (&["--chek-now"], "'--check-now'"),
            (&["sites", "show", "gihtub"], "did you mean github?"),
            (
                &["accounts", "add", "x", "telegrm"],
                "did you mean telegram?",
            ),
        ] {
            let end = ground.vakhta(arguments).finish().await;
            end.demand(2).says(&[said]);
        }
    });
    harness::run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        let near = t.ask(&eva, "/lsit").await;
        assert!(near.text.contains("Может быть, /list?"), "{}", near.text);
        // What she may not use is not suggested.
        let far = t.ask(&eva, "/admni").await;
        assert!(!far.text.contains("/admin"), "{}", far.text);
        let admin = t.ask(&t.admin, "/admni").await;
        assert!(admin.text.contains("/admin?"), "{}", admin.text);
        t
    });
}

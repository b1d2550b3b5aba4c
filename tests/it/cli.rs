//! Every command of the real binary: what it prints, where, and its exit code.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use vakhta::testing::demo::Fault;

use crate::harness::LIMIT;
use crate::process::run;

#[test]
fn every_problem_of_the_configuration_is_named_at_once() {
    run(async |ground| {
        ground.configure("workers = 0\nworker = 3\ntime_zone = \"Mars\"\n[log]\nlevel = \"loud\"\n[sights]\nx = 1");
        let end = ground
            .vakhta(&["run"])
            .env("VAKHTA_DATABASE_PATHS", "x")
            .finish()
            .await;
        end.demand(2).says(&[
            "watch.workers: given 0, allowed is a whole number from 1 to 512",
            "watch.worker: there is no such key",
            "watch.time_zone: given \"Mars\"",
            "log.level: given \"loud\"",
            "[sights]: there is no such section",
            "VAKHTA_DATABASE_PATHS: there is no key database.paths",
        ]);
        assert!(!ground.path("v.db").exists(), "it began all the same");

        ground.write("bot.toml", "[watch\nworkers = 3");
        ground
            .vakhta(&["doctor"])
            .finish()
            .await
            .demand(2)
            .says(&["bot.toml: ", "line 1"]);
        let end = ground
            .vakhta(&["--config", "nowhere.toml", "doctor"])
            .finish()
            .await;
        end.demand(2).says(&["nowhere.toml: cannot be read"]);
        let end = ground
            .vakhta(&["doctor", "--config", "nowhere.toml"])
            .finish()
            .await;
        end.demand(2).says(&["nowhere.toml: cannot be read"]);
        ground
            .vakhta(&["--check-now", "doctor"])
            .finish()
            .await
            .demand(2)
            .says(&["takes no command"]);
        let end = ground.vakhta(&["--json"]).finish().await;
        end.demand(2).says(&["--check-now"]);
    });
}

#[test]
fn keys_are_overridden_by_the_environment() {
    run(async |ground| {
        let list = ["accounts", "list"];
        ground
            .vakhta(&list)
            .env("VAKHTA_DATABASE_PATH", "other.db")
            .finish()
            .await
            .demand(0);
        assert!(ground.path("other.db").exists() && !ground.path("v.db").exists());
        let end = ground
            .vakhta(&list)
            .env("VAKHTA_WATCH_TIMEOUT", "soon")
            .finish()
            .await;
        end.demand(2).says(&["watch.timeout: given \"soon\""]);
        // The option accepts the file itself too.
        std::fs::rename(ground.path("bot.toml"), ground.path("else.toml")).unwrap();
        ground
            .vakhta(&list)
            .env("VAKHTA_CONFIG", "else.toml")
            .finish()
            .await
            .demand(0);
        assert!(ground.path("v.db").exists());
    });
}

#[test]
fn a_token_that_is_missing_or_wrong_stops_the_start() {
    run(async |ground| {
        let end = ground.vakhta(&["run"]).without_token().finish().await;
        end.demand(2)
            .says(&["there is no bot token: get one from @BotFather"]);
        let wrong = "123456:wrong-wrong-wrong-wrong-wrong-wrong";
        let end = ground
            .vakhta(&["run"])
            .env("VAKHTA_TELEGRAM_TOKEN", wrong)
            .finish()
            .await;
        end.demand(2)
            .says(&["Telegram does not know this bot token"]);
        assert!(!end.stderr.contains(wrong));
        let end = ground
            .vakhta(&["run"])
            .env("VAKHTA_TELEGRAM_TOKEN", "a b")
            .finish()
            .await;
        end.demand(2)
            .says(&["the bot token has characters that no token has"]);
    });
}

#[test]
fn a_token_revoked_at_run_time_ends_the_bot_with_1() {
    run(async |ground| {
        let bot = ground.vakhta(&["run"]).start();
        bot.logged("Initial run completed").await;
        ground
            .telegram
            .wait_until("a poll", LIMIT, |telegram| telegram.is_polled())
            .await
            .unwrap();
        ground.telegram.revoke_token();
        // A person writes, so the waiting poll returns and the next one is refused.
        ground.admin.writes("/status");
        let end = bot.end(LIMIT).await;
        assert_eq!(end.code, Some(1), "{}", end.stderr);
        end.says(&["Telegram no longer accepts the bot token (401)"]);
        assert!(!end.stderr.contains(ground.telegram.token()));
    });
}

#[test]
fn the_lines_operators_grep_for_are_there() {
    run(async |ground| {
        ground.configure("schedule = \"0 */5 * * * *\"");
        let bot = ground.vakhta(&[]).start();
        bot.logged("Initial run completed").await;
        let asked = ground.vakhta(&["--check-now"]).finish().await;
        assert!(asked.demand(0).stdout.starts_with("checked 0: "));
        bot.logged("[AUTO-CHECK/T] Tick completed at ").await;
        let end = bot.stop().await;
        end.says(&[
            "Threaded auto-checker started (every 5 minutes)",
            "[AUTO-CHECK/T] Initial run at ",
            "[AUTO-CHECK/T] Initial run completed at ",
            "[AUTO-CHECK/T] Tick at ",
        ]);
        assert_eq!(end.stdout, "");
    });
}

#[test]
fn a_log_file_gets_the_log_and_one_that_cannot_be_written_is_only_a_warning() {
    run(async |ground| {
        let once = ["--check-now"];
        let end = ground
            .vakhta(&once)
            .env("VAKHTA_LOG_FILE", "v.log")
            .finish()
            .await;
        end.demand(0).says(&["[AUTO-CHECK/T] Tick at "]);
        let file = std::fs::read_to_string(ground.path("v.log")).unwrap();
        assert!(file.contains("[AUTO-CHECK/T] Tick completed at "), "{file}");
        let end = ground
            .vakhta(&once)
            .env("VAKHTA_LOG_FILE", "no/folder/v.log")
            .finish()
            .await;
        end.demand(0).says(&[
            "the log file cannot be written, the log goes on without it",
            "Tick at ",
        ]);
        let end = ground
            .vakhta(&once)
            .env("VAKHTA_LOG_FORMAT", "json")
            .finish()
            .await;
        for line in end.demand(0).stderr.lines() {
            serde_json::from_str::<serde_json::Value>(line).unwrap();
        }
    });
}

#[test]
fn without_an_admin_the_bot_prints_a_link_for_the_first_owner() {
    run(async |ground| {
        let bot = ground
            .vakhta(&["run"])
            .env("VAKHTA_TELEGRAM_ADMINS", "")
            .start();
        let link = bot.printed("https://t.me/").await;
        let (_, code) = link.split_once("?start=").unwrap();
        let eva = ground.telegram.person(7, "Ева", "ru");
        eva.writes(&format!("/start {code}"));
        ground.heard(7, "Теперь вы владелец этого бота").await;
        bot.stop().await;
        let bot = ground
            .vakhta(&["run"])
            .env("VAKHTA_TELEGRAM_ADMINS", "")
            .start();
        bot.logged("Initial run completed").await;
        assert_eq!(bot.stop().await.stdout, "");
    });
}

#[test]
fn doctor_names_what_is_wrong() {
    run(async |ground| {
        let end = ground.vakhta(&["doctor"]).finish().await;
        end.demand(0);
        let marks = |text: &str| -> Vec<String> {
            text.lines()
                .map(|line| {
                    line.split_whitespace()
                        .take(2)
                        .collect::<Vec<_>>()
                        .join(" ")
                })
                .collect()
        };
        let well = [
            "ok config",
            "ok telegram",
            "note clock",
            "note database",
            "note sites",
            "ok cards",
            "ok assistant",
            "ok mtproto",
            "ok http",
            "ok disk",
            "ok log",
        ];
        assert_eq!(marks(&end.stdout), well, "{}", end.stdout);
        assert!(!ground.path("v.db").exists(), "it only looks");

        let bot = ground.vakhta(&["run"]).start();
        bot.logged("Initial run completed").await;
        let end = ground.vakhta(&["doctor"]).finish().await;
        assert!(
            end.demand(0).stdout.contains("a bot is using it"),
            "{}",
            end.stdout
        );
        bot.stop().await;

        let end = ground.vakhta(&["doctor"]).without_token().finish().await;
        assert!(
            end.demand(1).stdout.contains("FAIL telegram  no token"),
            "{}",
            end.stdout
        );
        ground.write("v.photos", "a file where the folder of photos should be");
        let end = ground
            .vakhta(&["doctor"])
            .env("VAKHTA_CARDS_ENABLED", "true")
            .finish()
            .await;
        assert!(
            end.demand(1).stdout.contains("FAIL cards"),
            "{}",
            end.stdout
        );
        ground.telegram.break_next("getMe", 1, Fault::Html502);
        let end = ground.vakhta(&["doctor"]).finish().await;
        assert!(
            end.demand(1).stdout.contains("FAIL telegram"),
            "{}",
            end.stdout
        );
        ground.write("broken.db", &"no database ".repeat(100));
        let end = ground
            .vakhta(&["doctor"])
            .env("VAKHTA_DATABASE_PATH", "broken.db")
            .finish()
            .await;
        assert!(
            end.demand(1).stdout.contains("FAIL database"),
            "{}",
            end.stdout
        );
    });
}

#[test]
fn completions_and_manual_pages_need_nothing_and_name_every_command() {
    run(async |ground| {
        std::fs::remove_file(ground.path("bot.toml")).unwrap();
        for shell in ["bash", "zsh", "fish"] {
            let end = ground
                .vakhta(&["completions", shell])
                .without_token()
                .finish()
                .await;
            for word in ["doctor", "check-now", "backup"] {
                assert!(end.demand(0).stdout.contains(word), "{shell}: {word}");
            }
        }
        let page = ground.vakhta(&["man"]).without_token().finish().await;
        for text in [".TH vakhta 1", "vakhta\\-doctor(1)", "check\\-now"] {
            assert!(page.demand(0).stdout.contains(text), "{text}");
        }
        let pages = ground.vakhta(&["man", "pages/man1"]).finish().await;
        assert_eq!(pages.demand(0).stdout, "");
        for name in ["vakhta.1", "vakhta-run.1", "vakhta-accounts-import.1"] {
            assert!(ground.path("pages/man1").join(name).exists(), "{name}");
        }
        ground.write("file", "");
        let end = ground.vakhta(&["man", "file"]).finish().await;
        end.demand(1).says(&["write the manual pages to file"]);
        ground
            .vakhta(&["completions", "cobol"])
            .finish()
            .await
            .demand(2);
    });
}

#[test]
fn the_demo_prints_the_same_twice() {
    run(async |ground| {
        let first = ground
            .vakhta(&["demo", "--once"])
            .without_token()
            .finish()
            .await;
        let second = ground
            .vakhta(&["demo", "--once"])
            .without_token()
            .finish()
            .await;
        for part in [
            "🔄 Автопроверка запущена\n\n📊 Аккаунтов к проверке: 137\n⏰ Время: 18:35:00",
            "✅ Автопроверка завершена\n\n📊 Результаты:\n• Проверено: 137\n• Найдено: 12\n• Не найдено: 120\n• Ошибок: 5",
            "⏱ Длительность: 4 мин 58 с\n",
            "⏭ Следующая проверка: 18:40:00\n",
        ] {
            assert!(first.demand(0).stdout.contains(part), "{}", first.stdout);
        }
        assert_eq!(first.stdout, second.demand(0).stdout);
        assert_eq!(first.stderr, "");
        let left = std::fs::read_dir(ground.folder.path()).unwrap().count();
        assert_eq!(left, 2, "the demo left something beside the configuration");
    });
}

#[test]
fn root_leaves_nothing_of_its_own_beside_somebodys_database() {
    const SOMEBODY: u32 = 4_711;
    run(async |ground| {
        let add = ["accounts", "add", "octocat", "github", "--owner", "7"];
        ground.vakhta(&add).finish().await.demand(0);
        let folder = ground.folder.path();
        let chown = |path: &Path| std::os::unix::fs::chown(path, Some(SOMEBODY), Some(SOMEBODY));
        if chown(folder).is_err() {
            println!("only root can try this");
            return;
        }
        std::fs::remove_file(ground.path("v.db.lock")).ok();
        for file in std::fs::read_dir(folder).unwrap() {
            chown(&file.unwrap().path()).unwrap();
        }
        ground.configure("[log]\nfile = \"v.log\"");
        chown(&ground.path("bot.toml")).unwrap();
        ground.vakhta(&["doctor"]).finish().await.demand(0);
        assert!(!ground.path("v.log").exists() && !ground.path("v.db.lock").exists());
        ground
            .vakhta(&["--check-now"])
            .without_token()
            .finish()
            .await
            .demand(0);
        std::fs::remove_file(ground.path("v.log")).ok();
        for file in std::fs::read_dir(folder).unwrap() {
            let file = file.unwrap();
            let owner = file.metadata().unwrap().uid();
            assert_eq!(owner, SOMEBODY, "{:?}", file.path());
        }
    });
}

//! The database file of the real process: refused if it is not ours, used by one bot at a time,
//! copied while in use.

use std::os::unix::fs::PermissionsExt as _;

use std::path::{Path, PathBuf};

use serde_json::Value;
use vakhta::testing::demo::Behaviour;

use crate::harness::{ADMIN, LIMIT};
use crate::http::{address_of, healthy};
use crate::process::{Ground, run};
use crate::unit::may_mount;

/// A folder without write permission; false for root, who can write everywhere.
fn is_read_only(ground: &Ground, name: &str) -> bool {
    let folder = ground.path(name);
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    std::fs::write(folder.join("probe"), "").is_err()
}

#[test]
fn a_database_that_is_not_ours_is_refused_untouched() {
    run(async |ground| {
        ground
            .vakhta(&["accounts", "list"])
            .finish()
            .await
            .demand(0);
        let newer = rusqlite::Connection::open(ground.path("v.db")).unwrap();
        newer.pragma_update(None, "user_version", 99).unwrap();
        drop(newer);
        ground.write("text.db", &"this is no database. ".repeat(100));
        let foreign = rusqlite::Connection::open(ground.path("foreign.db")).unwrap();
        foreign.execute_batch("CREATE TABLE cat (name)").unwrap();
        drop(foreign);
        for (file, why) in [
            ("v.db", "it was written by a newer Vakhta (schema 99"),
            ("text.db", "file is not a database"),
            ("foreign.db", "it is a database of another program"),
            ("no/folder/v.db", "no/folder"),
        ] {
            for command in [&["run"][..], &["accounts", "list"], &["--check-now"]] {
                let end = ground
                    .vakhta(command)
                    .env("VAKHTA_DATABASE_PATH", file)
                    .finish()
                    .await;
                end.demand(1).says(&[why]);
            }
        }
        assert!(
            std::fs::read_to_string(ground.path("text.db"))
                .unwrap()
                .starts_with("this is no")
        );
    });
}

#[test]
fn a_folder_that_cannot_be_written_is_a_clear_error() {
    run(async |ground| {
        if !is_read_only(&ground, "fixed") {
            return;
        }
        let end = ground
            .vakhta(&["run"])
            .env("VAKHTA_DATABASE_PATH", "fixed/v.db")
            .finish()
            .await;
        end.demand(1).says(&["fixed/v.db"]);
    });
}

#[test]
fn a_second_bot_on_the_same_database_is_refused() {
    run(async |ground| {
        let bot = ground.vakhta(&["run"]).start();
        bot.logged("Initial run completed").await;
        let end = ground.vakhta(&["run"]).finish().await;
        end.demand(1)
            .says(&["another vakhta is running on", "v.db", "--check-now"]);
        bot.stop().await;
        // The lock ends with the process.
        let bot = ground.vakhta(&["run"]).start();
        bot.logged("Initial run completed").await;
        bot.kill();
        let bot = ground.vakhta(&["run"]).start();
        bot.logged("Initial run completed").await;
        bot.stop().await;
    });
}

#[test]
fn a_backup_of_a_live_database_is_a_database() {
    run(async |ground| {
        ground.site.set("github", "there", Behaviour::Exists);
        ground.telegram.person(7, "Ева", "ru").knows_bot();
        ground
            .import(7, &[("github", "there"), ("vk", "gone")])
            .await;
        let bot = ground.vakhta(&["run"]).start();
        ground.heard(ADMIN, "✅ Автопроверка завершена").await;
        let export = async || {
            let end = ground.vakhta(&["accounts", "export"]).finish().await;
            end.demand(0).stdout.clone()
        };
        let accounts = export().await;
        assert!(accounts.contains("there") && accounts.contains("gone"));
        let end = ground.vakhta(&["backup", "copy.db"]).finish().await;
        assert!(
            end.demand(0).stdout.starts_with("copy.db ("),
            "{}",
            end.stdout
        );
        ground
            .vakhta(&["backup", "copy.db"])
            .finish()
            .await
            .demand(1)
            .says(&["copy.db exists already"]);
        for file in ["v.db", "copy.db"] {
            let mode = ground.path(file).metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file} can be read by others");
        }
        // Later changes are not in the copy.
        ground.import(7, &[("github", "later")]).await;
        bot.stop().await;

        // The copy replaces the lost files.
        for file in ["v.db", "v.db-wal", "v.db-shm"] {
            std::fs::remove_file(ground.path(file)).ok();
        }
        std::fs::rename(ground.path("copy.db"), ground.path("v.db")).unwrap();
        assert_eq!(export().await, accounts);
        let bot = ground.vakhta(&["run"]).start();
        ground.heard(ADMIN, "• Проверено: 1\n• Найдено: 0").await;
        bot.stop().await;
        assert_eq!(
            ground.column("SELECT state FROM account ORDER BY id"),
            ["done", "pending"]
        );
        let told = ground.telegram.messages(7);
        assert_eq!(
            told.iter()
                .filter(|message| message.text.contains("Аккаунт найден"))
                .count(),
            1
        );
        ground
            .vakhta(&["backup", "x.db"])
            .env("VAKHTA_DATABASE_PATH", "none.db")
            .finish()
            .await
            .demand(1);
        assert!(!ground.path("none.db").exists() && !ground.path("x.db").exists());
    });
}

/// The copies of deleted databases.
fn rescued(ground: &Ground) -> Vec<PathBuf> {
    let files = std::fs::read_dir(ground.folder.path()).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    paths
        .filter(|path| path.to_str().unwrap().contains("v.db.rescued-"))
        .collect()
}

/// Disturbs the database of a running bot, and demands that the bot notices, tells, and stops.
async fn disturbed(ground: &Ground, disturb: impl FnOnce()) {
    ground.configure("[http]\nlisten = \"127.0.0.1:0\"");
    ground.import(7, &[("github", "octocat")]).await;
    let bot = ground.vakhta(&["run"]).start();
    bot.logged("Initial run completed").await;
    let address = address_of(&bot).await;
    healthy(address, |health| health["healthy"] == true).await;
    disturb();
    let (status, health) = healthy(address, |health| health["healthy"] == false).await;
    assert_eq!(status, 503);
    assert_eq!(health.get("detail"), Some(&"failing: database".into()));
    ground.heard(ADMIN, "под работающим ботом").await;
    let end = bot.end(LIMIT).await;
    assert_eq!(end.code, Some(1), "{}", end.stderr);
    end.says(&[
        "was deleted, renamed or replaced under the running bot",
        "stopped",
    ]);
}

#[test]
fn a_deleted_database_is_noticed_and_saved() {
    run(async |ground| {
        disturbed(&ground, || {
            for file in ["v.db", "v.db-wal", "v.db-shm", "v.db.lock"] {
                std::fs::remove_file(ground.path(file)).unwrap();
            }
        })
        .await;
        let [saved] = &rescued(&ground)[..] else {
            panic!("no copy, or more than one");
        };
        assert_eq!(
            saved.metadata().unwrap().permissions().mode() & 0o777,
            0o600
        );
        let saved = rusqlite::Connection::open(saved).unwrap();
        let name = saved.query_row("SELECT username FROM account", [], |row| row.get(0));
        assert_eq!(name, Ok("octocat".to_owned()));
        assert!(!ground.path("v.db").exists(), "it was made anew");
    });
}

#[test]
fn a_renamed_database_is_noticed_and_keeps_everything() {
    run(async |ground| {
        let (path, moved) = (ground.path("v.db"), ground.path("moved.db"));
        disturbed(&ground, || std::fs::rename(&path, &moved).unwrap()).await;
        assert!(rescued(&ground).is_empty());
        let moved = rusqlite::Connection::open(moved).unwrap();
        let state = moved.query_row("SELECT state FROM run", [], |row| row.get(0));
        assert_eq!(state, Ok("done".to_owned()));
    });
}

#[test]
fn a_replaced_database_is_noticed_and_the_new_one_is_untouched() {
    run(async |ground| {
        ground.import(8, &[("vk", "durov")]).await;
        ground
            .vakhta(&["backup", "other.db"])
            .finish()
            .await
            .demand(0);
        let (path, other) = (ground.path("v.db"), ground.path("other.db"));
        let before = std::fs::read(&other).unwrap();
        disturbed(&ground, || std::fs::rename(&other, &path).unwrap()).await;
        assert!(std::fs::read(&path).unwrap() == before, "it was written to");
        assert_eq!(rescued(&ground).len(), 1);
    });
}

#[test]
fn a_lost_log_of_writes_is_noticed_too() {
    run(async |ground| {
        let log = ground.path("v.db-wal");
        disturbed(&ground, || std::fs::remove_file(&log).unwrap()).await;
    });
}

#[test]
fn without_its_lock_file_a_second_bot_is_refused_all_the_same() {
    run(async |ground| {
        let bot = ground.vakhta(&["run"]).start();
        bot.logged("Initial run completed").await;
        std::fs::remove_file(ground.path("v.db.lock")).unwrap();
        let end = ground.vakhta(&["run"]).finish().await;
        end.demand(1).says(&["another vakhta is running on"]);
        std::fs::remove_file(ground.path("v.db.lock")).unwrap();
        let end = ground.vakhta(&["--check-now"]).finish().await;
        assert!(end.demand(0).stdout.starts_with("checked 0"));
        assert_eq!(ground.number("SELECT count(*) FROM run"), 2);
        let doctor = ground.vakhta(&["doctor"]).finish().await;
        assert!(doctor.stdout.contains("a bot is using it"));
        bot.stop().await;
    });
}

#[test]
fn a_full_disk_is_told_at_once_and_got_over() {
    const ON_A_SMALL_DISK: &str =
        "mount -t tmpfs -o size=4m none \"$DISK\" && exec \"$0\" run --config bot.toml";
    run(async |ground| {
        if !may_mount() {
            return;
        }
        let disk = ground.path("disk");
        std::fs::create_dir(&disk).unwrap();
        ground.configure("[http]\nlisten = \"127.0.0.1:0\"");
        let program = env!("CARGO_BIN_EXE_vakhta");
        let words = ["--mount", "sh", "-c", ON_A_SMALL_DISK, program];
        let bot = ground
            .command(Path::new("unshare"), &words)
            .env("DISK", disk.to_str().unwrap())
            .env("VAKHTA_DATABASE_PATH", "disk/v.db")
            .start();
        bot.logged("Initial run completed").await;
        let address = address_of(&bot).await;
        healthy(address, |health| health["healthy"] == true).await;
        // The disk as the bot sees it.
        let filler = format!("/proc/{}/root{}/filler", bot.id(), disk.display());
        std::fs::write(&filler, vec![0; 8 << 20]).unwrap_err();
        // A write that came meanwhile may have failed, too.
        let is_told = |health: &Value| {
            let failing = health["failing"].as_array();
            failing.is_some_and(|parts| parts.contains(&"disk".into()))
        };
        let (status, _) = healthy(address, is_told).await;
        assert_eq!(status, 503);
        std::fs::remove_file(&filler).unwrap();
        healthy(address, |health| health["healthy"] == true).await;
        ground.admin.writes("/status");
        ground.heard(ADMIN, "💾 База").await;
        bot.stop().await;
    });
}

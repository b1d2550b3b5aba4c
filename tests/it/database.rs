//! The database file of the real process: refused if it is not ours, used by one bot at a time,
//! copied while in use.

use std::os::unix::fs::PermissionsExt as _;

use vakhta::testing::demo::Behaviour;

use crate::harness::ADMIN;
use crate::process::{Ground, run};

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

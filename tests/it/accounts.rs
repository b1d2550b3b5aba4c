//! `vakhta accounts` and `vakhta sites`: files in, files out, and what is refused.

use crate::process::run;

#[test]
fn accounts_are_added_listed_and_exported() {
    run(async |ground| {
        let add = ["accounts", "add", "octocat", "GitHub", "9", "--owner", "7"];
        let end = ground.vakhta(&add).without_token().finish().await;
        assert_eq!(end.demand(0).stdout, "added octocat on github as account 1");
        let end = ground.vakhta(&add).finish().await;
        assert_eq!(
            end.demand(0).stdout,
            "octocat on github already exists: account 1, pending"
        );
        // The default site, days and owner.
        ground
            .vakhta(&["accounts", "add", "durov", "--until", "gone"])
            .finish()
            .await
            .demand(0);
        let end = ground.vakhta(&["accounts", "list"]).finish().await;
        assert_eq!(end.demand(0).stdout.lines().count(), 2);
        let end = ground
            .vakhta(&["accounts", "list", "--owner", "7"])
            .finish()
            .await;
        assert!(
            end.stdout.contains("octocat") && !end.stdout.contains("durov"),
            "{}",
            end.stdout
        );
        let end = ground.vakhta(&["accounts", "export"]).finish().await;
        assert_eq!(
            end.demand(0).stdout,
            "site,username,days,until\ngithub,octocat,9,found\ntelegram,durov,30,gone"
        );

        let end = ground
            .vakhta(&["accounts", "export", "--owner", "7"])
            .finish()
            .await;
        assert_eq!(
            end.demand(0).stdout,
            "site,username,days\ngithub,octocat,9",
            "nobody there waits for something else"
        );

        // What is exported can be imported.
        ground
            .vakhta(&["accounts", "export", "all.csv"])
            .finish()
            .await
            .demand(0);
        ground
            .vakhta(&["accounts", "export", "all.csv"])
            .finish()
            .await
            .demand(1)
            .says(&["all.csv"]);
        let import = ["accounts", "import", "all.csv", "--owner", "8"];
        let end = ground.vakhta(&import).finish().await;
        assert_eq!(
            end.demand(0).stdout,
            "imported 2 accounts, 0 already existed"
        );
        let end = ground.vakhta(&import).finish().await;
        assert_eq!(
            end.demand(0).stdout,
            "imported 0 accounts, 2 already existed"
        );
        let end = ground
            .vakhta(&["accounts", "add", "a b", "github"])
            .finish()
            .await;
        end.demand(2);
        let end = ground
            .vakhta(&["accounts", "add", "octocat", "nowhere"])
            .finish()
            .await;
        end.demand(2).says(&["nowhere"]);
        assert_eq!(ground.number("SELECT count(*) FROM account"), 4);
    });
}

#[test]
fn a_file_with_bad_rows_is_not_imported_at_all() {
    run(async |ground| {
        ground.write(
            "bad.csv",
            "site,username,days\ngithub,octocat,9\nnowhere,x,1\ngithub,a b,1\ngithub,ok,zero\ngithub\ngithub,ok,99999\n",
        );
        let end = ground
            .vakhta(&["accounts", "import", "bad.csv", "--owner", "7"])
            .finish()
            .await;
        end.demand(1).says(&[
            "bad.csv: line 3: ",
            "bad.csv: line 4: ",
            "bad.csv: line 5: ",
            "bad.csv: line 6: ",
            "bad.csv: line 7: ",
            "nothing was imported: 5 bad rows",
        ]);
        assert_eq!(end.stdout, "");
        assert_eq!(ground.number("SELECT count(*) FROM account"), 0);
        ground.write("headless.csv", "octocat,github\n");
        let end = ground
            .vakhta(&["accounts", "import", "headless.csv"])
            .finish()
            .await;
        end.demand(1)
            .says(&["line 1: the header must be site,username,days"]);
        std::fs::write(ground.path("latin.csv"), b"site,username\ngithub,caf\xe9\n").unwrap();
        let end = ground
            .vakhta(&["accounts", "import", "latin.csv"])
            .finish()
            .await;
        end.demand(1).says(&["not UTF-8"]);
        let end = ground
            .vakhta(&["accounts", "import", "none.csv"])
            .finish()
            .await;
        end.demand(1).says(&["none.csv"]);
        assert_eq!(ground.number("SELECT count(*) FROM account"), 0);
    });
}

#[test]
fn files_of_spreadsheets_are_understood() {
    run(async |ground| {
        ground.write(
            "excel.csv",
            "\u{feff}site;username;days\r\nGitHub;octocat;9\r\nvk;\"durov\";\r\n",
        );
        let end = ground
            .vakhta(&["accounts", "import", "excel.csv"])
            .finish()
            .await;
        assert_eq!(
            end.demand(0).stdout,
            "imported 2 accounts, 0 already existed"
        );
        ground.write("pipe.csv", "site,username\ntelegram,pavel_d\n");
        let import = ground
            .vakhta(&["accounts", "import", "-"])
            .stdin(ground.path("pipe.csv"));
        assert_eq!(
            import.finish().await.demand(0).stdout,
            "imported 1 accounts, 0 already existed"
        );
        let rows = "SELECT site || ' ' || username || ' ' || period_days FROM account ORDER BY id";
        assert_eq!(
            ground.column(rows),
            ["github octocat 9", "vk durov 30", "telegram pavel_d 30"]
        );
    });
}

#[test]
fn without_anybody_an_owner_must_be_named() {
    run(async |ground| {
        let add = ground.vakhta(&["accounts", "add", "octocat", "github"]);
        let end = add.env("VAKHTA_TELEGRAM_ADMINS", "").finish().await;
        end.demand(2).says(&["--owner TELEGRAM_ID"]);
    });
}

#[test]
fn sites_are_listed_shown_and_tested() {
    run(async |ground| {
        let end = ground
            .vakhta(&["sites", "list"])
            .without_token()
            .finish()
            .await;
        let keys: Vec<&str> = end
            .demand(0)
            .stdout
            .lines()
            .map(|line| line.split_whitespace().next().unwrap())
            .collect();
        for key in [
            "telegram",
            "vk",
            "github",
            "gitlab",
            "reddit",
            "youtube",
            "tiktok",
            "instagram",
            "x",
            "steam",
        ] {
            assert!(keys.contains(&key), "{key} is not in {keys:?}");
        }
        let end = ground.vakhta(&["sites", "show", "GitHub"]).finish().await;
        for part in ["https://github.example/{name}", "profile of", "known"] {
            assert!(
                end.demand(0).stdout.contains(part),
                "{part} is not in {}",
                end.stdout
            );
        }
        ground
            .vakhta(&["sites", "show", "nowhere"])
            .finish()
            .await
            .demand(2)
            .says(&["unknown site nowhere"]);
        let end = ground
            .vakhta(&["sites", "test", "github", "vk"])
            .finish()
            .await;
        assert_eq!(
            end.demand(0)
                .stdout
                .lines()
                .filter(|line| line.starts_with("ok "))
                .count(),
            2
        );
        ground
            .site
            .set("vk", "known", vakhta::testing::demo::Behaviour::BlockPage);
        let end = ground
            .vakhta(&["sites", "test", "github", "vk"])
            .finish()
            .await;
        end.demand(1)
            .says(&["1 sites do not answer as their rules say"]);
        assert!(
            end.stdout.lines().any(|line| line.starts_with("FAIL vk")),
            "{}",
            end.stdout
        );
        ground.write("sites.toml", "[[site]]\nkey = \"github\"\nnam = \"x\"\n");
        ground
            .vakhta(&["sites", "list"])
            .finish()
            .await
            .demand(2)
            .says(&["sites.toml"]);
    });
}

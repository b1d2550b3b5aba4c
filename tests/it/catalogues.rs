//! Catalogues of other projects: which entries are used, what is reported about the rest, and how
//! their sites are probed.

use vakhta::testing::demo::Behaviour;

use crate::process::{Ground, run};

/// A WhatsMyName and a Sherlock file that lead to the pretend site, each with one unusable entry.
fn write_catalogues(ground: &Ground) {
    let site = ground.site.url();
    let entry = |name: &str, cat: &str, more: &str| {
        format!(
            r#"{{"name":"{name}","uri_check":"{site}/{cat}/{{account}}","e_code":200,"e_string":"profile of",
            "m_code":404,"m_string":"no such user","known":["known"],"cat":"{cat}"{more}}}"#
        )
    };
    let wmn = [
        entry("Two Sides", "social", ",\"strip_bad_char\":\".\""),
        entry("Old (Pages)", "archived", ""),
        entry("Off", "misc", ",\"valid\":false"),
    ];
    ground.write("wmn", &format!("{{\"sites\":[{}]}}", wmn.join(",")));
    ground.write(
        "sherlock",
        &format!(
            r#"{{"One Side":{{"url":"{site}/weak/{{}}","urlMain":"{site}","errorType":"status_code","username_claimed":"known"}},
            "Two sides":{{"url":"{site}/other/{{}}","urlMain":"{site}","errorType":"status_code","username_claimed":"known"}},
            "Vague":{{"url":"{site}/vague/{{}}","urlMain":"{site}","errorType":"message","username_claimed":"known"}}}}"#
        ),
    );
    let config = std::fs::read_to_string(ground.path("bot.toml")).unwrap();
    let named = "catalogues = [\"sites.toml\", \"wmn\", \"sherlock\"]";
    ground.write(
        "bot.toml",
        &config.replace("catalogues = [\"sites.toml\"]", named),
    );
}

#[test]
fn a_foreign_file_is_explained() {
    run(async |ground| {
        write_catalogues(&ground);
        let end = ground.vakhta(&["sites", "import", "wmn"]).finish().await;
        end.demand(0);
        for expected in [
            "site Off: valid is false",
            "WhatsMyName file: 2 of 3 entries can be used",
            "only tell whether a name is taken: 1",
            "switched off by its authors: 1",
        ] {
            assert!(end.stdout.contains(expected), "{}", end.stdout);
        }
        let end = ground
            .vakhta(&["sites", "import", "sherlock"])
            .finish()
            .await;
        end.demand(0);
        assert!(
            end.stdout
                .contains("site Vague: errorType message needs errorMsg"),
            "{}",
            end.stdout
        );
        let own = ["sites", "import", "sites.toml"];
        ground.vakhta(&own).finish().await.demand(0);
        let sites = std::fs::read_to_string(ground.path("sites.toml")).unwrap();
        ground.write("sites.toml", &(sites + "[[site]]\nkey = \"a\"\n"));
        let end = ground.vakhta(&own).finish().await;
        end.demand(2)
            .says(&["the file is rejected because of its mistakes"]);
        for (file, text) in [("broken", "{"), ("nothing", "{\"a\":1}")] {
            ground.write(file, text);
            let end = ground.vakhta(&["sites", "import", file]).finish().await;
            end.demand(2).says(&[file]);
        }
    });
}

#[test]
fn a_mistaken_entry_refuses_the_start_unless_it_is_to_be_left_out() {
    run(async |ground| {
        write_catalogues(&ground);
        let sites = std::fs::read_to_string(ground.path("sites.toml")).unwrap();
        let inside = sites.replace("key = \"vk\"", "key = \"vk\"\nnam_pattern = \"[\"");
        ground.write("sites.toml", &inside);
        let wmn = std::fs::read_to_string(ground.path("wmn")).unwrap();
        ground.write("wmn", &wmn.replacen("e_string", "e_strng", 1));
        let mistakes = [
            "sites.toml:",
            ": site vk: unknown key \"nam_pattern\", did you mean \"name_pattern\"?",
            "wmn:1: site Two Sides: unknown field \"e_strng\", did you mean \"e_string\"?",
        ];
        let check = || ground.vakhta(&["--check-now", "--json"]).without_token();
        let refused = check().finish().await;
        refused.demand(2).says(&mistakes);
        refused.says(&["set broken_entries = \"skip\" in [sites]"]);
        assert_eq!(refused.stdout, "");

        let skipping = || check().env("VAKHTA_SITES_BROKEN_ENTRIES", "skip");
        let rest = skipping().finish().await;
        rest.demand(0).says(&mistakes).says(&["left out: "]);
        let import = ground.vakhta(&["sites", "import", "wmn"]);
        import.finish().await.demand(2);
        let import = ground.vakhta(&["sites", "import", "wmn"]);
        let import = import.env("VAKHTA_SITES_BROKEN_ENTRIES", "skip");
        import.finish().await.demand(0);
        let doctor = ground.vakhta(&["doctor"]).finish().await;
        doctor.demand(1);
        assert!(
            doctor.stdout.contains("FAIL sites") && doctor.stdout.contains("site vk: unknown key"),
            "{}",
            doctor.stdout
        );
    });
}

#[test]
fn foreign_sites_are_named_by_key_or_name_and_weak_ones_need_one_look_more() {
    run(async |ground| {
        write_catalogues(&ground);
        for site in ["social", "weak"] {
            ground.site.set(site, "anna", Behaviour::Exists);
        }
        let names = [
            ("two-sides", "anna"),
            ("Two Sides", "boris"),
            ("One Side", "anna"),
            ("one-side", "boris"),
            ("one-side", "moved"),
            ("one-side", "front"),
        ];
        // A redirect that keeps the name leads to the answer; one to the front page says nothing.
        ground.site.set("new", "moved", Behaviour::Exists);
        let moved = format!("{}/new/moved", ground.site.url());
        ground.site.set("weak", "moved", Behaviour::Redirect(moved));
        let front = format!("{}/", ground.site.url());
        ground.site.set("weak", "front", Behaviour::Redirect(front));
        ground.import(7, &names).await;
        let refused = ["accounts", "add", "an.na", "Two Sides", "--owner", "7"];
        let end = ground.vakhta(&refused).finish().await;
        end.demand(2)
            .says(&["Two Sides does not allow this name: an.na"]);
        let archived = ["accounts", "add", "gleb", "Old (Pages)", "--owner", "7"];
        let end = ground.vakhta(&archived).finish().await;
        end.demand(0).says(&["only tells whether a name is taken"]);

        let check = ground.vakhta(&["--check-now", "--json"]).without_token();
        let end = check.finish().await;
        end.demand(0).says(&[
            "wmn: 1 of 3 entries are not used",
            "sites of sherlock that are not used, because wmn has them already: two-sides",
        ]);
        let report: serde_json::Value = serde_json::from_str(&end.stdout).unwrap();
        assert_eq!(
            [&report["found"], &report["not_found"], &report["errors"]],
            [&3, &3, &1],
            "{report}"
        );
        let looks = |site: &str, name: &str| {
            let looks = ground.site.requests_to(site);
            looks.iter().filter(|look| look.name == name).count()
        };
        assert_eq!((looks("social", "anna"), looks("weak", "anna")), (2, 3));
        assert_eq!((looks("social", "boris"), looks("weak", "boris")), (1, 1));
    });
}

#[test]
fn a_test_of_sites_asks_all_known_names_and_one_of_them_is_enough() {
    run(async |ground| {
        let site = ground.site.url();
        let entry = |name: &str| {
            format!(
                r#"{{"name":"{name}","uri_check":"{site}/{name}/{{account}}","e_code":200,"e_string":"profile of",
                "m_code":404,"m_string":"no such user","known":["known","moved","left"],"cat":"social"}}"#
            )
        };
        let entries = ["well", "gone", "busy", "all"].map(entry);
        ground.write("wmn", &format!("{{\"sites\":[{}]}}", entries.join(",")));
        ground.configure("per_site = 8\nworkers = 4");
        let config = std::fs::read_to_string(ground.path("bot.toml")).unwrap();
        ground.write("bot.toml", &config.replace("sites.toml", "wmn"));
        ground.site.set("well", "moved", Behaviour::Exists);
        ground.site.set("gone", "known", Behaviour::Missing);
        ground
            .site
            .set("busy", "known", Behaviour::rate_limited(600));
        ground.site.set_default("all", Behaviour::Exists);

        let test = ["sites", "test", "well", "gone", "busy", "all"];
        let end = ground.vakhta(&test).finish().await;
        end.demand(1)
            .says(&["3 sites do not answer as their rules say"]);
        let lines: Vec<&str> = end.stdout.lines().collect();
        for (line, begin, names) in [
            (lines[0], "ok   well ", ["exists", "exists", "missing"]),
            (lines[1], "FAIL gone ", ["missing", "missing", "missing"]),
            (lines[2], "FAIL busy ", ["could not look: "; 3]),
            (lines[3], "FAIL all ", ["exists", "exists", "exists"]),
        ] {
            assert!(line.starts_with(begin), "{line}");
            for (name, seen) in ["known", "moved", "left"].iter().zip(names) {
                let part = format!("control name {name}: {seen}");
                assert!(line.contains(&part), "{part} is not in {line}");
            }
            assert!(line.contains("; random name "), "{line}");
        }
        // The site asked to be left alone at the first probe.
        assert_eq!(ground.site.requests_to("busy").len(), 1);
        assert_eq!(ground.site.max_in_flight("well"), 1);
    });
}

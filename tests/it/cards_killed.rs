//! `kill -9` while making a card, scanning, listing or reading totals loses nothing, and counts a
//! scan once.

use vakhta::testing::demo::PretendTelegram;

use crate::cards::jpeg;
use crate::harness::LIMIT;
use crate::process::{self, Ground};

/// Kills a process as soon as it has the message, and starts another one that continues.
async fn killed_at(ground: &Ground, send: impl FnOnce(), until: &str) {
    let process = ground
        .vakhta(&["run"])
        .env("VAKHTA_CARDS_ENABLED", "true")
        .start();
    send();
    let taken = |telegram: &PretendTelegram| telegram.undelivered_updates() == 0;
    ground
        .telegram
        .wait_until("the update to be taken", LIMIT, taken)
        .await
        .unwrap();
    process.kill();
    let process = ground
        .vakhta(&["run"])
        .env("VAKHTA_CARDS_ENABLED", "true")
        .start();
    ground.wait_db("what was sent to be done", until).await;
    process.kill();
}

#[test]
fn every_step_of_the_dialogue_is_killed_and_goes_on() {
    process::run(async |ground| {
        let asked = |step: &str| {
            format!("SELECT count(*) FROM dialogue WHERE json_extract(step, '$.card') = '{step}'")
        };
        let admin = &ground.admin;
        killed_at(
            &ground,
            || {
                admin.presses_forged(1, "cards:add");
            },
            &asked("photo"),
        )
        .await;
        killed_at(
            &ground,
            || {
                admin.sends_photo(&jpeg(1), "");
            },
            &asked("name"),
        )
        .await;
        killed_at(
            &ground,
            || {
                admin.writes("Часы");
            },
            &asked("description"),
        )
        .await;
        killed_at(
            &ground,
            || {
                admin.writes("Золото");
            },
            &asked("packaged"),
        )
        .await;
        killed_at(
            &ground,
            || {
                admin.sends_photo(&jpeg(2), "");
            },
            &asked("consent"),
        )
        .await;
        let begun = ground.number("SELECT json_extract(step, '$.begun') FROM dialogue");
        let save = format!("cards:save:{begun}");
        killed_at(
            &ground,
            || {
                admin.presses_forged(1, &save);
            },
            "SELECT count(*) FROM card",
        )
        .await;
        let code = ground.column("SELECT code FROM card_code").remove(0);
        let scan = format!("/start v_{code}");
        killed_at(
            &ground,
            || {
                admin.writes(&scan);
            },
            "SELECT count(*) FROM scan",
        )
        .await;
        let answered = "SELECT done_at IS NOT NULL FROM inbox ORDER BY update_id DESC LIMIT 1";
        for (message, screen) in [(1, "cards:list:0"), (2, "cards:stats")] {
            let press = || {
                admin.presses_forged(message, screen);
            };
            killed_at(&ground, press, answered).await;
        }
        let process = ground
            .vakhta(&["run"])
            .env("VAKHTA_CARDS_ENABLED", "true")
            .start();
        ground.heard(admin.id(), "Мои карты: 1").await;
        ground.heard(admin.id(), "Всего: 1").await;
        process.kill();
        let all = "(SELECT count(*) FROM card) * 100 + (SELECT count(*) FROM scan) * 10 + (SELECT checks FROM card)";
        assert_eq!(ground.number(&format!("SELECT {all}")), 111);

        // The backup has the photos beside it.
        let end = ground.vakhta(&["backup", "copy.db"]).finish().await;
        end.demand(0);
        assert!(end.stdout.contains("2 photos"), "{}", end.stdout);
        for photo in ground.column("SELECT photo FROM card UNION SELECT packaged FROM card") {
            assert!(ground.path("copy.photos").join(photo).exists());
        }
    });
}

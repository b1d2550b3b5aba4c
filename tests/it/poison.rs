//! What the program died over twice is put aside and told, and what only stood beside it is not.

use vakhta::testing::demo::{Fault, PretendTelegram};

use crate::harness::{ADMIN, LIMIT};
use crate::process::{Ground, Process, run};

const EVA: i64 = 201;

async fn started(ground: &Ground) -> Process {
    let process = ground
        .vakhta(&["run"])
        .env("VAKHTA_WATCH_RUN_AT_START", "false")
        .start();
    process.logged("Threaded auto-checker started").await;
    process
}

/// Waits until files were asked for so often, while none comes.
async fn asked_for_files(ground: &Ground, times: usize) {
    let asked = |telegram: &PretendTelegram| telegram.calls("getFile").len() >= times;
    ground
        .telegram
        .wait_until("a file to be asked for", LIMIT, asked)
        .await
        .unwrap();
}

#[test]
fn one_of_two_that_were_in_hand_is_put_aside_after_two_deaths_and_the_other_is_handled() {
    run(async |ground| {
        ground.import(EVA, &[("github", "first")]).await;
        let eva = ground.telegram.person(EVA, "Ева", "ru");
        eva.knows_bot();
        // Nothing comes of looking at these files: the program dies in the middle of it.
        ground.telegram.break_next("getFile", 100, Fault::Hang);
        let table = "site,username,days\ngithub,octocat,9\n".as_bytes();
        ground.admin.sends_document("a.csv", table, "");
        eva.sends_document("e.csv", table, "");
        let process = started(&ground).await;
        asked_for_files(&ground, 2).await;
        process.kill();
        // After a death, one is in hand at a time.
        let process = started(&ground).await;
        asked_for_files(&ground, 3).await;
        process.kill();
        let deaths = ground.column("SELECT CAST(attempts AS TEXT) FROM inbox ORDER BY 1");
        assert_eq!(deaths, ["1", "2"]);

        ground.telegram.clear_faults();
        let process = started(&ground).await;
        ground
            .wait_db(
                "everything is handled",
                "SELECT count(*) = 0 FROM inbox WHERE done_at IS NULL",
            )
            .await;
        let aside = "SELECT chat_id FROM inbox JOIN quarantine USING (update_id)";
        let aside = ground.number(aside);
        let other = if aside == ADMIN { EVA } else { ADMIN };
        ground
            .heard(aside, "На вашем сообщении программа дважды")
            .await;
        ground.heard(ADMIN, &format!("из чата {aside}")).await;
        let words = ground.telegram.messages(other);
        assert!(!words.iter().any(|m| m.text.contains("На вашем сообщении")));
        assert_eq!(ground.number("SELECT count(*) FROM quarantine"), 1);
        // The chat goes on.
        let person = if aside == ADMIN { &ground.admin } else { &eva };
        person.writes("/help");
        ground.heard(aside, "/privacy").await;
        process.kill();
    });
}

#[test]
fn one_death_and_any_number_of_orderly_stops_put_nothing_aside() {
    run(async |ground| {
        ground.telegram.break_next("getFile", 100, Fault::Hang);
        let table = "site,username,days\ngithub,octocat,9\n".as_bytes();
        ground.admin.sends_document("a.csv", table, "");
        for (times, is_killed) in [(1, false), (2, true), (3, false), (4, false)] {
            let process = started(&ground).await;
            asked_for_files(&ground, times).await;
            if is_killed {
                process.kill();
            } else {
                process.stop().await;
            }
        }
        assert_eq!(ground.number("SELECT attempts FROM inbox"), 1);
        ground.telegram.clear_faults();
        let process = started(&ground).await;
        ground
            .wait_db(
                "it is handled",
                "SELECT count(*) FROM inbox WHERE done_at IS NOT NULL",
            )
            .await;
        assert_eq!(ground.number("SELECT count(*) FROM quarantine"), 0);
        process.stop().await;
    });
}

//! The process ends cleanly and in time, whatever it is waiting for.

use std::time::Duration;

use rustix::process::Signal;
use vakhta::testing::demo::{Behaviour, Fault};

use crate::harness::{ADMIN, LIMIT};
use crate::process::{Ground, Process, run};

/// A run that never ends by itself within a test: one account answers, one hangs.
async fn hanging_run(ground: &Ground) -> Process {
    ground.configure("timeout = \"60s\"");
    ground.site.set("github", "hanging", Behaviour::Hang);
    ground.site.set("vk", "there", Behaviour::Exists);
    ground.telegram.person(7, "Ева", "ru").knows_bot();
    ground
        .import(7, &[("github", "hanging"), ("vk", "there")])
        .await;
    let process = ground.vakhta(&["run"]).start();
    process.logged("[AUTO-CHECK/T] Initial run at").await;
    let hangs = |site: &vakhta::testing::demo::PretendSite| site.in_flight("github") == 1;
    ground
        .site
        .wait_until("the hanging look", LIMIT, hangs)
        .await
        .unwrap();
    ground
        .wait_db(
            "the other look",
            "SELECT count(*) FROM account WHERE state = 'done'",
        )
        .await;
    process
}

#[test]
fn sigterm_in_mid_run_with_a_hanging_site_ends_in_order() {
    run(async |ground| {
        let process = hanging_run(&ground).await;
        ground.heard(ADMIN, "🔄 Автопроверка запущена").await;
        let end = process.stop().await;
        end.says(&["stopping", "stopped"]);
        assert!(
            !end.stderr.contains("did not end in time"),
            "{}",
            end.stderr
        );
        assert_eq!(ground.column("SELECT state FROM run"), ["interrupted"]);
        assert_eq!(
            ground.column("SELECT username FROM account WHERE state = 'pending'"),
            ["hanging"]
        );
        // Accounts found before the stop are reported; the start message no longer says that the
        // run is going on.
        ground.heard(7, "✅ Аккаунт найден").await;
        ground.heard(ADMIN, "Проверка прервана").await;
        let waiting = "SELECT count(*) FROM outbox WHERE state IN ('held', 'pending', 'sending', 'unconfirmed')";
        assert_eq!(ground.number(waiting), 0);

        // The next start continues with the accounts that were not probed.
        ground.site.set("github", "hanging", Behaviour::Exists);
        let process = ground.vakhta(&["run"]).start();
        ground.heard(ADMIN, "• Проверено: 1\n• Найдено: 1").await;
        process.stop().await;
        assert_eq!(
            ground.column("SELECT state FROM run ORDER BY id"),
            ["interrupted", "done"]
        );
    });
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    run(async |ground| {
        let process = hanging_run(&ground).await;
        // The last messages hang, so the stop takes its whole time.
        ground.telegram.break_next("*", 1000, Fault::Hang);
        process.signal(Signal::TERM);
        process
            .logged("a second signal ends the process at once")
            .await;
        process.signal(Signal::INT);
        let end = process.end(Duration::from_secs(2)).await;
        end.demand(130);
        assert!(
            !end.stderr.contains(" stopped"),
            "it had ended before: {}",
            end.stderr
        );
    });
}

#[test]
fn sigterm_while_telegram_hangs_ends_in_time_and_nothing_is_lost() {
    run(async |ground| {
        ground
            .telegram
            .break_next("sendMessage", 1000, Fault::Hang.after_delivery());
        let process = hanging_run(&ground).await;
        ground.heard(ADMIN, "🔄 Автопроверка запущена").await;
        process.stop().await;
        assert_eq!(ground.column("SELECT state FROM run"), ["interrupted"]);
        // The start message arrived, but its response was lost. The stop released the notice, and
        // it hung too.
        let unknown = "SELECT dedupe FROM outbox WHERE state = 'sending' ORDER BY id";
        assert_eq!(ground.column(unknown), ["start:1:100", "found:1:7"]);

        ground.telegram.clear_faults();
        ground.site.set("github", "hanging", Behaviour::Missing);
        let process = ground.vakhta(&["run"]).start();
        ground.heard(ADMIN, "✅ Автопроверка завершена").await;
        process.stop().await;
        let messages = ground.telegram.messages(ADMIN);
        let folded = messages
            .iter()
            .any(|m| m.text.contains("Возможно, это вы ещё не получили"));
        assert!(folded, "{messages:#?}");
        assert_eq!(
            ground.column("SELECT dedupe FROM outbox WHERE state = 'unconfirmed'"),
            ["found:1:7"]
        );
    });
}

#[test]
fn sigterm_ends_a_start_that_waits_for_telegram() {
    run(async |ground| {
        ground.telegram.break_next("getMe", 1, Fault::Hang);
        let process = ground.vakhta(&["run"]).start();
        let asked =
            |telegram: &vakhta::testing::demo::PretendTelegram| telegram.calls("getMe").len() == 1;
        ground
            .telegram
            .wait_until("the introduction", LIMIT, asked)
            .await
            .unwrap();
        process.stop().await;
    });
}

//! One person's thousands of accounts do not keep the others waiting.

use std::time::Duration;

use vakhta::testing::demo::PretendSite;

use crate::harness::run_with;

/// The shortest run over everything lasts for half a minute.
const TWO_RUNS: Duration = Duration::from_secs(90);

#[test]
fn who_checks_thousands_of_accounts_does_not_stop_the_watch() {
    let watch = "schedule = \"*/5 * * * * *\"\nmin_gap = \"1s\"\nper_owner = 0";
    run_with(watch, async |t| {
        let (eva, oleg) = (t.user(7, "Ева", "ru").await, t.user(8, "Олег", "ru").await);
        let many: Vec<String> = (0..3000).map(|n| format!("many{n} github")).collect();
        t.ask(&eva, &format!("/add {}", many.join("\n"))).await;
        t.ask(&eva, "/check").await;
        t.ask(&oleg, "/add small github").await;
        let looked = |site: &PretendSite| {
            let requests = site.requests_to("github");
            requests.iter().any(|request| request.name == "small")
        };
        t.site.wait_until("a look", TWO_RUNS, looked).await.unwrap();
        t
    });
}

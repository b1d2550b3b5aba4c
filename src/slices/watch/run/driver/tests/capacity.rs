//! One site in ten hangs: the effect on the others, and on those that a run has no time for.

use std::collections::BTreeSet;

use super::*;
use crate::demo::Behaviour;
use crate::slices::watch::model::verdict::Verdict;

/// The period of the usual schedule.
const PERIOD: Duration = Duration::from_secs(5 * 60);

/// Accounts on a site that hangs: without the breaker they would take twice the period.
const HANGING: usize = 60;

fn keys(n: usize) -> Vec<String> {
    (0..n).map(|n| format!("site{n}")).collect()
}

/// A site whose accounts hang, and, `with_controls`, its controls as well.
async fn hang(world: &World, site: &str, with_controls: bool) {
    let names = (0..HANGING).map(|n| format!("lost{n}"));
    for name in names.clone() {
        world.site.set(site, &name, Behaviour::Hang);
    }
    if with_controls {
        world.site.set_default(site, Behaviour::Hang);
    }
    world.add(site, names).await;
}

/// A healthy site with one existing account and five missing ones.
async fn answer(world: &World, site: &str) {
    world.site.set(site, "there", Behaviour::Exists);
    let gone = (0..5).map(|n| format!("gone{n}"));
    world.add(site, gone.chain(["there".to_owned()])).await;
}

fn expected(account: &Account) -> Verdict {
    match account.username.get(..4) {
        Some("ther") => Verdict::Found,
        Some("gone") => Verdict::NotFound,
        _ => Verdict::Error,
    }
}

#[tokio::test]
async fn a_tenth_of_the_sites_hangs_and_the_run_is_over_in_time() {
    let sites = keys(40);
    let mut world = World::new(&sites, "workers = 8").await;
    let (hanging, well) = sites.split_at(4);
    for (n, site) in hanging.iter().enumerate() {
        hang(&world, site, n % 2 == 0).await;
    }
    for site in well {
        answer(&world, site).await;
    }

    let took = world.run().await;

    assert!(took < PERIOD, "the run took {took:?}");
    let accounts = world.accounts().await;
    assert_eq!(accounts.len(), 4 * HANGING + 36 * 6);
    for account in accounts {
        let expected = Some(expected(&account));
        assert_eq!(account.verdict, expected, "{account:?}");
    }
    for site in hanging {
        // Two controls, five failures, and three trials after the breaker opened.
        let asked = world.site.requests_to(site).len();
        assert!(asked <= 10, "{site} hangs and was asked {asked} times");
    }
    assert!(well.iter().all(|site| world.site.max_in_flight(site) == 1));
    let told = world.told().await;
    assert!(
        told.contains("• Проверено: 456\n• Найдено: 36\n• Не найдено: 180\n• Ошибок: 240"),
        "{told}"
    );
    assert!(!told.contains("Не успели"), "{told}");
}

/// Accounts that answer, too many for one period: the usual gap is a second or a little more.
const MANY: usize = 500;

#[tokio::test]
async fn what_a_run_had_no_time_for_is_counted_and_comes_first_in_the_next() {
    let sites = keys(10);
    let mut world = World::new(&sites, "workers = 8").await;
    hang(&world, "site0", false).await;
    let many: Vec<String> = (0..MANY).map(|n| format!("gone{n}")).collect();
    world.add("site1", many.iter().cloned()).await;
    for site in &sites[2..] {
        answer(&world, site).await;
    }

    let took = world.run().await;

    // On a busy machine, time passes while the database is read, too. Without a limit this run
    // would take over a second for each account.
    let without_end = Duration::from_secs(500);
    assert!(
        (PERIOD..without_end).contains(&took),
        "the run took {took:?}"
    );
    let first = probed(&world);
    let skipped = MANY - first.len();
    assert!(skipped > 0 && first.len() > 100, "{} looks", first.len());
    let told = world.told().await;
    let checked = HANGING + first.len() + 8 * 6;
    assert!(
        told.contains(&format!("• Проверено: {checked}\n• Найдено: 8\n")),
        "{told}"
    );
    assert!(
        told.contains(&format!("⏭ Не успели проверить: {skipped}")),
        "{told}"
    );
    for account in world.accounts().await {
        let is_reached = account.site != "site1" || first.contains(&account.username);
        let expected = is_reached.then(|| expected(&account));
        assert_eq!(account.verdict, expected, "{account:?}");
    }

    world.site.forget_requests();
    world.run().await;
    let second = probed(&world);
    let due = second.difference(&first).count();
    assert_eq!(
        due,
        second.len().min(skipped),
        "somebody had a second turn before others had their first"
    );
}

/// The accounts of the large site that were probed.
fn probed(world: &World) -> BTreeSet<String> {
    let requests = world.site.requests_to("site1");
    let names = requests.into_iter().map(|request| request.name);
    names.filter(|name| name.starts_with("gone")).collect()
}

//! The pretend world of the demo: four sites, 137 accounts, and how each of them behaves.
//!
//! Twelve accounts exist, five cannot be checked (each for another reason), the others are missing.
//! Nothing is random, so `vakhta demo --once` prints the same twice.

use std::sync::LazyLock;

use super::site::{Behaviour, CONTROL, PretendSite};
use crate::clock::Clock;
use crate::slices::watch::store::NewAccount;
use crate::zone::Zone;

/// Accounts in the demo.
pub(crate) const ACCOUNTS: usize = 137;

/// Numbers of the accounts that exist.
const FOUND: [usize; 12] = [4, 15, 27, 38, 49, 61, 72, 84, 95, 107, 118, 130];

/// Numbers of the accounts that cannot be checked, far apart, and why.
const TROUBLE: [(usize, Behaviour); 5] = [
    (9, Behaviour::Status(403)),
    (33, Behaviour::ServerError),
    (64, Behaviour::BlockPage),
    (90, Behaviour::EmptyOk),
    (121, Behaviour::LoginRedirect),
];

/// The sites by their keys; they replace the built-in ones.
const SITES: [(&str, &str); 4] = [
    ("telegram", "Telegram"),
    ("github", "GitHub"),
    ("vk", "VK"),
    ("instagram", "Instagram"),
];

const FIRST_NAMES: [&str; 12] = [
    "anna", "boris", "vera", "gleb", "dina", "egor", "zhanna", "ivan", "kira", "lev", "maria",
    "nikita",
];

/// The month of the one tick of [`QUIET_SCHEDULE`]: half a year from the start of this process.
pub static QUIET_MONTH: LazyLock<i8> =
    LazyLock::new(|| (Zone::UTC.civil(Clock::system().now()).month() + 5) % 12 + 1);

/// A schedule with no tick on any day near. The scheduler follows the machine's clock, so a test
/// would sooner or later run on any fixed day.
pub static QUIET_SCHEDULE: LazyLock<String> =
    LazyLock::new(|| format!("0 0 0 1 {} *", *QUIET_MONTH));

/// The catalogue file that points the sites at the pretend one.
#[must_use]
pub fn catalogue(site_url: &str) -> String {
    SITES
        .iter()
        .map(|(key, name)| {
            format!(
                "[[site]]\n\
                 key = \"{key}\"\n\
                 name = \"{name}\"\n\
                 url = \"https://{key}.example/{{name}}\"\n\
                 probe = \"{site_url}/{key}/{{name}}\"\n\
                 name_pattern = \"[A-Za-z0-9_.-]{{1,64}}\"\n\
                 exists = {{ status = [200], text = [\"profile of\"] }}\n\
                 missing = {{ status = [404], text = [] }}\n\
                 control = \"{CONTROL}\"\n\n"
            )
        })
        .collect()
}

/// The accounts; also sets up the site's answers for them.
#[must_use]
pub fn accounts(site: &PretendSite, owner_id: i64) -> Vec<NewAccount> {
    (0..ACCOUNTS)
        .map(|number| account(site, owner_id, number))
        .collect()
}

fn account(site: &PretendSite, owner_id: i64, number: usize) -> NewAccount {
    let first_name = FIRST_NAMES.iter().cycle().nth(number).unwrap_or(&"name");
    let (key, _) = SITES
        .iter()
        .cycle()
        .nth(number)
        .unwrap_or(&("telegram", ""));
    let username = format!("{first_name}_{number:03}");
    let trouble = TROUBLE.iter().find(|(of, _)| *of == number);
    let behaviour = match trouble {
        Some((_, behaviour)) => behaviour.clone(),
        None if FOUND.contains(&number) => Behaviour::Exists,
        None => Behaviour::Missing,
    };
    site.set(key, &username, behaviour);
    NewAccount::new(owner_id, key, &username, 30)
}

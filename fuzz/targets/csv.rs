//! CSV files of accounts: every row is an account of a site with a lawful name, or a problem with its line.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use vakhta::testing::cli::accounts_of_csv;
use vakhta::testing::slices::watch::Catalogue;
use vakhta::testing::slices::watch::model::config::BrokenEntries;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::load(&[], "telegram", false, BrokenEntries::Refuse).expect("the built-in sites")
});

fuzz_target!(|text: &str| {
    match accounts_of_csv(&CATALOGUE, text, 7, 30) {
        Ok(accounts) => {
            for account in accounts {
                let site = CATALOGUE.find(&account.site).expect("a known site");
                site.parse_username(&account.username)
                    .expect("a lawful name");
            }
        }
        Err(problems) => assert!(!problems.is_empty()),
    }
});

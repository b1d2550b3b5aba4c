//! Catalogue files of any kind: whatever is in one, it becomes sites that can be asked, and problems with a reason.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vakhta::testing::slices::watch::catalogue::Listing;

fuzz_target!(|text: &str| {
    let listing = Listing::parse("fuzz", text, false);
    assert!(listing.sites.len() <= listing.entries);
    assert!(
        listing
            .unused
            .iter()
            .all(|problem| !problem.reason.is_empty())
    );
    for site in &listing.sites {
        if let Some(name) = site.random_name() {
            site.probe_request(&name)
                .expect("a lawful name can be asked about");
        }
    }
});

//! Pages of a site whose rule has one side only: that of a known name, that of nobody and a third one, apart by a zero
//! byte. The controls' own pages have proof, whatever they are, and no page stops the reader.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use url::Url;
use vakhta::testing::slices::watch::catalogue::Listing;
use vakhta::testing::slices::watch::site::Site;
use vakhta::testing::slices::watch::verdict::{AnswerHeaders, Proof, SiteAnswer, Traits};

static SITE: LazyLock<Site> = LazyLock::new(|| {
    let entry = "{\"Fuzz\": {\"url\": \"https://fuzz.example/{}\", \"urlMain\": \"https://fuzz.example\", \
                 \"errorType\": \"status_code\", \"username_claimed\": \"blue\"}}";
    let mut sites = Listing::parse("fuzz", entry, false).sites;
    sites.pop().expect("the entry is in order")
});

fn read(name: &str, body: &str) -> Traits {
    let answer = SiteAnswer {
        url: Url::parse("https://fuzz.example/x").expect("an address"),
        status: 200,
        headers: AnswerHeaders::default(),
        location: None,
        body: body.to_owned(),
    };
    let name = SITE.parse_username(name).expect("a name");
    Traits::read(&SITE, &name, &answer)
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut pages = text.split('\0');
    let mut next = || pages.next().unwrap_or_default();
    let (known, nobody, page) = (next(), next(), next());
    let mut proof = Proof::default();
    proof.hear_known(read("blue", known));
    proof.hear_nobody(read("q7x3", nobody));
    assert!(proof.is_account(&read("blue", known)));
    assert!(proof.is_nobody(&read("q7x3", nobody)));
    // Either verdict will do.
    let _ = proof.is_account(&read("ann", page)) | proof.is_nobody(&read("ann", page));
});

//! Answers of sites: the first two bytes are the status, the first line is `Location`, the rest is the body. A verdict
//! needs the text of its own side and not that of the other, and none comes from a status that says nothing.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use url::Url;
use vakhta::testing::slices::watch::catalogue::Listing;
use vakhta::testing::slices::watch::model::verdict::Sighting;
use vakhta::testing::slices::watch::site::Site;
use vakhta::testing::slices::watch::verdict::{AnswerHeaders, SiteAnswer, judge};

const EXISTS: &str = "profile of";
const MISSING: &str = "no such user";

static SITE: LazyLock<Site> = LazyLock::new(|| {
    let entry = format!(
        "[[site]]\nkey = \"fuzz\"\nurl = \"https://fuzz.example/{{name}}\"\n\
         exists = {{ status = [200], text = [\"{EXISTS}\"] }}\nmissing = {{ status = [200, 404], text = [\"{MISSING}\"] }}\n"
    );
    let mut sites = Listing::parse("fuzz", &entry, false).sites;
    sites.pop().expect("the entry is in order")
});

fuzz_target!(|bytes: &[u8]| {
    let Some((status, rest)) = bytes.split_first_chunk::<2>() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    let (location, body) = text.split_once('\n').unwrap_or(("", &text));
    let answer = SiteAnswer {
        url: Url::parse("https://fuzz.example/ann").expect("an address"),
        status: u16::from_be_bytes(*status) % 1000,
        headers: AnswerHeaders::default(),
        location: Some(location.to_owned()).filter(|location| !location.is_empty()),
        body: body.to_owned(),
    };
    match judge(&SITE, &answer) {
        Ok(Sighting::Exists) => {
            assert!(answer.status == 200 && body.contains(EXISTS) && !body.contains(MISSING));
        }
        Ok(Sighting::Missing) => {
            assert!(matches!(answer.status, 200 | 404));
            assert!(body.contains(MISSING) && !body.contains(EXISTS));
        }
        Err(_) => {}
    }
});

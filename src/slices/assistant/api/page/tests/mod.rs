//! The part is complete in both languages and obeys the page's policy.

use super::*;
use crate::http_server::page::tests::{demand_lawful, demand_whole, said};
use crate::slices::assistant::question::Reason;

#[test]
fn the_part_is_whole_lawful_and_has_a_text_for_every_reason() {
    demand_whole(PART);
    demand_lawful(PART);
    for lang in Lang::ALL {
        assert!(text(lang, "page-attempt").contains("{attempt}"), "{lang:?}");
        assert!(text(lang, "page-elapsed").contains("{seconds}"), "{lang:?}");
    }
    assert!(text(Lang::Ru, "page-attempt").contains("({attempt} из 3)"));
    assert!(said(PART).len() > 10);
    for (reason, _) in Reason::WORDS {
        let key = format!("data-key=\"failed-{reason}\"");
        assert!(PART.document.contains(&key), "{reason}");
    }
}

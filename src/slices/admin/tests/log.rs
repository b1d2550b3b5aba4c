//! Tests of `slices/admin/log.rs`.

use super::*;
use crate::i18n::Lang;

#[test]
fn every_deed_and_kind_has_its_text() {
    for lang in Lang::ALL {
        for (word, deed) in Deed::WORDS {
            assert!(i18n::has(lang, &deed_key(*deed)), "{deed:?} in {lang:?}");
            let (kind, _) = word.split_once('.').unwrap();
            assert!(Deed::KINDS.contains(&kind), "{deed:?} is of no kind");
        }
        for kind in Deed::KINDS {
            assert!(i18n::has(lang, &format!("kind-{kind}")), "{kind}");
        }
    }
}

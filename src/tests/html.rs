//! Tests of `html.rs`.

use super::*;
use proptest::prelude::*;

#[test]
fn hostile_names_stay_text() {
    assert_eq!(Html::name("<b>Ева & Ко").as_str(), "&lt;b&gt;Ева &amp; Ко");
    assert_eq!(clean_name("a\u{202e}b\u{200b}\nc"), "ab c");
    assert_eq!(clean_name("\u{200b}\u{feff}"), "—");
    // Letters that are blank: a Telegram name of them looks like none.
    assert_eq!(clean_name("\u{3164}\u{2800}\u{115f}"), "—");
}

#[test]
fn a_link_needs_a_web_address() {
    assert_eq!(Html::link("x", "javascript:alert(1)").as_str(), "x");
    assert_eq!(
        Html::link("a<b", "https://e.x/?a=1&b=\"2\"").as_str(),
        "<a href=\"https://e.x/?a=1&amp;b=&quot;2&quot;\">a&lt;b</a>"
    );
}

#[test]
fn cutting_counts_utf16_units() {
    assert_eq!(cut("абв", 3), "абв");
    assert_eq!(cut("🔄🔄🔄", 5), "🔄🔄…");
}

proptest! {
    #[test]
    fn escaping_is_undone_exactly(plain in "\\PC*") {
        prop_assert_eq!(Html::text(&plain).to_plain(), plain);
    }

    #[test]
    fn a_cut_text_is_within_its_limit(plain in "\\PC*", limit in 1_usize..50) {
        prop_assert!(cut(&plain, limit).encode_utf16().count() <= limit);
    }
}

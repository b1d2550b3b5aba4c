//! Texts of strangers in our messages: they are shown as they are and never become markup.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vakhta::testing::html::{Html, cut};
use vakhta::testing::i18n::{self, Args, Lang};

fuzz_target!(|text: &str| {
    let html = Html::text(text);
    assert_eq!(html.to_plain(), text);
    assert_eq!(Html::bold(text).to_plain(), text);
    assert_eq!(Html::link(text, text).to_plain(), text);
    assert!(cut(text, 40).encode_utf16().count() <= 40);
    for lang in Lang::ALL {
        let line = i18n::html(lang, "bad-site", &Args::new().text("site", text));
        assert!(line.as_str().contains(html.as_str()), "{line}");
    }
});

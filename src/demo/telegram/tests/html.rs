//! Accepted and refused markup.

use proptest::prelude::*;

use crate::demo::telegram::events::bot_commands;
use crate::demo::telegram::html::{parse, trimmed, utf16_length};

fn refused(source: &str) -> String {
    parse(source).expect_err(source)
}

#[test]
fn tags_become_entities_counted_in_utf16_units() {
    let parsed = parse("🔄 <b>я <i>x</i></b> &lt;&amp;&#33;&quot; a&b &nbsp;").unwrap();
    assert_eq!(parsed.text, "🔄 я x <&!\" a&b &nbsp;");
    let spans: Vec<_> = parsed
        .entities
        .iter()
        .map(|e| (e.kind.as_str(), e.offset, e.length))
        .collect();
    assert_eq!(spans, [("bold", 3, 3), ("italic", 5, 1)]);
}

#[test]
fn links_code_and_quotes_keep_what_belongs_to_them() {
    let parsed = parse(
        "<a href=\"https://e.org/?a=1&amp;b='\">l</a><pre><code class=\"language-rust\">c</code></pre>\
         <blockquote expandable>q</blockquote><span class='tg-spoiler'>s</span><a href='nowhere'>n</a>",
    )
    .unwrap();
    assert_eq!(parsed.text, "lcqsn");
    let kinds: Vec<_> = parsed.entities.iter().map(|e| e.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["text_link", "pre", "expandable_blockquote", "spoiler"]
    );
    assert_eq!(
        parsed.entities[0].url.as_deref(),
        Some("https://e.org/?a=1&b='")
    );
    assert_eq!(parsed.entities[1].language.as_deref(), Some("rust"));
}

#[test]
fn what_is_not_markup_is_refused_with_the_place() {
    assert_eq!(
        refused("я <b>x"),
        "Can't find end tag corresponding to start tag \"b\""
    );
    assert_eq!(
        refused("я <x>y</x>"),
        "Unsupported start tag \"x\" at byte offset 3"
    );
    assert_eq!(
        refused("1 < 2"),
        "Unclosed start tag at byte offset 2"
            .replace("Unclosed start tag", "Unsupported start tag \"\"")
    );
    assert_eq!(refused("1 <2"), "Unclosed start tag at byte offset 2");
    assert_eq!(refused("x</b>"), "Unexpected end tag at byte offset 1");
    assert_eq!(
        refused("<b><i>x</b></i>"),
        "Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\""
    );
    assert_eq!(refused("<b>x</b"), "Unclosed end tag at byte offset 4");
    assert_eq!(
        refused("<a =x>y</a>"),
        "Empty attribute name in the tag \"a\" at byte offset 0"
    );
    assert_eq!(
        refused("<a href=\"x>y</a>"),
        "Unclosed start tag at byte offset 0"
    );
    assert_eq!(
        refused("<a href=a/b>y</a>"),
        "Unexpected end of name token at byte offset 8"
    );
    assert_eq!(
        refused("<span>x</span>"),
        "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"
    );
    assert_eq!(
        refused("<br/>"),
        "Unsupported start tag \"br/\" at byte offset 0"
    );
}

#[test]
fn white_space_around_goes_and_entities_follow() {
    let parsed = trimmed(parse(" \n<b> x </b>\n<i> </i>").unwrap());
    assert_eq!(parsed.text, "x");
    assert_eq!(parsed.entities.len(), 1);
    assert_eq!(
        (parsed.entities[0].offset, parsed.entities[0].length),
        (0, 1)
    );
}

#[test]
fn commands_are_found_in_what_people_write() {
    let found: Vec<_> = bot_commands("/start я 🔄 /add@bot x/y /no-command /")
        .iter()
        .map(|e| (e.offset, e.length))
        .collect();
    assert_eq!(found, [(0, 6), (12, 8)]);
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused(source in "([<>/&;='\" \\x00a-c]|<b>|</b>|&lt|&#x|href|<a |<span class='tg-|я|🔄){0,40}") {
        if let Ok(parsed) = parse(&source) {
            let whole = utf16_length(&parsed.text);
            for entity in &parsed.entities {
                prop_assert!(entity.length > 0 && entity.offset + entity.length <= whole);
            }
            trimmed(parsed);
        }
    }

    #[test]
    fn escaped_text_comes_back_as_it_was(text in "\\PC{0,60}") {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        prop_assert_eq!(parse(&escaped).unwrap().text, text);
    }
}

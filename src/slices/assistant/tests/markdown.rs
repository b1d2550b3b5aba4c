//! Markdown from models becomes messages that Telegram accepts.

use proptest::prelude::*;

use super::*;

fn one(markdown: &str) -> String {
    let messages = messages(markdown);
    assert_eq!(messages.len(), 1, "{messages:?}");
    messages[0].as_str().to_owned()
}

#[test]
fn markup_becomes_tags_and_everything_else_text() {
    for (markdown, html) in [
        ("a < b & *c*", "a &lt; b &amp; <i>c</i>"),
        ("**b** ~~s~~ `x<y`", "<b>b</b> <s>s</s> <code>x&lt;y</code>"),
        ("# Head\nText\nmore", "<b>Head</b>\n\nText\nmore"),
        ("- a\n- b\n  - c\n\nend", "• a\n• b\n  • c\n\nend"),
        ("3. a\n4. b", "3. a\n4. b"),
        (
            "```rust\nlet x = 1 < 2;\n```",
            "<pre>let x = 1 &lt; 2;\n</pre>",
        ),
        (
            "[a](https://x.example/?a=1&b)",
            "<a href=\"https://x.example/?a=1&amp;b\">a</a>",
        ),
        ("[a](javascript:alert(1))", "a"),
        (
            "<script>alert(1)</script>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
        ),
        ("<b onclick=x>a</b>", "&lt;b onclick=x&gt;a&lt;/b&gt;"),
        ("***", "———"),
    ] {
        assert_eq!(one(markdown), html, "{markdown}");
    }
}

#[test]
fn what_is_long_becomes_several_messages() {
    let paragraphs = "слово ".repeat(300) + "\n\n";
    let messages_of = messages(&paragraphs.repeat(6));
    assert_eq!(messages_of.len(), 3);
    let code = format!("```\n{}\n```", "x".repeat(9000));
    assert_eq!(messages(&code).len(), 3);
}

#[test]
fn what_is_there_so_far_is_one_message_and_goes_on() {
    assert_eq!(so_far(""), None);
    assert_eq!(so_far(" \n"), None);
    for (markdown, html) in [
        ("a **b", "a **b …"),
        ("a **b** `c", "a <b>b</b> `c …"),
        ("```\nlet x", "<pre>let x</pre> …"),
        ("- a\n- b", "• a\n• b …"),
    ] {
        assert_eq!(so_far(markdown).unwrap().as_str(), html, "{markdown}");
    }
    let long = "слово **два** ".repeat(2_000);
    let shown = so_far(&long).unwrap();
    assert!((4_000..=MESSAGE_LIMIT).contains(&shown.telegram_len()));
    assert_eq!(so_far(&format!("{long}more")).unwrap(), shown);
}

proptest! {
    #[test]
    fn any_text_is_messages_that_telegram_takes(words in prop::collection::vec(prop::sample::select(vec![
        "a", "**", "*", "_", "`", "```\n", "\n", "\n\n", "- ", "1. ", "# ", "> ", "[x](http://y)", "<b>", "&", "~~", "ёж", "![i](u)", "|a|b|\n", "  ",
    ]), 1..60)) {
        let text = words.concat();
        prop_assume!(!text.trim().is_empty());
        for message in messages(&text).into_iter().chain(so_far(&text)) {
            prop_assert!(message.telegram_len() <= MESSAGE_LIMIT);
            prop_assert!(!message.to_plain().trim().is_empty());
            let mut open: Vec<&str> = Vec::new();
            for tag in message.as_str().split('<').skip(1) {
                let name = tag.split(['>', ' ']).next().unwrap();
                match name.strip_prefix('/') {
                    Some(name) => prop_assert_eq!(open.pop(), Some(name)),
                    None => open.push(name),
                }
            }
            prop_assert!(open.is_empty());
        }
    }
}

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
        (
            "> a *b*\n> c\n>\n> > d\n\ne",
            "<blockquote>a <i>b</i>\nc\n\nd</blockquote>\n\ne",
        ),
        ("> - a\n> - b", "<blockquote>• a\n• b</blockquote>"),
        ("- a\n\n  > b", "• ab"),
        (
            "|a|bb|\n|-|:-:|\n|long|<x>|\n|`y`|\n",
            "<pre>a    │ bb\n─────┼────\nlong │ &lt;x&gt;\ny    │</pre>",
        ),
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
fn long_blocks_are_cut_at_words_and_lines_and_keep_their_markup() {
    let paragraph = format!("**{}** end", "слово 🌊 ".repeat(2_000).trim_end());
    let pieces = messages(&paragraph);
    assert!(pieces.len() > 3);
    for (n, piece) in pieces.iter().enumerate() {
        let (html, plain) = (piece.as_str(), piece.to_plain());
        assert!(
            html.starts_with("<b>") && piece.telegram_len() <= MESSAGE_LIMIT,
            "{n}"
        );
        let last = if n + 1 == pieces.len() { "end" } else { "🌊" };
        assert!(
            plain
                .split_whitespace()
                .all(|word| ["слово", "🌊", "end"].contains(&word)),
            "{n}"
        );
        assert!(html.ends_with("</b>") || plain.ends_with(last), "{n}");
    }
    let code = format!("```\n{}```", "let answer = 42; // & so on\n".repeat(400));
    let pieces = messages(&code);
    let lines: Vec<String> = pieces
        .iter()
        .flat_map(|piece| {
            assert!(piece.as_str().starts_with("<pre>") && piece.as_str().ends_with("</pre>"));
            piece
                .to_plain()
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(lines.len(), 400);
    assert!(
        lines
            .iter()
            .all(|line| line == "let answer = 42; // & so on")
    );
    // A short line before a long one is not a message of its own.
    let pieces = messages(&format!("a\n{}", "слово ".repeat(1_000)));
    assert_eq!(pieces.len(), 2);
    let quote = messages(&format!(
        "> {}",
        "[слово](https://x.example) ".repeat(1_000)
    ));
    assert!(quote.len() > 1);
    for piece in &quote {
        assert!(
            piece.as_str().starts_with("<blockquote><a href="),
            "{piece}"
        );
    }
}

#[test]
fn a_note_ends_the_last_message() {
    let note = Html::text("cut");
    let ends = messages_with_end("a", &note);
    assert_eq!(
        ends.iter().map(Html::as_str).collect::<Vec<_>>(),
        ["a\n\ncut"]
    );
    let ends = messages_with_end(&"x".repeat(MESSAGE_LIMIT), &note);
    assert_eq!(ends.last().map(Html::as_str), Some("cut"));
    assert_eq!(ends.len(), 2);
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
        "a", "**", "*", "_", "`", "```\n", "\n", "\n\n", "- ", "1. ", "# ", "> ", "[x](http://y)", "<b>", "&", "~~", "ёж", "![i](u)", "|a|b|\n", "|-|-|\n", ">> ", "  ",
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

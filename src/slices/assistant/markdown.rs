//! What a model writes, as messages that Telegram shows: Markdown becomes the few tags that Telegram knows.
//!
//! Must stay true: whatever a model writes is text. Markup comes only from what the parser found, links only lead to http and
//! https, raw HTML is shown as it stands; every message is within Telegram's limit, and none is empty.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::html::{Html, MESSAGE_LIMIT, Mark};

/// Stands below an answer that goes on.
const GOES_ON: &str = " …";

/// The messages of an answer, in their order.
#[must_use]
pub(super) fn messages(markdown: &str) -> Vec<Html> {
    within(markdown, MESSAGE_LIMIT)
}

/// What is there of an answer, as far as one message shows it; none while nothing is.
#[must_use]
pub(super) fn so_far(markdown: &str) -> Option<Html> {
    // More than a message holds, with room for markup: no more is read, however long an answer grows.
    let end = markdown.char_indices().nth(2 * MESSAGE_LIMIT);
    let begin = end.map_or(markdown, |(end, _)| markdown.get(..end).unwrap_or(markdown));
    let goes_on = Html::text(GOES_ON);
    let mut page = within(begin, MESSAGE_LIMIT - goes_on.telegram_len())
        .into_iter()
        .next()?;
    page.push(&goes_on);
    Some(page)
}

fn within(markdown: &str, limit: usize) -> Vec<Html> {
    let mut reader = Reader::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH) {
        reader.event(event);
    }
    reader.end_block("\n\n");
    let mut pages = Pages::of(limit);
    for (separator, block) in &reader.blocks {
        pages.add(separator, block);
    }
    pages.done(markdown)
}

/// Markup that is open, with what stands in it.
enum Open {
    Mark(Mark),
    Link(String),
    Other,
}

#[derive(Default)]
struct Reader {
    /// Finished blocks, each with what stands between it and the one before.
    blocks: Vec<(&'static str, Html)>,
    block: Html,
    open: Vec<(Open, Html)>,
    /// The next number of each list around; none: it has points.
    lists: Vec<Option<u64>>,
}

impl Reader {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.say(&Html::text(&text));
            }
            Event::Code(text) => self.say(&Html::code(&text)),
            // Models break lines where they mean it.
            Event::SoftBreak | Event::HardBreak => self.say(&Html::text("\n")),
            Event::Rule => self.say(&Html::text("———")),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let open = match tag {
            Tag::Strong => Open::Mark(Mark::Bold),
            Tag::Emphasis => Open::Mark(Mark::Italic),
            Tag::Strikethrough => Open::Mark(Mark::Struck),
            Tag::Link { dest_url, .. } => Open::Link(dest_url.into_string()),
            Tag::Heading { .. } => {
                self.end_block("\n\n");
                Open::Mark(Mark::Bold)
            }
            Tag::CodeBlock(_) => {
                self.end_block("\n\n");
                Open::Mark(Mark::Block)
            }
            Tag::List(first) => {
                self.end_block("\n");
                self.lists.push(first);
                return;
            }
            Tag::Item => return self.begin_item(),
            Tag::Paragraph | Tag::BlockQuote(_) | Tag::HtmlBlock => return,
            _ => Open::Other,
        };
        self.open.push((open, Html::default()));
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => {
                self.lists.pop();
                if let (true, Some((separator, _))) =
                    (self.lists.is_empty(), self.blocks.last_mut())
                {
                    *separator = "\n\n";
                }
                return;
            }
            TagEnd::Item => return self.end_block("\n"),
            TagEnd::Paragraph | TagEnd::HtmlBlock if self.lists.is_empty() => {
                return self.end_block("\n\n");
            }
            TagEnd::Paragraph | TagEnd::BlockQuote(_) | TagEnd::HtmlBlock => return,
            _ => {}
        }
        let Some((open, inner)) = self.open.pop() else {
            return;
        };
        let whole = match open {
            Open::Mark(mark) => inner.marked(mark),
            Open::Link(url) => Html::link(&inner.to_plain(), &url),
            Open::Other => inner,
        };
        self.say(&whole);
        if matches!(tag, TagEnd::Heading(_) | TagEnd::CodeBlock) {
            self.end_block("\n\n");
        }
    }

    fn begin_item(&mut self) {
        self.end_block("\n");
        let depth = self.lists.len().saturating_sub(1);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            _ => "• ".to_owned(),
        };
        self.say(&Html::text(&format!("{}{mark}", "  ".repeat(depth))));
    }

    fn say(&mut self, words: &Html) {
        match self.open.last_mut() {
            Some((_, inner)) => inner.push(words),
            None => self.block.push(words),
        }
    }

    /// What stands so far is a block; `separator` is what follows it.
    fn end_block(&mut self, separator: &'static str) {
        let block = std::mem::take(&mut self.block);
        if !block.to_plain().trim().is_empty() {
            self.blocks.push((separator, block));
        }
    }
}

/// Blocks put together to messages.
struct Pages {
    /// UTF-16 units of one.
    limit: usize,
    done: Vec<Html>,
    page: Html,
    between: &'static str,
}

impl Pages {
    fn of(limit: usize) -> Self {
        Self {
            limit,
            done: Vec::new(),
            page: Html::default(),
            between: "",
        }
    }

    fn add(&mut self, separator: &'static str, block: &Html) {
        let length = self.page.telegram_len() + self.between.len() + block.telegram_len();
        if length > self.limit {
            self.turn();
        }
        if block.telegram_len() > self.limit {
            // Its markup would be cut somewhere: what is so long goes without.
            let pieces = pieces(&block.to_plain(), self.limit);
            self.done
                .extend(pieces.iter().map(|piece| Html::text(piece)));
        } else {
            if !self.page.is_empty() {
                self.page.push(&Html::text(self.between));
            }
            self.page.push(block);
        }
        self.between = separator;
    }

    fn turn(&mut self) {
        if !self.page.is_empty() {
            self.done.push(std::mem::take(&mut self.page));
        }
    }

    fn done(mut self, source: &str) -> Vec<Html> {
        self.turn();
        if self.done.is_empty() {
            // Nothing but markup: it is shown as it stands.
            self.done = pieces(source, self.limit)
                .iter()
                .map(|piece| Html::text(piece))
                .collect();
        }
        self.done
    }
}

/// A text in pieces of so many UTF-16 units at most.
fn pieces(text: &str, limit: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut units = 0;
    for c in text.chars() {
        if units + c.len_utf16() > limit {
            pieces.push(std::mem::take(&mut piece));
            units = 0;
        }
        units += c.len_utf16();
        piece.push(c);
    }
    pieces.push(piece);
    // Telegram refuses what shows nothing.
    pieces.retain(|piece| !piece.trim().is_empty());
    pieces
}

#[cfg(test)]
mod tests {
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
}

//! Converts a model's Markdown to Telegram messages, with the few tags that Telegram supports.
//!
//! # Invariants
//!
//! - Markup comes only from the parser; everything else is text.
//! - Links lead to http and https only, and raw HTML is shown as text.
//! - Every message fits Telegram's limit, and none is empty.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::html::{Html, MESSAGE_LIMIT, Mark};

/// Ends an answer that is still growing.
const GOES_ON: &str = " …";

#[must_use]
pub(super) fn messages(markdown: &str) -> Vec<Html> {
    within(markdown, MESSAGE_LIMIT)
}

/// The start of a growing answer, as one message; none while it is empty.
#[must_use]
pub(super) fn so_far(markdown: &str) -> Option<Html> {
    // Twice the limit leaves room for markup, and keeps the cost flat however long the answer is.
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
    let mut reader = BlockReader::default();
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

enum OpenMarkup {
    Mark(Mark),
    Link(String),
    Other,
}

#[derive(Default)]
struct BlockReader {
    /// Finished blocks, each with the separator that follows it.
    blocks: Vec<(&'static str, Html)>,
    block: Html,
    open: Vec<(OpenMarkup, Html)>,
    /// The next number of each open list; `None` for bullet points.
    lists: Vec<Option<u64>>,
}

impl BlockReader {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.say(&Html::text(&text));
            }
            Event::Code(text) => self.say(&Html::code(&text)),
            // Models break lines on purpose.
            Event::SoftBreak | Event::HardBreak => self.say(&Html::text("\n")),
            Event::Rule => self.say(&Html::text("———")),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let open = match tag {
            Tag::Strong => OpenMarkup::Mark(Mark::Bold),
            Tag::Emphasis => OpenMarkup::Mark(Mark::Italic),
            Tag::Strikethrough => OpenMarkup::Mark(Mark::Struck),
            Tag::Link { dest_url, .. } => OpenMarkup::Link(dest_url.into_string()),
            Tag::Heading { .. } => {
                self.end_block("\n\n");
                OpenMarkup::Mark(Mark::Bold)
            }
            Tag::CodeBlock(_) => {
                self.end_block("\n\n");
                OpenMarkup::Mark(Mark::Block)
            }
            Tag::List(first) => {
                self.end_block("\n");
                self.lists.push(first);
                return;
            }
            Tag::Item => return self.begin_item(),
            Tag::Paragraph | Tag::BlockQuote(_) | Tag::HtmlBlock => return,
            _ => OpenMarkup::Other,
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
            OpenMarkup::Mark(mark) => inner.marked(mark),
            OpenMarkup::Link(url) => Html::link(&inner.to_plain(), &url),
            OpenMarkup::Other => inner,
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

    fn end_block(&mut self, separator: &'static str) {
        let block = std::mem::take(&mut self.block);
        if !block.to_plain().trim().is_empty() {
            self.blocks.push((separator, block));
        }
    }
}

struct Pages {
    /// In UTF-16 units.
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
            // A cut would break its markup, so a block this long becomes plain text.
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
            // Nothing but markup, so the source is shown.
            self.done = pieces(source, self.limit)
                .iter()
                .map(|piece| Html::text(piece))
                .collect();
        }
        self.done
    }
}

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
    // Telegram refuses messages that show nothing.
    pieces.retain(|piece| !piece.trim().is_empty());
    pieces
}

#[cfg(test)]
#[path = "tests/markdown.rs"]
mod tests;

//! Converts a model's Markdown to Telegram messages, with the few tags that Telegram supports.
//!
//! # Invariants
//!
//! - Markup comes only from the parser; everything else is text.
//! - Links lead to http and https only, and raw HTML is shown as text.
//! - Every message fits Telegram's limit, and none is empty.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::html::{Html, MESSAGE_LIMIT, Mark};

/// Beyond this many characters, a cell of a table is not aligned.
const WIDEST_COLUMN: usize = 32;

/// Ends an answer that is still growing.
const GOES_ON: &str = " …";

#[must_use]
pub(super) fn messages(markdown: &str) -> Vec<Html> {
    within(markdown, MESSAGE_LIMIT, None)
}

/// The messages; the last one ends with a note.
#[must_use]
pub(super) fn messages_with_end(markdown: &str, note: &Html) -> Vec<Html> {
    within(markdown, MESSAGE_LIMIT, Some(note))
}

/// The start of a growing answer, as one message; none while it is empty.
#[must_use]
pub(super) fn so_far(markdown: &str) -> Option<Html> {
    // Twice the limit leaves room for markup, and keeps the cost flat however long the answer is.
    let end = markdown.char_indices().nth(2 * MESSAGE_LIMIT);
    let begin = end.map_or(markdown, |(end, _)| markdown.get(..end).unwrap_or(markdown));
    let goes_on = Html::text(GOES_ON);
    let mut page = within(begin, MESSAGE_LIMIT - goes_on.telegram_len(), None)
        .into_iter()
        .next()?;
    page.push(&goes_on);
    Some(page)
}

fn within(markdown: &str, limit: usize, note: Option<&Html>) -> Vec<Html> {
    let mut reader = BlockReader::default();
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
    for event in Parser::new_ext(markdown, options) {
        reader.event(event);
    }
    reader.end_block("\n\n");
    let mut blocks = reader.blocks;
    if blocks.is_empty() {
        // Nothing but markup, so the source is shown.
        blocks.push(("\n\n", Html::text(markdown)));
    }
    blocks.extend(note.map(|note| ("", note.clone())));
    let mut pages = Pages::of(limit);
    for (separator, block) in &blocks {
        pages.add(separator, block);
    }
    pages.done()
}

enum OpenMarkup {
    Mark(Mark),
    Link(String),
    Cell,
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
    /// The number of blocks before each open quote.
    quotes: Vec<usize>,
    /// The rows of the open table.
    table: Vec<Vec<String>>,
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
            Tag::BlockQuote(_) => return self.begin_quote(),
            Tag::Table(_) => return self.end_block("\n\n"),
            Tag::TableHead | Tag::TableRow => return self.table.push(Vec::new()),
            Tag::TableCell => OpenMarkup::Cell,
            Tag::Paragraph | Tag::HtmlBlock => return,
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
            TagEnd::BlockQuote(_) => return self.end_quote(),
            TagEnd::Table => return self.end_table(),
            TagEnd::Paragraph | TagEnd::HtmlBlock | TagEnd::TableHead | TagEnd::TableRow => return,
            _ => {}
        }
        let Some((open, inner)) = self.open.pop() else {
            return;
        };
        let whole = match open {
            OpenMarkup::Mark(mark) => inner.marked(mark),
            OpenMarkup::Link(url) => Html::link(&inner.to_plain(), &url),
            OpenMarkup::Cell => {
                if let Some(row) = self.table.last_mut() {
                    row.push(inner.to_plain());
                }
                return;
            }
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

    fn begin_quote(&mut self) {
        // In a list, the quote is a part of its item.
        if self.lists.is_empty() {
            self.end_block("\n\n");
        }
        self.quotes.push(self.blocks.len());
    }

    /// Telegram knows no quotes within quotes, so only the outermost one is marked.
    fn end_quote(&mut self) {
        let before = self.quotes.pop().unwrap_or_default();
        if !self.quotes.is_empty() || !self.lists.is_empty() {
            return;
        }
        self.end_block("\n\n");
        let mut quote = Html::default();
        let mut between = "";
        for (separator, block) in self.blocks.drain(before.min(self.blocks.len())..) {
            quote.push(&Html::text(between));
            quote.push(&block);
            between = separator;
        }
        self.say(&quote.marked(Mark::Quote));
        self.end_block("\n\n");
    }

    /// Telegram knows no tables, so the columns are aligned in a monospaced font.
    fn end_table(&mut self) {
        let rows = std::mem::take(&mut self.table);
        let columns = rows.first().map_or(0, Vec::len);
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            let widest = cells.map(|cell| cell.chars().count()).max();
            widest.unwrap_or_default().min(WIDEST_COLUMN)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut lines = Vec::new();
        for (n, row) in rows.iter().enumerate() {
            let cells = row.iter().zip(&widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            lines.push(cells.join(" │ ").trim_end().to_owned());
            if n == 0 {
                let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
                lines.push(rules.join("─┼─"));
            }
        }
        self.say(&Html::text(&lines.join("\n")).marked(Mark::Block));
        if self.lists.is_empty() {
            self.end_block("\n\n");
        }
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
            let mut pieces = block.pieces(self.limit);
            // What follows may join the last piece.
            self.page = pieces.pop().unwrap_or_default();
            self.done.extend(pieces);
        } else {
            if !self.page.is_empty() {
                self.page.push(&Html::text(self.between));
            }
            self.page.push(block);
        }
        self.between = separator;
    }

    fn turn(&mut self) {
        let page = std::mem::take(&mut self.page);
        // Telegram refuses messages that show nothing.
        if !page.to_plain().trim().is_empty() {
            self.done.push(page);
        }
    }

    fn done(mut self) -> Vec<Html> {
        self.turn();
        self.done
    }
}

#[cfg(test)]
#[path = "tests/markdown.rs"]
mod tests;

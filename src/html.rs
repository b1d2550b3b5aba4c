//! Text that is safe to send as Telegram HTML.
//!
//! # Invariants
//! - An [`Html`] is built only by escaping plain text or from our own catalogue ([`crate::i18n`]).
//! - A name like `<b>Ева & Ко` never becomes markup.
//! - Cutting happens before escaping, by UTF-16 units, because Telegram counts those.

use std::fmt::{self, Write as _};

/// Telegram's limit for one message, in UTF-16 units after entities are parsed.
pub(crate) const MESSAGE_LIMIT: usize = 4096;

/// The same limit for a caption beside a file.
pub(crate) const CAPTION_LIMIT: usize = 1024;

/// The longest display name shown, in UTF-16 units: names are free text and people paste novels
/// into them.
const NAME_LIMIT: usize = 64;

/// HTML that Telegram accepts: escaped text and the few tags of this file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Html(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Bold,
    Italic,
    Struck,
    /// Lines in a monospaced font.
    Block,
    Quote,
}

impl Html {
    #[must_use]
    pub fn text(plain: &str) -> Self {
        let mut out = String::with_capacity(plain.len());
        for c in plain.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                _ => out.push(c),
            }
        }
        Self(out)
    }

    /// A link. If the address is not http or https, only the label is shown.
    #[must_use]
    pub fn link(label: &str, url: &str) -> Self {
        let label = Self::text(label);
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return label;
        }
        Self(format!("<a href=\"{}\">{label}</a>", Self::text(url)))
    }

    #[must_use]
    pub fn bold(plain: &str) -> Self {
        Self(format!("<b>{}</b>", Self::text(plain)))
    }

    /// Text to copy, in a monospaced font.
    #[must_use]
    pub fn code(plain: &str) -> Self {
        Self(format!("<code>{}</code>", Self::text(plain)))
    }

    #[must_use]
    pub fn marked(self, mark: Mark) -> Self {
        let tag = match mark {
            Mark::Bold => "b",
            Mark::Italic => "i",
            Mark::Struck => "s",
            Mark::Block => "pre",
            Mark::Quote => "blockquote",
        };
        Self(format!("<{tag}>{self}</{tag}>"))
    }

    /// A display name: controls and direction marks removed, trimmed, cut, escaped.
    #[must_use]
    pub fn name(raw: &str) -> Self {
        Self::text(&clean_name(raw))
    }

    /// A text of our own catalogues; the caller has escaped its arguments.
    pub(crate) fn from_catalogue(trusted: String) -> Self {
        Self(trusted)
    }

    /// Reads markup that we stored in the outbox.
    pub(crate) fn from_storage(stored: String) -> Self {
        Self(stored)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn push(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    /// Joins pieces with a separator of plain text.
    #[must_use]
    pub fn join<'a>(pieces: impl IntoIterator<Item = &'a Self>, separator: &str) -> Self {
        let separator = Self::text(separator);
        let mut out = Self::default();
        for (i, piece) in pieces.into_iter().enumerate() {
            if i > 0 {
                out.push(&separator);
            }
            out.push(piece);
        }
        out
    }

    /// The text without tags and with entities resolved. Used for the terminal, for one-line notes,
    /// and when Telegram could not parse our markup.
    #[must_use]
    pub fn to_plain(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        let mut in_tag = false;
        for c in self.0.chars() {
            match c {
                '<' => in_tag = true,
                '>' if in_tag => in_tag = false,
                _ if in_tag => {}
                _ => out.push(c),
            }
        }
        out.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&")
    }

    /// The length as Telegram counts it: UTF-16 units of the text without tags.
    #[must_use]
    pub fn telegram_len(&self) -> usize {
        self.to_plain().encode_utf16().count()
    }

    /// Cuts into pieces of at most `limit` UTF-16 units: at the end of a line, else between two
    /// words, and within a word only if there is no other place. Each piece has its markup, and
    /// none is blank.
    #[must_use]
    pub(crate) fn pieces(&self, limit: usize) -> Vec<Self> {
        let mut pieces = Vec::new();
        let (mut rest, mut open) = (self.0.as_str(), Vec::new());
        while !rest.is_empty() {
            let piece;
            (piece, rest, open) = first_piece(rest, open, limit);
            pieces.push(piece);
        }
        pieces.retain(|piece| !piece.to_plain().trim().is_empty());
        pieces
    }

    /// The first non-empty line as plain text, to mention a message that may not have arrived.
    #[must_use]
    pub fn summary(&self) -> String {
        let plain = self.to_plain();
        let line = plain.lines().find(|l| !l.trim().is_empty());
        cut(line.unwrap_or_default().trim(), 120)
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place to cut at: what comes before it, where the rest begins, and the open tags.
type Place<'a> = (usize, usize, Vec<&'a str>);

/// The first piece of markup within open tags, the rest, and the tags that are open there.
fn first_piece<'a>(
    html: &'a str,
    mut open: Vec<&'a str>,
    limit: usize,
) -> (Html, &'a str, Vec<&'a str>) {
    let mut piece = open.concat();
    let (mut at, mut units) = (0, 0);
    let (mut line, mut word): (Option<Place<'a>>, Option<Place<'a>>) = (None, None);
    while let Some(token) = html.get(at..).and_then(next_token) {
        let length = match token {
            _ if token.starts_with('<') => 0,
            _ if token.starts_with('&') => 1,
            _ => token.encode_utf16().count(),
        };
        if units + length > limit && units > 0 {
            let at_line =
                line.filter(|(end, ..)| open.contains(&"<pre>") || 2 * end >= piece.len());
            let (end, from, open) = at_line.or(word).unwrap_or((piece.len(), at, open));
            piece.truncate(end);
            for tag in open.iter().rev() {
                let name = tag.trim_start_matches('<').split([' ', '>']).next();
                piece.push_str(&format!("</{}>", name.unwrap_or_default()));
            }
            return (Html(piece), html.get(from..).unwrap_or_default(), open);
        }
        if units > 0 && token.starts_with(char::is_whitespace) {
            word = Some((piece.len(), at + token.len(), open.clone()));
            line = if token == "\n" { word.clone() } else { line };
        }
        if token.starts_with("</") {
            open.pop();
        } else if token.starts_with('<') {
            open.push(token);
        }
        piece.push_str(token);
        (at, units) = (at + token.len(), units + length);
    }
    (Html(piece), "", Vec::new())
}

/// The tag, the character reference or the character at the start of our markup.
fn next_token(html: &str) -> Option<&str> {
    let end = match html.chars().next()? {
        '<' => html.find('>')? + 1,
        '&' => html.find(';')? + 1,
        c => c.len_utf8(),
    };
    html.get(..end)
}

/// Removes characters that could disturb the lines around a display name, then cuts it; never
/// empty.
#[must_use]
pub(crate) fn clean_name(raw: &str) -> String {
    let name = cut(&clean_line(raw), NAME_LIMIT);
    if name.is_empty() {
        "—".to_owned()
    } else {
        name
    }
}

/// One line without characters that could disturb the lines around it; may be empty.
#[must_use]
pub(crate) fn clean_line(raw: &str) -> String {
    let visible: String = raw
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !is_invisible(*c))
        .collect();
    visible.trim().to_owned()
}

/// A text with its hidden characters by their codes, `oct⟨U+200B⟩ocat`; spaces other than the
/// ordinary one are hidden too.
#[must_use]
pub(crate) fn revealed(raw: &str) -> String {
    let mut shown = String::with_capacity(raw.len());
    for c in raw.chars() {
        if is_hidden(c) {
            shown.push_str(&format!("⟨U+{:04X}⟩", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// True if a person cannot see a character, or takes it for a space: also variation selectors,
/// which are lawful only behind an emoji.
#[must_use]
pub(crate) fn is_hidden(c: char) -> bool {
    let is_selector = matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{206a}'..='\u{206f}');
    !c.is_ascii_graphic() && (is_selector || is_invisible(c) || (c.is_whitespace() && c != ' '))
}

/// Cuts plain text to at most `limit` UTF-16 units; a cut text ends with an ellipsis.
#[must_use]
pub fn cut(plain: &str, limit: usize) -> String {
    if plain.encode_utf16().count() <= limit {
        return plain.to_owned();
    }
    let mut out = String::new();
    let mut units = 0;
    for c in plain.chars() {
        units += c.len_utf16();
        if units > limit.saturating_sub(1) {
            break;
        }
        out.push(c);
    }
    if out.write_char('…').is_err() {
        out.clear();
    }
    out
}

/// Controls, zero-width characters, direction marks and blank letters, which hide text or reverse a
/// line.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{00ad}'
                | '\u{034f}'
                | '\u{061c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
#[path = "tests/html.rs"]
mod tests;

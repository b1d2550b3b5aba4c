//! The `parse_mode=HTML` of Telegram: a text with tags becomes plain text with entities, or is
//! refused.
//!
//! The rules and the refusals follow the parser of the official server. Offsets and lengths of
//! entities are UTF-16 units; positions in refusals are bytes of the source.
//!
//! # Invariants
//! - No input panics.

use serde::Serialize;

const TAGS: [&str; 16] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "span",
    "pre",
    "code",
    "blockquote",
];

/// A piece of a text with a meaning, as Telegram reports it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Entity {
    /// `bold`, `text_link`, `bot_command` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it begins, in UTF-16 units.
    pub offset: usize,
    /// How long it is, in UTF-16 units.
    pub length: usize,
    /// The target of a `text_link`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The programming language of a `pre`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The sticker of a `custom_emoji`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_emoji_id: Option<String>,
}

/// A text as people see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    pub(crate) text: String,
    pub(crate) entities: Vec<Entity>,
}

/// Length in UTF-16 units, as Telegram counts.
pub(crate) fn utf16_length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Reads the markup; the error is what follows `can't parse entities: `.
pub(crate) fn parse(source: &str) -> Result<Parsed, String> {
    let mut reader = Reader {
        source: source.char_indices().collect(),
        at: 0,
        end: source.len(),
    };
    let mut out = Parsed::default();
    let mut length = 0;
    let mut open: Vec<Open> = Vec::new();
    while let Some(c) = reader.next() {
        let begin = reader.position();
        if c == '&'
            && let Some(decoded) = reader.character_reference()
        {
            out.text.push(decoded);
            length += decoded.len_utf16();
            continue;
        }
        reader.at += 1;
        if c != '<' {
            out.text.push(c);
            length += c.len_utf16();
        } else if reader.peek() == '/' {
            reader.at += 1;
            let Some(tag) = open.pop() else {
                return Err(format!("Unexpected end tag at byte offset {begin}"));
            };
            let name = reader.take_while(|c| !is_space(c) && c != '>');
            reader.skip_spaces();
            if reader.peek() != '>' {
                return Err(format!("Unclosed end tag at byte offset {begin}"));
            }
            reader.at += 1;
            if !name.is_empty() && name != tag.name {
                let expected = &tag.name;
                return Err(format!(
                    "Unmatched end tag at byte offset {begin}, expected \"</{expected}>\", found \"</{name}>\""
                ));
            }
            close(tag, length, &mut out);
        } else {
            let (name, argument) = reader.start_tag(begin)?;
            open.push(Open {
                name,
                argument,
                offset: length,
                byte: out.text.len(),
            });
        }
    }
    if let Some(tag) = open.last() {
        return Err(format!(
            "Can't find end tag corresponding to start tag \"{}\"",
            tag.name
        ));
    }
    out.entities
        .sort_by_key(|entity| (entity.offset, usize::MAX - entity.length));
    Ok(out)
}

/// Trims the white space around a text, as the server does, and adjusts the entities.
pub(crate) fn trimmed(parsed: Parsed) -> Parsed {
    let cut = utf16_length(&parsed.text) - utf16_length(parsed.text.trim_start());
    let text = parsed.text.trim().to_owned();
    let whole = utf16_length(&text);
    let place = |position: usize| position.saturating_sub(cut).min(whole);
    let entities = parsed.entities.into_iter().filter_map(|entity| {
        let (begin, end) = (place(entity.offset), place(entity.offset + entity.length));
        (begin < end).then(|| Entity {
            offset: begin,
            length: end - begin,
            ..entity
        })
    });
    Parsed {
        entities: entities.collect(),
        text,
    }
}

struct Open {
    name: String,
    argument: String,
    offset: usize,
    byte: usize,
}

fn close(tag: Open, end: usize, out: &mut Parsed) {
    if end <= tag.offset {
        return;
    }
    let mut entity = Entity {
        offset: tag.offset,
        length: end - tag.offset,
        ..Entity::default()
    };
    let argument = (!tag.argument.is_empty()).then_some(tag.argument);
    entity.kind = match tag.name.as_str() {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "s" | "strike" | "del" => "strikethrough",
        "u" | "ins" => "underline",
        "tg-spoiler" | "span" => "spoiler",
        "code" => {
            entity.language = argument;
            "code"
        }
        "pre" => {
            // A code tag that fills the whole block gives the language.
            let same =
                |inner: &Entity| (inner.offset, inner.length) == (entity.offset, entity.length);
            if let Some(inner) = out
                .entities
                .pop_if(|inner| inner.kind == "code" && same(inner))
            {
                entity.language = inner.language;
            }
            "pre"
        }
        "blockquote" if argument.is_some() => "expandable_blockquote",
        "blockquote" => "blockquote",
        "tg-emoji" => {
            entity.custom_emoji_id = argument;
            "custom_emoji"
        }
        _ => {
            let own = out.text.get(tag.byte..).unwrap_or_default().to_owned();
            let url = argument.unwrap_or(own);
            if !is_link(&url) {
                // A link that leads nowhere is silently dropped, the text stays.
                return;
            }
            entity.url = Some(url);
            "text_link"
        }
    }
    .to_owned();
    out.entities.push(entity);
}

fn is_link(url: &str) -> bool {
    let (scheme, rest) = url.split_once(':').unwrap_or(("http", url));
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => rest.contains('.') && !rest.contains(char::is_whitespace),
        "tg" | "ton" | "mailto" | "tel" => !rest.is_empty(),
        _ => false,
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '\0' | '\u{b}')
}

struct Reader {
    source: Vec<(usize, char)>,
    at: usize,
    end: usize,
}

impl Reader {
    fn next(&self) -> Option<char> {
        self.source.get(self.at).map(|(_, c)| *c)
    }

    /// NUL marks the end, as in the original.
    fn peek(&self) -> char {
        self.next().unwrap_or('\0')
    }

    fn position(&self) -> usize {
        self.source
            .get(self.at)
            .map_or(self.end, |(position, _)| *position)
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let taken: String = self
            .source
            .iter()
            .skip(self.at)
            .map(|(_, c)| *c)
            .take_while(|c| wanted(*c))
            .collect();
        self.at += taken.chars().count();
        taken
    }

    fn skip_spaces(&mut self) {
        self.take_while(|c| is_space(c) && c != '\0');
    }

    /// At an ampersand: the character it encodes, or `None` if the ampersand is literal.
    fn character_reference(&mut self) -> Option<char> {
        let start = self.at;
        self.at += 1;
        let found = if self.peek() == '#' {
            self.at += 1;
            let radix = if self.peek() == 'x' { 16 } else { 10 };
            self.at += usize::from(radix == 16);
            let digits = self.take_while(|c| c.is_digit(radix));
            u32::from_str_radix(&digits, radix)
                .ok()
                .filter(|code| *code != 0)
                .and_then(char::from_u32)
        } else {
            match self.take_while(|c| c.is_ascii_alphabetic()).as_str() {
                "lt" => Some('<'),
                "gt" => Some('>'),
                "amp" => Some('&'),
                "quot" => Some('"'),
                _ => None,
            }
        };
        if found.is_none() {
            self.at = start;
        } else if self.peek() == ';' {
            self.at += 1;
        }
        found
    }

    /// After a `<`: the name of the tag and the one attribute that matters to it.
    fn start_tag(&mut self, begin: usize) -> Result<(String, String), String> {
        let unclosed = || format!("Unclosed start tag at byte offset {begin}");
        let name = self
            .take_while(|c| !is_space(c) && c != '>')
            .to_ascii_lowercase();
        if self.peek() == '\0' {
            return Err(unclosed());
        }
        if !TAGS.contains(&name.as_str()) {
            return Err(format!(
                "Unsupported start tag \"{name}\" at byte offset {begin}"
            ));
        }
        let mut argument = String::new();
        loop {
            self.skip_spaces();
            if self.peek() == '>' {
                self.at += 1;
                break;
            }
            let attribute =
                self.take_while(|c| !is_space(c) && !matches!(c, '=' | '>' | '/' | '"' | '\''));
            if attribute.is_empty() {
                return Err(format!(
                    "Empty attribute name in the tag \"{name}\" at byte offset {begin}"
                ));
            }
            self.skip_spaces();
            if self.peek() != '=' {
                if self.peek() == '\0' {
                    return Err(unclosed());
                }
                if name == "blockquote" && attribute == "expandable" {
                    "1".clone_into(&mut argument);
                }
                continue;
            }
            self.at += 1;
            self.skip_spaces();
            let value = self.attribute_value()?;
            if self.peek() == '\0' {
                return Err(unclosed());
            }
            let meant = match (name.as_str(), attribute.as_str()) {
                ("a", "href") | ("tg-emoji", "emoji-id") => Some(value),
                ("code", "class") => value.strip_prefix("language-").map(str::to_owned),
                ("span", "class") => value.strip_prefix("tg-").map(str::to_owned),
                ("blockquote", "expandable") => Some("1".to_owned()),
                _ => None,
            };
            argument = meant.unwrap_or(argument);
        }
        if name == "span" && argument != "spoiler" {
            return Err(format!(
                "Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"
            ));
        }
        Ok((name, argument))
    }

    fn attribute_value(&mut self) -> Result<String, String> {
        let quote = self.peek();
        if !matches!(quote, '"' | '\'') {
            let begin = self.position();
            let value = self
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
                .to_ascii_lowercase();
            if !is_space(self.peek()) && self.peek() != '>' {
                return Err(format!(
                    "Unexpected end of name token at byte offset {begin}"
                ));
            }
            return Ok(value);
        }
        self.at += 1;
        let mut value = String::new();
        loop {
            match self.peek() {
                '\0' => return Ok(value),
                c if c == quote => {
                    self.at += 1;
                    return Ok(value);
                }
                c => {
                    let decoded = if c == '&' {
                        self.character_reference()
                    } else {
                        None
                    };
                    if decoded.is_none() {
                        self.at += 1;
                    }
                    value.push(decoded.unwrap_or(c));
                }
            }
        }
    }
}

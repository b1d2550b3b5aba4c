//! What a page has that tells it from other pages of its site.
//!
//! # Invariants
//! - The user name, digits and letter case make no difference, except where the name appears.

use std::borrow::Cow;

use super::Prints;
use super::prints::print;
use crate::slices::watch::site::{Site, Username};
use crate::slices::watch::verdict::markup::{Piece, Tag, pieces};
use crate::slices::watch::verdict::{SiteAnswer, is_redirect};

/// Longer texts are people's own.
const TEXT_MAX: usize = 200;

/// A placeholder for the name.
const NAME: &str = "\0";

/// The traits of one page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traits {
    /// Tags with their classes, also the plainest.
    pub(super) shape: Prints,
    /// Classes, ids, properties and keys: what only certain pages have.
    pub(super) marks: Prints,
    /// The places where the name appears.
    pub(super) echoes: Prints,
    /// Those of them that hold the page's own address.
    pub(super) addresses: Prints,
    /// Those of them that say whose page it is.
    pub(super) titles: Prints,
    /// The places where a known name appears, although another one was asked about.
    pub(super) false_echoes: Prints,
    pub(super) texts: Prints,
}

impl Traits {
    /// Reads the page that was sent for a name.
    #[must_use]
    pub fn read(site: &Site, name: &Username, answer: &SiteAnswer) -> Self {
        let is_known = site.controls().contains(name);
        let others = site.controls().iter().filter(|_| !is_known);
        let mut reader = Reader {
            names: spellings(name),
            others: others.flat_map(spellings).collect(),
            ..Reader::default()
        };
        let page = answer.body.to_lowercase();
        let start = page.trim_start();
        if let (true, Some(location)) = (is_redirect(answer.status), &answer.location) {
            // The answer is the way that it leads.
            reader.text("location", &location.to_lowercase());
        } else if start.starts_with(['{', '[', '"']) {
            reader.json(start);
        } else {
            reader.markup(&page);
        }
        reader.traits()
    }
}

impl Traits {
    /// True if the page has the tags of another one and its telling texts. Where no text is
    /// telling, it must be the same page.
    pub(super) fn is_alike(&self, other: &Self, telling: &Prints) -> bool {
        if telling.is_empty() {
            self.has_shape_of(other, 8) && self.texts.is_like(&other.texts, 8)
        } else {
            self.has_shape_of(other, 6) && 2 * self.texts.common(telling) >= telling.len()
        }
    }

    /// True if so many tenths of the tags of both pages are the same.
    pub(super) fn has_shape_of(&self, other: &Self, tenths: usize) -> bool {
        self.shape.is_like(&other.shape, tenths)
    }
}

/// A name as it may stand in a page, in lower case.
fn spellings(name: &Username) -> Vec<String> {
    let plain = name.as_str().to_lowercase();
    let bytes = name.as_str().as_bytes();
    let encoded: String = url::form_urlencoded::byte_serialize(bytes).collect();
    let encoded = encoded.to_lowercase();
    if encoded == plain {
        vec![plain]
    } else {
        vec![plain, encoded]
    }
}

/// Collects prints.
#[derive(Default)]
struct Reader {
    names: Vec<String>,
    others: Vec<String>,
    shape: Vec<u32>,
    marks: Vec<u32>,
    echoes: Vec<u32>,
    addresses: Vec<u32>,
    titles: Vec<u32>,
    false_echoes: Vec<u32>,
    texts: Vec<u32>,
}

impl Reader {
    fn traits(self) -> Traits {
        Traits {
            shape: Prints::of(self.shape),
            marks: Prints::of(self.marks),
            echoes: Prints::of(self.echoes),
            addresses: Prints::of(self.addresses),
            titles: Prints::of(self.titles),
            false_echoes: Prints::of(self.false_echoes),
            texts: Prints::of(self.texts),
        }
    }

    fn markup(&mut self, page: &str) {
        let mut within = "";
        for piece in pieces(page) {
            match piece {
                Piece::Open(tag) => {
                    within = tag.name;
                    self.tag(tag);
                }
                // A page that was cut off has no such end.
                Piece::Close(name @ ("html" | "body")) => self.shape.push(print(&["/", name])),
                Piece::Close(_) => {}
                Piece::Text(text) if matches!(within, "script" | "style") => {
                    self.echo(&[within], text, false, false);
                }
                Piece::Text(text) => self.text(within, text),
            }
        }
    }

    fn tag(&mut self, tag: Tag<'_>) {
        let class = tag.attribute("class").unwrap_or_default();
        self.shape.push(print(&[tag.name, class]));
        let key = match tag.name {
            "meta" | "link" | "input" => {
                let mut keys = ["property", "name", "itemprop", "rel"].into_iter();
                keys.find_map(|key| tag.attribute(key)).unwrap_or_default()
            }
            _ => "",
        };
        for (attribute, value) in tag.attributes() {
            match attribute {
                "class" => {
                    let classes = value.split_ascii_whitespace();
                    self.marks
                        .extend(classes.map(|class| print(&["class", class])));
                }
                "id" | "property" | "itemprop" => self.marks.push(print(&[attribute, value])),
                _ => {
                    let is_address = tag.name == "link" && matches!(key, "canonical" | "alternate")
                        || tag.name == "meta" && key.ends_with("url");
                    let is_title = tag.name == "meta" && key.ends_with("title");
                    self.echo(&[tag.name, key, attribute], value, is_address, is_title);
                }
            }
        }
    }

    /// Keys and short values; no more is needed of JSON.
    fn json(&mut self, page: &str) {
        // An empty list is no empty page.
        self.shape
            .push(print(&["json", page.get(..1).unwrap_or_default()]));
        let mut key = "";
        let mut rest = page;
        while let Some(start) = rest.find(|c: char| c == '"' || c.is_ascii_alphanumeric()) {
            let (token, after) = json_token(rest.get(start..).unwrap_or_default());
            rest = after;
            if rest.trim_start().starts_with(':') {
                key = token;
                self.marks.push(print(&["key", key]));
                self.shape.push(print(&["key", key]));
            } else {
                let is_name = self.names.iter().any(|name| name == token);
                self.echo(&["key", key], token, false, is_name);
                self.say(&["key", key], token);
            }
        }
    }

    /// Text within a tag.
    fn text(&mut self, within: &str, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            let is_title = matches!(within, "title" | "h1" | "h2");
            self.echo(&[within, "text"], text, false, is_title);
            self.say(&["text"], text);
        }
    }

    fn say(&mut self, place: &[&str], text: &str) {
        let said = if text.len() > TEXT_MAX {
            // People's own, but not nothing.
            Cow::Borrowed("...")
        } else {
            self.names.iter().fold(Cow::Borrowed(text), |text, name| {
                if has_word(&text, name) {
                    text.replace(name.as_str(), NAME).into()
                } else {
                    text
                }
            })
        };
        let parts = [place, &[&*said]].concat();
        self.texts.push(print(&parts));
    }

    fn echo(&mut self, place: &[&str], text: &str, is_address: bool, is_title: bool) {
        if self.others.iter().any(|name| has_word(text, name)) {
            self.false_echoes.push(print(place));
        }
        if !self.names.iter().any(|name| has_word(text, name)) {
            return;
        }
        let place = print(place);
        self.echoes.push(place);
        if is_address {
            self.addresses.push(place);
        }
        if is_title {
            self.titles.push(place);
        }
    }
}

/// A string without its quotes, or a bare word, and what follows.
fn json_token(text: &str) -> (&str, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric());
        return text.split_at(end.unwrap_or(text.len()));
    };
    let mut is_escaped = false;
    let end = quoted.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    let (token, after) = quoted.split_at(end.unwrap_or(quoted.len()));
    (token, after.strip_prefix('"').unwrap_or(after))
}

/// True if a text has a name that is not part of a longer word.
fn has_word(text: &str, name: &str) -> bool {
    let ends = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let mut places = text.match_indices(name);
    places.any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + name.len()..);
        ends(before) && ends(after.and_then(|text| text.chars().next()))
    })
}

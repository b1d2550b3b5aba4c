//! Finds every sign in a body in a single pass.
//!
//! # Invariants
//! - One automaton reads a body once.
//! - Only non-Latin text is lowered and read again, because the automaton cannot fold its case.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::BlockPage;
use super::signs::{LIKELY_RUSSIAN_TEXTS, LIKELY_TEXTS, SURE_JSON_TEXTS, SURE_TEXTS};

/// What a text in a body is a sign of.
#[derive(Debug, Clone, Copy)]
enum Sign {
    Sure(BlockPage),
    SureJson(BlockPage),
    Likely(BlockPage),
    /// The start of the page's title.
    Title,
    /// The start of a page's own redirect.
    Refresh,
}

/// A table of texts as an automaton.
struct Signs {
    texts: Vec<(&'static str, Sign)>,
    automaton: Option<AhoCorasick>,
}

static LATIN: LazyLock<Signs> = LazyLock::new(|| {
    let tables = [
        (SURE_TEXTS, Sign::Sure as fn(BlockPage) -> Sign),
        (SURE_JSON_TEXTS, Sign::SureJson),
        (LIKELY_TEXTS, Sign::Likely),
    ];
    let blocks = tables
        .into_iter()
        .flat_map(|(texts, sign)| texts.iter().map(move |(text, page)| (*text, sign(*page))));
    let places = [
        ("<title", Sign::Title),
        ("http-equiv=refresh", Sign::Refresh),
        ("http-equiv=\"refresh", Sign::Refresh),
        ("http-equiv='refresh", Sign::Refresh),
    ];
    Signs::new(blocks.chain(places).collect())
});

static RUSSIAN: LazyLock<Signs> = LazyLock::new(|| {
    let texts = LIKELY_RUSSIAN_TEXTS.iter();
    Signs::new(
        texts
            .map(|(text, page)| (*text, Sign::Likely(*page)))
            .collect(),
    )
});

impl Signs {
    fn new(texts: Vec<(&'static str, Sign)>) -> Self {
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            // A table of a few hundred kilobytes. It is built at the first probe and saves most of
            // the time on each page.
            .kind(Some(AhoCorasickKind::DFA))
            .build(texts.iter().map(|(text, _)| text));
        Self {
            // Only a table of gigabytes could fail. Then the texts are searched one by one.
            automaton: automaton.ok(),
            texts,
        }
    }

    /// Calls `take` with every text found in the body: its index in the table, the sign, and the
    /// end of the match.
    fn read(&self, body: &str, mut take: impl FnMut(usize, Sign, usize)) {
        let mut found = |place: usize, end: usize| {
            if let Some((_, sign)) = self.texts.get(place) {
                take(place, *sign, end);
            }
        };
        if let Some(automaton) = &self.automaton {
            for hit in automaton.find_overlapping_iter(body) {
                found(hit.pattern().as_usize(), hit.end());
            }
            return;
        }
        let body = body.to_ascii_lowercase();
        for (place, (text, _)) in self.texts.iter().enumerate() {
            if let Some(start) = body.find(text) {
                found(place, start + text.len());
            }
        }
    }
}

/// The signs of a body, the first of its table for each grade.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    body: &'a str,
    sure: Option<(usize, BlockPage)>,
    sure_json: Option<(usize, BlockPage)>,
    likely: Option<(usize, BlockPage)>,
    title_at: Option<usize>,
    refresh_at: Option<usize>,
}

impl<'a> Seen<'a> {
    pub(super) fn read(body: &'a str) -> Self {
        let mut seen = Self {
            body,
            sure: None,
            sure_json: None,
            likely: None,
            title_at: None,
            refresh_at: None,
        };
        LATIN.read(body, |place, sign, end| match sign {
            Sign::Sure(page) => first(&mut seen.sure, place, page),
            Sign::SureJson(page) => first(&mut seen.sure_json, place, page),
            Sign::Likely(page) => first(&mut seen.likely, place, page),
            Sign::Title => seen.title_at = seen.title_at.or(Some(end)),
            Sign::Refresh => seen.refresh_at = seen.refresh_at.or(Some(end)),
        });
        seen
    }

    /// The page with a sure sign.
    pub(super) fn sure(&self) -> Option<BlockPage> {
        let sure = if self.is_json() {
            self.sure_json
        } else {
            self.sure
        };
        sure.map(|(_, page)| page)
    }

    /// The page with a likely sign.
    pub(super) fn likely(&self) -> Option<BlockPage> {
        let mut likely = self.likely;
        if likely.is_none() && !self.body.is_ascii() {
            RUSSIAN.read(&self.body.to_lowercase(), |place, sign, _| {
                if let Sign::Likely(page) = sign {
                    first(&mut likely, place, page);
                }
            });
        }
        likely.map(|(_, page)| page)
    }

    /// The title in lower case.
    pub(super) fn title(&self) -> Option<String> {
        let (_, rest) = self.body.get(self.title_at?..)?.split_once('>')?;
        let mut ends = rest.match_indices("</");
        let (end, _) = ends.find(|(at, _)| {
            let tag = rest.get(at + 2..at + 7);
            tag.is_some_and(|tag| tag.eq_ignore_ascii_case("title"))
        })?;
        Some(rest.get(..end)?.trim().to_lowercase())
    }

    /// The target of a redirect within the page.
    pub(super) fn refresh(&self) -> Option<&'a str> {
        let quotes = ['"', '\''];
        let (tag, _) = self.body.get(self.refresh_at?..)?.split_once('>')?;
        let key = tag.to_ascii_lowercase().find("url=")?;
        let target = tag.get(key + 4..)?;
        target.trim_start_matches(quotes).split(quotes).next()
    }

    pub(super) fn is_json(&self) -> bool {
        self.body.trim_start().starts_with(['{', '['])
    }
}

fn first(best: &mut Option<(usize, BlockPage)>, place: usize, page: BlockPage) {
    if best.is_none_or(|(other, _)| place < other) {
        *best = Some((place, page));
    }
}

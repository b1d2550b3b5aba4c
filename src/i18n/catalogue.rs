//! The texts: one file per slice and one for the spine, in each language. A file is made of groups,
//! each below a `##` heading.
//!
//! A group is parsed when one of its texts is first needed: most bots speak one language, and an
//! idle bot needs few texts.
//!
//! # Invariants
//! - A text never refers to another text, which may be in another group.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use unic_langid::LanguageIdentifier;

use super::Lang;

/// The parsed texts of a group.
pub(super) type Bundle = FluentBundle<FluentResource>;

/// One file.
pub(super) struct Catalogue {
    pub(super) lang: Lang,
    pub(super) source: &'static str,
}

impl Catalogue {
    const fn new(lang: Lang, source: &'static str) -> Self {
        Self { lang, source }
    }

    /// The sources of the file's groups, without their headings.
    fn groups(&self) -> impl Iterator<Item = &'static str> + use<> {
        let pieces = self.source.split("\n## ");
        pieces.map(|piece| piece.split_once('\n').map_or("", |(_, texts)| texts))
    }
}

// `static CATALOGUES`: every file in `locales/`, listed by `build.rs`.
include!(concat!(env!("OUT_DIR"), "/catalogues.rs"));

/// The texts that contain a key.
pub(super) fn holding(lang: Lang, key: &str) -> Option<&'static Bundle> {
    let texts = texts(lang);
    let group = texts.groups.get(*texts.by_key.get(key)?)?;
    let parsed = group.parsed.get_or_init(|| parse(lang, group.source));
    parsed.has_message(key).then_some(parsed)
}

struct Group {
    source: &'static str,
    parsed: OnceLock<Bundle>,
}

/// The groups of a language, and each key with the index of its group.
struct Texts {
    groups: Vec<Group>,
    by_key: HashMap<&'static str, usize>,
}

fn texts(lang: Lang) -> &'static Texts {
    static RU: LazyLock<Texts> = LazyLock::new(|| Texts::of(Lang::Ru));
    static EN: LazyLock<Texts> = LazyLock::new(|| Texts::of(Lang::En));
    match lang {
        Lang::Ru => &RU,
        Lang::En => &EN,
    }
}

impl Texts {
    fn of(lang: Lang) -> Self {
        let mut texts = Self {
            groups: Vec::new(),
            by_key: HashMap::new(),
        };
        let files = CATALOGUES.iter().filter(|file| file.lang == lang);
        for source in files.flat_map(Catalogue::groups) {
            let index = texts.groups.len();
            texts.by_key.extend(keys(source).map(|key| (key, index)));
            texts.groups.push(Group {
                source,
                parsed: OnceLock::new(),
            });
        }
        texts
    }
}

/// A key is the text before the first equals sign of a line that is not indented.
fn keys(source: &'static str) -> impl Iterator<Item = &'static str> {
    let begins = |line: &&str| line.starts_with(|c: char| c.is_ascii_alphabetic());
    let lines = source.lines().filter(begins);
    lines.filter_map(|line| Some(line.split_once('=')?.0.trim_end()))
}

fn parse(lang: Lang, source: &str) -> Bundle {
    let locale: LanguageIdentifier = lang.word().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // People would copy the direction marks around arguments.
    bundle.set_use_isolating(false);
    // A faulty entry is skipped here; the tests report it.
    let resource = FluentResource::try_new(source.to_owned());
    bundle.add_resource_overriding(resource.unwrap_or_else(|(partial, _)| partial));
    bundle
}

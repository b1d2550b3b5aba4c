//! The texts: one file per slice and one for the spine, in each language.
//!
//! A file is parsed when one of its texts is first needed: most bots speak one language.
//!
//! # Invariants
//! - A text never refers to another text, which may be in another file.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use unic_langid::LanguageIdentifier;

use super::Lang;

/// A file's parsed texts.
pub(super) type Bundle = FluentBundle<FluentResource>;

pub(super) struct Catalogue {
    pub(super) lang: Lang,
    pub(super) source: &'static str,
    parsed: OnceLock<Bundle>,
}

// `static CATALOGUES`: every file in `locales/`, listed by `build.rs`.
include!(concat!(env!("OUT_DIR"), "/catalogues.rs"));

/// The texts that contain a key.
pub(super) fn holding(lang: Lang, key: &str) -> Option<&'static Bundle> {
    let file = keys(lang).get(key)?;
    let parsed = file.parsed.get_or_init(|| file.parse());
    parsed.has_message(key).then_some(parsed)
}

/// The keys of a language, each with its file.
fn keys(lang: Lang) -> &'static HashMap<&'static str, &'static Catalogue> {
    type Keys = LazyLock<HashMap<&'static str, &'static Catalogue>>;
    static RU: Keys = LazyLock::new(|| Catalogue::keys_of(Lang::Ru));
    static EN: Keys = LazyLock::new(|| Catalogue::keys_of(Lang::En));
    match lang {
        Lang::Ru => &RU,
        Lang::En => &EN,
    }
}

impl Catalogue {
    const fn new(lang: Lang, source: &'static str) -> Self {
        Self {
            lang,
            source,
            parsed: OnceLock::new(),
        }
    }

    fn keys_of(lang: Lang) -> HashMap<&'static str, &'static Self> {
        let of_lang = CATALOGUES.iter().filter(|file| file.lang == lang);
        let keys = of_lang.flat_map(|file| file.keys().map(move |key| (key, file)));
        keys.collect()
    }

    /// A key is the text before the first equals sign of a line that is not indented.
    fn keys(&self) -> impl Iterator<Item = &'static str> + use<> {
        let begins = |line: &&str| line.starts_with(|c: char| c.is_ascii_alphabetic());
        let lines = self.source.lines().filter(begins);
        lines.filter_map(|line| Some(line.split_once('=')?.0.trim_end()))
    }

    fn parse(&self) -> Bundle {
        let locale: LanguageIdentifier = self.lang.word().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // People would copy the direction marks around arguments.
        bundle.set_use_isolating(false);
        // A faulty entry is skipped here; the tests report it.
        let resource = FluentResource::try_new(self.source.to_owned());
        bundle.add_resource_overriding(resource.unwrap_or_else(|(partial, _)| partial));
        bundle
    }
}

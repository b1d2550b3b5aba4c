//! The texts, a file a slice and language.
//!
//! A file is parsed when one of its texts is said for the first time: parsed, all of them take half a megabyte, and most
//! bots speak one language. What must stay true: a text refers to no other, which may stand in another file.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use unic_langid::LanguageIdentifier;

use super::Lang;

/// A file's texts, ready to be filled.
pub(super) type Bundle = FluentBundle<FluentResource>;

/// One file.
pub(super) struct Catalogue {
    pub(super) lang: Lang,
    pub(super) source: &'static str,
    parsed: OnceLock<Bundle>,
}

pub(super) static CATALOGUES: [Catalogue; 34] = [
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/accounts.ftl")),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/admin.ftl")),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/assistant.ftl")),
    Catalogue::new(
        Lang::Ru,
        include_str!("../../locales/ru/assistant_tools.ftl"),
    ),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/bot.ftl")),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/cards.ftl")),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/charts.ftl")),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/files.ftl")),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/labels.ftl")),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/page.ftl")),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/people.ftl")),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/privacy.ftl")),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/questions.ftl")),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/runs.ftl")),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/settings.ftl")),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/tables.ftl")),
    Catalogue::new(Lang::Ru, include_str!("../../locales/ru/watch.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/accounts.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/admin.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/assistant.ftl")),
    Catalogue::new(
        Lang::En,
        include_str!("../../locales/en/assistant_tools.ftl"),
    ),
    Catalogue::new(Lang::En, include_str!("../../locales/en/bot.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/cards.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/charts.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/files.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/labels.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/page.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/people.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/privacy.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/questions.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/runs.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/settings.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/tables.ftl")),
    Catalogue::new(Lang::En, include_str!("../../locales/en/watch.ftl")),
];

/// The texts among which a key is.
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

    /// What begins a text stands before the first equals sign of a line that is not indented.
    fn keys(&self) -> impl Iterator<Item = &'static str> + use<> {
        let begins = |line: &&str| line.starts_with(|c: char| c.is_ascii_alphabetic());
        let lines = self.source.lines().filter(begins);
        lines.filter_map(|line| Some(line.split_once('=')?.0.trim_end()))
    }

    fn parse(&self) -> Bundle {
        let locale: LanguageIdentifier = self.lang.word().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // Direction marks around arguments would stand in what people copy.
        bundle.set_use_isolating(false);
        // A faulty entry is skipped here and found by the tests.
        let resource = FluentResource::try_new(self.source.to_owned());
        bundle.add_resource_overriding(resource.unwrap_or_else(|(partial, _)| partial));
        bundle
    }
}

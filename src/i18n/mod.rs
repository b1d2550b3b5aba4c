//! Texts for people, in their language.
//!
//! Every sentence is in `locales/{ru,en}/*.ftl` (Fluent, for plural forms), compiled in. A test
//! compares the two languages: the same keys, the same placeholders.
//!
//! # Invariants
//! - Our texts may contain the tags Telegram knows; their arguments are escaped, unless they are
//!   [`Html`] already.

mod catalogue;

use std::time::Duration;

use fluent_bundle::{FluentArgs, FluentValue};
use jiff::civil::Date;

use crate::clock::{DAY, UnixMs};
use crate::html::Html;
use crate::words::words;
use crate::zone::Zone;

words! {
    /// A language people can choose; the word is its two-letter code.
    pub enum Lang {
        /// Russian, the default.
        Ru = "ru",
        /// English.
        En = "en",
    }
}

impl Lang {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Ru, Self::En];

    /// The language for Telegram's `language_code`: Russian for `ru`, English for every other; none
    /// if Telegram gives no code.
    #[must_use]
    pub fn from_telegram(language_code: &str) -> Option<Self> {
        match language_code.split(['-', '_']).next() {
            None | Some("") => None,
            Some("ru") => Some(Self::Ru),
            Some(_) => Some(Self::En),
        }
    }

    /// The language's own name.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Ru => "Русский",
            Self::En => "English",
        }
    }
}

/// The arguments of a text.
#[derive(Debug, Default)]
pub struct Args<'a>(FluentArgs<'a>);

impl<'a> Args<'a> {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Plain text, escaped.
    #[must_use]
    pub fn text(mut self, key: &'static str, plain: &str) -> Self {
        self.0.set(key, Html::text(plain).as_str().to_owned());
        self
    }

    /// Text that is already safe.
    #[must_use]
    pub fn html(mut self, key: &'static str, html: &Html) -> Self {
        self.0.set(key, html.as_str().to_owned());
        self
    }

    /// A number, which selects the plural form.
    #[must_use]
    pub fn number(mut self, key: &'static str, number: impl TryInto<i64>) -> Self {
        let number: i64 = number.try_into().unwrap_or(i64::MAX);
        self.0.set(key, FluentValue::from(number));
        self
    }
}

#[must_use]
pub fn html(lang: Lang, key: &str, args: &Args<'_>) -> Html {
    Html::from_catalogue(format(lang, key, Some(args)))
}

#[must_use]
pub(crate) fn text(lang: Lang, key: &str) -> Html {
    Html::from_catalogue(format(lang, key, None))
}

/// A text for a place without markup: a button, the note on a callback, a command's description.
#[must_use]
pub(crate) fn plain(lang: Lang, key: &str, args: &Args<'_>) -> String {
    html(lang, key, args).to_plain()
}

/// A label without arguments for a place without markup.
#[must_use]
pub fn label(lang: Lang, key: &str) -> String {
    text(lang, key).to_plain()
}

/// True if the language has this key.
#[must_use]
pub(crate) fn has(lang: Lang, key: &str) -> bool {
    catalogue::holding(lang, key).is_some()
}

fn format(lang: Lang, key: &str, args: Option<&Args<'_>>) -> String {
    let found = catalogue::holding(lang, key).and_then(|bundle| {
        let pattern = bundle.get_message(key)?.value()?;
        Some((bundle, pattern))
    });
    let Some((bundle, pattern)) = found else {
        tracing::error!(key, lang = lang.word(), "a text is missing");
        return key.to_owned();
    };
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, args.map(|args| &args.0), &mut errors);
    if !errors.is_empty() {
        tracing::error!(
            key,
            lang = lang.word(),
            "a text could not be filled: {errors:?}"
        );
    }
    text.into_owned()
}

/// The day in the language's format.
#[must_use]
pub(crate) fn date(lang: Lang, at: UnixMs, zone: &Zone) -> String {
    let form = match lang {
        Lang::Ru => "%d.%m.%Y",
        Lang::En => "%d %b %Y",
    };
    moment(at, zone, form)
}

/// A day without its year.
#[must_use]
pub(crate) fn day(lang: Lang, day: Date) -> String {
    let form = match lang {
        Lang::Ru => "%d.%m",
        Lang::En => "%-d %b",
    };
    day.strftime(form).to_string()
}

/// The time of day in hours and minutes.
#[must_use]
pub(crate) fn hour(at: UnixMs, zone: &Zone) -> String {
    moment(at, zone, "%H:%M")
}

/// The time of day with seconds.
#[must_use]
pub(crate) fn time(at: UnixMs, zone: &Zone) -> String {
    moment(at, zone, "%H:%M:%S")
}

/// The day and the time of day, without seconds.
#[must_use]
pub(crate) fn date_time(lang: Lang, at: UnixMs, zone: &Zone) -> String {
    format!("{} {}", date(lang, at, zone), moment(at, zone, "%H:%M"))
}

/// A moment for the log.
#[must_use]
pub(crate) fn stamp(at: UnixMs, zone: &Zone) -> String {
    moment(at, zone, "%Y-%m-%d %H:%M:%S")
}

fn moment(at: UnixMs, zone: &Zone, form: &str) -> String {
    zone.civil(at).strftime(form).to_string()
}

/// A size in megabytes with one digit after the decimal separator, in the language's format.
#[must_use]
pub(crate) fn megabytes(lang: Lang, bytes: u64) -> String {
    tenths(lang, bytes.saturating_mul(10).div_ceil(1024 * 1024))
}

/// A time span in its two largest units: `4 мин 58 с`.
#[must_use]
pub(crate) fn span(lang: Lang, span: Duration) -> String {
    let seconds = span.as_secs();
    let parts = [
        ("span-days", seconds / DAY.as_secs()),
        ("span-hours", seconds / 3600 % 24),
        ("span-minutes", seconds / 60 % 60),
        ("span-seconds", seconds % 60),
    ];
    let shown: Vec<String> = parts
        .iter()
        .skip_while(|(_, n)| *n == 0)
        .take(2)
        .filter(|(_, n)| *n > 0)
        .map(|(key, n)| plain(lang, key, &Args::new().number("n", *n)))
        .collect();
    if shown.is_empty() {
        return plain(lang, "span-seconds", &Args::new().number("n", 0));
    }
    shown.join(" ")
}

/// A short time: milliseconds below one second, else seconds with one decimal.
#[must_use]
pub(crate) fn short_span(lang: Lang, span: Duration) -> String {
    let ms = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    if ms < 1000 {
        return plain(lang, "span-ms", &Args::new().number("n", ms));
    }
    let seconds = tenths(lang, ms / 100);
    plain(lang, "span-short", &Args::new().text("n", &seconds))
}

/// A number of tenths, in the language's format.
fn tenths(lang: Lang, tenths: u64) -> String {
    let point = match lang {
        Lang::Ru => ',',
        Lang::En => '.',
    };
    format!("{}{point}{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests;

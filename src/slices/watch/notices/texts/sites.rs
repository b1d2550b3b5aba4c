//! Notes about a site.

use crate::html::Html;
use crate::i18n::{self, Args, Lang};
use crate::slices::watch::site::{Protection, Site};

/// A note on the limits of a site: built-in sites in the reader's language, others as their file
/// says it.
#[must_use]
pub(crate) fn site_note(lang: Lang, site: &Site) -> Option<Html> {
    let note = site.note()?;
    let key = format!("site-note-{}", site.key());
    Some(if i18n::has(lang, &key) {
        i18n::text(lang, &key)
    } else {
        Html::text(note)
    })
}

/// What is in front of a site, as its catalogue says; none if it says nothing.
#[must_use]
pub(crate) fn site_protection(lang: Lang, site: &Site) -> Option<String> {
    let name = |protection: &Protection| match protection {
        Protection::Named(name) => (*name).to_owned(),
        Protection::Unnamed => i18n::plain(lang, "protected-unnamed", &Args::new()),
        Protection::Login => i18n::plain(lang, "protected-login", &Args::new()),
    };
    let names: Vec<String> = site.protection().iter().map(name).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

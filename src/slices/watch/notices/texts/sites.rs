//! Notes about a site.

use crate::html::Html;
use crate::i18n::{self, Args, Lang};
use crate::slices::watch::site::{Protection, Site};

/// A note on a site's limits: in the reader's language for built-in sites, otherwise as written in
/// the catalogue.
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

/// The protection in front of a site, if the catalogue names one.
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

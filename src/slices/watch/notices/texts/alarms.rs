//! Texts for when a site or our own network cannot be trusted.

use std::time::Duration;

use super::{Formatter, fit};
use crate::html::{Html, cut};
use crate::i18n::{self, Args, Lang};
use crate::slices::watch::model::account::{MassChange, MassDecision};
use crate::slices::watch::store::ControlNews;

/// The longest list of sites in one line, in UTF-16 units. After a bad night the list may contain
/// all sites.
const LIST_LIMIT: usize = 1000;

/// Sites whose controls failed, and sites that recovered.
#[must_use]
pub(crate) fn controls(formatter: Formatter<'_>, news: &[ControlNews]) -> Html {
    let lang = formatter.lang;
    let mut lines = Vec::new();
    for one in news {
        let Some(fault) = one.fault else { continue };
        let spoken = i18n::text(lang, &format!("control-{}", fault.word()));
        let args = Args::new()
            .text("site", &formatter.site_name(&one.site))
            .html("fault", &spoken);
        lines.push(i18n::html(lang, "controls-failed-line", &args));
    }
    if !lines.is_empty() {
        let title = i18n::text(lang, "controls-failed");
        lines.splice(0..0, [title, Html::default()]);
    }
    let well: Vec<String> = news
        .iter()
        .filter(|one| one.fault.is_none())
        .map(|one| formatter.site_name(&one.site))
        .collect();
    if !well.is_empty() {
        if !lines.is_empty() {
            lines.push(Html::default());
        }
        let names = cut(&well.join(", "), LIST_LIMIT);
        let args = Args::new().text("sites", &names);
        lines.push(i18n::html(lang, "controls-well", &args));
    }
    fit(lines)
}

/// One line with the sites whose controls failed at the last probe; none if there are none.
#[must_use]
pub(crate) fn distrusted<'a>(
    formatter: Formatter<'_>,
    keys: impl Iterator<Item = &'a String>,
) -> Option<Html> {
    let mut names: Vec<String> = keys.map(|key| formatter.site_name(key)).collect();
    names.sort();
    let names = cut(&names.join(", "), LIST_LIMIT);
    let args = Args::new().text("sites", &names);
    (!names.is_empty()).then(|| i18n::html(formatter.lang, "status-distrusted", &args))
}

/// The question to the admins about a mass change.
#[must_use]
pub(crate) fn mass_change(formatter: Formatter<'_>, question: &MassChange) -> Html {
    let args = Args::new()
        .text("site", &formatter.site_name(&question.site))
        .number("changed", question.changed)
        .number("answered", question.answered);
    let key = match question.gone {
        0 => "mass-change",
        gone if gone == question.changed => "mass-change-gone",
        _ => "mass-change-mixed",
    };
    i18n::html(formatter.lang, key, &args)
}

/// The text of a question after its decision.
#[must_use]
pub(crate) fn decided(
    formatter: Formatter<'_>,
    question: &MassChange,
    decision: MassDecision,
    by: &str,
) -> Html {
    let key = match decision {
        MassDecision::Apply => "mass-change-applied",
        MassDecision::Discard => "mass-change-discarded",
    };
    let line = i18n::html(formatter.lang, key, &Args::new().text("by", by));
    Html::join([&mass_change(formatter, question), &line], "\n\n")
}

#[must_use]
pub(crate) fn offline(lang: Lang) -> Html {
    i18n::text(lang, "offline")
}

#[must_use]
pub(crate) fn online(lang: Lang, after: Duration) -> Html {
    let span = i18n::span(lang, after);
    i18n::html(lang, "online", &Args::new().text("span", &span))
}

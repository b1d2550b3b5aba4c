//! The audit log, page by page, filtered by kind.

use super::Admin;
use super::callback::{AdminCallback, Kind};
use crate::html::{Html, cut};
use crate::i18n::{self, Args, label};
use crate::navigation::panel_button;
use crate::people::audit::{self, COUNTED, Deed, Entry};
use crate::people::{Actor, Role};
use crate::slice::Context;
use crate::telegram::{Answer, Button, Keyboard, page_row, shown_page};

/// Entries on one page.
const PER_PAGE: usize = 10;

/// Buttons of kinds in a row.
const KINDS_IN_ROW: usize = 3;

/// The longest name in a line, in UTF-16 units: a page of lines stays within one message.
const NAME_LIMIT: usize = 40;

impl Admin {
    /// A page of one kind of deeds, or of all where the kind is empty.
    pub(super) fn log_screen(
        &self,
        cx: &Context<'_>,
        kind: &'static str,
        page: usize,
    ) -> anyhow::Result<Answer> {
        let lang = cx.actor.lang;
        let (_, total) = audit::page(cx.tx, kind, 0, 0)?;
        let (page, pages) = shown_page(page, total.min(COUNTED), PER_PAGE);
        let (entries, _) = audit::page(cx.tx, kind, page * PER_PAGE, PER_PAGE)?;
        let n = if total > COUNTED {
            format!("{COUNTED}+")
        } else {
            total.to_string()
        };
        let title = i18n::html(lang, "log", &Args::new().text("n", &n));
        let mut lines = vec![title, Html::default()];
        lines.extend(entries.iter().map(|entry| self.log_line(cx, entry)));
        let mut keyboard = Keyboard::new();
        for row in Deed::KINDS.chunks(KINDS_IN_ROW) {
            let buttons = row.iter().map(|other| {
                let text = label(lang, &format!("kind-{other}"));
                // Pressing the active kind shows all again.
                let is_shown = *other == kind;
                let (text, kind) = if is_shown {
                    (format!("✓ {text}"), "")
                } else {
                    (text, *other)
                };
                Button::callback(&text, AdminCallback::Log(Kind(kind), 0))
            });
            keyboard = keyboard.row(buttons.collect::<anyhow::Result<Vec<_>>>()?);
        }
        let turn = |page| AdminCallback::Log(Kind(kind), page);
        let keyboard = keyboard
            .row(page_row(lang, page, pages, turn)?)
            .row([panel_button(lang)?]);
        Ok(Answer::screen(Html::join(&lines, "\n"), keyboard))
    }

    fn log_line(&self, cx: &Context<'_>, entry: &Entry) -> Html {
        let actor = cx.actor;
        let lang = actor.lang;
        let deed = match entry.deed {
            Some(deed) => label(lang, &deed_key(deed)),
            None => label(lang, "deed-other"),
        };
        let mut about = Vec::new();
        if let Some(person) = entry.person {
            about.push(spoken(actor, person, &entry.person_name));
        }
        if let Some(what) = spoken_what(cx, entry) {
            about.push(Html::text(&what));
        }
        let args = Args::new()
            .text("time", &i18n::date_time(lang, entry.at, &actor.zone))
            .html("by", &spoken(actor, entry.by, &entry.by_name))
            .text("deed", &deed)
            .html("about", &Html::join(&about, ", "));
        let key = if about.is_empty() {
            "log-line"
        } else {
            "log-line-about"
        };
        i18n::html(lang, key, &args)
    }
}

/// The readable name of the thing a deed was done to.
fn spoken_what(cx: &Context<'_>, entry: &Entry) -> Option<String> {
    if entry.what.is_empty() {
        return None;
    }
    if entry.deed == Some(Deed::Role) && Role::from_word(&entry.what).is_some() {
        return Some(label(cx.actor.lang, &format!("role-{}", entry.what)));
    }
    let named = entry
        .deed
        .and_then(|deed| cx.slices.subject(cx.actor, deed, &entry.what));
    Some(named.unwrap_or_else(|| cut(&entry.what, NAME_LIMIT * 2)))
}

/// The person's name, else their id; *somebody* for a forgotten person.
fn spoken(actor: &Actor, id: i64, name: &str) -> Html {
    match (id, name) {
        (0, _) => i18n::text(actor.lang, "somebody"),
        (id, "") => Html::code(&id.to_string()),
        (_, name) => Html::name(&cut(name, NAME_LIMIT)),
    }
}

fn deed_key(deed: Deed) -> String {
    format!("deed-{}", deed.word().replace('.', "-"))
}

#[cfg(test)]
#[path = "tests/log.rs"]
mod tests;

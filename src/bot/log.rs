//! The audit log, page by page, narrowed by kind.

use super::Bot;
use super::panel::back_row;
use crate::db::Connection;
use crate::html::{Html, cut};
use crate::i18n::{self, Args, label};
use crate::people::audit::{self, COUNTED, Deed, Entry};
use crate::people::{Actor, Role};
use crate::telegram::{Answer, Button, Keyboard, Screen, page_row};

/// Entries on one page.
const PER_PAGE: usize = 10;

/// Buttons of kinds in a row.
const KINDS_IN_ROW: usize = 3;

/// The longest name in a line, in UTF-16 units: a page of lines stays within one message.
const NAME_LIMIT: usize = 40;

impl Bot {
    /// The screen; `data` is the kind (none: all) and the page.
    pub(super) fn log_screen(
        &self,
        connection: &Connection,
        actor: &Actor,
        data: &str,
    ) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        let (kind, page) = data.split_once(':').unwrap_or((data, "0"));
        let kind = Deed::KINDS.into_iter().find(|known| *known == kind);
        let kind = kind.unwrap_or_default();
        let (_, total) = audit::page(connection, kind, 0, 0)?;
        let pages = total.min(COUNTED).div_ceil(PER_PAGE).max(1);
        let page = page.parse().unwrap_or(0).min(pages - 1);
        let (entries, _) = audit::page(connection, kind, page * PER_PAGE, PER_PAGE)?;
        let n = if total > COUNTED {
            format!("{COUNTED}+")
        } else {
            total.to_string()
        };
        let title = i18n::html(lang, "log", &Args::new().text("n", &n));
        let mut lines = vec![title, Html::default()];
        lines.extend(entries.iter().map(|entry| self.log_line(actor, entry)));
        let mut keyboard = Keyboard::new();
        for row in Deed::KINDS.chunks(KINDS_IN_ROW) {
            let buttons = row.iter().map(|other| {
                let text = label(lang, &format!("kind-{other}"));
                // Pressing the kind that is shown shows all again.
                let is_shown = *other == kind;
                let (text, kind) = if is_shown {
                    (format!("✓ {text}"), "")
                } else {
                    (text, *other)
                };
                Button::callback(&text, format!("admin:log:{kind}:0"))
            });
            keyboard = keyboard.row(buttons.collect::<anyhow::Result<Vec<_>>>()?);
        }
        let turn = |page| format!("admin:log:{kind}:{page}");
        let keyboard = keyboard
            .row(page_row(lang, page, pages, turn)?)
            .row(back_row(actor)?);
        Ok(Answer::screen(Screen::new(
            Html::join(&lines, "\n"),
            keyboard,
        )))
    }

    fn log_line(&self, actor: &Actor, entry: &Entry) -> Html {
        let lang = actor.lang;
        let zone = actor.zone.unwrap_or(self.watch.zone());
        let deed = match entry.deed {
            Some(deed) => label(lang, &deed_key(deed)),
            None => label(lang, "deed-other"),
        };
        let mut about = Vec::new();
        if let Some(person) = entry.person {
            about.push(spoken(actor, person, &entry.person_name));
        }
        if let Some(what) = self.spoken_what(actor, entry) {
            about.push(Html::text(&what));
        }
        let args = Args::new()
            .text("time", &i18n::date_time(lang, entry.at, zone))
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

    fn spoken_what(&self, actor: &Actor, entry: &Entry) -> Option<String> {
        if entry.what.is_empty() {
            return None;
        }
        Some(match entry.deed {
            Some(Deed::Role) if Role::from_word(&entry.what).is_some() => {
                label(actor.lang, &format!("role-{}", entry.what))
            }
            Some(Deed::Mute | Deed::Unmute | Deed::Apply | Deed::Discard) => {
                self.watch.site_name(actor, &entry.what)
            }
            _ => cut(&entry.what, NAME_LIMIT * 2),
        })
    }
}

/// Who it is: a name, or what is left of one.
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
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn every_deed_and_kind_has_its_text() {
        for lang in Lang::ALL {
            for deed in Deed::ALL {
                assert!(i18n::has(lang, &deed_key(*deed)), "{deed:?} in {lang:?}");
                let (kind, _) = deed.word().split_once('.').unwrap();
                assert!(Deed::KINDS.contains(&kind), "{deed:?} is of no kind");
            }
            for kind in Deed::KINDS {
                assert!(i18n::has(lang, &format!("kind-{kind}")), "{kind}");
            }
        }
    }
}

//! The screen of one code, with what an admin can do; the codes of a batch, page by page.

use super::{CardHandlers, id_and_rest};
use crate::db::{Connection, WriteTx};
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::people::audit::{self, Deed};
use crate::people::{self, Actor};
use crate::slices::cards::card::{Card, CodeState};
use crate::slices::cards::files;
use crate::slices::cards::store;
use crate::slices::cards::store::{Batch, StoredCode};
use crate::telegram::{Answer, Button, Keyboard, Screen, page_row};

const PAGE: usize = 40;
const IN_ROW: usize = 5;

impl CardHandlers {
    /// A button about one code; `rest` begins with its id.
    pub(super) fn code_callback(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        card: &Card,
        action: &str,
        rest: &str,
    ) -> anyhow::Result<Answer> {
        let (id, word) = id_and_rest(rest);
        let Some(printed) = store::printed(tx, card.id, id)? else {
            return self.stale_card(tx, actor, card);
        };
        match action {
            "alarm" => return self.decide(tx, actor, card, &printed, word),
            "code-set" => {
                let Some(state) = CodeState::from_word(word) else {
                    return self.stale_card(tx, actor, card);
                };
                if store::set_state(tx, &printed.code, state)? {
                    note_code(tx, actor, card, &printed, word)?;
                }
            }
            "code-free" if store::release(tx, printed.id)? => {
                note_code(tx, actor, card, &printed, "free")?;
            }
            "code-qr" => {
                let args = Args::new().text("name", &spoken(actor.lang, card, &printed));
                let caption = i18n::html(actor.lang, "card-qr-caption", &args);
                return Ok(Answer::default()
                    .file(
                        files::qr(card.id, Some(printed.id), word == "svg")?,
                        Screen::text(caption),
                    )
                    .toast(label(actor.lang, "export-coming")));
            }
            _ => {}
        }
        self.code_screen(tx, actor, card, printed.id)
    }

    pub(super) fn code_screen(
        &self,
        connection: &Connection,
        actor: &Actor,
        card: &Card,
        id: i64,
    ) -> anyhow::Result<Answer> {
        let Some(printed) = store::printed(connection, card.id, id)? else {
            return self.stale_card(connection, actor, card);
        };
        let lang = actor.lang;
        let first = match printed.first_at {
            Some(at) => i18n::date_time(lang, at, self.zone_of(actor)),
            None => "—".to_owned(),
        };
        let state = label(lang, &format!("code-is-{}", printed.state.word()));
        let args = Args::new()
            .text("name", &spoken(lang, card, &printed))
            .html("code", &Html::code(&printed.code.spoken()))
            .text("state", &state)
            .number("checks", printed.checks)
            .text("first", &first);
        let mut lines = vec![i18n::html(lang, "code-screen", &args)];
        if let Some((person, since)) = printed.claimed {
            let who = match people::get(connection, person)? {
                Some(person) => person.spoken(),
                None => i18n::text(lang, "somebody"),
            };
            let since = i18n::date_time(lang, since, self.zone_of(actor));
            let args = Args::new().html("who", &who).text("since", &since);
            lines.push(i18n::html(lang, "code-claimed", &args));
        }
        if printed.suspicious {
            lines.push(i18n::text(lang, "code-suspicious"));
        }
        if !printed.watched {
            lines.push(i18n::text(lang, "code-ignored"));
        }
        let keyboard = code_buttons(connection, lang, card, &printed)?;
        Ok(Answer::screen(Screen::new(
            Html::join(&lines, "\n"),
            keyboard,
        )))
    }

    pub(super) fn units(
        &self,
        connection: &Connection,
        actor: &Actor,
        card: &Card,
        batch: &Batch,
        page: usize,
    ) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        let total = usize::try_from(batch.codes).unwrap_or(usize::MAX);
        let pages = total.div_ceil(PAGE).max(1);
        let page = page.min(pages - 1);
        let units = store::unit_codes(connection, card.id, &batch.name, page * PAGE, PAGE)?;
        let mut keyboard = Keyboard::new();
        for row in units.chunks(IN_ROW) {
            let button = |unit: &StoredCode| {
                let text = format!("{}{}", state_mark(unit.state), unit.serial);
                Button::callback(&text, format!("cards:code:{}:{}", card.id, unit.id))
            };
            let row: anyhow::Result<Vec<_>> = row.iter().map(button).collect();
            keyboard = keyboard.row(row?);
        }
        let data = |action: &str| format!("cards:{action}:{}:{}", card.id, batch.first);
        let keyboard = keyboard
            .row(page_row(lang, page, pages, |page| {
                format!("{}:{page}", data("units"))
            })?)
            .row([Button::labelled(lang, "button-back", data("batch"))?]);
        let text = i18n::html(lang, "units", &Args::new().text("name", &batch.name));
        Ok(Answer::screen(Screen::new(text, keyboard)))
    }
}

/// Records what an admin did with a code.
pub(super) fn note_code(
    tx: &WriteTx<'_>,
    actor: &Actor,
    card: &Card,
    printed: &StoredCode,
    word: &str,
) -> anyhow::Result<()> {
    let what = format!("{}: {word}", spoken(Lang::En, card, printed));
    audit::note(tx, actor.now, actor.id, Deed::CardCode, None, &what)
}

/// The card's name; for a code of a batch with the batch and the number.
fn spoken(lang: Lang, card: &Card, printed: &StoredCode) -> String {
    if printed.batch.is_empty() {
        return card.name.clone();
    }
    let args = Args::new()
        .text("card", &card.name)
        .text("batch", &printed.batch)
        .number("serial", printed.serial);
    i18n::plain(lang, "code-of-batch", &args)
}

/// Precedes the number of a code that is not active.
fn state_mark(state: CodeState) -> &'static str {
    match state {
        CodeState::Active => "",
        CodeState::Inactive => "⏸ ",
        CodeState::Recalled => "⛔️ ",
        CodeState::Stolen => "🚨 ",
    }
}

fn code_buttons(
    connection: &Connection,
    lang: Lang,
    card: &Card,
    printed: &StoredCode,
) -> anyhow::Result<Keyboard> {
    let data = |action: &str| format!("cards:{action}:{}:{}", card.id, printed.id);
    let button = |key: &str, data: String| Button::labelled(lang, key, data);
    let others = CodeState::WORDS
        .iter()
        .filter(|(_, state)| *state != printed.state);
    let states: anyhow::Result<Vec<_>> = others
        .map(|(word, _)| {
            let key = format!("button-code-{word}");
            button(&key, format!("{}:{word}", data("code-set")))
        })
        .collect();
    let mut more = Vec::new();
    if printed.claimed.is_some() {
        more.push(button("button-code-free", data("code-free"))?);
    }
    if printed.suspicious || !printed.watched {
        more.push(button(
            "button-code-watch",
            format!("{}:watch", data("alarm")),
        )?);
    }
    let back = match store::batch_of(connection, card.id, &printed.batch)? {
        Some(batch) => format!("cards:batch:{}:{}", card.id, batch.first),
        None => format!("cards:card:{}", card.id),
    };
    Ok(Keyboard::new()
        .row(states?)
        .row([
            button("button-card-qr", data("code-qr"))?,
            Button::callback("SVG", format!("{}:svg", data("code-qr")))?,
        ])
        .row(more)
        .row([button("button-back", back)?]))
}

//! The screen of one code, with what an admin can do; the codes of a batch, page by page.

use super::CardHandlers;
use super::callback::{BatchAct, CardAct, CardCallback, CodeAct, QrFormat};
use crate::db::Connection;
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::people;
use crate::people::audit::{self, Deed};
use crate::slice::Context;
use crate::slices::cards::card::{Card, CodeState};
use crate::slices::cards::files;
use crate::slices::cards::store;
use crate::slices::cards::store::{AlarmDecision, Batch, StoredCode};
use crate::telegram::{Answer, Button, Keyboard, Screen, page_row, shown_page};

const PAGE: usize = 40;
const IN_ROW: usize = 5;

impl CardHandlers {
    /// A button about the code with this id.
    pub(super) fn code_callback(
        &self,
        cx: &Context<'_>,
        card: &Card,
        id: i64,
        act: CodeAct,
    ) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let Some(printed) = store::printed(tx, card.id, id)? else {
            return self.stale_card(cx, card);
        };
        match act {
            CodeAct::Show => {}
            CodeAct::Decide(decision) => return self.decide(cx, card, &printed, decision),
            CodeAct::Set(state) => {
                if store::set_state(tx, &printed.code, state)? {
                    note_code(cx, card, &printed, state.word())?;
                }
            }
            CodeAct::Free => {
                if store::release(tx, printed.id)? {
                    note_code(cx, card, &printed, "free")?;
                }
            }
            CodeAct::Qr(format) => {
                let args = Args::new().text("name", &spoken(actor.lang, card, &printed));
                let caption = Screen::text(i18n::html(actor.lang, "card-qr-caption", &args));
                let picture = files::qr(card.id, Some(printed.id), format == QrFormat::Svg)?;
                return Ok(Answer::export(actor.lang, picture, caption));
            }
        }
        self.code_screen(cx, card, printed.id)
    }

    pub(super) fn code_screen(
        &self,
        cx: &Context<'_>,
        card: &Card,
        id: i64,
    ) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let Some(printed) = store::printed(tx, card.id, id)? else {
            return self.stale_card(cx, card);
        };
        let lang = actor.lang;
        let first = match printed.first_at {
            Some(at) => i18n::date_time(lang, at, &actor.zone),
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
            let who = match people::get(tx, person)? {
                Some(person) => person.spoken(),
                None => i18n::text(lang, "somebody"),
            };
            let since = i18n::date_time(lang, since, &actor.zone);
            let args = Args::new().html("who", &who).text("since", &since);
            lines.push(i18n::html(lang, "code-claimed", &args));
        }
        if printed.suspicious {
            lines.push(i18n::text(lang, "code-suspicious"));
        }
        if !printed.watched {
            lines.push(i18n::text(lang, "code-ignored"));
        }
        let keyboard = code_buttons(tx, lang, card, &printed)?;
        Ok(Answer::screen(Html::join(&lines, "\n"), keyboard))
    }

    pub(super) fn units(
        &self,
        cx: &Context<'_>,
        card: &Card,
        batch: &Batch,
        page: usize,
    ) -> anyhow::Result<Answer> {
        let lang = cx.actor.lang;
        let total = usize::try_from(batch.codes).unwrap_or(usize::MAX);
        let (page, pages) = shown_page(page, total, PAGE);
        let units = store::unit_codes(cx.tx, card.id, &batch.name, page * PAGE, PAGE)?;
        let mut keyboard = Keyboard::new();
        for row in units.chunks(IN_ROW) {
            let button = |unit: &StoredCode| {
                let text = format!("{}{}", state_mark(unit.state), unit.serial);
                let act = CardAct::Code(unit.id, CodeAct::Show);
                Button::callback(&text, CardCallback::Card(card.id, act))
            };
            let row: anyhow::Result<Vec<_>> = row.iter().map(button).collect();
            keyboard = keyboard.row(row?);
        }
        let data = |act| CardCallback::Card(card.id, CardAct::Batch(batch.first, act));
        let keyboard = keyboard
            .row(page_row(lang, page, pages, |page| {
                data(BatchAct::Units(Some(page)))
            })?)
            .row([Button::labelled(lang, "button-back", data(BatchAct::Show))?]);
        let text = i18n::html(lang, "units", &Args::new().text("name", &batch.name));
        Ok(Answer::screen(text, keyboard))
    }
}

/// Records what an admin did with a code.
pub(super) fn note_code(
    cx: &Context<'_>,
    card: &Card,
    printed: &StoredCode,
    word: &str,
) -> anyhow::Result<()> {
    let what = format!("{}: {word}", spoken(Lang::En, card, printed));
    audit::note(cx.tx, cx.actor, Deed::CardCode, None, &what)
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
    let data = |act| CardCallback::Card(card.id, CardAct::Code(printed.id, act));
    let button = |key: &str, act| Button::labelled(lang, key, data(act));
    let others = CodeState::WORDS
        .iter()
        .filter(|(_, state)| *state != printed.state);
    let states: anyhow::Result<Vec<_>> = others
        .map(|(word, state)| button(&format!("button-code-{word}"), CodeAct::Set(*state)))
        .collect();
    let mut more = Vec::new();
    if printed.claimed.is_some() {
        more.push(button("button-code-free", CodeAct::Free)?);
    }
    if printed.suspicious || !printed.watched {
        let watch = CodeAct::Decide(AlarmDecision::Watch);
        more.push(button("button-code-watch", watch)?);
    }
    let back = match store::batch_of(connection, card.id, &printed.batch)? {
        Some(batch) => CardAct::Batch(batch.first, BatchAct::Show),
        None => CardAct::Show,
    };
    Ok(Keyboard::new()
        .row(states?)
        .row([
            button("button-card-qr", CodeAct::Qr(QrFormat::Png))?,
            Button::callback("SVG", data(CodeAct::Qr(QrFormat::Svg)))?,
        ])
        .row(more)
        .row([Button::labelled(
            lang,
            "button-back",
            CardCallback::Card(card.id, back),
        )?]))
}

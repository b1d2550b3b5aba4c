//! Cards on screens: the list, one card with its code and labels, statistics.

use super::scan::SHARE_PREFIX;
use super::{CardHandlers, list_row};
use crate::cards::card::Card;
use crate::cards::files::{self, start};
use crate::cards::label::{Dpi, Paper, Print, USUAL_SIDE};
use crate::cards::{chart, store};
use crate::db::{Connection, WriteTx};
use crate::html::{Html, cut};
use crate::i18n::{self, Args, label};
use crate::people::Asker;
use crate::people::audit::{self, Deed};
use crate::telegram::{Answer, Button, Keyboard, Screen, page_row};

/// Cards on a page.
const PAGE: usize = 10;

/// Cards that are named as checked most.
const TOP: usize = 3;

/// Letters of a name on a button.
const BUTTON_NAME: usize = 40;

impl CardHandlers {
    /// *My cards*: the newest active ones.
    pub(super) fn list(
        &self,
        connection: &Connection,
        asker: &Asker,
        page: usize,
    ) -> anyhow::Result<Answer> {
        let lang = asker.lang;
        let (_, total) = store::page(connection, 0, 0)?;
        let pages = total.div_ceil(PAGE).max(1);
        let page = page.min(pages - 1);
        let (cards, _) = store::page(connection, page * PAGE, PAGE)?;
        let text = if cards.is_empty() {
            i18n::text(lang, "cards-none")
        } else {
            i18n::html(lang, "cards-list", &Args::new().number("n", total))
        };
        let mut keyboard = Keyboard::new();
        for card in &cards {
            let args = Args::new()
                .text("name", &cut(&card.name, BUTTON_NAME))
                .number("checks", card.checks);
            let text = i18n::plain(lang, "card-button", &args);
            keyboard = keyboard.row([Button::callback(&text, format!("cards:card:{}", card.id))?]);
        }
        let button = |key: &str, data: &str| Button::callback(&label(lang, key), data);
        let keyboard = keyboard
            .row(page_row(lang, page, pages, |page| {
                format!("cards:list:{page}")
            })?)
            .row([
                button("button-card-add", "cards:add")?,
                button("button-stats", "cards:stats")?,
            ])
            .row([button("button-panel", "bot:panel")?]);
        Ok(Answer::screen(Screen::new(text, keyboard)))
    }

    /// A button about one card.
    pub(super) fn card_tap(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        action: &str,
        rest: &str,
    ) -> anyhow::Result<Answer> {
        let lang = asker.lang;
        let (id, more) = rest.split_once(':').unwrap_or((rest, ""));
        let card = match id.parse() {
            Ok(id) => store::get(tx, id)?,
            Err(_) => None,
        };
        let Some(card) = card else {
            let list = self.list(tx, asker, 0)?;
            return Ok(list.toast(label(lang, "stale-button")));
        };
        match action {
            "card" => self.card(tx, asker, &card),
            "show" => super::scan::present(lang, &i18n::text(lang, "card-preview"), &card),
            "qr" => self.qr(asker, &card, more == "svg"),
            "labels" if more.is_empty() => labels_screen(asker, &card, None),
            "labels" => labels(asker, &card, None, more),
            "batches" => self.batches(tx, asker, &card),
            "batch-add" => self.ask_batch(tx, asker, &card),
            "batch" | "codes" | "batch-labels" => self.batch_tap(tx, asker, &card, action, more),
            "on" | "off" => self.switch(tx, asker, &card, action == "on"),
            _ => Ok(self
                .card(tx, asker, &card)?
                .toast(label(lang, "stale-button"))),
        }
    }

    /// A card that was just made: its screen, and its code as a picture.
    pub(super) fn made(&self, tx: &WriteTx<'_>, asker: &Asker, id: i64) -> anyhow::Result<Answer> {
        let Some(card) = store::get(tx, id)? else {
            return self.list(tx, asker, 0);
        };
        let note = label(asker.lang, "card-made");
        let mut answer = self.card(tx, asker, &card)?.toast(note);
        answer.files = self.qr(asker, &card, false)?.files;
        Ok(answer)
    }

    /// One card.
    fn card(&self, connection: &Connection, asker: &Asker, card: &Card) -> anyhow::Result<Answer> {
        let lang = asker.lang;
        let code = store::shared_code(connection, card.id)?;
        let bot = store::bot_name(connection)?;
        let state = if card.active { "active" } else { "inactive" };
        let args = Args::new()
            .text("name", &card.name)
            .text("state", &label(lang, &format!("card-is-{state}")))
            .number("checks", card.checks)
            .number("people", card.people)
            .text(
                "made",
                &i18n::date_time(lang, card.created_at, self.zone_of(asker)),
            )
            .html("code", &Html::code(&code.spoken()));
        let mut lines = vec![i18n::html(lang, "card-screen", &args)];
        if let Some(bot) = bot {
            let scan = format!("{}{}", start(self.base_url.as_deref(), &bot), code.as_str());
            let share = format!("https://t.me/{bot}?start={SHARE_PREFIX}{}", card.public_id);
            let args = Args::new().text("scan", &scan).text("share", &share);
            lines.push(i18n::html(lang, "card-links", &args));
        }
        let button = |key: &str, action: &str| {
            Button::callback(&label(lang, key), format!("cards:{action}:{}", card.id))
        };
        let (switch, to) = if card.active {
            ("button-card-off", "off")
        } else {
            ("button-card-on", "on")
        };
        let keyboard = Keyboard::new()
            .row([
                button("button-card-qr", "qr")?,
                Button::callback("SVG", format!("cards:qr:{}:svg", card.id))?,
                button("button-card-labels", "labels")?,
            ])
            .row([button("button-batches", "batches")?])
            .row([button("button-card-show", "show")?, button(switch, to)?])
            .row(list_row(asker)?);
        Ok(Answer::screen(Screen::new(
            Html::join(&lines, "\n\n"),
            keyboard,
        )))
    }

    fn qr(&self, asker: &Asker, card: &Card, svg: bool) -> anyhow::Result<Answer> {
        let args = Args::new().text("name", &card.name);
        let caption = Screen::text(i18n::html(asker.lang, "card-qr-caption", &args));
        Ok(Answer::default()
            .file(files::qr(card.id, svg)?, caption)
            .toast(label(asker.lang, "export-coming")))
    }

    fn switch(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        card: &Card,
        active: bool,
    ) -> anyhow::Result<Answer> {
        if store::set_active(tx, card.id, active)? {
            let deed = if active { Deed::CardOn } else { Deed::CardOff };
            audit::note(tx, asker.now, asker.id, deed, None, &card.name)?;
        }
        let card = Card {
            active,
            ..card.clone()
        };
        self.card(tx, asker, &card)
    }

    /// Numbers over all cards.
    pub(super) fn stats(&self, connection: &Connection, asker: &Asker) -> anyhow::Result<Answer> {
        let lang = asker.lang;
        let sums = store::sums(connection)?;
        let args = Args::new()
            .number("cards", sums.cards)
            .number("active", sums.active)
            .number("checks", sums.checks)
            .number("people", sums.people);
        let mut lines = vec![i18n::html(lang, "cards-stats", &args)];
        let top = store::top(connection, TOP)?;
        if !top.is_empty() {
            lines.push(Html::default());
            lines.push(i18n::text(lang, "cards-top"));
        }
        for card in &top {
            let args = Args::new()
                .text("name", &card.name)
                .number("checks", card.checks);
            lines.push(i18n::html(lang, "cards-top-line", &args));
        }
        let chart = Button::callback(&label(lang, "button-cards-chart"), "cards:chart")?;
        Ok(Answer::screen(Screen::new(
            Html::join(&lines, "\n"),
            Keyboard::new().row([chart]).row(list_row(asker)?),
        )))
    }

    /// Checks by day as a picture.
    pub(super) fn chart(&self, connection: &Connection, asker: &Asker) -> anyhow::Result<Answer> {
        let lang = asker.lang;
        let Some(picture) = chart::picture(connection, &self.zone, lang, asker.now)? else {
            return Ok(Answer::default().toast(label(lang, "cards-chart-none")));
        };
        Ok(Answer::default()
            .file(files::chart(asker)?, Screen::text(picture.caption))
            .toast(label(lang, "export-coming")))
    }
}

/// For which printer, on which paper: the code that things share, or the codes of a batch.
pub(super) fn labels_screen(
    asker: &Asker,
    card: &Card,
    batch: Option<i64>,
) -> anyhow::Result<Answer> {
    let lang = asker.lang;
    let (print, back) = match batch {
        None => (
            format!("cards:labels:{}", card.id),
            format!("cards:card:{}", card.id),
        ),
        Some(first) => (
            format!("cards:batch-labels:{}:{first}", card.id),
            format!("cards:batch:{}:{first}", card.id),
        ),
    };
    let mut keyboard = Keyboard::new();
    for paper in ["a4", "single"] {
        let spoken = label(lang, &format!("button-labels-{paper}"));
        let button = |dpi: Dpi| {
            let dpi = dpi.per_inch();
            Button::callback(
                &format!("{spoken} {dpi} dpi"),
                format!("{print}:{paper}:{dpi}"),
            )
        };
        let row = Dpi::ALL
            .into_iter()
            .map(button)
            .collect::<anyhow::Result<Vec<_>>>()?;
        keyboard = keyboard.row(row);
    }
    let back = Button::callback(&label(lang, "button-back"), back)?;
    let args = Args::new().number("mm", USUAL_SIDE);
    Ok(Answer::screen(Screen::new(
        i18n::html(lang, "card-labels", &args),
        keyboard.row([back]),
    )))
}

/// Labels for the printer and the paper that were chosen.
pub(super) fn labels(
    asker: &Asker,
    card: &Card,
    batch: Option<i64>,
    how: &str,
) -> anyhow::Result<Answer> {
    let lang = asker.lang;
    let (paper, dpi) = how.split_once(':').unwrap_or((how, ""));
    let paper = match paper {
        "a4" => Some(Paper::A4 { used: 0 }),
        "single" => Some(Paper::Single),
        _ => None,
    };
    let dpi = dpi.parse().ok().and_then(Dpi::from_number);
    let (Some(paper), Some(dpi)) = (paper, dpi) else {
        return Ok(labels_screen(asker, card, batch)?.toast(label(lang, "stale-button")));
    };
    let print = Print {
        paper,
        side_mm: USUAL_SIDE,
        dpi,
    };
    let caption = Screen::text(i18n::text(lang, "card-labels-caption"));
    Ok(Answer::default()
        .file(files::labels(card.id, batch, print)?, caption)
        .toast(label(lang, "export-coming")))
}

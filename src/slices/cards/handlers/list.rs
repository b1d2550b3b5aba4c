//! Lists of cards: the active ones, those that are off, those that a text finds.

use serde::{Deserialize, Serialize};

use super::{CardHandlers, list_row, ways_out};
use crate::db::{Connection, WriteTx};
use crate::dialogue;
use crate::html::{clean_line, cut};
use crate::i18n::{self, Args};
use crate::people::Actor;
use crate::slices::cards::code::Code;
use crate::slices::cards::store;
use crate::slices::cards::store::Which;
use crate::telegram::{Answer, Button, DATA_LIMIT, Keyboard, Screen, page_row};

/// Cards on a page.
const PAGE: usize = 10;

/// Letters of a name on a button.
const BUTTON_NAME: usize = 40;

/// Bytes of a text that is looked for: it travels in the buttons that turn pages, so nothing of it is stored.
const SEARCHED: usize = DATA_LIMIT - "cards:found:99999:".len();

/// A text to look for is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FindStep {
    find_cards: bool,
}

impl CardHandlers {
    /// *My cards*: the newest active ones.
    pub(super) fn list(
        &self,
        connection: &Connection,
        actor: &Actor,
        page: usize,
    ) -> anyhow::Result<Answer> {
        self.list_of(connection, actor, &Which::Active, page)
    }

    /// Cards of one kind.
    pub(super) fn list_of(
        &self,
        connection: &Connection,
        actor: &Actor,
        which: &Which,
        page: usize,
    ) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        // A page that is gone shows the last one.
        let (mut cards, total) = store::page(connection, which, page * PAGE, PAGE)?;
        let pages = total.div_ceil(PAGE).max(1);
        let page = page.min(pages - 1);
        if cards.is_empty() && total > 0 {
            cards = store::page(connection, which, page * PAGE, PAGE)?.0;
        }
        let (key, action, text) = match which {
            Which::Active => ("cards-list", "list", ""),
            Which::Inactive => ("cards-list-off", "off-list", ""),
            Which::Named(text) => ("cards-found", "found", text.as_str()),
        };
        let args = Args::new().number("n", total).text("text", text);
        let title = match which {
            Which::Active if cards.is_empty() => i18n::text(lang, "cards-none"),
            _ => i18n::html(lang, key, &args),
        };
        let mut keyboard = Keyboard::new();
        for card in &cards {
            let args = Args::new()
                .text("name", &cut(&card.name, BUTTON_NAME))
                .number("checks", card.checks);
            let key = if card.active {
                "card-button"
            } else {
                "card-button-off"
            };
            let text = i18n::plain(lang, key, &args);
            keyboard = keyboard.row([Button::callback(&text, format!("cards:card:{}", card.id))?]);
        }
        let keyboard = keyboard.row(page_row(lang, page, pages, |page| match which {
            Which::Named(text) => format!("cards:{action}:{page}:{text}"),
            _ => format!("cards:{action}:{page}"),
        })?);
        let button = |key: &str, data: &str| Button::labelled(lang, key, data);
        if *which != Which::Active {
            let keyboard = keyboard
                .row([button("button-card-find", "cards:find")?])
                .row(list_row(actor)?);
            return Ok(Answer::screen(Screen::new(title, keyboard)));
        }
        let keyboard = keyboard
            .row([
                button("button-card-add", "cards:add")?,
                button("button-stats", "cards:stats")?,
            ])
            .row([
                button("button-card-find", "cards:find")?,
                button("button-cards-off", "cards:off-list:0")?,
            ])
            .row([button("button-panel", "bot:panel")?]);
        Ok(Answer::screen(Screen::new(title, keyboard)))
    }

    /// A page of what a text finds; `rest` is the page and the text.
    pub(super) fn found(
        &self,
        connection: &Connection,
        actor: &Actor,
        rest: &str,
    ) -> anyhow::Result<Answer> {
        let (page, text) = rest.split_once(':').unwrap_or((rest, ""));
        let which = Which::Named(text.to_owned());
        self.list_of(connection, actor, &which, page.parse().unwrap_or(0))
    }

    /// *Find*: asks for a text.
    pub(super) fn find(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Answer> {
        dialogue::set(tx, actor, &FindStep { find_cards: true })?;
        let text = i18n::text(actor.lang, "cards-find");
        Ok(Answer::screen(Screen::new(text, ways_out(actor)?)))
    }

    /// The answer to that: a code leads to itself, any other text to the cards that have it in their names; none when nobody
    /// asked.
    pub(super) fn find_text(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        text: &str,
    ) -> anyhow::Result<Option<Answer>> {
        if dialogue::step::<FindStep>(tx, actor)?.is_none() {
            return Ok(None);
        }
        dialogue::end(tx, actor)?;
        if let Ok(code) = Code::read(text)
            && let Some((card, code)) = store::find(tx, &code)?
        {
            return self.code_screen(tx, actor, &card, code).map(Some);
        }
        let mut text = clean_line(text);
        while text.len() > SEARCHED {
            text.pop();
        }
        self.list_of(tx, actor, &Which::Named(text), 0).map(Some)
    }
}

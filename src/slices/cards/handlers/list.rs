//! Lists of cards: active ones, inactive ones, and those that a text finds.

use serde::{Deserialize, Serialize};

use super::callback::{CardAct, CardCallback, FOUND_PREFIX_LIMIT};
use super::{CardHandlers, list_row, ways_out};
use crate::dialogue;
use crate::html::{clean_line, cut};
use crate::i18n::{self, Args};
use crate::navigation::PANEL;
use crate::slice::Context;
use crate::slices::cards::code::Code;
use crate::slices::cards::store;
use crate::slices::cards::store::CardFilter;
use crate::telegram::{Answer, Button, DATA_LIMIT, Keyboard, page_row, shown_page};

const PAGE: usize = 10;

/// Letters of a name on a button.
const BUTTON_NAME: usize = 40;

/// Bytes of a searched text. It travels in the buttons that turn pages, so it is not stored.
const SEARCHED: usize = DATA_LIMIT - FOUND_PREFIX_LIMIT;

/// Waits for a text to search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FindStep {
    find_cards: bool,
}

impl CardHandlers {
    pub(super) fn list(&self, cx: &Context<'_>, page: usize) -> anyhow::Result<Answer> {
        self.list_of(cx, &CardFilter::Active, page)
    }

    pub(super) fn list_of(
        &self,
        cx: &Context<'_>,
        which: &CardFilter,
        page: usize,
    ) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let lang = actor.lang;
        // A page that is gone shows the last one.
        let (mut cards, total) = store::page(tx, which, page * PAGE, PAGE)?;
        let (page, pages) = shown_page(page, total, PAGE);
        if cards.is_empty() && total > 0 {
            cards = store::page(tx, which, page * PAGE, PAGE)?.0;
        }
        let (key, text) = match which {
            CardFilter::Active => ("cards-list", ""),
            CardFilter::Inactive => ("cards-list-off", ""),
            CardFilter::Named(text) => ("cards-found", text.as_str()),
        };
        let args = Args::new().number("n", total).text("text", text);
        let title = match which {
            CardFilter::Active if cards.is_empty() => i18n::text(lang, "cards-none"),
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
            let open = CardCallback::Card(card.id, CardAct::Show);
            keyboard = keyboard.row([Button::callback(&text, open)?]);
        }
        let keyboard = keyboard.row(page_row(lang, page, pages, |page| match which {
            CardFilter::Active => CardCallback::List(page),
            CardFilter::Inactive => CardCallback::Inactive(page),
            CardFilter::Named(text) => CardCallback::Found(page, text),
        })?);
        let button = |key: &str, data| Button::labelled(lang, key, data);
        if *which != CardFilter::Active {
            let keyboard = keyboard
                .row([button("button-card-find", CardCallback::Find)?])
                .row(list_row(actor)?);
            return Ok(Answer::screen(title, keyboard));
        }
        let keyboard = keyboard
            .row([
                button("button-card-add", CardCallback::Add)?,
                button("button-stats", CardCallback::Stats)?,
            ])
            .row([
                button("button-card-find", CardCallback::Find)?,
                button("button-cards-off", CardCallback::Inactive(0))?,
            ])
            .row([Button::labelled(lang, "button-panel", PANEL)?]);
        Ok(Answer::screen(title, keyboard))
    }

    pub(super) fn find(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        dialogue::set(cx.tx, cx.actor, &FindStep { find_cards: true })?;
        let text = i18n::text(cx.actor.lang, "cards-find");
        Ok(Answer::screen(text, ways_out(cx.actor)?))
    }

    /// Opens the card of a code, or lists the cards with a text in their name; none when nobody was
    /// asked.
    pub(super) fn find_text(&self, cx: &Context<'_>, text: &str) -> anyhow::Result<Option<Answer>> {
        if dialogue::step::<FindStep>(cx.tx, cx.actor)?.is_none() {
            return Ok(None);
        }
        dialogue::end(cx.tx, cx.actor)?;
        if let Some(Ok(code)) = Code::typed(text, self.base_url.as_deref())
            && let Some((card, code)) = store::find(cx.tx, &code)?
        {
            return self.code_screen(cx, &card, code).map(Some);
        }
        let mut text = clean_line(text);
        while text.len() > SEARCHED {
            text.pop();
        }
        self.list_of(cx, &CardFilter::Named(text), 0).map(Some)
    }
}

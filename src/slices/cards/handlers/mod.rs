//! Cards in the bot.
//!
//! Everybody may check a code and open a shared card. Everything else is for admins; the caller of
//! [`CardHandlers::callback`] checks that. Buttons carry a [`CardCallback`]. A button that does not
//! parse, or names what is gone, shows the current state instead of failing.

mod add;
mod alarms;
mod batches;
mod callback;
mod card;
mod codes;
mod edit;
mod inline;
mod labels;
mod list;
mod scan;
mod scans;
mod stats;
use add::CardStep;
use bytes::Bytes;

use super::CardsConfig;
use super::photo::{LARGEST_FILE, Photos};
use super::store::{self, CardFilter};
use crate::db::Connection;
use crate::dialogue;
use crate::i18n::{Lang, label};
use crate::navigation::{PANEL, cancel_button};
use crate::people::Actor;
use crate::slice::Context;
use crate::telegram::{Answer, Button, Document, Fetched, Keyboard, Wanted};
use crate::words::Part as _;
use crate::zone::Zone;
pub(super) use callback::CardCallback;
use edit::EditStep;
use scan::claim;

#[derive(Debug)]
pub(crate) struct CardHandlers {
    photos: Photos,
    base_url: Option<String>,
    zone: Zone,
    language: Lang,
}

impl CardHandlers {
    /// `zone` and `language` are for chats that have not chosen. `zone` also says when a day
    /// begins.
    #[must_use]
    pub(crate) fn new(config: &CardsConfig, photos: Photos, zone: Zone, language: Lang) -> Self {
        Self {
            photos,
            base_url: config.base_url.clone(),
            zone,
            language,
        }
    }

    /// The file to fetch for a photo, or for a picture sent as a file, if somebody was asked for
    /// one.
    pub(crate) fn wants(
        &self,
        connection: &Connection,
        actor: &Actor,
        picture: &Document,
    ) -> anyhow::Result<Option<Wanted>> {
        let made = dialogue::step::<CardStep>(connection, actor)?;
        let edited = dialogue::step::<EditStep>(connection, actor)?;
        let is_wanted = made.is_some_and(|step| step.takes(picture))
            || edited.is_some_and(|step| step.takes_picture());
        Ok((is_wanted && actor.role.is_admin()).then(|| Wanted {
            file_id: picture.file_id.clone(),
            at_most: LARGEST_FILE,
        }))
    }

    /// Stores a fetched picture and returns its name in place of the bytes. Not for a runtime or a
    /// transaction.
    ///
    /// # Errors
    /// What is wrong with the picture.
    pub(crate) fn refine(&self, picture: &Bytes) -> Fetched {
        self.photos.keep(picture).map(Bytes::from)
    }

    /// Whether a question about a card is open whose answer may be a picture.
    pub(crate) fn is_open(&self, cx: &Context<'_>) -> anyhow::Result<bool> {
        let Context { tx, actor, .. } = *cx;
        Ok(dialogue::step::<CardStep>(tx, actor)?.is_some()
            || dialogue::step::<EditStep>(tx, actor)?.is_some())
    }

    /// None when nobody was asked for a picture.
    pub(crate) fn picture(
        &self,
        cx: &Context<'_>,
        picture: &Document,
        file: Option<&Fetched>,
    ) -> anyhow::Result<Option<Answer>> {
        if let Some(answer) = self.add_picture(cx, picture, file)? {
            return Ok(Some(answer));
        }
        self.edit_picture(cx, file)
    }

    /// None when nothing was asked.
    pub(crate) fn text(&self, cx: &Context<'_>, text: &str) -> anyhow::Result<Option<Answer>> {
        for question in [
            Self::add_text,
            Self::batch_text,
            Self::edit_text,
            Self::side_text,
            Self::find_text,
        ] {
            if let Some(answer) = question(self, cx, text)? {
                return Ok(Some(answer));
            }
        }
        Ok(None)
    }

    /// A button of an admin.
    pub(crate) fn callback(&self, cx: &Context<'_>, data: &str) -> anyhow::Result<Answer> {
        let Some(callback) = CardCallback::parse(data) else {
            return self.stale_callback(cx, CardCallback::card_of(data));
        };
        match callback {
            CardCallback::Add => self.begin(cx),
            CardCallback::Back => self.step_back(cx),
            CardCallback::Skip => self.skip(cx),
            CardCallback::Save(begun) => self.save(cx, begun),
            CardCallback::List(page) => self.list(cx, page),
            CardCallback::Inactive(page) => self.list_of(cx, &CardFilter::Inactive, page),
            CardCallback::Find => self.find(cx),
            CardCallback::Found(page, text) => {
                self.list_of(cx, &CardFilter::Named(text.to_owned()), page)
            }
            CardCallback::Stats => self.stats(cx),
            CardCallback::Chart => self.chart(cx),
            CardCallback::CardsTable => self.cards_table(cx),
            CardCallback::ScansTable => self.scans_table(cx, None),
            CardCallback::Claim(code) => claim(cx, code),
            CardCallback::Card(id, act) => match store::get(cx.tx, id)? {
                Some(card) => self.card_callback(cx, &card, act),
                None => self.stale_callback(cx, None),
            },
        }
    }

    /// The card as it is now, or the list, after a button that means nothing any more.
    fn stale_callback(&self, cx: &Context<'_>, card: Option<i64>) -> anyhow::Result<Answer> {
        let card = card.map(|id| store::get(cx.tx, id)).transpose()?;
        if let Some(card) = card.flatten() {
            return self.stale_card(cx, &card);
        }
        let list = self.list(cx, 0)?;
        Ok(list.toast(label(cx.actor.lang, "stale-button")))
    }
}

/// The button below a question.
fn ways_out(actor: &Actor) -> anyhow::Result<Keyboard> {
    let cancel = cancel_button(actor.lang)?;
    Ok(Keyboard::new().row([cancel]))
}

fn list_row(actor: &Actor) -> anyhow::Result<[Button; 2]> {
    Ok([
        Button::labelled(actor.lang, "button-cards", CardCallback::List(0))?,
        Button::labelled(actor.lang, "button-panel", PANEL)?,
    ])
}

//! Cards in the bot.
//!
//! Everybody may check a code and open a shared card. Everything else is for admins; the caller of
//! [`CardHandlers::callback`] checks that. Buttons carry `cards:<action>:…`. A button that does not
//! parse, or names what is gone, shows the current state instead of failing.

mod add;
mod alarms;
mod batches;
mod card;
mod codes;
mod edit;
mod inline;
mod labels;
mod list;
mod scan;
mod scans;
mod stats;

use super::CardsConfig;
use super::photo::{LARGEST_FILE, Photos};
use super::store::CardFilter;
use crate::db::{Connection, WriteTx};
use crate::dialogue;
use crate::i18n::Lang;
use crate::navigation::{PANEL, cancel_button};
use crate::people::Actor;
use crate::telegram::{Answer, Button, Document, Fetched, Keyboard, Wanted};
use crate::zone::Zone;
use add::CardStep;
use bytes::Bytes;
use edit::EditStep;

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
    pub(crate) fn is_open(&self, connection: &Connection, actor: &Actor) -> anyhow::Result<bool> {
        Ok(self.is_making(connection, actor)? || self.is_editing(connection, actor)?)
    }

    /// None when nobody was asked for a picture.
    pub(crate) fn picture(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        picture: &Document,
        file: Option<&Fetched>,
    ) -> anyhow::Result<Option<Answer>> {
        if let Some(answer) = self.add_picture(tx, actor, picture, file)? {
            return Ok(Some(answer));
        }
        self.edit_picture(tx, actor, file)
    }

    /// None when nothing was asked.
    pub(crate) fn text(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        text: &str,
    ) -> anyhow::Result<Option<Answer>> {
        for question in [
            Self::add_text,
            Self::batch_text,
            Self::edit_text,
            Self::side_text,
            Self::find_text,
        ] {
            if let Some(answer) = question(self, tx, actor, text)? {
                return Ok(Some(answer));
            }
        }
        Ok(None)
    }

    /// A button; `data` is the part after `cards:`.
    pub(crate) fn callback(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        data: &str,
    ) -> anyhow::Result<Answer> {
        match data.split_once(':').unwrap_or((data, "")) {
            ("add", _) => self.begin(tx, actor),
            ("back", _) => self.step_back(tx, actor),
            ("skip", _) => self.skip(tx, actor),
            ("save", made) => self.save(tx, actor, made),
            ("list", page) => self.list(tx, actor, page.parse().unwrap_or(0)),
            ("off-list", page) => {
                self.list_of(tx, actor, &CardFilter::Inactive, page.parse().unwrap_or(0))
            }
            ("find", _) => self.find(tx, actor),
            ("found", rest) => self.found(tx, actor, rest),
            ("stats", _) => self.stats(tx, actor),
            ("chart", _) => self.chart(tx, actor),
            ("cards-csv", _) => self.cards_table(tx, actor),
            ("scans-all", _) => self.scans_table(tx, actor, None),
            (action, rest) => self.card_callback(tx, actor, action, rest),
        }
    }

    fn zone_of<'a>(&'a self, actor: &Actor) -> &'a Zone {
        actor.zone.unwrap_or(&self.zone)
    }
}

/// Splits a button's data into an id and the rest. An invalid id becomes 0, which names nothing.
fn id_and_rest(data: &str) -> (i64, &str) {
    let (id, rest) = data.split_once(':').unwrap_or((data, ""));
    (id.parse().unwrap_or(0), rest)
}

/// The button below a question.
fn ways_out(actor: &Actor) -> anyhow::Result<Keyboard> {
    let cancel = cancel_button(actor.lang)?;
    Ok(Keyboard::new().row([cancel]))
}

fn list_row(actor: &Actor) -> anyhow::Result<[Button; 2]> {
    Ok([
        Button::labelled(actor.lang, "button-cards", "cards:list:0")?,
        Button::labelled(actor.lang, "button-panel", PANEL)?,
    ])
}

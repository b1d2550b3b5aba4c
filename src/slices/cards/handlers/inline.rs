//! Cards in other chats: a person who names the bot there is offered the shared card. Admins can
//! also search cards by name.
//!
//! Without inline mode Telegram sends no such queries.

use super::CardHandlers;
use super::scan::{SHARE_PREFIX, shared_link};
use crate::db::Connection;
use crate::html::cut;
use crate::i18n::{self, Lang, label};
use crate::slices::cards::card::Card;
use crate::slices::cards::files;
use crate::slices::cards::store;
use crate::slices::cards::store::CardFilter;
use crate::slices::cards::texts::shown;
use crate::telegram::{Button, Keyboard, Me, Offer, outbox};

const OFFERED: usize = 10;

/// Letters of the description below a name.
const DESCRIPTION: usize = 100;

impl CardHandlers {
    /// The cards offered for these words.
    pub(crate) fn offers(
        &self,
        connection: &Connection,
        lang: Lang,
        is_admin: bool,
        words: &str,
    ) -> anyhow::Result<Vec<Offer>> {
        let Some(bot) = store::bot(connection)? else {
            return Ok(Vec::new());
        };
        let words = words.trim();
        let cards = match words.strip_prefix(SHARE_PREFIX) {
            Some(public_id) => store::by_public_id(connection, public_id)?
                .into_iter()
                .collect(),
            None if !is_admin => Vec::new(),
            None if words.is_empty() => store::page(connection, &CardFilter::Active, 0, OFFERED)?.0,
            None => store::page(connection, &CardFilter::Named(words.to_owned()), 0, OFFERED)?.0,
        };
        let active = cards.iter().filter(|card| card.active);
        active
            .map(|card| offer(connection, lang, &bot, card))
            .collect()
    }
}

fn offer(connection: &Connection, lang: Lang, bot: &Me, card: &Card) -> anyhow::Result<Offer> {
    let open = Button::url(&label(lang, "button-card-open"), &shared_link(bot, card))?;
    Ok(Offer {
        id: card.public_id.clone(),
        title: card.name.clone(),
        description: cut(&card.description, DESCRIPTION),
        html: shown(&i18n::text(lang, "card-shared"), card).caption,
        keyboard: Keyboard::new().row([open]),
        photo: outbox::file_id(connection, bot.id, &files::photo(&card.photo)?)?,
    })
}

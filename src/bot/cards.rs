//! Product cards, where `[cards]` is on: what everybody may do with them, and what admins may.

use bytes::Bytes;

use super::Bot;
use super::home;
use crate::db::{Connection, WriteTx};
use crate::dialogue;
use crate::i18n::label;
use crate::people::{self, Actor};
use crate::slices::watch::WatchHandlers;
use crate::telegram::{Answer, ChatKind, Document, Event, EventKind, Fetched, Reaction, Wanted};

impl Bot {
    /// Whoever sent an event in their own chat, if they were let in.
    pub(super) fn member(
        &self,
        connection: &Connection,
        event: &Event,
    ) -> anyhow::Result<Option<Actor>> {
        let (Some(person), Some(chat)) = (&event.from, event.chat) else {
            return Ok(None);
        };
        let known = people::get(connection, person.id)?;
        let Some(known) = known.filter(|known| known.role.is_member()) else {
            return Ok(None);
        };
        Ok((chat.kind == ChatKind::Private).then(|| Actor {
            id: known.id,
            role: known.role,
            name: known.name,
            chat_id: chat.id,
            lang: self.people.language,
            zone: None,
            now: self.clock.now(),
            pressed: None,
        }))
    }

    pub(super) fn wants_picture(
        &self,
        connection: &Connection,
        actor: &Actor,
        event: &Event,
    ) -> anyhow::Result<Option<Wanted>> {
        let (Some(cards), Some(picture)) = (&self.cards, picture(&event.kind)) else {
            return Ok(None);
        };
        cards.wants(connection, actor, picture)
    }

    pub(super) fn refine_picture(&self, event: &Event, file: Bytes) -> Fetched {
        match &self.cards {
            Some(cards) if picture(&event.kind).is_some() => cards.refine(&file),
            _ => Ok(file),
        }
    }

    /// What is for everybody, let in or not: a code that was scanned or typed, the buttons below it, a card that was shared.
    /// Nobody becomes a member by it.
    pub(super) fn public_card(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        kind: &EventKind,
    ) -> anyhow::Result<Option<Answer>> {
        let Some(cards) = &self.cards else {
            return Ok(None);
        };
        match kind {
            EventKind::Command { name, args } if name == "start" => cards.start(tx, actor, args),
            EventKind::Text(text) => cards.typed(tx, actor, text),
            EventKind::Callback { data, .. } => match data.strip_prefix("cards:") {
                Some(action) => cards.public_callback(tx, actor, action),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// What is offered to somebody who names us in another chat; nothing while there are no cards.
    pub(super) fn offer(
        &self,
        connection: &Connection,
        event: &Event,
        words: &str,
    ) -> anyhow::Result<Reaction> {
        let (Some(cards), Some(person)) = (&self.cards, &event.from) else {
            return Ok(Reaction::default());
        };
        let known = people::get(connection, person.id)?;
        let is_admin = known.is_some_and(|known| known.role.is_admin());
        let lang = people::language_of(connection, person.id, self.people.language)?;
        Ok(Reaction {
            offers: Some(cards.offers(connection, lang, is_admin, words)?),
            ..Reaction::default()
        })
    }

    /// A text, if something about cards was asked.
    pub(super) fn card_text(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        text: &str,
    ) -> anyhow::Result<Option<Answer>> {
        match &self.cards {
            Some(cards) if actor.role.is_admin() => cards.text(tx, actor, text),
            _ => Ok(None),
        }
    }

    /// Whether a file is meant to be the picture of a card.
    pub(super) fn awaits_picture(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        kind: &EventKind,
    ) -> anyhow::Result<bool> {
        match &self.cards {
            Some(cards) if actor.role.is_admin() && picture(kind).is_some() => {
                cards.is_open(tx, actor)
            }
            _ => Ok(false),
        }
    }

    /// A photo, or a picture that was sent as a file.
    pub(super) fn photo(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        photo: &Document,
        file: Option<&Fetched>,
    ) -> anyhow::Result<Answer> {
        if let Some(cards) = self.cards.as_ref().filter(|_| actor.role.is_admin())
            && let Some(answer) = cards.picture(tx, actor, photo, file)?
        {
            return Ok(answer);
        }
        if dialogue::is_open(tx, actor)? {
            return super::expected_text(actor);
        }
        Ok(Answer::default())
    }

    /// A button about cards; `data` is what stands after `cards:`.
    pub(super) fn cards_callback(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        data: &str,
    ) -> anyhow::Result<Answer> {
        match &self.cards {
            Some(cards) if actor.role.is_admin() => cards.callback(tx, actor, data),
            Some(_) => Ok(Answer::default().toast(label(actor.lang, "no-right"))),
            None => Ok(home::home(actor)?.toast(label(actor.lang, "stale-button"))),
        }
    }
}

/// What may be a picture: a photo, or a file that is no table. What it is, is known when it is looked at.
fn picture(kind: &EventKind) -> Option<&Document> {
    match kind {
        EventKind::Photo(photo) => Some(photo),
        EventKind::Document(file) if WatchHandlers::wants(file).is_none() => Some(file),
        _ => None,
    }
}

//! Cards as a slice: the admins' and everybody's actions, the files and the tasks.

use std::path::Path;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::files::CardFiles;
use super::handlers::{CardCallback, CardHandlers};
use super::photo::Photos;
use super::{CardsConfig, leftovers, store, tools};
use crate::db::{Connection, Db, WriteTx};
use crate::i18n::{self, Lang};
use crate::navigation::cancel_button;
use crate::people::Actor;
use crate::slice::{
    About, Attachment, Board, Callbacks, Context, Dormant, FileMaker, Finding, Inline, Input,
    Parts, Shown, Slice, Slices, Who,
};
use crate::tasks::ThreadEnd;
use crate::telegram::{Answer, Fetched, Keyboard, Me, Offer, Outgoing, Telegram, Wanted};
use crate::tool::Tool;
use crate::zone::Zone;

/// Also what remains while the cards are switched off.
const ABOUT: About = About {
    retention: &store::KEPT,
    ..About::named("cards")
};

const CALLBACKS: &[Callbacks] = &[Callbacks::private("cards", Who::Admin)];

#[derive(Debug)]
pub(crate) struct Cards {
    config: CardsConfig,
    handlers: CardHandlers,
    photos: Photos,
    zone: Zone,
}

impl Cards {
    /// Photos live beside the database; `zone` and `language` are for chats that have not chosen.
    pub(crate) fn new(config: CardsConfig, database: &Path, zone: Zone, language: Lang) -> Self {
        let photos = Photos::of(database);
        Self {
            handlers: CardHandlers::new(&config, photos.clone(), zone.clone(), language),
            config,
            photos,
            zone,
        }
    }

    /// A file from an admin. While a card is being made or changed, any other input is answered
    /// with what is expected.
    fn picture(
        &self,
        cx: &Context<'_>,
        file: Attachment<'_>,
        fetched: Option<&Fetched>,
    ) -> anyhow::Result<Option<Answer>> {
        let actor = cx.actor;
        let taken = self.handlers.picture(cx, file.document, fetched)?;
        if taken.is_some() || !self.handlers.is_open(cx)? {
            return Ok(taken);
        }
        let text = i18n::text(actor.lang, "expected-text");
        let keyboard = Keyboard::new().row([cancel_button(actor.lang)?]);
        Ok(Some(Answer::screen(text, keyboard)))
    }

    /// Switched-off cards: their rows are still pruned and forgotten.
    pub(crate) fn dormant() -> Dormant {
        Dormant {
            finding: Finding::off(),
            about: ABOUT,
            forget: store::forget,
        }
    }
}

impl Slice for Cards {
    fn about(&self) -> About {
        About {
            callbacks: CALLBACKS,
            ..ABOUT
        }
    }

    fn handle(&self, cx: &Context<'_>, input: Input<'_>) -> anyhow::Result<Option<Answer>> {
        let actor = cx.actor;
        match input {
            Input::Callback(data) => self.handlers.callback(cx, data).map(Some),
            Input::Step(text) if actor.role.is_admin() => self.handlers.text(cx, text),
            Input::File(file, fetched) if actor.role.is_admin() => self.picture(cx, file, fetched),
            _ => Ok(None),
        }
    }

    /// A code that was scanned or typed, the buttons below it, a shared card. None of these makes
    /// anybody a member.
    fn handle_public(&self, cx: &Context<'_>, input: Input<'_>) -> anyhow::Result<Option<Answer>> {
        match input {
            Input::Command {
                name: "start",
                args,
            } => self.handlers.start(cx, args),
            Input::Text(text) => self.handlers.typed(cx, text),
            Input::Callback(data) => CardHandlers::public_callback(cx, data),
            _ => Ok(None),
        }
    }

    fn offers(
        &self,
        connection: &Connection,
        inline: Inline<'_>,
    ) -> anyhow::Result<Option<Vec<Offer>>> {
        let Inline {
            lang,
            is_admin,
            words,
        } = inline;
        let offers = self.handlers.offers(connection, lang, is_admin, words);
        offers.map(Some)
    }

    fn wants(
        &self,
        connection: &Connection,
        actor: &Actor,
        file: Attachment<'_>,
    ) -> anyhow::Result<Option<Wanted>> {
        self.handlers.wants(connection, actor, file.document)
    }

    fn refine(&self, _file: Attachment<'_>, bytes: &Bytes) -> Option<Fetched> {
        Some(self.handlers.refine(bytes))
    }

    fn show(&self, _cx: &Context<'_>, board: Board, shown: &mut Shown) -> anyhow::Result<()> {
        match board {
            Board::Panel => {
                shown.button(7, "button-card-add", CardCallback::Add)?;
                shown.button(7, "button-cards", CardCallback::List(0))?;
            }
            Board::Backup => shown.text("backup-without-photos"),
            _ => {}
        }
        Ok(())
    }

    fn forget(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Vec<Outgoing>> {
        store::forget(tx, actor.id)?;
        Ok(Vec::new())
    }

    fn file_maker(&self, _slices: &Slices) -> Option<FileMaker> {
        let files = CardFiles::new(&self.config, self.photos.clone(), self.zone.clone());
        Some(Box::new(move |connection, recipe| {
            files.make(connection, recipe)
        }))
    }

    fn tools(&self) -> Vec<Box<dyn Tool>> {
        tools::tools(&self.zone)
    }

    fn doctor(&self) -> BoxFuture<'_, Option<Finding>> {
        Box::pin(async { Some(self.photos.examine()) })
    }

    fn start<'a>(&'a self, parts: Parts<'a>) -> BoxFuture<'a, anyhow::Result<Option<ThreadEnd>>> {
        Box::pin(async move {
            let Some(telegram) = parts.telegram.filter(|_| parts.is_bot) else {
                return Ok(None);
            };
            let stop = parts.tasks.stop_token();
            let remove = leftovers::remove(self.photos.clone(), parts.db.clone(), stop);
            parts.tasks.spawn("photos", remove);
            note_name(parts, telegram).await?;
            Ok(None)
        })
    }
}

/// Stores the bot's name, which is printed on labels: now, or as soon as Telegram returns it.
async fn note_name(parts: Parts<'_>, telegram: &Telegram) -> anyhow::Result<()> {
    let mut me = telegram.me();
    let known = me.borrow().clone();
    if let Some(known) = known {
        return note(parts.db, known).await;
    }
    let (db, stop) = (parts.db.clone(), parts.tasks.stop_token());
    parts.tasks.spawn("bot-name", async move {
        let said = tokio::select! {
            () = stop.cancelled() => return,
            said = me.wait_for(Option::is_some) => said.ok().and_then(|me| me.clone()),
        };
        let Some(me) = said else {
            return;
        };
        if let Err(err) = note(&db, me).await {
            tracing::warn!("the bot's name was not noted: {err:#}");
        }
    });
    Ok(())
}

async fn note(db: &Db, me: Me) -> anyhow::Result<()> {
    db.write(move |tx| store::note_bot(tx, &me)).await
}

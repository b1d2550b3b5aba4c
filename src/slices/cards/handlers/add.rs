//! The dialogue that makes a card: photo → name → description → photo in its package → preview →
//! done.
//!
//! The step is a database row, and the photo is stored before it, so a restart loses nothing. Wrong
//! input is answered with what is expected, and the step stays.

use serde::{Deserialize, Serialize};

use super::CardHandlers;
use super::callback::CardCallback;
use super::scan::present;
use crate::dialogue;
use crate::html::{Html, clean_line};
use crate::i18n::{self, Args, label};
use crate::navigation::cancel_button;
use crate::people::Actor;
use crate::people::audit::{self, Deed};
use crate::slice::Context;
use crate::slices::cards::card::{Card, LONGEST_DESCRIPTION, NAME_LENGTH};
use crate::slices::cards::photo::{LARGEST_FILE, NO_PICTURE, TOO_MANY_PIXELS, TOO_NARROW};
use crate::slices::cards::store;
use crate::slices::cards::store::NewCard;
use crate::telegram::{Answer, Button, Document, Fetched, FileFault, Keyboard, Screen};
use crate::words::words;

words! {
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum AddStage {
        Photo = "photo",
        Name = "name",
        Description = "description",
        Packaged = "packaged",
        Consent = "consent",
    }
}

impl AddStage {
    fn before(self) -> Option<Self> {
        let (_, before) = Self::WORDS.get((self as usize).checked_sub(1)?)?;
        Some(*before)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CardStep {
    card: AddStage,
    /// The last button carries the same value, so a button of an older dialogue does nothing.
    begun: i64,
    photo: String,
    /// The album that the photo came in.
    album: String,
    name: String,
    description: String,
    /// The second photo, or empty.
    packaged: String,
}

impl CardStep {
    /// Whether this picture is expected now.
    pub(super) fn takes(&self, picture: &Document) -> bool {
        matches!(self.card, AddStage::Photo | AddStage::Packaged) || self.is_of_album(picture)
    }

    /// The second picture of the album that the first photo came in.
    fn is_of_album(&self, picture: &Document) -> bool {
        !self.album.is_empty() && self.album == picture.album && self.packaged.is_empty()
    }

    /// A second photo that is already there is not asked for.
    fn next(self) -> Self {
        let card = match self.card {
            AddStage::Photo => AddStage::Name,
            AddStage::Name => AddStage::Description,
            AddStage::Description if self.packaged.is_empty() => AddStage::Packaged,
            AddStage::Description | AddStage::Packaged | AddStage::Consent => AddStage::Consent,
        };
        Self { card, ..self }
    }
}

impl CardHandlers {
    pub(super) fn begin(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let step = CardStep {
            card: AddStage::Photo,
            begun: cx.actor.now.0,
            photo: String::new(),
            album: String::new(),
            name: String::new(),
            description: String::new(),
            packaged: String::new(),
        };
        go_to(cx, &step)
    }

    /// None when no card is being made.
    pub(super) fn add_picture(
        &self,
        cx: &Context<'_>,
        picture: &Document,
        file: Option<&Fetched>,
    ) -> anyhow::Result<Option<Answer>> {
        let actor = cx.actor;
        let Some(mut step) = dialogue::step::<CardStep>(cx.tx, actor)? else {
            return Ok(None);
        };
        if !step.takes(picture) {
            // Further pictures of the album do not answer the open question.
            if !picture.album.is_empty() && picture.album == step.album {
                return Ok(Some(Answer::default()));
            }
            return expected(actor, &step).map(Some);
        }
        let name = match kept(file) {
            Ok(name) => name,
            Err(problem) => {
                return Ok(Some(Answer::screen(
                    photo_problem(actor, problem),
                    buttons(actor, &step)?,
                )));
            }
        };
        match step.card {
            AddStage::Photo => {
                step.photo = name;
                step.album.clone_from(&picture.album);
                go_to(cx, &step.next()).map(Some)
            }
            AddStage::Packaged => {
                step.packaged = name;
                go_to(cx, &step.next()).map(Some)
            }
            AddStage::Name | AddStage::Description | AddStage::Consent => {
                step.packaged = name;
                dialogue::set(cx.tx, actor, &step)?;
                let text = i18n::text(actor.lang, "card-second-taken");
                Ok(Some(Answer::text(text)))
            }
        }
    }

    /// None when no card is being made.
    pub(super) fn add_text(&self, cx: &Context<'_>, text: &str) -> anyhow::Result<Option<Answer>> {
        let Some(mut step) = dialogue::step::<CardStep>(cx.tx, cx.actor)? else {
            return Ok(None);
        };
        let taken = match step.card {
            AddStage::Name => name(text).map(|name| step.name = name),
            AddStage::Description => description(text).map(|text| step.description = text),
            AddStage::Photo | AddStage::Packaged | AddStage::Consent => None,
        };
        if taken.is_none() {
            return expected(cx.actor, &step).map(Some);
        }
        go_to(cx, &step.next()).map(Some)
    }

    pub(super) fn skip(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        match dialogue::step::<CardStep>(cx.tx, cx.actor)? {
            Some(step) if step.card == AddStage::Packaged => go_to(cx, &step.next()),
            Some(step) => expected(cx.actor, &step),
            None => self.stale(cx),
        }
    }

    pub(super) fn step_back(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let Some(mut step) = dialogue::step::<CardStep>(cx.tx, cx.actor)? else {
            return self.stale(cx);
        };
        step.card = step.card.before().unwrap_or(AddStage::Photo);
        if matches!(step.card, AddStage::Photo | AddStage::Packaged) {
            // Going back to a photo drops the second one.
            step.packaged.clear();
        }
        go_to(cx, &step)
    }

    /// The last button.
    pub(super) fn save(&self, cx: &Context<'_>, begun: i64) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let step = dialogue::step::<CardStep>(tx, actor)?;
        let shown = step.filter(|step| step.card == AddStage::Consent && step.begun == begun);
        let Some(step) = shown else {
            return self.stale(cx);
        };
        let card = NewCard {
            owner_id: actor.id,
            name: step.name,
            description: step.description,
            photo: step.photo,
            packaged: step.packaged,
        };
        let id = store::add(tx, actor.now, &card)?;
        audit::note(tx, actor, Deed::MakeCard, None, &card.name)?;
        dialogue::end(tx, actor)?;
        self.made(cx, id)
    }

    fn stale(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        Ok(self
            .list(cx, 0)?
            .toast(label(cx.actor.lang, "done-already")))
    }
}

/// A name, if the text is valid as one.
pub(super) fn name(text: &str) -> Option<String> {
    let name = clean_line(text);
    NAME_LENGTH
        .contains(&name.encode_utf16().count())
        .then_some(name)
}

/// A description, if the text is valid as one.
pub(super) fn description(text: &str) -> Option<String> {
    let text = text.trim();
    (1..=LONGEST_DESCRIPTION)
        .contains(&text.encode_utf16().count())
        .then(|| text.to_owned())
}

pub(super) fn photo_problem(actor: &Actor, problem: &str) -> Html {
    let args = Args::new().number("mb", LARGEST_FILE / 1024 / 1024);
    i18n::html(actor.lang, problem, &args)
}

/// The stored picture's name, or the locale id of what to say instead.
pub(super) fn kept(file: Option<&Fetched>) -> Result<String, &'static str> {
    match file {
        Some(Ok(name)) => String::from_utf8(name.to_vec()).map_err(|_| "card-photo-out-of-reach"),
        Some(Err(FileFault::TooLarge)) => Err("card-photo-too-large"),
        Some(Err(FileFault::Unfit(TOO_MANY_PIXELS))) => Err("card-photo-too-many-pixels"),
        Some(Err(FileFault::Unfit(TOO_NARROW))) => Err("card-photo-too-narrow"),
        Some(Err(FileFault::Unfit(NO_PICTURE))) => Err("card-photo-no-picture"),
        Some(Err(_)) | None => Err("card-photo-out-of-reach"),
    }
}

fn go_to(cx: &Context<'_>, step: &CardStep) -> anyhow::Result<Answer> {
    let actor = cx.actor;
    dialogue::set(cx.tx, actor, step)?;
    let question = Screen::new(question(actor, step), buttons(actor, step)?);
    if step.card != AddStage::Consent {
        return Ok(question.into());
    }
    let card = Card {
        id: 0,
        public_id: String::new(),
        owner_id: actor.id,
        name: step.name.clone(),
        description: step.description.clone(),
        photo: step.photo.clone(),
        packaged: Some(step.packaged.clone()).filter(|name| !name.is_empty()),
        active: true,
        checks: 0,
        people: 0,
        created_at: actor.now,
    };
    let heading = i18n::text(actor.lang, "card-preview");
    Ok(present(actor.lang, &heading, &card, Keyboard::new())?.then(question))
}

/// Repeats the question, with what is expected.
fn expected(actor: &Actor, step: &CardStep) -> anyhow::Result<Answer> {
    let lang = actor.lang;
    let key = format!("card-expected-{}", step.card.word());
    let args = Args::new()
        .number("name", *NAME_LENGTH.end())
        .number("description", LONGEST_DESCRIPTION);
    Ok(Answer::screen(
        i18n::html(lang, &key, &args),
        buttons(actor, step)?,
    ))
}

fn question(actor: &Actor, step: &CardStep) -> Html {
    let args = Args::new()
        .number("step", step.card as usize + 1)
        .number("steps", AddStage::WORDS.len())
        .number("name", *NAME_LENGTH.end())
        .number("description", LONGEST_DESCRIPTION);
    i18n::html(actor.lang, &format!("card-ask-{}", step.card.word()), &args)
}

fn buttons(actor: &Actor, step: &CardStep) -> anyhow::Result<Keyboard> {
    let button = |key: &str, data| Button::labelled(actor.lang, key, data);
    let mut keyboard = Keyboard::new();
    match step.card {
        AddStage::Packaged => {
            keyboard = keyboard.row([button("button-card-skip", CardCallback::Skip)?]);
        }
        AddStage::Consent => {
            let save = CardCallback::Save(step.begun);
            keyboard = keyboard.row([button("button-card-save", save)?]);
        }
        AddStage::Photo | AddStage::Name | AddStage::Description => {}
    }
    let mut last = Vec::new();
    if step.card != AddStage::Photo {
        last.push(button("button-back", CardCallback::Back)?);
    }
    last.push(cancel_button(actor.lang)?);
    Ok(keyboard.row(last))
}

//! Editing a card's name, description or photos, one question at a time.

use serde::{Deserialize, Serialize};

use super::add::{description, kept, name, photo_problem};
use super::callback::{CardAct, CardCallback};
use super::{CardHandlers, ways_out};
use crate::dialogue;
use crate::html::{Html, cut};
use crate::i18n::{self, Args, label};
use crate::people::Actor;
use crate::people::audit::{self, Deed};
use crate::slice::Context;
use crate::slices::cards::card::{Card, CardPart, LONGEST_DESCRIPTION, NAME_LENGTH};
use crate::slices::cards::files;
use crate::slices::cards::photo::thumbnail_of;
use crate::slices::cards::store;
use crate::slices::cards::store::CardChange;
use crate::telegram::{Answer, Button, Fetched, Keyboard, Screen};

/// Characters shown of a text that somebody else has written in the meantime.
const SHOWN_TEXT: usize = 500;

/// Waits for a new value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct EditStep {
    /// The card's id.
    edit_of: i64,
    part: CardPart,
    /// The value when the question was asked.
    before: String,
}

impl EditStep {
    pub(super) fn takes_picture(&self) -> bool {
        self.part.is_picture()
    }
}

impl CardHandlers {
    /// Removes the second photo; `seen` is its tag when the button was made.
    pub(super) fn remove_packaged(
        &self,
        cx: &Context<'_>,
        card: &Card,
        seen: &str,
    ) -> anyhow::Result<Answer> {
        if seen != photo_tag(card.packaged.as_deref()) {
            let stale = label(cx.actor.lang, "stale-button");
            return Ok(edit_screen(cx.actor, card)?.toast(stale));
        }
        self.carry_out(cx, card.id, &CardChange::Packaged(String::new()))
    }

    /// Carries out a change, unless somebody else has changed the part in the meantime: then their
    /// value is shown and the question repeated.
    fn answered(
        &self,
        cx: &Context<'_>,
        step: &EditStep,
        change: &CardChange,
    ) -> anyhow::Result<Answer> {
        match store::get(cx.tx, step.edit_of)? {
            Some(card) if step.part.of(&card) != step.before => {
                let raced = if step.part.is_picture() {
                    i18n::text(cx.actor.lang, "card-edit-raced-photo")
                } else {
                    let now = cut(step.part.of(&card), SHOWN_TEXT);
                    i18n::html(
                        cx.actor.lang,
                        "card-edit-raced",
                        &Args::new().text("now", &now),
                    )
                };
                question(cx, &card, step.part, Some(&raced))
            }
            _ => self.carry_out(cx, step.edit_of, change),
        }
    }

    /// None when nobody was asked.
    pub(super) fn edit_text(&self, cx: &Context<'_>, text: &str) -> anyhow::Result<Option<Answer>> {
        let Some(step) = dialogue::step::<EditStep>(cx.tx, cx.actor)? else {
            return Ok(None);
        };
        let change = match step.part {
            CardPart::Name => name(text).map(CardChange::Name),
            CardPart::Description => description(text).map(CardChange::Description),
            CardPart::Photo | CardPart::Packaged => None,
        };
        match change {
            Some(change) => self.answered(cx, &step, &change).map(Some),
            None => ask(cx.actor, step.part, "card-expected").map(Some),
        }
    }

    /// None when nobody was asked.
    pub(super) fn edit_picture(
        &self,
        cx: &Context<'_>,
        file: Option<&Fetched>,
    ) -> anyhow::Result<Option<Answer>> {
        let Some(step) = dialogue::step::<EditStep>(cx.tx, cx.actor)? else {
            return Ok(None);
        };
        if !step.takes_picture() {
            return ask(cx.actor, step.part, "card-expected").map(Some);
        }
        let name = match kept(file) {
            Ok(name) => name,
            Err(problem) => {
                return Ok(Some(Answer::screen(
                    photo_problem(cx.actor, problem),
                    ways_out(cx.actor)?,
                )));
            }
        };
        let change = match step.part {
            CardPart::Packaged => CardChange::Packaged(name),
            _ => CardChange::Photo(name),
        };
        self.answered(cx, &step, &change).map(Some)
    }

    fn carry_out(&self, cx: &Context<'_>, id: i64, change: &CardChange) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        dialogue::end(tx, actor)?;
        if store::change(tx, id, change)?
            && let Some(card) = store::get(tx, id)?
        {
            audit::note(tx, actor, Deed::EditCard, None, &card.name)?;
        }
        let Some(card) = store::get(tx, id)? else {
            return self.list(cx, 0);
        };
        let mut answer = self.card(cx, &card)?;
        if let Some(screen) = &mut answer.screen {
            let changed = i18n::text(actor.lang, "card-changed");
            screen.html = Html::join([&changed, &screen.html], "\n\n");
        }
        Ok(answer)
    }
}

/// Asks for a part.
pub(super) fn edit_part(cx: &Context<'_>, card: &Card, part: CardPart) -> anyhow::Result<Answer> {
    question(cx, card, part, None)
}

/// Asks for a part; `raced` goes before the question when somebody else has changed the part.
fn question(
    cx: &Context<'_>,
    card: &Card,
    part: CardPart,
    raced: Option<&Html>,
) -> anyhow::Result<Answer> {
    let step = EditStep {
        edit_of: card.id,
        part,
        before: part.of(card).to_owned(),
    };
    dialogue::set(cx.tx, cx.actor, &step)?;
    let mut answer = ask(cx.actor, part, "card-edit")?;
    if let (Some(raced), Some(screen)) = (raced, &mut answer.screen) {
        screen.html = Html::join([raced, &screen.html], "\n\n");
    }
    // The small picture is enough to recognise it.
    if part.is_picture() && !step.before.is_empty() {
        let caption = Screen::text(i18n::text(cx.actor.lang, "card-edit-now"));
        answer = answer.file(files::photo(&thumbnail_of(&step.before))?, caption);
    }
    Ok(answer)
}

/// The beginning of a photo's name, which is a hash; short enough for a button. Empty without a
/// photo.
fn photo_tag(photo: Option<&str>) -> &str {
    photo.and_then(|name| name.get(..8)).unwrap_or_default()
}

pub(super) fn edit_screen(actor: &Actor, card: &Card) -> anyhow::Result<Answer> {
    let lang = actor.lang;
    let button = |key: &str, act| Button::labelled(lang, key, CardCallback::Card(card.id, act));
    let part = |part: CardPart| {
        let key = format!("button-edit-{}", part.word());
        button(&key, CardAct::EditPart(part))
    };
    let mut keyboard = Keyboard::new()
        .row([part(CardPart::Name)?, part(CardPart::Description)?])
        .row([part(CardPart::Photo)?, part(CardPart::Packaged)?]);
    if card.packaged.is_some() {
        let seen = photo_tag(card.packaged.as_deref());
        let remove = CardAct::RemovePackaged(seen);
        keyboard = keyboard.row([button("button-edit-unpackaged", remove)?]);
    }
    let back = button("button-back", CardAct::Show)?;
    let text = i18n::html(lang, "card-edit", &Args::new().text("name", &card.name));
    Ok(Answer::screen(text, keyboard.row([back])))
}

/// Asks for a part, or says what is expected; `about` is the locale prefix of either.
fn ask(actor: &Actor, part: CardPart, about: &str) -> anyhow::Result<Answer> {
    let args = Args::new()
        .number("name", *NAME_LENGTH.end())
        .number("description", LONGEST_DESCRIPTION);
    let key = match (about, part) {
        ("card-expected", CardPart::Packaged) => "card-expected-photo".to_owned(),
        _ => format!("{about}-{}", part.word()),
    };
    let text = i18n::html(actor.lang, &key, &args);
    Ok(Answer::screen(text, ways_out(actor)?))
}

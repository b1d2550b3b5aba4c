//! Changing a card: its name, its description, its pictures. Each is one question; its answer is carried out at once.

use serde::{Deserialize, Serialize};

use super::add::{description, kept, name, photo_problem};
use super::{CardHandlers, ways_out};
use crate::db::{Connection, WriteTx};
use crate::dialogue;
use crate::html::{Html, cut};
use crate::i18n::{self, Args, label};
use crate::people::Actor;
use crate::people::audit::{self, Deed};
use crate::slices::cards::card::{Card, LONGEST_DESCRIPTION, NAME_LENGTH};
use crate::slices::cards::files;
use crate::slices::cards::photo::thumbnail_of;
use crate::slices::cards::store;
use crate::slices::cards::store::Change;
use crate::telegram::{Answer, Button, Fetched, Keyboard, Screen};
use crate::words::words;

words! {
    /// What is changed.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Part {
        Name = "name",
        Description = "description",
        Photo = "photo",
        Packaged = "packaged",
    }
}

impl Part {
    fn is_picture(self) -> bool {
        matches!(self, Self::Photo | Self::Packaged)
    }

    /// What a card has there; of a photo its name.
    fn of(self, card: &Card) -> &str {
        match self {
            Self::Name => &card.name,
            Self::Description => &card.description,
            Self::Photo => &card.photo,
            Self::Packaged => card.packaged.as_deref().unwrap_or_default(),
        }
    }
}

/// Characters shown of what somebody else wrote meanwhile.
const SHOWN_TEXT: usize = 500;

/// A change that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct EditStep {
    /// Of which card.
    edit_of: i64,
    part: Part,
    /// What was there when it was asked for.
    before: String,
}

impl EditStep {
    /// Whether a picture that was sent is wanted now.
    pub(super) fn takes_picture(&self) -> bool {
        self.part.is_picture()
    }
}

impl CardHandlers {
    /// *Change*: what of it, or the question for that; `word` is the part.
    pub(super) fn edit(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        card: &Card,
        word: &str,
    ) -> anyhow::Result<Answer> {
        if let Some(seen) = word.strip_prefix("unpackaged:") {
            if seen != mark(card.packaged.as_deref()) {
                let stale = label(actor.lang, "stale-button");
                return Ok(edit_screen(actor, card)?.toast(stale));
            }
            return self.carry_out(tx, actor, card.id, &Change::Packaged(String::new()));
        }
        match Part::from_word(word) {
            Some(part) => question(tx, actor, card, part, None),
            None => edit_screen(actor, card),
        }
    }

    /// The answer to a question, unless somebody else was faster: then what they did is shown, and replaced only knowingly.
    fn answered(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        step: &EditStep,
        change: &Change,
    ) -> anyhow::Result<Answer> {
        match store::get(tx, step.edit_of)? {
            Some(card) if step.part.of(&card) != step.before => {
                let raced = if step.part.is_picture() {
                    i18n::text(actor.lang, "card-edit-raced-photo")
                } else {
                    let now = cut(step.part.of(&card), SHOWN_TEXT);
                    i18n::html(
                        actor.lang,
                        "card-edit-raced",
                        &Args::new().text("now", &now),
                    )
                };
                question(tx, actor, &card, step.part, Some(&raced))
            }
            _ => self.carry_out(tx, actor, step.edit_of, change),
        }
    }

    /// A text as the answer; none when nobody asked.
    pub(super) fn edit_text(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        text: &str,
    ) -> anyhow::Result<Option<Answer>> {
        let Some(step) = dialogue::step::<EditStep>(tx, actor)? else {
            return Ok(None);
        };
        let change = match step.part {
            Part::Name => name(text).map(Change::Name),
            Part::Description => description(text).map(Change::Description),
            Part::Photo | Part::Packaged => None,
        };
        match change {
            Some(change) => self.answered(tx, actor, &step, &change).map(Some),
            None => ask(actor, step.part, "card-expected").map(Some),
        }
    }

    /// A picture as the answer; none when nobody asked.
    pub(super) fn edit_picture(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        file: Option<&Fetched>,
    ) -> anyhow::Result<Option<Answer>> {
        let Some(step) = dialogue::step::<EditStep>(tx, actor)? else {
            return Ok(None);
        };
        if !step.takes_picture() {
            return ask(actor, step.part, "card-expected").map(Some);
        }
        let name = match kept(file) {
            Ok(name) => name,
            Err(problem) => {
                let screen = Screen::new(photo_problem(actor, problem), ways_out(actor)?);
                return Ok(Some(Answer::screen(screen)));
            }
        };
        let change = match step.part {
            Part::Packaged => Change::Packaged(name),
            _ => Change::Photo(name),
        };
        self.answered(tx, actor, &step, &change).map(Some)
    }

    fn carry_out(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        id: i64,
        change: &Change,
    ) -> anyhow::Result<Answer> {
        dialogue::end(tx, actor)?;
        if store::change(tx, id, change)?
            && let Some(card) = store::get(tx, id)?
        {
            audit::note(tx, actor.now, actor.id, Deed::EditCard, None, &card.name)?;
        }
        let Some(card) = store::get(tx, id)? else {
            return self.list(tx, actor, 0);
        };
        let mut answer = self.card(tx, actor, &card)?;
        if let Some(screen) = &mut answer.screen {
            let changed = i18n::text(actor.lang, "card-changed");
            screen.html = Html::join([&changed, &screen.html], "\n\n");
        }
        Ok(answer)
    }

    /// Whether a change is asked for.
    pub(super) fn is_editing(
        &self,
        connection: &Connection,
        actor: &Actor,
    ) -> anyhow::Result<bool> {
        Ok(dialogue::step::<EditStep>(connection, actor)?.is_some())
    }
}

/// Asks for a part of a card; `raced` is what is said before, when somebody else has changed it meanwhile.
fn question(
    tx: &WriteTx<'_>,
    actor: &Actor,
    card: &Card,
    part: Part,
    raced: Option<&Html>,
) -> anyhow::Result<Answer> {
    let step = EditStep {
        edit_of: card.id,
        part,
        before: part.of(card).to_owned(),
    };
    dialogue::set(tx, actor, &step)?;
    let mut answer = ask(actor, part, "card-edit")?;
    if let (Some(raced), Some(screen)) = (raced, &mut answer.screen) {
        screen.html = Html::join([raced, &screen.html], "\n\n");
    }
    // What is there now, small: it is only to be recognised.
    if part.is_picture() && !step.before.is_empty() {
        let caption = Screen::text(i18n::text(actor.lang, "card-edit-now"));
        answer = answer.file(files::photo(&thumbnail_of(&step.before))?, caption);
    }
    Ok(answer)
}

/// A photo as a button carries it: the beginning of its name, which is a hash; empty when there is none.
fn mark(photo: Option<&str>) -> &str {
    photo.and_then(|name| name.get(..8)).unwrap_or_default()
}

/// What of a card can be changed.
fn edit_screen(actor: &Actor, card: &Card) -> anyhow::Result<Answer> {
    let lang = actor.lang;
    let button = |word: &str| {
        let data = format!("cards:edit:{}:{word}", card.id);
        Button::labelled(lang, &format!("button-edit-{word}"), data)
    };
    let mut keyboard = Keyboard::new()
        .row([button("name")?, button("description")?])
        .row([button("photo")?, button("packaged")?]);
    if card.packaged.is_some() {
        let seen = mark(card.packaged.as_deref());
        let data = format!("cards:edit:{}:unpackaged:{seen}", card.id);
        keyboard = keyboard.row([Button::labelled(lang, "button-edit-unpackaged", data)?]);
    }
    let back = Button::labelled(lang, "button-back", format!("cards:card:{}", card.id))?;
    let text = i18n::html(lang, "card-edit", &Args::new().text("name", &card.name));
    Ok(Answer::screen(Screen::new(text, keyboard.row([back]))))
}

/// The question for a part, or what is said to a wrong answer; `about` is which of the two.
fn ask(actor: &Actor, part: Part, about: &str) -> anyhow::Result<Answer> {
    let args = Args::new()
        .number("name", *NAME_LENGTH.end())
        .number("description", LONGEST_DESCRIPTION);
    let key = match (about, part) {
        ("card-expected", Part::Packaged) => "card-expected-photo".to_owned(),
        _ => format!("{about}-{}", part.word()),
    };
    let text = i18n::html(actor.lang, &key, &args);
    Ok(Answer::screen(Screen::new(text, ways_out(actor)?)))
}

//! What is kept about a person, and how they take it back.
//!
//! `/privacy` speaks from the rules that the program itself forgets by. `/delete_me` asks once; its button works for a
//! quarter of an hour, carries everything it needs, and so survives a restart. Everything goes in the transaction of that
//! callback, and a second callback finds nothing and says the same.

use std::time::Duration;

use super::Bot;
use super::home::home_row;
use crate::clock::UnixMs;
use crate::db::WriteTx;
use crate::dialogue;
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::people::{self, Actor, Role};
use crate::retention::Rule;
use crate::slices::assistant;
use crate::slices::cards;
use crate::slices::watch::store as watch_store;
use crate::telegram::{self, Answer, Button, Keyboard, Screen};

/// How long the last question stands: an older screen may be pressed by mistake.
const QUESTION_LIFE: Duration = Duration::from_secs(15 * 60);

/// One day, in which times are told where they are whole days.
const DAY_SECONDS: u64 = 24 * 60 * 60;

/// What the button of the last question begins with.
pub(super) const DELETE_ME: &str = "bot:delete-me:";

impl Bot {
    /// `/privacy`: what is kept, for how long, and how to end it.
    pub(super) fn privacy(&self, actor: &Actor) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        let lines: Vec<Html> = self.kept.iter().map(|rule| kept_line(lang, rule)).collect();
        let text = i18n::html(
            lang,
            "privacy",
            &Args::new().html("lines", &Html::join(&lines, "\n")),
        );
        let mut parts = vec![text];
        parts.extend(
            self.assistant
                .as_ref()
                .map(|assistant| assistant.privacy(lang)),
        );
        let text = Html::join(&parts, "\n\n");
        let keyboard = Keyboard::new()
            .row([Button::callback(
                &label(lang, "button-delete-me"),
                "bot:ask-delete-me",
            )?])
            .row(way_home(actor)?);
        Ok(Answer::screen(Screen::new(text, keyboard)))
    }

    /// `/delete_me`: the question, or why it cannot be.
    pub(super) fn ask_delete_me(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        if let Some(why) = obstacle(tx, actor)? {
            return with_way_home(actor, why);
        }
        let n = watch_store::count_of_owner(tx, actor.id)?;
        let text = i18n::html(lang, "delete-me-ask", &Args::new().number("n", n));
        let keyboard = Keyboard::new()
            .row([Button::callback(
                &label(lang, "button-delete-me-sure"),
                format!("{DELETE_ME}{}", actor.now.0),
            )?])
            .row([Button::callback(
                &label(lang, "button-cancel"),
                "bot:keep-me",
            )?]);
        Ok(Answer::screen(Screen::new(text, keyboard)))
    }

    /// The answer *yes*; `asked` is when the question was asked.
    pub(super) fn delete_me(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        asked: &str,
    ) -> anyhow::Result<Answer> {
        let asked = asked.parse().map_or(UnixMs(0), UnixMs);
        if actor.now.since(asked) > QUESTION_LIFE || obstacle(tx, actor)?.is_some() {
            let stale = label(actor.lang, "stale-button");
            return Ok(self.ask_delete_me(tx, actor)?.toast(stale));
        }
        self.forget(tx, actor)
    }

    /// Removes everything of a person; there may be nothing left of them already.
    pub(super) fn forget(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Answer> {
        let thinking = assistant::notices::thinking_for(tx, actor.id)?;
        telegram::forget(tx, actor.id)?;
        dialogue::forget(tx, actor.id)?;
        let accounts = watch_store::forget(tx, actor.id)?;
        cards::store::forget(tx, actor.id)?;
        match &self.assistant {
            Some(assistant) => assistant.forget(tx, actor.id)?,
            None => assistant::store::forget(tx, actor.id)?,
        }
        people::forget(tx, actor.id)?;
        assistant::notices::end_thinking(tx, actor.now, actor.lang, thinking)?;
        tracing::info!(accounts, "somebody was forgotten at their own request");
        let key = match actor.role {
            Role::Refused => "delete-me-done-refused",
            _ => "delete-me-done",
        };
        Ok(Answer::text(i18n::text(actor.lang, key)).ring(&self.menus))
    }
}

/// The answer *no*.
pub(super) fn keep_me(actor: &Actor) -> anyhow::Result<Answer> {
    with_way_home(actor, "delete-me-kept")
}

fn with_way_home(actor: &Actor, key: &str) -> anyhow::Result<Answer> {
    Ok(Answer::screen(Screen::new(
        i18n::text(actor.lang, key),
        Keyboard::new().row(way_home(actor)?),
    )))
}

/// The way to the first screen, which is there for those who were let in.
fn way_home(actor: &Actor) -> anyhow::Result<Vec<Button>> {
    if actor.role.is_member() {
        return Ok(home_row(actor.lang)?.into());
    }
    Ok(Vec::new())
}

/// Why a person cannot leave yet, as the key of a text that says what to do.
fn obstacle(tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Option<&'static str>> {
    let by_config = people::get(tx, actor.id)?.is_some_and(|person| person.by_config);
    Ok(if by_config {
        Some("delete-me-by-config")
    } else if actor.role.is_admin() && !people::other_admin_than(tx, actor.id)? {
        Some("delete-me-last-admin")
    } else {
        None
    })
}

fn kept_line(lang: Lang, rule: &Rule) -> Html {
    let seconds = rule.keep.as_secs();
    let time = if seconds.is_multiple_of(DAY_SECONDS) {
        i18n::plain(
            lang,
            "n-days",
            &Args::new().number("n", seconds / DAY_SECONDS),
        )
    } else {
        i18n::span(lang, rule.keep)
    };
    let what = i18n::text(lang, &format!("kept-{}", rule.what));
    i18n::html(
        lang,
        "kept-line",
        &Args::new().html("what", &what).text("time", &time),
    )
}

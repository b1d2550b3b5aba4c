//! The data kept about a person, and how they delete it.
//!
//! `/privacy` is made from the retention rules that the program itself applies. `/delete_me` asks
//! once. Its button works for a quarter of an hour and carries everything it needs, so it survives
//! a restart. Everything is deleted in the transaction of that callback. A second callback finds
//! nothing and gives the same answer.

use std::time::Duration;

use super::Settings;
use super::callback::SettingsCallback;
use crate::clock::{DAY, UnixMs};
use crate::dialogue;
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::navigation::home_button;
use crate::people::{self, Actor, Role};
use crate::retention::Rule;
use crate::slice::{Board, Context};
use crate::telegram::{self, Answer, Button, Keyboard, outbox};

/// How long the confirmation is valid: an older screen may be pressed by mistake.
const QUESTION_LIFE: Duration = Duration::from_secs(15 * 60);

/// `/privacy`: the stored data, its retention, and how to delete it.
pub(super) fn privacy(cx: &Context<'_>) -> anyhow::Result<Answer> {
    let lang = cx.actor.lang;
    let kept = cx.slices.kept();
    let lines: Vec<Html> = kept.iter().map(|rule| kept_line(lang, rule)).collect();
    let args = Args::new().html("lines", &Html::join(&lines, "\n"));
    let mut parts = vec![i18n::html(lang, "privacy", &args)];
    parts.extend(cx.slices.show(cx, Board::Privacy)?.lines);
    let text = Html::join(&parts, "\n\n");
    let delete = Button::labelled(lang, "button-delete-me", SettingsCallback::AskDeleteMe)?;
    let keyboard = Keyboard::new().row([delete]).row(way_home(cx.actor)?);
    Ok(Answer::screen(text, keyboard))
}

/// `/delete_me`: the confirmation, or why deletion is impossible.
pub(super) fn ask_delete_me(cx: &Context<'_>) -> anyhow::Result<Answer> {
    let actor = cx.actor;
    let lang = actor.lang;
    if let Some(why) = obstacle(cx)? {
        return with_way_home(actor, why);
    }
    let mut owned = cx.slices.show(cx, Board::DeleteMe)?.lines;
    // The sentence continues after the last comma.
    if !owned.is_empty() {
        owned.push(Html::default());
    }
    let args = Args::new().html("owned", &Html::join(&owned, ", "));
    let text = i18n::html(lang, "delete-me-ask", &args);
    let sure = Button::labelled(
        lang,
        "button-delete-me-sure",
        SettingsCallback::DeleteMe(actor.now),
    )?;
    let keep = Button::labelled(lang, "button-cancel", SettingsCallback::KeepMe)?;
    let keyboard = Keyboard::new().row([sure]).row([keep]);
    Ok(Answer::screen(text, keyboard))
}

impl Settings {
    /// The answer *yes*; `asked` is when the question was asked. Pressed again by somebody who is
    /// forgotten already, it says the same again.
    pub(super) fn delete_me(&self, cx: &Context<'_>, asked: UnixMs) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let is_stale = actor.now.since(asked) > QUESTION_LIFE || obstacle(cx)?.is_some();
        if is_stale && actor.role != Role::Stranger {
            let stale = label(actor.lang, "stale-button");
            return Ok(ask_delete_me(cx)?.toast(stale));
        }
        self.forget(cx)
    }

    /// Removes everything about a person; there may be nothing left already.
    fn forget(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let (tx, actor) = (cx.tx, cx.actor);
        let last_words = cx.slices.forget(tx, actor)?;
        telegram::forget(tx, actor.id)?;
        dialogue::forget(tx, actor.id)?;
        people::forget(tx, actor.id)?;
        for message in last_words {
            outbox::insert(tx, actor.now, &message)?;
        }
        tracing::info!("somebody was forgotten at their own request");
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
    Ok(Answer::screen(
        i18n::text(actor.lang, key),
        Keyboard::new().row(way_home(actor)?),
    ))
}

/// The way to the first screen, which only members have.
fn way_home(actor: &Actor) -> anyhow::Result<Vec<Button>> {
    if actor.role.is_member() {
        return Ok(vec![home_button(actor.lang)?]);
    }
    Ok(Vec::new())
}

/// Why a person cannot leave yet, as the key of a text that says what to do.
fn obstacle(cx: &Context<'_>) -> anyhow::Result<Option<&'static str>> {
    let Context { tx, actor, .. } = *cx;
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
    let time = if seconds.is_multiple_of(DAY.as_secs()) {
        i18n::plain(
            lang,
            "n-days",
            &Args::new().number("n", seconds / DAY.as_secs()),
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

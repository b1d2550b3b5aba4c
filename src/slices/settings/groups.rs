//! The groups that get reports of runs: `/here` in a group, and the list in an admin's settings.

use super::callback::SettingsCallback;
use super::parts::back;
use crate::html::cut;
use crate::i18n::{self, Args, label};
use crate::people::audit::{self, Deed};
use crate::people::{self, Bound};
use crate::slice::Context;
use crate::telegram::{Answer, Button, Keyboard};

/// The groups that get reports of runs, with how to add one.
pub(super) fn screen(cx: &Context<'_>) -> anyhow::Result<Answer> {
    let lang = cx.actor.lang;
    let groups = people::bound(cx.tx)?;
    let mut keyboard = Keyboard::new();
    for group in &groups {
        let args = Args::new().text("title", &cut(&group.title, 40));
        let text = i18n::plain(lang, "button-unbind", &args);
        keyboard = keyboard.row([Button::callback(
            &text,
            SettingsCallback::Unbind(group.chat_id),
        )?]);
    }
    let text = i18n::html(lang, "groups", &Args::new().number("n", groups.len()));
    Ok(Answer::screen(text, keyboard.row([back(lang)?])))
}

/// `/here`, `/here off`: starts or ends the reports of runs in this place.
pub(super) fn here(cx: &Context<'_>, args: &str) -> anyhow::Result<Answer> {
    let (tx, actor, event) = (cx.tx, cx.actor, cx.event);
    if args.eq_ignore_ascii_case("off") {
        let key = if unbind(cx, actor.chat_id)? {
            "here-off"
        } else {
            "here-not"
        };
        return Ok(Answer::text(i18n::text(actor.lang, key)));
    }
    let group = Bound {
        chat_id: actor.chat_id,
        title: event.title.clone(),
    };
    people::bind(tx, actor.id, &group, event.topic)?;
    audit::note(tx, actor, Deed::Bind, None, &group.title)?;
    Ok(Answer::text(i18n::text(actor.lang, "here-on")))
}

fn unbind(cx: &Context<'_>, group: i64) -> anyhow::Result<bool> {
    let Context { tx, actor, .. } = *cx;
    let bound = people::bound(tx)?
        .into_iter()
        .find(|one| one.chat_id == group);
    let Some(bound) = bound else {
        return Ok(false);
    };
    audit::note(tx, actor, Deed::Unbind, None, &bound.title)?;
    people::unbind(tx, group)
}

/// A button of the settings that lets a group hear nothing any more.
pub(super) fn unbind_callback(cx: &Context<'_>, group: i64) -> anyhow::Result<Answer> {
    let note = if unbind(cx, group)? {
        "here-off"
    } else {
        "done-already"
    };
    Ok(screen(cx)?.toast(label(cx.actor.lang, note)))
}

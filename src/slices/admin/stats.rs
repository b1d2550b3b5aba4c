//! Numbers for admins: accounts, checks, people, messages, the database. All come from counters and
//! indexed queries.

use super::callback::AdminCallback;
use crate::html::Html;
use crate::i18n::{self, Args};
use crate::navigation::panel_button;
use crate::people;
use crate::retention;
use crate::slice::{Board, Context};
use crate::telegram::{Answer, Button, Keyboard, outbox};

pub(super) fn stats(cx: &Context<'_>) -> anyhow::Result<Answer> {
    let (tx, actor) = (cx.tx, cx.actor);
    let lang = actor.lang;
    let (people, asked) = people::counts(tx)?;
    let mut lines = vec![i18n::text(lang, "stats"), Html::default()];
    lines.extend(cx.slices.show(cx, Board::Statistics)?.lines);
    lines.push(i18n::html(
        lang,
        "stats-people",
        &Args::new().number("people", people).number("asked", asked),
    ));
    lines.push(outbox::counts(tx, actor.now)?.line(lang));
    lines.push(retention::sizes(tx)?.line(lang));
    let refresh = Button::labelled(lang, "button-refresh", AdminCallback::Stats)?;
    let keyboard = Keyboard::new().row([refresh]).row([panel_button(lang)?]);
    Ok(Answer::screen(Html::join(&lines, "\n"), keyboard))
}

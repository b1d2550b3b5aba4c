//! `/admin`: one message from which admins reach everything, with the buttons of every slice.

use crate::html::Html;
use crate::i18n::{self, Args};
use crate::navigation::home_button;
use crate::people;
use crate::slice::{Board, Context};
use crate::telegram::Answer;

pub(super) fn panel(cx: &Context<'_>) -> anyhow::Result<Answer> {
    let (tx, actor) = (cx.tx, cx.actor);
    let (n_people, n_asked) = people::counts(tx)?;
    let args = Args::new()
        .number("people", n_people)
        .number("asked", n_asked);
    let mut lines = vec![i18n::html(actor.lang, "admin-panel", &args)];
    let shown = cx.slices.show(cx, Board::Panel)?;
    let keyboard = shown.keyboard().row([home_button(actor.lang)?]);
    lines.extend(shown.lines);
    Ok(Answer::screen(Html::join(&lines, "\n"), keyboard))
}

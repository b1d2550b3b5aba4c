//! Questions that lists and cards ask, and the texts that answer them.
//!
//! A question is a row, so it survives a restart. It names the list it was asked from, so the
//! answer leads back there. Wrong input repeats the question and says what is expected. Any other
//! button of the watch leaves the question.

use serde::{Deserialize, Serialize};

use super::WatchHandlers;
use super::deeds::note_deed;
use crate::dialogue;
use crate::html::{Html, clean_line};
use crate::i18n::{self, Args};
use crate::navigation::cancel_button;
use crate::people::audit::Deed;
use crate::slice::Context;
use crate::slices::watch::callback::{AccountAct, View, WatchCallback};
use crate::slices::watch::catalogue::line::{LONGEST_NOTE, LineProblem, parse_days};
use crate::slices::watch::model::account::{Account, AccountState};
use crate::slices::watch::store;
use crate::telegram::{Answer, Button, Keyboard};
use crate::words::Part as _;

/// What is asked. The view is the list to go back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "question", rename_all = "kebab-case")]
pub(super) enum ListQuestion {
    /// What to look for in a list.
    Find { view: String },
    /// By how many days to extend the agreed time.
    Days { id: i64, view: String },
    /// A note beside an account.
    Note {
        id: i64,
        view: String,
        /// The note as it was when the question was asked.
        before: String,
    },
}

impl ListQuestion {
    fn view(&self) -> View {
        let (Self::Find { view } | Self::Days { view, .. } | Self::Note { view, .. }) = self;
        View::parse(view).unwrap_or_default()
    }

    /// Where the question was asked from.
    fn back(&self) -> WatchCallback<'static> {
        match self {
            Self::Find { .. } => WatchCallback::List(self.view()),
            Self::Days { id, .. } | Self::Note { id, .. } => {
                WatchCallback::Account(*id, AccountAct::Show, self.view())
            }
        }
    }
}

impl WatchHandlers {
    /// Asks a question; `wrong` is what was wrong with the last answer.
    pub(super) fn ask(
        &self,
        cx: &Context<'_>,
        question: &ListQuestion,
        wrong: Option<Html>,
    ) -> anyhow::Result<Answer> {
        let lang = cx.actor.lang;
        let text = match question {
            ListQuestion::Find { .. } => i18n::text(lang, "find-ask"),
            ListQuestion::Days { id, .. } => match self.subject(cx, *id)? {
                Some(account) => self.named(cx.actor, &account, "days-ask"),
                None => return self.leave(cx, question),
            },
            ListQuestion::Note { id, before, .. } => match self.subject(cx, *id)? {
                Some(account) => {
                    let ask = self.named(cx.actor, &account, "note-ask");
                    let now = Args::new().text("note", before);
                    let now = i18n::html(lang, "account-note", &now);
                    let lines = [ask, now];
                    let shown = if before.is_empty() { 1 } else { 2 };
                    Html::join(lines.iter().take(shown), "\n\n")
                }
                None => return self.leave(cx, question),
            },
        };
        dialogue::set(cx.tx, cx.actor, question)?;
        let text = match wrong {
            Some(wrong) => Html::join([&wrong, &text], "\n\n"),
            None => text,
        };
        let keyboard = Keyboard::new().row([
            Button::labelled(lang, "button-back", question.back())?,
            cancel_button(lang)?,
        ]);
        Ok(Answer::screen(text, keyboard))
    }

    /// A text that answers a question.
    pub(super) fn answer(
        &self,
        cx: &Context<'_>,
        question: &ListQuestion,
        text: &str,
    ) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let lang = actor.lang;
        let view = question.view();
        let text = clean_line(text);
        match question {
            ListQuestion::Find { .. } if text.is_empty() => self.ask(cx, question, None),
            ListQuestion::Find { .. } => {
                dialogue::end(tx, actor)?;
                self.find(cx, view, &text)
            }
            ListQuestion::Days { id, .. } => match parse_days(&text) {
                Err(problem) => self.ask(cx, question, Some(problem.text(lang))),
                Ok(days) => {
                    if let Some(account) = self.subject(cx, *id)?
                        && store::extend(tx, actor.now, actor.id, *id, days)?
                    {
                        note_deed(cx, Deed::Extend, &account)?;
                    }
                    self.leave(cx, question)
                }
            },
            ListQuestion::Note { id, before, .. } => {
                let length = text.chars().count();
                if length == 0 || length > LONGEST_NOTE {
                    let wrong = LineProblem::Note(length).text(lang);
                    return self.ask(cx, question, Some(wrong));
                }
                let Some(account) = self.subject(cx, *id)? else {
                    return self.leave(cx, question);
                };
                if account.note != *before {
                    // Somebody else was faster: what they wrote is shown, and replaced only
                    // knowingly.
                    let wrong = i18n::text(lang, "note-changed");
                    let question = ListQuestion::Note {
                        id: *id,
                        view: view.data(),
                        before: account.note,
                    };
                    return self.ask(cx, &question, Some(wrong));
                }
                if store::set_note(tx, actor.now, actor.id, *id, before, &text)? {
                    note_deed(cx, Deed::Note, &account)?;
                }
                self.leave(cx, question)
            }
        }
    }

    /// The account a question is about, if the actor may still change it.
    fn subject(&self, cx: &Context<'_>, id: i64) -> anyhow::Result<Option<Account>> {
        let viewer = (!cx.actor.role.is_admin()).then_some(cx.actor.id);
        let account = store::get(cx.tx, viewer, id)?;
        Ok(account.filter(|account| account.state != AccountState::Removed))
    }

    /// Ends a question and goes back to where it was asked.
    fn leave(&self, cx: &Context<'_>, question: &ListQuestion) -> anyhow::Result<Answer> {
        dialogue::end(cx.tx, cx.actor)?;
        match question {
            ListQuestion::Find { .. } => self.list_screen(cx, question.view()),
            ListQuestion::Days { id, .. } | ListQuestion::Note { id, .. } => {
                self.card(cx, *id, question.view())
            }
        }
    }
}

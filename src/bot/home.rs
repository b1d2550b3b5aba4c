//! The router's own slice: the first screen, help, and the end of a dialogue.

use super::claim::claim;
use super::pauses::{TRY_NOW, try_now};
use crate::activation::Activator;
use crate::dialogue;
use crate::html::Html;
use crate::i18n;
use crate::navigation::{CANCEL, HELP, HOME, PRIVACY, home_button};
use crate::people::CLAIM_PREFIX;
use crate::slice::{About, Board, Callbacks, Command, Context, Input, Shown, Slice, Who};
use crate::telegram::{Answer, Button, Keyboard};

const COMMANDS: &[Command] = &[
    Command::private("help", Who::Member).menu(7, "command-help"),
    Command::private("cancel", Who::Member)
        .menu(8, "command-cancel")
        .help("help-cancel"),
    Command::private("start", Who::Member).menu(9, "command-start"),
];

const CALLBACKS: &[Callbacks] = &[
    Callbacks::private(HOME, Who::Member),
    Callbacks::private(HELP, Who::Member),
    Callbacks::private(CANCEL, Who::Member),
    Callbacks::private(TRY_NOW, Who::Admin),
];

/// The screens that belong to no capability.
#[derive(Debug)]
pub(crate) struct Home {
    menus: Activator,
}

impl Home {
    /// `menus` is rung when somebody's commands change.
    pub(crate) fn new(menus: Activator) -> Self {
        Self { menus }
    }
}

impl Slice for Home {
    fn about(&self) -> About {
        About {
            commands: COMMANDS,
            callbacks: CALLBACKS,
            ..About::named("bot")
        }
    }

    fn handle(&self, cx: &Context<'_>, input: Input<'_>) -> anyhow::Result<Option<Answer>> {
        let answer = match input {
            Input::Command { name: "help", .. } | Input::Callback(HELP) => help(cx)?,
            Input::Command { name: "cancel", .. } | Input::Callback(CANCEL) => cancel(cx)?,
            Input::Command { args, .. } => match args.strip_prefix(CLAIM_PREFIX) {
                Some(code) => claim(cx, code, &self.menus)?,
                None => home(cx)?,
            },
            Input::Callback(data) => match data.strip_prefix(TRY_NOW) {
                Some(chat) => try_now(cx, chat.trim_start_matches(':'))?,
                None => home(cx)?,
            },
            Input::Step(_) | Input::Text(_) | Input::File(..) => return Ok(None),
        };
        Ok(Some(answer))
    }

    fn show(&self, _cx: &Context<'_>, board: Board, shown: &mut Shown) -> anyhow::Result<()> {
        match board {
            Board::Home => shown.button(3, "button-help", HELP),
            _ => Ok(()),
        }
    }
}

/// The first screen: what the bot is, and where to go.
pub(super) fn home(cx: &Context<'_>) -> anyhow::Result<Answer> {
    let keyboard = cx.slices.show(cx, Board::Home)?.keyboard();
    let hello = i18n::text(cx.actor.lang, "start-hello");
    Ok(Answer::screen(hello, keyboard))
}

/// The commands a person may use, each with its line, and the slices' additions.
fn help(cx: &Context<'_>) -> anyhow::Result<Answer> {
    let lang = cx.actor.lang;
    let lines = |wanted: fn(Who) -> bool| {
        let commands = cx.slices.commands().into_iter();
        let keys = commands
            .filter(|command| command.private.or(command.group).is_some_and(wanted))
            .filter_map(|command| command.help);
        keys.map(|key| i18n::text(lang, key)).collect::<Vec<_>>()
    };
    let mut parts = vec![
        i18n::text(lang, "help-title"),
        Html::join(&lines(|who| who <= Who::Member), "\n"),
    ];
    parts.extend(cx.slices.show(cx, Board::Help)?.lines);
    if cx.actor.role.is_admin() {
        parts.push(Html::join(&lines(|who| who > Who::Member), "\n"));
    }
    let privacy = Button::labelled(lang, "button-privacy", PRIVACY)?;
    let keyboard = Keyboard::new().row([privacy]).row([home_button(lang)?]);
    Ok(Answer::screen(Html::join(&parts, "\n\n"), keyboard))
}

fn cancel(cx: &Context<'_>) -> anyhow::Result<Answer> {
    let key = if dialogue::end(cx.tx, cx.actor)? {
        "cancel-done"
    } else {
        "cancel-nothing"
    };
    let lang = cx.actor.lang;
    let keyboard = Keyboard::new().row([home_button(lang)?]);
    Ok(Answer::screen(i18n::text(lang, key), keyboard))
}

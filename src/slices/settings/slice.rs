//! The settings as a slice: `/settings`, `/privacy`, `/delete_me`, and `/here` in groups.

use super::callback::SettingsCallback;
use super::groups;
use super::privacy;
use super::zones::SettingsStep;
use crate::activation::Activator;
use crate::clock::UnixMs;
use crate::dialogue;
use crate::people::{self, Notify, Preferences};
use crate::slice::{About, Board, Callbacks, Command, Context, Input, Shown, Slice, Who};
use crate::telegram::{Answer, outbox};
use crate::words::Part as _;

/// Everybody may ask for their stored data and have it deleted.
const COMMANDS: &[Command] = &[
    Command::private("settings", Who::Member)
        .group(Who::Admin)
        .menu(6, "command-settings")
        .help("help-settings"),
    Command::private("privacy", Who::Anyone)
        .menu(10, "command-privacy")
        .help("help-privacy"),
    Command::private("delete_me", Who::Anyone).menu(11, "command-delete-me"),
    Command {
        private: None,
        ..Command::private("here", Who::Admin)
            .group(Who::Admin)
            .help("help-here")
    },
];

const CALLBACKS: &[Callbacks] = &[
    Callbacks::private("set", Who::Member).group(Who::Admin),
    Callbacks::private("bot:settings", Who::Member),
    Callbacks::private("bot:privacy", Who::Anyone),
    Callbacks::private("bot:ask-delete-me", Who::Anyone),
    Callbacks::private("bot:delete-me", Who::Anyone),
    Callbacks::private("bot:keep-me", Who::Anyone),
];

#[derive(Debug)]
pub(crate) struct Settings {
    pub(super) notify: Notify,
    pub(super) menus: Activator,
}

impl Settings {
    /// `notify` is for chats that have not chosen; `menus` is rung when somebody's
    /// commands change.
    pub(crate) fn new(notify: Notify, menus: Activator) -> Self {
        Self { notify, menus }
    }

    fn command(&self, cx: &Context<'_>, name: &str, args: &str) -> anyhow::Result<Answer> {
        match name {
            "here" => groups::here(cx, args),
            "privacy" => privacy::privacy(cx),
            "delete_me" => privacy::ask_delete_me(cx),
            _ => self.settings(cx),
        }
    }

    fn callback(&self, cx: &Context<'_>, data: &str) -> anyhow::Result<Answer> {
        match SettingsCallback::parse(data) {
            Some(SettingsCallback::Open) => self.settings(cx),
            Some(SettingsCallback::Privacy) => privacy::privacy(cx),
            Some(SettingsCallback::AskDeleteMe) => privacy::ask_delete_me(cx),
            Some(SettingsCallback::DeleteMe(asked)) => self.delete_me(cx, asked),
            Some(SettingsCallback::KeepMe) => privacy::keep_me(cx.actor),
            choice => self.settings_callback(cx, choice),
        }
    }
}

/// A chat's quiet hours at the moment of an event.
struct Quiet {
    preferences: Preferences,
    /// Since when reports of runs are held; `None`: they are not.
    held_since: Option<UnixMs>,
}

impl Quiet {
    fn of(cx: &Context<'_>) -> anyhow::Result<Self> {
        let chat = cx.actor.chat_id;
        let preferences = people::preferences(cx.tx, chat)?;
        let told = people::digest_at(cx.tx, chat)?;
        let begin = preferences.held_since(cx.actor.now);
        Ok(Self {
            preferences,
            held_since: begin.map(|begin| begin.max(told)),
        })
    }

    /// What the hours of before hold does not wait for their end when they are others now.
    fn changed(self, cx: &Context<'_>) -> anyhow::Result<()> {
        let (tx, now, chat) = (cx.tx, cx.actor.now, cx.actor.chat_id);
        let after = people::preferences(tx, chat)?;
        if (after.quiet, after.zone) == (self.preferences.quiet, self.preferences.zone) {
            return Ok(());
        }
        outbox::quiet_changed(tx, now, chat)?;
        match self.held_since {
            Some(since) => cx.slices.quiet_changed(tx, now, chat, since),
            None => Ok(()),
        }
    }
}

impl Slice for Settings {
    fn about(&self) -> About {
        About {
            commands: COMMANDS,
            callbacks: CALLBACKS,
            ..About::named("settings")
        }
    }

    fn handle(&self, cx: &Context<'_>, input: Input<'_>) -> anyhow::Result<Option<Answer>> {
        let before = Quiet::of(cx)?;
        let answer = match input {
            Input::Command { name, args } => self.command(cx, name, args)?,
            Input::Callback(data) => self.callback(cx, data)?,
            Input::Step(text) => match dialogue::step::<SettingsStep>(cx.tx, cx.actor)? {
                Some(step) => self.settings_step(cx, step, text)?,
                None => return Ok(None),
            },
            Input::Text(_) | Input::File(..) => return Ok(None),
        };
        before.changed(cx)?;
        Ok(Some(answer))
    }

    fn show(&self, _cx: &Context<'_>, board: Board, shown: &mut Shown) -> anyhow::Result<()> {
        match board {
            Board::Home => shown.button(3, "button-settings", SettingsCallback::Open),
            _ => Ok(()),
        }
    }
}

//! Administration as a slice: `/admin`, the buttons of its screens, its files, the broadcast task.

use futures_util::future::BoxFuture;

use super::broadcast::{self, BroadcastStep};
use super::callback::{AdminCallback, Kind};
use super::{export, store};
use crate::activation::Activator;
use crate::db::WriteTx;
use crate::dialogue;
use crate::i18n::{Lang, label};
use crate::navigation::PANEL;
use crate::people::{Actor, PersonCallback};
use crate::slice::{
    About, Board, Callbacks, Command, Context, FileMaker, Input, Parts, Shown, Slice, Slices, Who,
};
use crate::tasks::ThreadEnd;
use crate::telegram::{Answer, Outgoing};
use crate::words::Part as _;

const COMMANDS: &[Command] = &[Command::private("admin", Who::Admin)
    .menu(1, "command-admin")
    .help("help-admin")];

const CALLBACKS: &[Callbacks] = &[
    Callbacks::private("admin", Who::Admin),
    Callbacks {
        refusal: "owners-only",
        ..Callbacks::private("admin:backup", Who::Owner)
    },
    Callbacks::private("people", Who::Admin),
    Callbacks::private(PANEL, Who::Admin),
];

/// The admins' screens.
#[derive(Debug)]
pub(crate) struct Admin {
    pub(super) language: Lang,
    pub(super) menus: Activator,
    pub(super) broadcasts: Activator,
}

impl Admin {
    /// `language` is for chats that have not chosen; `menus` is rung when somebody's
    /// commands change.
    pub(crate) fn new(language: Lang, menus: Activator) -> Self {
        Self {
            language,
            menus,
            broadcasts: Activator::new(),
        }
    }

    fn callback(&self, cx: &Context<'_>, data: &str) -> anyhow::Result<Answer> {
        match AdminCallback::parse(data) {
            Some(AdminCallback::Panel) => super::panel::panel(cx),
            Some(AdminCallback::People(callback)) => self.people_callback(cx, callback),
            Some(AdminCallback::Stats) => super::stats::stats(cx),
            Some(AdminCallback::Log(kind, page)) => self.log_screen(cx, kind.0, page),
            Some(AdminCallback::Exports) => export::screen(cx),
            Some(AdminCallback::Export(word)) => self.export(cx, word),
            Some(AdminCallback::AskBackup) => self.backup(cx, false),
            Some(AdminCallback::Backup) => self.backup(cx, true),
            Some(AdminCallback::Broadcast) => broadcast::begin(cx),
            Some(AdminCallback::SendBroadcast(seen)) => self.broadcast_send(cx, seen),
            Some(AdminCallback::StopBroadcast(id)) => self.broadcast_stop(cx, id),
            Some(AdminCallback::CancelBroadcast) => {
                dialogue::end(cx.tx, cx.actor)?;
                super::panel::panel(cx)
            }
            None => {
                let stale = label(cx.actor.lang, "stale-button");
                Ok(super::panel::panel(cx)?.toast(stale))
            }
        }
    }
}

impl Slice for Admin {
    fn about(&self) -> About {
        About {
            commands: COMMANDS,
            callbacks: CALLBACKS,
            exports: &[export::AUDIT],
            retention: &store::KEPT,
            ..About::named(export::MAKER)
        }
    }

    fn handle(&self, cx: &Context<'_>, input: Input<'_>) -> anyhow::Result<Option<Answer>> {
        match input {
            Input::Command { .. } => super::panel::panel(cx).map(Some),
            Input::Callback(data) => self.callback(cx, data).map(Some),
            Input::Step(text) if cx.actor.role.is_admin() => {
                match dialogue::step::<BroadcastStep>(cx.tx, cx.actor)? {
                    Some(step) => broadcast::typed(cx, &step, text).map(Some),
                    None => Ok(None),
                }
            }
            Input::Step(_) | Input::Text(_) | Input::File(..) => Ok(None),
        }
    }

    fn show(&self, cx: &Context<'_>, board: Board, shown: &mut Shown) -> anyhow::Result<()> {
        match board {
            Board::Home if cx.actor.role.is_admin() => {
                shown.button(4, "button-panel", AdminCallback::Panel)
            }
            Board::Panel => {
                let people = AdminCallback::People(PersonCallback::List(0));
                shown.button(3, "button-people", people)?;
                shown.button(4, "button-stats", AdminCallback::Stats)?;
                shown.button(5, "button-broadcast", AdminCallback::Broadcast)?;
                shown.button(5, "button-log", AdminCallback::Log(Kind(""), 0))?;
                shown.button(6, "button-export", AdminCallback::Exports)
            }
            _ => Ok(()),
        }
    }

    fn forget(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Vec<Outgoing>> {
        store::forget(tx, actor.id)?;
        Ok(Vec::new())
    }

    fn file_maker(&self, slices: &Slices) -> Option<FileMaker> {
        let exports = slices.exports();
        Some(Box::new(move |connection, recipe| {
            export::make(connection, recipe, &exports)
        }))
    }

    fn start<'a>(&'a self, parts: Parts<'a>) -> BoxFuture<'a, anyhow::Result<Option<ThreadEnd>>> {
        Box::pin(async move {
            if let Some(telegram) = parts.telegram.filter(|_| parts.is_bot) {
                let carry_out = broadcast::carry_out(
                    parts.db.clone(),
                    parts.clock.clone(),
                    self.language,
                    self.broadcasts.clone(),
                    telegram.bell(),
                    parts.tasks.stop_token(),
                );
                parts.tasks.spawn("broadcasts", carry_out);
            }
            Ok(None)
        })
    }
}

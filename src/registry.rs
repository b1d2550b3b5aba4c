//! How the router and the slices query all slices at once.

use bytes::Bytes;

use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::dialogue;
use crate::http_server::health::Sign;
use crate::people::audit::Deed;
use crate::people::{self, Actor};
use crate::retention::Rule;
use crate::slice::{Attachment, Board, Callbacks, Command, Context, Export, Shown, Slice, Slices};
use crate::telegram::{self, Fetched, Keyboard, Outgoing};
use crate::tool::Tool;

impl Slices {
    /// A command and the slice that owns it.
    pub(crate) fn command(&self, name: &str) -> Option<(&dyn Slice, &'static Command)> {
        self.iter().find_map(|slice| {
            let mut commands = slice.about().commands.iter();
            Some((slice, commands.find(|command| command.name == name)?))
        })
    }

    /// The rule for a button's data, and the slice that owns it.
    pub(crate) fn callbacks(&self, data: &str) -> Option<(&dyn Slice, &'static Callbacks)> {
        let all = self.iter().flat_map(|slice| {
            slice
                .about()
                .callbacks
                .iter()
                .map(move |rule| (slice, rule))
        });
        all.filter(|(_, rule)| covers(rule.prefix, data))
            .max_by_key(|(_, rule)| rule.prefix.len())
    }

    /// All commands in menu order; commands outside the menu come last.
    pub(crate) fn commands(&self) -> Vec<&'static Command> {
        let mut commands: Vec<_> = self
            .iter()
            .flat_map(|slice| slice.about().commands)
            .collect();
        commands.sort_by_key(|command| command.menu.map_or(u8::MAX, |(place, _)| place));
        commands
    }

    pub(crate) fn pressed(&self, tx: &WriteTx<'_>, chat: i64, message: i64) -> anyhow::Result<()> {
        self.iter()
            .try_for_each(|slice| slice.pressed(tx, chat, message))
    }

    pub(crate) fn refine(&self, file: Attachment<'_>, bytes: Bytes) -> Fetched {
        let refined = self.iter().find_map(|slice| slice.refine(file, &bytes));
        refined.unwrap_or(Ok(bytes))
    }

    /// What all slices add to a board.
    pub(crate) fn show(&self, cx: &Context<'_>, board: Board) -> anyhow::Result<Shown> {
        let mut shown = Shown {
            lang: cx.actor.lang,
            lines: Vec::new(),
            buttons: Vec::new(),
        };
        self.iter()
            .try_for_each(|slice| slice.show(cx, board, &mut shown))?;
        shown.buttons.sort_by_key(|(row, _)| *row);
        Ok(shown)
    }

    pub(crate) fn subject(&self, actor: &Actor, deed: Deed, stored: &str) -> Option<String> {
        self.iter()
            .find_map(|slice| slice.subject(actor, deed, stored))
    }

    /// The tables that admins may export.
    pub(crate) fn exports(&self) -> Vec<Export> {
        let exports = self.iter().flat_map(|slice| slice.about().exports);
        let mut exports: Vec<Export> = exports.copied().collect();
        exports.sort_by_key(|export| export.word);
        exports
    }

    /// All retention rules, in the order in which `/privacy` lists them.
    pub(crate) fn kept(&self) -> Vec<Rule> {
        let of_slices = self.iter().flat_map(|slice| slice.about().retention);
        telegram::KEPT
            .iter()
            .chain(&dialogue::KEPT)
            .chain(of_slices)
            .chain(&people::KEPT)
            .copied()
            .collect()
    }

    pub(crate) fn forget(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Vec<Outgoing>> {
        let mut last_words = Vec::new();
        for slice in self.iter() {
            last_words.extend(slice.forget(tx, actor)?);
        }
        Ok(last_words)
    }

    /// Rewrites a group's id everywhere except in Telegram's own tables.
    pub(crate) fn chat_moved(&self, tx: &WriteTx<'_>, from: i64, to: i64) -> anyhow::Result<()> {
        people::move_chat(tx, from, to)?;
        dialogue::move_chat(tx, from, to)?;
        self.iter()
            .try_for_each(|slice| slice.chat_moved(tx, from, to))
    }

    pub(crate) fn quiet_changed(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        chat: i64,
        since: UnixMs,
    ) -> anyhow::Result<()> {
        self.iter()
            .try_for_each(|slice| slice.quiet_changed(tx, now, chat, since))
    }

    /// What the slices say of themselves.
    pub(crate) fn health(
        &self,
        connection: &Connection,
        now: UnixMs,
        started_at: UnixMs,
    ) -> anyhow::Result<Vec<Sign>> {
        let signs = self
            .iter()
            .map(|slice| slice.health(connection, now, started_at));
        signs.filter_map(Result::transpose).collect()
    }

    pub(crate) fn tools(&self) -> Vec<Box<dyn Tool>> {
        self.iter().flat_map(|slice| slice.tools()).collect()
    }

    /// The first answer to something that no table assigns to a slice.
    pub(crate) fn first<T>(
        &self,
        mut ask: impl FnMut(&dyn Slice) -> anyhow::Result<Option<T>>,
    ) -> anyhow::Result<Option<T>> {
        for slice in self.iter() {
            if let Some(answer) = ask(slice)? {
                return Ok(Some(answer));
            }
        }
        Ok(None)
    }
}

/// True if `data` is the prefix itself or begins with the prefix and a colon.
fn covers(prefix: &str, data: &str) -> bool {
    data.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

impl Shown {
    /// The buttons, row by row.
    pub(crate) fn keyboard(&self) -> Keyboard {
        let rows = self.buttons.chunk_by(|(a, _), (b, _)| a == b);
        rows.fold(Keyboard::new(), |keyboard, row| {
            keyboard.row(row.iter().map(|(_, button)| button.clone()))
        })
    }
}

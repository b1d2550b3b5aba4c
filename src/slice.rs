//! The contract between the router and the slices.
//!
//! A slice is one capability. A slice declares its commands and buttons with the rights they need,
//! and the router (`bot`) brings it the events. `app` makes the list of slices; nothing else names
//! them.
//!
//! # Invariants
//!
//! - The router checks rights against the slices' tables; a handler may rely on that.
//! - Every command and every callback prefix has one owner.
//! - A slice asks other slices only through [`Slices`]; it never knows which one answers.
//! - A capability that is off stays in the list as [`Dormant`]: its data is still pruned and
//!   forgotten.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use crate::clock::{Clock, UnixMs};
use crate::db::{Connection, Db, WriteTx};
use crate::html::Html;
use crate::http_server::Routes;
use crate::http_server::health::Sign;
use crate::i18n::{self, Lang};
use crate::people::audit::Deed;
use crate::people::{Actor, Role};
use crate::retention::Rule;
use crate::tasks::{Tasks, ThreadEnd};
use crate::telegram::{
    Answer, BotProxy, Button, Document, Event, Fetched, Made, Offer, Outgoing, Recipe, Telegram,
    Wanted,
};
use crate::tool::Tool;
use crate::zone::Zone;

/// Who may use something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    Anyone,
    Member,
    Admin,
    Owner,
}

impl Who {
    pub(crate) fn allows(self, role: Role) -> bool {
        match self {
            Self::Anyone => true,
            Self::Member => role.is_member(),
            Self::Admin => role.is_admin(),
            Self::Owner => role == Role::Owner,
        }
    }
}

/// A command, the rights it needs, and its texts in the menu and `/help`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Command {
    pub(crate) name: &'static str,
    /// The right needed in a private chat; `None`: not available there.
    pub(crate) private: Option<Who>,
    /// The right needed in a group; `None`: not available there.
    pub(crate) group: Option<Who>,
    /// Position in the command menu, and the key of the description there.
    pub(crate) menu: Option<(u8, &'static str)>,
    /// The key of its line in `/help`.
    pub(crate) help: Option<&'static str>,
    /// The key of the refusal for people without the right.
    pub(crate) refusal: &'static str,
}

impl Command {
    /// A command for private chats.
    pub(crate) const fn private(name: &'static str, who: Who) -> Self {
        Self {
            name,
            private: Some(who),
            group: None,
            menu: None,
            help: None,
            refusal: "no-right",
        }
    }

    /// Makes it available in groups, too.
    pub(crate) const fn group(mut self, who: Who) -> Self {
        self.group = Some(who);
        self
    }

    /// Lists it in the menu at this position.
    pub(crate) const fn menu(mut self, place: u8, key: &'static str) -> Self {
        self.menu = Some((place, key));
        self
    }

    /// Explains it in `/help` with this line.
    pub(crate) const fn help(mut self, key: &'static str) -> Self {
        self.help = Some(key);
        self
    }
}

/// Buttons whose data is `prefix` or begins with `prefix:`; the longest matching prefix wins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Callbacks {
    pub(crate) prefix: &'static str,
    /// The right needed in a private chat; `None`: not available there.
    pub(crate) private: Option<Who>,
    /// The right needed in a group; `None`: not available there.
    pub(crate) group: Option<Who>,
    /// The right needed for a button with this data, if some buttons need more than the others.
    pub(crate) stricter: Option<fn(&str) -> Who>,
    /// The key of the refusal for people without the right.
    pub(crate) refusal: &'static str,
}

impl Callbacks {
    /// Buttons for private chats.
    pub(crate) const fn private(prefix: &'static str, who: Who) -> Self {
        Self {
            prefix,
            private: Some(who),
            group: None,
            stricter: None,
            refusal: "no-right",
        }
    }

    /// Makes them available in groups, too.
    pub(crate) const fn group(mut self, who: Who) -> Self {
        self.group = Some(who);
        self
    }

    /// Gives some buttons of the prefix a stricter right, by their data.
    pub(crate) const fn stricter(mut self, by_data: fn(&str) -> Who) -> Self {
        self.stricter = Some(by_data);
        self
    }

    /// The right needed for a button with this data; `base` is the right for the prefix.
    pub(crate) fn who(&self, base: Who, data: &str) -> Who {
        self.stricter
            .map_or(base, |by_data| by_data(data).max(base))
    }
}

/// A handler's context: one event inside one write transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) tx: &'a WriteTx<'a>,
    pub(crate) actor: &'a Actor,
    pub(crate) event: &'a Event,
    pub(crate) slices: &'a Slices,
}

/// A file sent to the bot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attachment<'a> {
    pub(crate) document: &'a Document,
    /// Sent as a photo, not as a file.
    pub(crate) is_photo: bool,
}

/// What the person did.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Input<'a> {
    Command {
        name: &'a str,
        args: &'a str,
    },
    /// The data of the button that was pressed.
    Callback(&'a str),
    /// A text while a dialogue may be open: every slice is asked whether the text is its next step.
    Step(&'a str),
    /// A text that no open dialogue takes.
    Text(&'a str),
    /// A file, with the result of the fetch if a slice wanted its content.
    File(Attachment<'a>, Option<&'a Fetched>),
}

/// A screen that shows buttons or lines of all slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Board {
    Home,
    Panel,
    Statistics,
    /// `/status`, for admins.
    Status,
    /// The caption of the database file.
    Backup,
    /// The confirmation of `/delete_me`: each line names, within one sentence, what the person
    /// loses.
    DeleteMe,
    /// Below the commands in `/help`.
    Help,
    /// In `/privacy`, after the retention rules.
    Privacy,
    Person(i64),
}

/// What the slices add to a board.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) lang: Lang,
    pub(crate) lines: Vec<Html>,
    /// Buttons with the same row number share a row.
    pub(crate) buttons: Vec<(u8, Button)>,
}

impl Shown {
    /// Adds a line that is one fixed text.
    pub(crate) fn text(&mut self, key: &str) {
        self.lines.push(i18n::text(self.lang, key));
    }

    /// Adds a button: its row, the key of its text, its data.
    pub(crate) fn button(
        &mut self,
        row: u8,
        key: &str,
        data: impl Into<String>,
    ) -> anyhow::Result<()> {
        let button = Button::labelled(self.lang, key, data)?;
        self.buttons.push((row, button));
        Ok(())
    }
}

/// A table that admins may export.
#[derive(Clone, Copy)]
pub(crate) struct Export {
    /// Names the table on its button (`button-export-<word>`) and in its caption (`export-<word>`).
    pub(crate) word: &'static str,
    /// Makes the bytes, in a language and a zone.
    pub(crate) make: fn(&Connection, Lang, &Zone) -> anyhow::Result<Vec<u8>>,
}

impl fmt::Debug for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Export").field(&self.word).finish()
    }
}

/// Makes a slice's files when their messages are sent.
pub(crate) type FileMaker = Box<dyn Fn(&Connection, &Recipe) -> anyhow::Result<Made> + Send + Sync>;

/// An inline query: the words somebody typed after our name in another chat.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inline<'a> {
    pub(crate) lang: Lang,
    pub(crate) is_admin: bool,
    pub(crate) words: &'a str,
}

/// What a slice runs with. The slice clones the parts for its own tasks and thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) db: &'a Db,
    pub(crate) clock: &'a Clock,
    pub(crate) tasks: &'a Tasks,
    pub(crate) proxy: &'a BotProxy,
    /// `None` without a token.
    pub(crate) telegram: Option<&'a Telegram>,
    pub(crate) slices: &'a Slices,
    /// True for the bot; false for a process that serves one request and ends.
    pub(crate) is_bot: bool,
}

/// What a slice declares.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    /// Used in file recipes and in logs.
    pub(crate) name: &'static str,
    pub(crate) commands: &'static [Command],
    pub(crate) callbacks: &'static [Callbacks],
    pub(crate) exports: &'static [Export],
    pub(crate) retention: &'static [Rule],
}

impl About {
    /// A slice that declares nothing else.
    pub(crate) const fn named(name: &'static str) -> Self {
        Self {
            name,
            commands: &[],
            callbacks: &[],
            exports: &[],
            retention: &[],
        }
    }
}

/// What `vakhta doctor` finds in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    Well(String),
    Notice(String),
    Wrong(String),
}

impl Finding {
    /// A capability that is switched off.
    pub(crate) fn off() -> Self {
        Self::Well("off".to_owned())
    }
}

/// One capability of the program.
pub(crate) trait Slice: Send + Sync + fmt::Debug {
    fn about(&self) -> About;

    /// Answers the commands and callbacks admitted by the tables above, and steps, texts and files.
    /// `None`: not for this slice.
    fn handle(&self, _cx: &Context<'_>, _input: Input<'_>) -> anyhow::Result<Option<Answer>> {
        Ok(None)
    }

    /// Answers input that is open to everybody, before any right is checked. `None`: not for this
    /// slice.
    fn handle_public(
        &self,
        _cx: &Context<'_>,
        _input: Input<'_>,
    ) -> anyhow::Result<Option<Answer>> {
        Ok(None)
    }

    /// A button on this message was pressed: the message will show something else.
    fn pressed(&self, _tx: &WriteTx<'_>, _chat: i64, _message: i64) -> anyhow::Result<()> {
        Ok(())
    }

    fn offers(
        &self,
        _connection: &Connection,
        _inline: Inline<'_>,
    ) -> anyhow::Result<Option<Vec<Offer>>> {
        Ok(None)
    }

    /// The file to fetch before [`Self::handle`] sees the attachment of a member.
    fn wants(
        &self,
        _connection: &Connection,
        _actor: &Actor,
        _file: Attachment<'_>,
    ) -> anyhow::Result<Option<Wanted>> {
        Ok(None)
    }

    /// Converts a fetched file into what [`Self::handle`] gets, on a thread that may block.
    fn refine(&self, _file: Attachment<'_>, _bytes: &Bytes) -> Option<Fetched> {
        None
    }

    /// Adds the slice's lines and buttons to a board.
    fn show(&self, _cx: &Context<'_>, _board: Board, _shown: &mut Shown) -> anyhow::Result<()> {
        Ok(())
    }

    /// The readable name of the thing an audited deed was done to. `None`: use the stored word.
    fn subject(&self, _actor: &Actor, _deed: Deed, _stored: &str) -> Option<String> {
        None
    }

    /// Removes everything about a person; returns messages to send after the deletion.
    fn forget(&self, _tx: &WriteTx<'_>, _actor: &Actor) -> anyhow::Result<Vec<Outgoing>> {
        Ok(Vec::new())
    }

    /// A group got a new id.
    fn chat_moved(&self, _tx: &WriteTx<'_>, _from: i64, _to: i64) -> anyhow::Result<()> {
        Ok(())
    }

    /// A chat has other quiet hours now. The old ones have held its reports since a moment.
    fn quiet_changed(
        &self,
        _tx: &WriteTx<'_>,
        _now: UnixMs,
        _chat: i64,
        _since: UnixMs,
    ) -> anyhow::Result<()> {
        Ok(())
    }

    /// Makes the files whose recipes carry the slice's name.
    fn file_maker(&self, _slices: &Slices) -> Option<FileMaker> {
        None
    }

    /// The data that language models may read.
    fn tools(&self) -> Vec<Box<dyn Tool>> {
        Vec::new()
    }

    /// Starts the slice's tasks and thread; returns the thread's end, if there is a thread.
    fn start<'a>(&'a self, _parts: Parts<'a>) -> BoxFuture<'a, anyhow::Result<Option<ThreadEnd>>> {
        Box::pin(async { Ok(None) })
    }

    /// The slice's own state, for `/healthz` and `/metrics`. What has not happened yet counts from
    /// the program's start.
    fn health(
        &self,
        _connection: &Connection,
        _now: UnixMs,
        _started_at: UnixMs,
    ) -> anyhow::Result<Option<Sign>> {
        Ok(None)
    }

    /// What `vakhta doctor` finds. `None`: there is nothing to look at.
    fn doctor(&self) -> BoxFuture<'_, Option<Finding>> {
        Box::pin(async { None })
    }

    /// The slice's routes on the HTTP server.
    fn routes(&self, _parts: Parts<'_>) -> Option<Routes> {
        None
    }
}

/// A capability that is switched off. Rows from earlier may exist, so they are still pruned and
/// forgotten.
pub(crate) struct Dormant {
    pub(crate) about: About,
    pub(crate) forget: fn(&WriteTx<'_>, i64) -> anyhow::Result<()>,
    /// What `vakhta doctor` says: off, or what keeps the capability from being on.
    pub(crate) finding: Finding,
}

impl fmt::Debug for Dormant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Dormant").field(&self.about.name).finish()
    }
}

impl Slice for Dormant {
    fn about(&self) -> About {
        self.about
    }

    fn forget(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Vec<Outgoing>> {
        (self.forget)(tx, actor.id)?;
        Ok(Vec::new())
    }

    fn doctor(&self) -> BoxFuture<'_, Option<Finding>> {
        Box::pin(async { Some(self.finding.clone()) })
    }
}

/// The slices of the program, in the order in which they are asked. Clones share them; `registry`
/// queries them all.
#[derive(Debug, Clone)]
pub(crate) struct Slices(Arc<Vec<Arc<dyn Slice>>>);

impl Slices {
    pub(crate) fn new(slices: Vec<Arc<dyn Slice>>) -> Self {
        Self(Arc::new(slices))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &dyn Slice> {
        self.0.iter().map(AsRef::as_ref)
    }
}

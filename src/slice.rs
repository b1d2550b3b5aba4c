//! The contract between the router and the slices.
//!
//! A slice is one capability. It says what it takes, with the rights each command and button needs,
//! and the router (`bot`) brings it the events. `app` makes the list of slices; nothing else names
//! them.
//!
//! # Invariants
//!
//! - Rights are checked by the router, from these tables; a handler may rely on them.
//! - Every command and every callback prefix has one owner.
//! - A slice asks other slices only through [`Slices`]; it never knows who answers.
//! - A capability that is off stays in the list as [`Dormant`]: its data is still pruned and
//!   forgotten.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use crate::clock::Clock;
use crate::db::{Connection, Db, WriteTx};
use crate::html::Html;
use crate::http_server::Routes;
use crate::i18n::Lang;
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
    /// True when a person with this role may.
    pub(crate) fn allows(self, role: Role) -> bool {
        match self {
            Self::Anyone => true,
            Self::Member => role.is_member(),
            Self::Admin => role.is_admin(),
            Self::Owner => role == Role::Owner,
        }
    }
}

/// A command: who may use it where, and what the menu and `/help` say of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Command {
    pub(crate) name: &'static str,
    /// Who may use it in their own chat; `None`: nobody.
    pub(crate) private: Option<Who>,
    /// Who may use it in a group; `None`: nobody.
    pub(crate) group: Option<Who>,
    /// Its place in the menu of commands, and the key of its description there.
    pub(crate) menu: Option<(u8, &'static str)>,
    /// The key of its line in `/help`.
    pub(crate) help: Option<&'static str>,
    /// The key of what somebody without the right is told.
    pub(crate) refusal: &'static str,
}

impl Command {
    /// A command of people's own chats.
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

    /// Also in groups.
    pub(crate) const fn group(mut self, who: Who) -> Self {
        self.group = Some(who);
        self
    }

    /// Listed in the menu at this place.
    pub(crate) const fn menu(mut self, place: u8, key: &'static str) -> Self {
        self.menu = Some((place, key));
        self
    }

    /// Explained in `/help` by this line.
    pub(crate) const fn help(mut self, key: &'static str) -> Self {
        self.help = Some(key);
        self
    }
}

/// Buttons whose data is `prefix` or begins with `prefix:`; the longest prefix that fits counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Callbacks {
    pub(crate) prefix: &'static str,
    /// Who may press them in their own chat; `None`: nobody.
    pub(crate) private: Option<Who>,
    /// Who may press them in a group; `None`: nobody.
    pub(crate) group: Option<Who>,
    /// Buttons of this prefix that need more than the others, told by their data.
    pub(crate) stricter: Option<fn(&str) -> Who>,
    /// The key of what somebody without the right is told.
    pub(crate) refusal: &'static str,
}

impl Callbacks {
    /// Buttons of people's own chats.
    pub(crate) const fn private(prefix: &'static str, who: Who) -> Self {
        Self {
            prefix,
            private: Some(who),
            group: None,
            stricter: None,
            refusal: "no-right",
        }
    }

    /// Also in groups.
    pub(crate) const fn group(mut self, who: Who) -> Self {
        self.group = Some(who);
        self
    }

    /// With a closer look at the data.
    pub(crate) const fn stricter(mut self, by_data: fn(&str) -> Who) -> Self {
        self.stricter = Some(by_data);
        self
    }

    /// Who may press a button with this data, where `base` may press others of the prefix.
    pub(crate) fn who(&self, base: Who, data: &str) -> Who {
        self.stricter
            .map_or(base, |by_data| by_data(data).max(base))
    }
}

/// What a handler works with: one event inside one write transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) tx: &'a WriteTx<'a>,
    pub(crate) actor: &'a Actor,
    pub(crate) event: &'a Event,
    pub(crate) slices: &'a Slices,
}

/// A file that somebody sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attachment<'a> {
    pub(crate) document: &'a Document,
    /// Sent as a photo, not as a file.
    pub(crate) is_photo: bool,
}

/// What somebody did.
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
    /// A text that is nobody's step.
    Text(&'a str),
    /// A file, with what became of fetching it where a slice wanted it.
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
    /// The caption of the database as a file.
    Backup,
    /// The last question of `/delete_me`: each line names what a person loses, within a sentence.
    DeleteMe,
    /// The card of a person, by id.
    Person(i64),
}

/// A button of a slice on a board. Buttons with the same row number share a row.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) row: u8,
    pub(crate) button: Button,
}

/// A table that admins may take as a file.
#[derive(Clone, Copy)]
pub(crate) struct Export {
    /// Names it on its button (`button-export-<word>`) and in its caption (`export-<word>`).
    pub(crate) word: &'static str,
    /// Makes the bytes, in a language and a zone.
    pub(crate) make: fn(&Connection, Lang, &Zone) -> anyhow::Result<Vec<u8>>,
}

impl fmt::Debug for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Export").field(&self.word).finish()
    }
}

/// Makes the files of a slice when their messages go out.
pub(crate) type FileMaker = Box<dyn Fn(&Connection, &Recipe) -> anyhow::Result<Made> + Send + Sync>;

/// An inline question: what somebody wrote behind our name in another chat.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inline<'a> {
    pub(crate) lang: Lang,
    pub(crate) is_admin: bool,
    pub(crate) words: &'a str,
}

/// What a slice runs with. Everything in it is cloned for the slice's own tasks and thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) db: &'a Db,
    pub(crate) clock: &'a Clock,
    pub(crate) tasks: &'a Tasks,
    pub(crate) proxy: &'a BotProxy,
    /// The way to Telegram; `None` without a token.
    pub(crate) telegram: Option<&'a Telegram>,
    pub(crate) slices: &'a Slices,
    /// The bot runs; otherwise the process serves one request and ends.
    pub(crate) is_bot: bool,
}

/// One capability of the program.
pub(crate) trait Slice: Send + Sync + fmt::Debug {
    /// The name of its files' recipes and of its entry in logs.
    fn name(&self) -> &'static str;

    fn commands(&self) -> &'static [Command] {
        &[]
    }

    fn callbacks(&self) -> &'static [Callbacks] {
        &[]
    }

    /// Answers what the tables above admitted, and steps, texts and files. `None`: not for this
    /// slice.
    fn handle(&self, _cx: &Context<'_>, _input: Input<'_>) -> anyhow::Result<Option<Answer>> {
        Ok(None)
    }

    /// Answers what everybody may do, before any right is asked. `None`: not for this slice.
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

    /// Answers an inline question.
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

    /// Replaces a fetched file by what [`Self::handle`] is given, on a thread that may block.
    fn refine(&self, _file: Attachment<'_>, _bytes: &Bytes) -> Option<Fetched> {
        None
    }

    /// Its buttons on a board.
    fn entries(
        &self,
        _connection: &Connection,
        _actor: &Actor,
        _board: Board,
    ) -> anyhow::Result<Vec<Entry>> {
        Ok(Vec::new())
    }

    /// Its lines on a board.
    fn lines(
        &self,
        _connection: &Connection,
        _actor: &Actor,
        _board: Board,
    ) -> anyhow::Result<Vec<Html>> {
        Ok(Vec::new())
    }

    /// Its paragraphs below the commands in `/help`.
    fn help(&self, _lang: Lang) -> Vec<Html> {
        Vec::new()
    }

    /// Its paragraphs in `/privacy`, besides its retention rules.
    fn privacy(&self, _lang: Lang) -> Vec<Html> {
        Vec::new()
    }

    /// What an audited deed was done to, as people call it. `None`: the stored word says it.
    fn subject(&self, _actor: &Actor, _deed: Deed, _stored: &str) -> Option<String> {
        None
    }

    fn exports(&self) -> Vec<Export> {
        Vec::new()
    }

    /// How long its rows are kept.
    fn retention(&self) -> &'static [Rule] {
        &[]
    }

    /// Removes everything about a person; returns what is still to be said once they are forgotten.
    fn forget(&self, _tx: &WriteTx<'_>, _actor: &Actor) -> anyhow::Result<Vec<Outgoing>> {
        Ok(Vec::new())
    }

    /// A group got another id.
    fn chat_moved(&self, _tx: &WriteTx<'_>, _from: i64, _to: i64) -> anyhow::Result<()> {
        Ok(())
    }

    /// Makes the files whose recipes bear its name.
    fn file_maker(&self, _slices: &Slices) -> Option<FileMaker> {
        None
    }

    /// What language models may read of it.
    fn tools(&self) -> Vec<Box<dyn Tool>> {
        Vec::new()
    }

    /// Starts its tasks and its thread; the thread's end, if it has one.
    fn start<'a>(&'a self, _parts: Parts<'a>) -> BoxFuture<'a, anyhow::Result<Option<ThreadEnd>>> {
        Box::pin(async { Ok(None) })
    }

    /// Its routes on the HTTP server.
    fn routes(&self, _parts: Parts<'_>) -> Option<Routes> {
        None
    }
}

/// A capability that is switched off. Its rows may be there from before, so their life goes on.
pub(crate) struct Dormant {
    pub(crate) name: &'static str,
    pub(crate) retention: &'static [Rule],
    pub(crate) forget: fn(&WriteTx<'_>, i64) -> anyhow::Result<()>,
}

impl fmt::Debug for Dormant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Dormant").field(&self.name).finish()
    }
}

impl Slice for Dormant {
    fn name(&self) -> &'static str {
        self.name
    }

    fn retention(&self) -> &'static [Rule] {
        self.retention
    }

    fn forget(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Vec<Outgoing>> {
        (self.forget)(tx, actor.id)?;
        Ok(Vec::new())
    }
}

/// The slices of the program, in the order in which they are asked. Clones share them; `registry`
/// asks them all.
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

//! The watch as a slice: its commands and buttons, its parts of other screens, its thread.

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::callback::{RunCallback, SiteCallback, View, WatchCallback, Whose, list_of_owner};
use super::handlers::WatchHandlers;
use super::model::account::SiteTally;
use super::model::config::WatchConfig;
use super::notices::Notifier;
use super::run::driver::{self, WatchParts};
use super::store::SiteDay;
use super::views::{files, table};
use super::{store, tools};
use crate::activation::Activator;
use crate::clock::DAY;
use crate::db::{Connection, WriteTx};
use crate::html::Html;
use crate::i18n::{self, Args, Lang};
use crate::people::Actor;
use crate::people::audit::Deed;
use crate::retention::Rule;
use crate::slice::{
    Attachment, Board, Callbacks, Command, Context, Entry, Export, FileMaker, Input, Parts, Slice,
    Slices, Who,
};
use crate::tasks::ThreadEnd;
use crate::telegram::{Answer, Button, Fetched, Outgoing, Wanted};
use crate::tool::Tool;

const COMMANDS: &[Command] = &[
    Command::private("add", Who::Member)
        .menu(2, "command-add")
        .help("help-add"),
    Command::private("list", Who::Member)
        .menu(3, "command-list")
        .help("help-list"),
    Command::private("check", Who::Member)
        .menu(4, "command-check")
        .help("help-check"),
    Command::private("status", Who::Member)
        .menu(5, "command-status")
        .help("help-status"),
];

/// Groups hear of runs and of mass changes, so those buttons work there too.
const CALLBACKS: &[Callbacks] = &[
    Callbacks::private("watch", Who::Member).stricter(WatchHandlers::needs),
    Callbacks::private("watch:mass", Who::Admin).group(Who::Admin),
    Callbacks::private("run", Who::Admin),
    Callbacks::private("run:stop", Who::Admin).group(Who::Admin),
    Callbacks::private("site", Who::Admin),
];

/// Maximum number of sites named in `/help`.
const SITES_IN_HELP: usize = 40;

#[derive(Debug)]
pub(crate) struct Watch {
    config: WatchConfig,
    notifier: Notifier,
    handlers: WatchHandlers,
    bell: Activator,
    run_now: bool,
}

impl Watch {
    /// `bell` wakes the watch thread; `run_now` makes a run at the start, whatever the settings
    /// say.
    pub(crate) fn new(
        config: WatchConfig,
        notifier: Notifier,
        bell: Activator,
        run_now: bool,
    ) -> Self {
        Self {
            handlers: WatchHandlers::new(&config, notifier.clone(), bell.clone()),
            config,
            notifier,
            bell,
            run_now,
        }
    }

    fn command(&self, cx: &Context<'_>, name: &str, args: &str) -> anyhow::Result<Answer> {
        match name {
            "add" => self.handlers.add(cx, args),
            "list" => self.handlers.list(cx, args),
            "check" => self.handlers.check_mine(cx),
            _ => self.handlers.status(cx),
        }
    }

    fn callback(&self, cx: &Context<'_>, data: &str) -> anyhow::Result<Answer> {
        match data.split_once(':') {
            Some(("run", _)) => self.handlers.run_callback(cx, data),
            Some(("site", _)) => self.handlers.site_callback(cx, data),
            _ => self.handlers.callback(cx, data),
        }
    }

    fn statistics(&self, connection: &Connection, actor: &Actor) -> anyhow::Result<Vec<Html>> {
        let zone = &self.notifier.zone;
        let today = zone.day(actor.now);
        let week = store::days(connection, &zone.day(actor.now.minus(DAY * 6)))?;
        let totals = store::totals(connection, None)?;
        let accounts = Args::new()
            .number("all", totals.all())
            .number("pending", totals.pending)
            .number("done", totals.done)
            .number("paused", totals.paused);
        Ok(vec![
            i18n::html(actor.lang, "stats-accounts", &accounts),
            sums_line(
                actor,
                "stats-today",
                week.iter().filter(|day| day.day == today),
            ),
            sums_line(actor, "stats-week", week.iter()),
        ])
    }

    fn panel(&self, connection: &Connection, actor: &Actor) -> anyhow::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let n_questions = store::mass_changes(connection)?.len();
        if n_questions > 0 {
            let args = Args::new().number("n", n_questions);
            let text = i18n::plain(actor.lang, "button-mass-changes", &args);
            let button = Button::callback(&text, WatchCallback::MassChanges)?;
            entries.push(Entry { row: 1, button });
        }
        let all = View {
            whose: Whose::All,
            ..View::default()
        };
        for (row, key, data) in [
            (2, "button-check-all", String::from(RunCallback::Check)),
            (2, "button-thread", RunCallback::Now.into()),
            (3, "button-accounts", WatchCallback::List(all).into()),
            (4, "button-sites", SiteCallback::List(0).into()),
            (6, "button-charts", WatchCallback::Charts.into()),
        ] {
            let button = Button::labelled(actor.lang, key, data)?;
            entries.push(Entry { row, button });
        }
        Ok(entries)
    }
}

impl Slice for Watch {
    fn name(&self) -> &'static str {
        "watch"
    }

    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }

    fn callbacks(&self) -> &'static [Callbacks] {
        CALLBACKS
    }

    fn handle(&self, cx: &Context<'_>, input: Input<'_>) -> anyhow::Result<Option<Answer>> {
        match input {
            Input::Command { name, args } => self.command(cx, name, args).map(Some),
            Input::Callback(data) => self.callback(cx, data).map(Some),
            Input::Step(text) => self.handlers.text(cx, text),
            Input::File(file, fetched) if !file.is_photo => {
                self.handlers.document(cx, file.document, fetched)
            }
            Input::File(..) | Input::Text(_) => Ok(None),
        }
    }

    fn pressed(&self, tx: &WriteTx<'_>, chat: i64, message: i64) -> anyhow::Result<()> {
        store::leave_screen(tx, chat, message)
    }

    fn wants(
        &self,
        _connection: &Connection,
        _actor: &Actor,
        file: Attachment<'_>,
    ) -> anyhow::Result<Option<Wanted>> {
        Ok(table_in(file))
    }

    fn refine(&self, file: Attachment<'_>, bytes: &Bytes) -> Option<Fetched> {
        table_in(file).map(|_| Ok(bytes.clone()))
    }

    fn entries(
        &self,
        connection: &Connection,
        actor: &Actor,
        board: Board,
    ) -> anyhow::Result<Vec<Entry>> {
        match board {
            Board::Home => home(actor),
            Board::Panel => self.panel(connection, actor),
            Board::Person(id) => {
                let list = list_of_owner(id);
                let button = Button::labelled(actor.lang, "button-accounts-of", list)?;
                Ok(vec![Entry { row: 1, button }])
            }
            _ => Ok(Vec::new()),
        }
    }

    fn lines(
        &self,
        connection: &Connection,
        actor: &Actor,
        board: Board,
    ) -> anyhow::Result<Vec<Html>> {
        let count = |key: &str, n: usize| {
            vec![i18n::html(
                actor.lang,
                key,
                &Args::new().number("accounts", n),
            )]
        };
        match board {
            Board::Panel => {
                let all = store::totals(connection, None)?.all();
                Ok(count("panel-accounts", all))
            }
            Board::Person(id) => {
                let owned = store::count_of_owner(connection, id)?;
                Ok(count("person-accounts", owned))
            }
            Board::DeleteMe => {
                let owned = store::count_of_owner(connection, actor.id)?;
                Ok(count("delete-me-accounts", owned))
            }
            Board::Statistics => self.statistics(connection, actor),
            Board::Home | Board::Status | Board::Backup => Ok(Vec::new()),
        }
    }

    fn help(&self, lang: Lang) -> Vec<Html> {
        let sites = self.notifier.catalogue.iter().take(SITES_IN_HELP);
        let keys: Vec<&str> = sites.map(|site| site.key().as_str()).collect();
        let args = Args::new().text("sites", &keys.join(", "));
        vec![
            i18n::text(lang, "help-verdict"),
            i18n::html(lang, "help-sites", &args),
        ]
    }

    fn subject(&self, actor: &Actor, deed: Deed, stored: &str) -> Option<String> {
        let is_site = matches!(
            deed,
            Deed::Mute | Deed::Unmute | Deed::Apply | Deed::Discard
        );
        is_site.then(|| self.notifier.voice_to(actor).site_name(stored))
    }

    fn exports(&self) -> Vec<Export> {
        vec![
            Export {
                word: "accounts",
                make: |connection, lang, zone| table::sheet(connection, None, lang, zone),
            },
            Export {
                word: "runs",
                make: table::runs,
            },
        ]
    }

    fn retention(&self) -> &'static [Rule] {
        &store::KEPT
    }

    fn forget(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Vec<Outgoing>> {
        let accounts = store::forget(tx, actor.id)?;
        tracing::info!(
            accounts,
            "somebody's accounts were removed at their own request"
        );
        Ok(Vec::new())
    }

    fn chat_moved(&self, tx: &WriteTx<'_>, from: i64, to: i64) -> anyhow::Result<()> {
        store::move_requests(tx, from, to)
    }

    fn file_maker(&self, _slices: &Slices) -> Option<FileMaker> {
        let notifier = self.notifier.clone();
        Some(Box::new(move |connection, recipe| {
            files::make(&notifier, connection, recipe)
        }))
    }

    fn tools(&self) -> Vec<Box<dyn Tool>> {
        tools::tools(&self.notifier, &self.config.schedule)
    }

    fn start<'a>(&'a self, parts: Parts<'a>) -> BoxFuture<'a, anyhow::Result<Option<ThreadEnd>>> {
        Box::pin(async move {
            let watch = WatchParts {
                config: self.config.clone(),
                db: parts.db.clone(),
                clock: parts.clock.clone(),
                proxy: parts.proxy.clone(),
                notifier: self.notifier.clone(),
                bell: self.bell.clone(),
                scheduled: parts.is_bot,
                run_now: self.run_now,
            };
            let thread = driver::start(watch, parts.tasks).await?;
            if let Some(telegram) = parts.telegram.filter(|_| parts.is_bot) {
                let tables = self.handlers.clone().carry_out_tables(
                    parts.db.clone(),
                    parts.clock.clone(),
                    telegram.bell(),
                    parts.tasks.stop_token(),
                );
                parts.tasks.spawn("tables", tables);
            }
            Ok(Some(thread))
        })
    }
}

fn home(actor: &Actor) -> anyhow::Result<Vec<Entry>> {
    [
        (1, "button-add", WatchCallback::Add),
        (1, "button-list", WatchCallback::List(View::default())),
        (2, "button-check", WatchCallback::CheckMine),
        (2, "button-status", WatchCallback::Status),
    ]
    .into_iter()
    .map(|(row, key, data)| {
        let button = Button::labelled(actor.lang, key, data)?;
        Ok(Entry { row, button })
    })
    .collect()
}

/// The file to fetch, if an attachment is a table.
fn table_in(file: Attachment<'_>) -> Option<Wanted> {
    if file.is_photo {
        return None;
    }
    WatchHandlers::wants(file.document)
}

fn sums_line<'a>(actor: &Actor, key: &str, days: impl Iterator<Item = &'a SiteDay>) -> Html {
    let mut sums = SiteTally::default();
    for day in days {
        sums.add(day.tally);
    }
    let args = Args::new()
        .number("checked", sums.counts.checked())
        .number("found", sums.counts.found)
        .number("errors", sums.counts.errors);
    i18n::html(actor.lang, key, &args)
}

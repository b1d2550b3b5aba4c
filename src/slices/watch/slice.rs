//! The watch as a slice: its commands and buttons, its parts of other screens, its thread.

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::callback::{RunCallback, SiteCallback, View, WatchCallback, Whose, list_of_owner};
use super::handlers::WatchHandlers;
use super::model::account::SiteTally;
use super::model::config::WatchConfig;
use super::notices::Notifier;
use super::run::driver::{self, WatchParts};
use super::run::eye::Eyes;
use super::store::SiteDay;
use super::views::{files, table};
use super::{health, store, tools};
use crate::activation::Activator;
use crate::clock::{DAY, UnixMs};
use crate::db::{Connection, WriteTx};
use crate::html::Html;
use crate::http_server::health::Sign;
use crate::i18n::{self, Args, Lang};
use crate::people::Actor;
use crate::people::audit::Deed;
use crate::slice::{
    About, Attachment, Board, Callbacks, Command, Context, Export, FileMaker, Input, Parts, Shown,
    Slice, Slices, Who,
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

const EXPORTS: &[Export] = &[
    Export {
        word: "accounts",
        make: |connection, lang, zone| table::sheet(connection, None, lang, zone),
    },
    Export {
        word: "runs",
        make: table::runs,
    },
];

/// Maximum number of sites named in `/help`.
const SITES_IN_HELP: usize = 40;

#[derive(Debug)]
pub(crate) struct Watch {
    config: WatchConfig,
    notifier: Notifier,
    handlers: WatchHandlers,
    eyes: Eyes,
    bell: Activator,
    run_now: bool,
}

impl Watch {
    /// `bell` wakes the watch thread; `run_now` makes a run at the start, whatever the settings
    /// say.
    pub(crate) fn new(
        config: WatchConfig,
        notifier: Notifier,
        eyes: Eyes,
        bell: Activator,
        run_now: bool,
    ) -> Self {
        Self {
            handlers: WatchHandlers::new(&config, notifier.clone(), bell.clone()),
            config,
            notifier,
            eyes,
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

    fn statistics(&self, cx: &Context<'_>, shown: &mut Shown) -> anyhow::Result<()> {
        let (zone, now) = (&self.notifier.zone, cx.actor.now);
        let today = zone.day(now);
        let week = store::days(cx.tx, &zone.day(now.minus(DAY * 6)))?;
        let totals = store::totals(cx.tx, None)?;
        let accounts = Args::new()
            .number("all", totals.all())
            .number("pending", totals.pending)
            .number("done", totals.done)
            .number("paused", totals.paused);
        let of_today = week.iter().filter(|day| day.day == today);
        shown.lines.extend([
            i18n::html(shown.lang, "stats-accounts", &accounts),
            sums_line(shown.lang, "stats-today", of_today),
            sums_line(shown.lang, "stats-week", week.iter()),
        ]);
        Ok(())
    }

    fn panel(&self, cx: &Context<'_>, shown: &mut Shown) -> anyhow::Result<()> {
        let all = store::totals(cx.tx, None)?.all();
        shown.lines.push(count(shown.lang, "panel-accounts", all));
        let n_questions = store::mass_changes(cx.tx)?.len();
        if n_questions > 0 {
            let args = Args::new().number("n", n_questions);
            let text = i18n::plain(shown.lang, "button-mass-changes", &args);
            let button = Button::callback(&text, WatchCallback::MassChanges)?;
            shown.buttons.push((1, button));
        }
        let all = View {
            whose: Whose::All,
            ..View::default()
        };
        shown.button(2, "button-check-all", RunCallback::Check)?;
        shown.button(2, "button-thread", RunCallback::Now)?;
        shown.button(3, "button-accounts", WatchCallback::List(all))?;
        shown.button(4, "button-sites", SiteCallback::List(0))?;
        shown.button(6, "button-charts", WatchCallback::Charts)
    }

    fn help(&self, shown: &mut Shown) {
        let sites = self.notifier.catalogue.iter().take(SITES_IN_HELP);
        let keys: Vec<&str> = sites.map(|site| site.key().as_str()).collect();
        let args = Args::new().text("sites", &keys.join(", "));
        shown.text("help-verdict");
        shown
            .lines
            .push(i18n::html(shown.lang, "help-sites", &args));
    }
}

impl Slice for Watch {
    fn about(&self) -> About {
        About {
            commands: COMMANDS,
            callbacks: CALLBACKS,
            exports: EXPORTS,
            retention: &store::KEPT,
            ..About::named("watch")
        }
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

    fn show(&self, cx: &Context<'_>, board: Board, shown: &mut Shown) -> anyhow::Result<()> {
        match board {
            Board::Home => {
                shown.button(1, "button-add", WatchCallback::Add)?;
                shown.button(1, "button-list", WatchCallback::List(View::default()))?;
                shown.button(2, "button-check", WatchCallback::CheckMine)?;
                shown.button(2, "button-status", WatchCallback::Status)?;
            }
            Board::Panel => self.panel(cx, shown)?,
            Board::Person(id) => {
                let owned = store::count_of_owner(cx.tx, id)?;
                shown
                    .lines
                    .push(count(shown.lang, "person-accounts", owned));
                shown.button(1, "button-accounts-of", list_of_owner(id))?;
            }
            Board::DeleteMe => {
                let owned = store::count_of_owner(cx.tx, cx.actor.id)?;
                shown
                    .lines
                    .push(count(shown.lang, "delete-me-accounts", owned));
            }
            Board::Statistics => self.statistics(cx, shown)?,
            Board::Help => self.help(shown),
            Board::Status | Board::Backup | Board::Privacy => {}
        }
        Ok(())
    }

    fn subject(&self, actor: &Actor, deed: Deed, stored: &str) -> Option<String> {
        let is_site = matches!(
            deed,
            Deed::Mute | Deed::Unmute | Deed::Apply | Deed::Discard
        );
        is_site.then(|| self.notifier.voice_to(actor).site_name(stored))
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

    fn quiet_changed(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        chat: i64,
        since: UnixMs,
    ) -> anyhow::Result<()> {
        self.notifier.night_so_far(tx, now, chat, since)
    }

    fn health(
        &self,
        connection: &Connection,
        now: UnixMs,
        started_at: UnixMs,
    ) -> anyhow::Result<Option<Sign>> {
        health::sign(&self.config.schedule, connection, now, started_at).map(Some)
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
                eyes: self.eyes.clone(),
                bell: self.bell.clone(),
                scheduled: parts.is_bot,
                is_brief: !parts.is_bot && parts.telegram.is_some(),
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

fn count(lang: Lang, key: &str, accounts: usize) -> Html {
    i18n::html(lang, key, &Args::new().number("accounts", accounts))
}

/// The file to fetch, if an attachment is a table.
fn table_in(file: Attachment<'_>) -> Option<Wanted> {
    if file.is_photo {
        return None;
    }
    WatchHandlers::wants(file.document)
}

fn sums_line<'a>(lang: Lang, key: &str, days: impl Iterator<Item = &'a SiteDay>) -> Html {
    let mut sums = SiteTally::default();
    for day in days {
        sums.add(day.tally);
    }
    let args = Args::new()
        .number("checked", sums.counts.checked())
        .number("found", sums.counts.found)
        .number("errors", sums.counts.errors);
    i18n::html(lang, key, &args)
}

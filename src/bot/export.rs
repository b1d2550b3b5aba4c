//! What leaves the bot as a file: accounts of everybody, runs and the log as tables for admins, the database for an owner.
//!
//! A press writes down what to make; it is made when it is sent (`telegram::file`). Tables are for a spreadsheet: with a byte
//! order mark, in Russian with semicolons, and no cell is a formula.

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};

use super::Bot;
use super::panel::back_row;
use crate::clock::UnixMs;
use crate::db::{self, Connection, WriteTx};
use crate::i18n::{self, Args, Lang, label};
use crate::people::audit::{self, Deed};
use crate::people::{Asker, Role};
use crate::telegram::{Answer, Button, Keyboard, Made, Recipe, Screen};
use crate::watch::store;
use crate::zone::Zone;

/// The name by which recipes name the maker of these files.
pub const MAKER: &str = "admin";

/// The largest database that is sent: Telegram takes 50 MB, and a copy is no larger than the file.
const BACKUP_LIMIT: u64 = 50 * 1024 * 1024;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum What {
    Accounts,
    Audit,
    Runs,
    Backup,
}

impl What {
    const TABLES: [(&'static str, Self); 3] = [
        ("accounts", Self::Accounts),
        ("audit", Self::Audit),
        ("runs", Self::Runs),
    ];
}

/// What to make, and for whom.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    what: What,
    /// The language's two letters.
    language: String,
    /// The zone of times in it.
    zone: String,
    /// The day in its name.
    day: String,
}

/// The screen that offers the files.
pub(super) fn screen(asker: &Asker) -> anyhow::Result<Answer> {
    let lang = asker.lang;
    let mut keyboard = Keyboard::new();
    for (word, _) in What::TABLES {
        let text = label(lang, &format!("button-export-{word}"));
        keyboard = keyboard.row([Button::callback(&text, format!("admin:export:{word}"))?]);
    }
    if asker.role == Role::Owner {
        let text = label(lang, "button-backup");
        keyboard = keyboard.row([Button::callback(&text, "admin:backup:ask")?]);
    }
    Ok(Answer::screen(Screen::new(
        i18n::text(lang, "export"),
        keyboard.row(back_row(asker)?),
    )))
}

impl Bot {
    /// A table is wanted.
    pub(super) fn export(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        word: &str,
    ) -> anyhow::Result<Answer> {
        let Some((word, what)) = What::TABLES.into_iter().find(|(known, _)| *known == word) else {
            return Ok(screen(asker)?.toast(label(asker.lang, "stale-button")));
        };
        audit::note(tx, asker.now, asker.id, Deed::Export, None, word)?;
        let caption = i18n::text(asker.lang, &format!("export-{word}"));
        let answer = Answer::default().toast(label(asker.lang, "export-coming"));
        Ok(answer.file(self.recipe(asker, what)?, Screen::text(caption)))
    }

    /// The database is wanted; `sure` after the warning.
    pub(super) fn backup(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        sure: bool,
    ) -> anyhow::Result<Answer> {
        let lang = asker.lang;
        if asker.role != Role::Owner {
            return Ok(Answer::default().toast(label(lang, "owners-only")));
        }
        let bytes = db::size_bytes(tx)?;
        let size = Args::new().text("size", &i18n::megabytes(lang, bytes));
        let back = Button::callback(&label(lang, "button-back"), "admin:export")?;
        if bytes > BACKUP_LIMIT {
            let text = i18n::html(lang, "backup-too-large", &size);
            return Ok(Answer::screen(Screen::new(
                text,
                Keyboard::new().row([back]),
            )));
        }
        if !sure {
            let yes = Button::callback(&label(lang, "button-backup-sure"), "admin:backup:sure")?;
            let text = i18n::html(lang, "backup-ask", &size);
            let keyboard = Keyboard::new().row([yes]).row([back]);
            return Ok(Answer::screen(Screen::new(text, keyboard)));
        }
        audit::note(tx, asker.now, asker.id, Deed::Backup, None, "")?;
        tracing::info!(by = asker.id, "the database leaves as a file");
        let caption = i18n::text(lang, "backup-caption");
        let answer = screen(asker)?.toast(label(lang, "export-coming"));
        Ok(answer.file(self.recipe(asker, What::Backup)?, Screen::text(caption)))
    }

    fn recipe(&self, asker: &Asker, what: What) -> anyhow::Result<Recipe> {
        let zone = asker.zone.unwrap_or(self.watch.zone());
        let order = Order {
            what,
            language: asker.lang.code().to_owned(),
            zone: zone.name().to_owned(),
            day: zone.day(asker.now),
        };
        Recipe::document(MAKER, &order)
    }
}

/// Makes a file, as `telegram::Workshop` does.
///
/// # Errors
/// When the order cannot be read, or the database fails.
pub fn make(connection: &Connection, recipe: &Recipe) -> anyhow::Result<Made> {
    let order: Order = recipe.order()?;
    let lang = Lang::from_code(&order.language).context("a language that is not known")?;
    let zone = Zone::named(&order.zone).context("a zone that is not known")?;
    let (name, bytes) = match order.what {
        What::Backup => ("vakhta", copy(connection)?),
        What::Accounts => ("accounts", accounts(connection, Table::new(lang, zone))?),
        What::Audit => ("audit", log(connection, Table::new(lang, zone))?),
        What::Runs => ("runs", runs(connection, Table::new(lang, zone))?),
    };
    let extension = if order.what == What::Backup {
        "db"
    } else {
        "csv"
    };
    Ok(Made {
        name: format!("{name}_{}.{extension}", order.day),
        bytes: bytes.into(),
    })
}

/// A consistent copy of the whole database.
fn copy(connection: &Connection) -> anyhow::Result<Vec<u8>> {
    let source = connection.path().context("a database without a file")?;
    let folder = tempfile::tempdir().context("make a folder for the copy")?;
    let target = folder.path().join("copy.db");
    db::backup(std::path::Path::new(source), &target)?;
    let size = target.metadata()?.len();
    ensure!(
        size <= BACKUP_LIMIT,
        "a copy of {size} bytes is too large to send"
    );
    std::fs::read(&target).context("read the copy")
}

/// A table for a spreadsheet.
struct Table {
    writer: csv::Writer<Vec<u8>>,
    zone: &'static Zone,
}

impl Table {
    fn new(lang: Lang, zone: &'static Zone) -> Self {
        let delimiter = match lang {
            Lang::Ru => b';',
            Lang::En => b',',
        };
        let mut builder = csv::WriterBuilder::new();
        // The mark tells a spreadsheet that this is UTF-8.
        let writer = builder
            .delimiter(delimiter)
            .from_writer("\u{feff}".as_bytes().to_vec());
        Self { writer, zone }
    }

    fn row<const N: usize>(&mut self, cells: [&str; N]) -> anyhow::Result<()> {
        let cells = cells.map(|cell| {
            // A spreadsheet would calculate these.
            if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
                format!("'{cell}")
            } else {
                cell.to_owned()
            }
        });
        self.writer.write_record(&cells).context("write a row")
    }

    fn moment(&self, at: UnixMs) -> String {
        i18n::stamp(at, self.zone)
    }

    fn finish(self) -> anyhow::Result<Vec<u8>> {
        let bytes = self.writer.into_inner();
        bytes.map_err(|err| anyhow::anyhow!("finish the table: {err}"))
    }
}

fn accounts(connection: &Connection, mut table: Table) -> anyhow::Result<Vec<u8>> {
    table.row([
        "owner", "site", "username", "state", "days", "started", "ends", "done", "verdict",
        "reason", "checked",
    ])?;
    store::export(connection, None, |account| {
        let moment = |at: Option<UnixMs>| at.map_or_else(String::new, |at| table.moment(at));
        let (started, ends) = (
            table.moment(account.started_at),
            table.moment(account.ends_at),
        );
        let (done, checked) = (moment(account.done_at), moment(account.checked_at));
        table.row([
            &account.owner_id.to_string(),
            &account.site,
            &account.username,
            account.state.word(),
            &account.period_days.to_string(),
            &started,
            &ends,
            &done,
            account.verdict.map_or("", |verdict| verdict.word()),
            &account.reason,
            &checked,
        ])
    })?;
    table.finish()
}

fn log(connection: &Connection, mut table: Table) -> anyhow::Result<Vec<u8>> {
    table.row([
        "at",
        "by",
        "by_name",
        "deed",
        "person",
        "person_name",
        "what",
    ])?;
    audit::export(connection, |entry| {
        let at = table.moment(entry.at);
        table.row([
            &at,
            &entry.by.to_string(),
            &entry.by_name,
            entry.deed.map_or("", Deed::word),
            &entry
                .person
                .map_or_else(String::new, |person| person.to_string()),
            &entry.person_name,
            &entry.what,
        ])
    })?;
    table.finish()
}

fn runs(connection: &Connection, mut table: Table) -> anyhow::Result<Vec<u8>> {
    table.row([
        "run",
        "trigger",
        "state",
        "started",
        "ended",
        "total",
        "found",
        "not_found",
        "errors",
        "skipped",
    ])?;
    store::export_runs(connection, |id, run| {
        let started = table.moment(run.started_at);
        let ended = run.ended_at.map_or_else(String::new, |at| table.moment(at));
        table.row([
            &id.to_string(),
            run.trigger.word(),
            run.state.word(),
            &started,
            &ended,
            &run.total.to_string(),
            &run.counts.found.to_string(),
            &run.counts.not_found.to_string(),
            &run.counts.errors.to_string(),
            &run.skipped.to_string(),
        ])
    })?;
    table.finish()
}

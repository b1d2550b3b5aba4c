//! What leaves the bot as a file: accounts of everybody, runs and the log as tables for admins, the database for an owner.
//!
//! A press writes down what to make; it is made when it is sent (`telegram::file`).

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};

use super::Bot;
use super::panel::back_row;
use crate::db::{self, Connection, WriteTx};
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::people::audit::{self, Deed};
use crate::people::{Actor, Role};
use crate::sheet::Sheet;
use crate::slices::watch::store;
use crate::slices::watch::views::table;
use crate::telegram::{Answer, Button, Keyboard, Made, Recipe, Screen};
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
pub(super) fn screen(actor: &Actor) -> anyhow::Result<Answer> {
    let lang = actor.lang;
    let mut keyboard = Keyboard::new();
    for (word, _) in What::TABLES {
        let text = label(lang, &format!("button-export-{word}"));
        keyboard = keyboard.row([Button::callback(&text, format!("admin:export:{word}"))?]);
    }
    if actor.role == Role::Owner {
        let text = label(lang, "button-backup");
        keyboard = keyboard.row([Button::callback(&text, "admin:backup:ask")?]);
    }
    Ok(Answer::screen(Screen::new(
        i18n::text(lang, "export"),
        keyboard.row(back_row(actor)?),
    )))
}

impl Bot {
    /// A table is wanted.
    pub(super) fn export(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        word: &str,
    ) -> anyhow::Result<Answer> {
        let Some((word, what)) = What::TABLES.into_iter().find(|(known, _)| *known == word) else {
            return Ok(screen(actor)?.toast(label(actor.lang, "stale-button")));
        };
        audit::note(tx, actor.now, actor.id, Deed::Export, None, word)?;
        let caption = i18n::text(actor.lang, &format!("export-{word}"));
        let answer = Answer::default().toast(label(actor.lang, "export-coming"));
        Ok(answer.file(self.recipe(actor, what)?, Screen::text(caption)))
    }

    /// The database is wanted; `sure` after the warning.
    pub(super) fn backup(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        sure: bool,
    ) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        if actor.role != Role::Owner {
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
        audit::note(tx, actor.now, actor.id, Deed::Backup, None, "")?;
        tracing::info!(by = actor.id, "the database leaves as a file");
        let mut caption = i18n::text(lang, "backup-caption");
        if self.cards.is_some() {
            let photos = i18n::text(lang, "backup-without-photos");
            caption = Html::join([&caption, &photos], "\n\n");
        }
        let answer = screen(actor)?.toast(label(lang, "export-coming"));
        Ok(answer.file(self.recipe(actor, What::Backup)?, Screen::text(caption)))
    }

    fn recipe(&self, actor: &Actor, what: What) -> anyhow::Result<Recipe> {
        let zone = actor.zone.unwrap_or(self.watch.zone());
        let order = Order {
            what,
            language: actor.lang.code().to_owned(),
            zone: zone.name().to_owned(),
            day: zone.day(actor.now),
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
        What::Accounts => ("accounts", table::sheet(connection, None, lang, zone)?),
        What::Audit => ("audit", log(connection, lang, zone)?),
        What::Runs => ("runs", runs(connection, lang, zone)?),
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

fn log(connection: &Connection, lang: Lang, zone: &Zone) -> anyhow::Result<Vec<u8>> {
    let mut table = Sheet::new(lang);
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
        let at = i18n::stamp(entry.at, zone);
        table.row([
            at.as_str(),
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

fn runs(connection: &Connection, lang: Lang, zone: &Zone) -> anyhow::Result<Vec<u8>> {
    let mut table = Sheet::new(lang);
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
        let started = i18n::stamp(run.started_at, zone);
        let ended = run
            .ended_at
            .map_or_else(String::new, |at| i18n::stamp(at, zone));
        table.row([
            id.to_string().as_str(),
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

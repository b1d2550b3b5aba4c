//! File exports: everybody's accounts, runs and the log as tables for admins, the database for an
//! owner.
//!
//! A press only stores what to make; the file is made when it is sent (`telegram::file`).

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};

use super::Admin;
use super::callback::AdminCallback;
use crate::db::{self, Connection};
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::navigation::panel_button;
use crate::people::audit::{self, Deed};
use crate::people::{Actor, Role};
use crate::sheet::Sheet;
use crate::slice::{Board, Context, Export};
use crate::telegram::{Answer, Button, Keyboard, Made, Recipe, Screen};
use crate::zone::Zone;

/// The maker's name in the recipes of these files.
pub(super) const MAKER: &str = "admin";

/// The largest database that is sent: Telegram accepts 50 MB, and a copy is no larger than the
/// file.
const BACKUP_LIMIT: u64 = 50 * 1024 * 1024;

/// The database's word in recipes.
const BACKUP: &str = "backup";

/// The audit log as a table.
pub(super) const AUDIT: Export = Export {
    word: "audit",
    make: log,
};

#[derive(Debug, Serialize, Deserialize)]
struct Order {
    what: String,
    /// The language's two-letter code.
    language: String,
    /// The time zone for times in the file.
    zone: String,
    /// The day in the file's name.
    day: String,
}

pub(super) fn screen(cx: &Context<'_>) -> anyhow::Result<Answer> {
    let lang = cx.actor.lang;
    let mut keyboard = Keyboard::new();
    for Export { word, .. } in cx.slices.exports() {
        let key = format!("button-export-{word}");
        let export = AdminCallback::Export(word);
        keyboard = keyboard.row([Button::labelled(lang, &key, export)?]);
    }
    if cx.actor.role == Role::Owner {
        let backup = Button::labelled(lang, "button-backup", AdminCallback::AskBackup)?;
        keyboard = keyboard.row([backup]);
    }
    Ok(Answer::screen(
        i18n::text(lang, "export"),
        keyboard.row([panel_button(lang)?]),
    ))
}

impl Admin {
    /// Sends a table.
    pub(super) fn export(&self, cx: &Context<'_>, word: &str) -> anyhow::Result<Answer> {
        let (tx, actor) = (cx.tx, cx.actor);
        if !cx.slices.exports().iter().any(|export| export.word == word) {
            return Ok(screen(cx)?.toast(label(actor.lang, "stale-button")));
        }
        audit::note(tx, actor, Deed::Export, None, word)?;
        let caption = Screen::text(i18n::text(actor.lang, &format!("export-{word}")));
        Ok(Answer::export(
            actor.lang,
            self.recipe(actor, word)?,
            caption,
        ))
    }

    /// The database is wanted; `sure` after the warning.
    pub(super) fn backup(&self, cx: &Context<'_>, sure: bool) -> anyhow::Result<Answer> {
        let (tx, actor) = (cx.tx, cx.actor);
        let lang = actor.lang;
        let bytes = db::size_bytes(tx)?;
        let size = Args::new().text("size", &i18n::megabytes(lang, bytes));
        let back = Button::labelled(lang, "button-back", AdminCallback::Exports)?;
        if bytes > BACKUP_LIMIT {
            let text = i18n::html(lang, "backup-too-large", &size);
            return Ok(Answer::screen(text, Keyboard::new().row([back])));
        }
        if !sure {
            let yes = Button::labelled(lang, "button-backup-sure", AdminCallback::Backup)?;
            let text = i18n::html(lang, "backup-ask", &size);
            let keyboard = Keyboard::new().row([yes]).row([back]);
            return Ok(Answer::screen(text, keyboard));
        }
        audit::note(tx, actor, Deed::Backup, None, "")?;
        tracing::info!(by = actor.id, "the database leaves as a file");
        let mut caption = vec![i18n::text(lang, "backup-caption")];
        caption.extend(cx.slices.show(cx, Board::Backup)?.lines);
        let caption = Html::join(&caption, "\n\n");
        let answer = screen(cx)?.toast(label(lang, "export-coming"));
        Ok(answer.file(self.recipe(actor, BACKUP)?, Screen::text(caption)))
    }

    fn recipe(&self, actor: &Actor, what: &str) -> anyhow::Result<Recipe> {
        let order = Order {
            what: what.to_owned(),
            language: actor.lang.word().to_owned(),
            zone: actor.zone.name().to_owned(),
            day: actor.zone.day(actor.now),
        };
        Recipe::document(MAKER, &order)
    }
}

/// Makes the file of a recipe: one of the tables, or the database.
pub(super) fn make(
    connection: &Connection,
    recipe: &Recipe,
    exports: &[Export],
) -> anyhow::Result<Made> {
    let order: Order = recipe.order()?;
    if order.what == BACKUP {
        return Ok(Made {
            name: format!("vakhta_{}.db", order.day),
            bytes: copy(connection)?.into(),
        });
    }
    let lang = Lang::from_word(&order.language).context("a language that is not known")?;
    let zone = Zone::named(&order.zone).context("a zone that is not known")?;
    let export = exports.iter().find(|export| export.word == order.what);
    let export = export.context("a table that nobody makes")?;
    Ok(Made {
        name: format!("{}_{}.csv", export.word, order.day),
        bytes: (export.make)(connection, lang, zone)?.into(),
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

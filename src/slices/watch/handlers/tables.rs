//! Tables of accounts that people send and ask for.
//!
//! A table is first only previewed: what is new, what is known, what is wrong. The dialogue step
//! keeps the table itself, so that *apply* does what was shown, also after a restart. If accounts
//! were added or removed meanwhile, the preview is shown again with the new counts. A large table
//! is added by `portions`.

use serde::{Deserialize, Serialize};

use super::WatchHandlers;
use super::added::{bad_lines, count_known, joined, ways_on};
use super::portions::PORTION;
use crate::db::Connection;
use crate::dialogue;
use crate::html::Html;
use crate::i18n::{self, Args, label};
use crate::navigation::{cancel_button, home_button};
use crate::people::Actor;
use crate::people::audit::{self, Deed};
use crate::slice::Context;
use crate::slices::watch::callback::{View, WatchCallback, Whose};
use crate::slices::watch::notices::texts;
use crate::slices::watch::store;
use crate::slices::watch::store::{Allowance, Import};
use crate::slices::watch::views::files;
use crate::slices::watch::views::table;
use crate::slices::watch::views::table::Table;
use crate::telegram::{Answer, Button, Document, Fetched, FileFault, Keyboard, Screen, Wanted};

/// The largest table that is taken, in bytes: some ten thousand rows.
const LARGEST: usize = 512 * 1024;

/// A table that waits for *apply*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "table", rename_all = "kebab-case")]
pub(super) enum TableStep {
    /// It was previewed, and its counts were shown.
    Shown {
        /// When; the buttons that belong to it carry the same.
        at: i64,
        /// The table as it came.
        text: String,
        counts: TableCounts,
    },
}

/// What comes of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TableCounts {
    new: usize,
    known: usize,
    bad: usize,
    /// New ones beyond what the person may have.
    #[serde(default)]
    over: usize,
}

impl WatchHandlers {
    /// The file to fetch for a document, if it looks like a table.
    #[must_use]
    pub(crate) fn wants(document: &Document) -> Option<Wanted> {
        is_table_file(document).then(|| Wanted {
            file_id: document.file_id.clone(),
            at_most: LARGEST,
        })
    }

    /// A document; none when it is no table.
    pub(crate) fn document(
        &self,
        cx: &Context<'_>,
        document: &Document,
        file: Option<&Fetched>,
    ) -> anyhow::Result<Option<Answer>> {
        if !is_table_file(document) {
            return Ok(None);
        }
        let problem = match file {
            Some(Ok(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => return self.preview_table(cx, text, false).map(Some),
                Err(_) => "table-not-utf8",
            },
            Some(Err(FileFault::TooLarge)) => "table-too-large",
            Some(Err(FileFault::Gone | FileFault::OutOfReach | FileFault::Unfit(_))) | None => {
                "table-out-of-reach"
            }
        };
        let args = Args::new().number("kb", LARGEST / 1024);
        let text = i18n::html(cx.actor.lang, problem, &args);
        Ok(Some(Answer::screen(text, ways_on(cx.actor.lang)?)))
    }

    /// Shows what would come of a table, and asks whether to go on.
    pub(super) fn preview_table(
        &self,
        cx: &Context<'_>,
        text: &str,
        changed_meanwhile: bool,
    ) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let lang = actor.lang;
        let table = self.read_table(actor, text);
        let allowance = Allowance::of(cx.tx, actor.id, self.per_owner)?;
        let counts = count(cx.tx, &table, allowance)?;
        let args = Args::new()
            .number("new", counts.new)
            .number("known", counts.known)
            .number("bad", counts.bad);
        let mut lines = Vec::new();
        if changed_meanwhile {
            lines.push(i18n::text(lang, "table-changed"));
        }
        lines.push(i18n::html(lang, "table-shown", &args));
        lines.extend(bad_lines(lang, &table.problems));
        lines.extend(self.over_limit(lang, counts.over, allowance));
        if counts.new == 0 {
            dialogue::end(cx.tx, actor)?;
            lines.push(i18n::text(lang, "table-nothing"));
            return Ok(Answer::screen(texts::fit(lines), ways_on(actor.lang)?));
        }
        let at = actor.now.0;
        let step = TableStep::Shown {
            at,
            text: text.to_owned(),
            counts,
        };
        dialogue::set(cx.tx, actor, &step)?;
        let apply = i18n::plain(lang, "button-apply", &Args::new().number("n", counts.new));
        let keyboard = Keyboard::new()
            .row([Button::callback(&apply, WatchCallback::Apply(at))?])
            .row([cancel_button(lang)?]);
        Ok(Answer::screen(texts::fit(lines), keyboard))
    }

    /// *Apply*, of the table that was shown at a moment.
    pub(super) fn apply_table(&self, cx: &Context<'_>, shown_at: i64) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let lang = actor.lang;
        let step = dialogue::step::<TableStep>(tx, actor)?;
        let Some(TableStep::Shown { text, counts, .. }) =
            step.filter(|TableStep::Shown { at, .. }| *at == shown_at)
        else {
            let list = self.list_screen(cx, View::default())?;
            return Ok(list.toast(label(lang, "done-already")));
        };
        let table = self.read_table(actor, &text);
        let mut allowance = Allowance::of(tx, actor.id, self.per_owner)?;
        if count(tx, &table, allowance)? != counts {
            return self.preview_table(cx, &text, true);
        }
        if table.accounts.len() > PORTION {
            return self.apply_later(cx, text, counts.new);
        }
        for (_, account) in &table.accounts {
            allowance.add(tx, actor.now, account)?;
        }
        dialogue::end(tx, actor)?;
        let args = Args::new()
            .number("added", counts.new)
            .number("known", counts.known)
            .number("bad", counts.bad);
        let over = self.over_limit(lang, counts.over, allowance);
        let done = joined(i18n::html(lang, "add-many", &args), over);
        let sites = table
            .accounts
            .iter()
            .map(|(_, account)| account.site.as_str());
        let lines: Vec<Html> = std::iter::once(done)
            .chain(self.site_notes(lang, sites))
            .collect();
        Ok(Answer::screen(texts::fit(lines), ways_on(actor.lang)?))
    }

    /// A table with more rows than are added at a time; the result comes later.
    fn apply_later(&self, cx: &Context<'_>, text: String, new: usize) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let lang = actor.lang;
        let import = Import {
            person: actor.id,
            chat: actor.chat_id,
            text,
        };
        if !store::begin_import(cx.tx, actor.now, &import)? {
            return Ok(Answer::default().toast(label(lang, "table-busy")));
        }
        dialogue::end(cx.tx, actor)?;
        let words = i18n::html(lang, "table-large", &Args::new().number("n", new));
        Ok(Answer::screen(words, ways_on(lang)?).ring(&self.tables))
    }

    fn read_table(&self, actor: &Actor, text: &str) -> Table {
        table::read(&self.notifier.catalogue, text, actor.id, self.period_days)
    }

    /// Sends accounts as a table below the screen.
    pub(super) fn export(&self, cx: &Context<'_>, whose: Whose) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let lang = actor.lang;
        let view = View {
            whose,
            ..View::default()
        };
        let owner = view.owner(actor);
        if owner != Some(actor.id) {
            audit::note(cx.tx, actor, Deed::Export, owner, "accounts")?;
        }
        let recipe = files::accounts(owner, actor)?;
        let home = home_button(lang)?;
        let caption = Screen::new(
            i18n::text(lang, "table-caption"),
            Keyboard::new().row([home]),
        );
        Ok(Answer::export(lang, recipe, caption))
    }
}

/// What would be added, what is there already, and what is wrong.
fn count(
    connection: &Connection,
    table: &Table,
    allowance: Allowance,
) -> anyhow::Result<TableCounts> {
    let known = count_known(connection, table)?;
    let all_new = table.accounts.len() - known;
    let new = allowance.of_new(all_new);
    Ok(TableCounts {
        new,
        known,
        bad: table.problems.len(),
        over: all_new - new,
    })
}

fn is_table_file(document: &Document) -> bool {
    let name = document.name.to_lowercase();
    let is_named = [".csv", ".txt", ".tsv"]
        .iter()
        .any(|end| name.ends_with(end));
    is_named || document.mime == "text/csv"
}

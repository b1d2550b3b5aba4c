//! Accounts as a table: CSV files in and out, for the bot and the command line.
//!
//! # Invariants
//! - A written table can be read back, by a spreadsheet and by us.
//! - Each row is an account with a valid name, or a problem with its line number.

use std::collections::HashSet;
use std::io::Write;

use crate::clock::UnixMs;
use crate::db::Connection;
use crate::html::clean_line;
use crate::i18n::{self, Lang};
use crate::sheet::{self, Sheet};
use crate::slices::watch::catalogue::Catalogue;
use crate::slices::watch::catalogue::line::{LONGEST_NOTE, LineProblem, of_parts};
use crate::slices::watch::model::account::{Account, Until};
use crate::slices::watch::model::verdict::Verdict;
use crate::slices::watch::store;
use crate::slices::watch::store::NewAccount;
use crate::zone::Zone;

/// Required columns.
const NEEDED: [&str; 2] = ["site", "username"];

/// The contents of a table.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Line and account, in the order of lines, each account once.
    pub(crate) accounts: Vec<(u64, NewAccount)>,
    /// The other rows: the line and its problem.
    pub(crate) problems: Vec<(u64, LineProblem)>,
}

/// True if a text begins like a table of accounts.
#[must_use]
pub(crate) fn is_table(text: &str) -> bool {
    let (_, text) = announced_delimiter(without_mark(text));
    let header = text.lines().next().unwrap_or_default();
    let cells: Vec<String> = header.split([',', ';', '\t', '|']).map(title).collect();
    NEEDED
        .iter()
        .all(|needed| cells.iter().any(|cell| cell == needed))
}

/// Reads a table; `period_days` is the default for rows without days.
#[must_use]
pub(crate) fn read(catalogue: &Catalogue, text: &str, owner_id: i64, period_days: u32) -> Table {
    // The CSV reader miscounts Windows line ends.
    let text = without_mark(text).replace("\r\n", "\n");
    let (announced, rows) = announced_delimiter(&text);
    let lines_before = u64::from(announced.is_some());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(announced.unwrap_or_else(|| delimiter(rows)))
        .flexible(true)
        .from_reader(rows.as_bytes());
    let mut table = Table::default();
    let titles: Vec<String> = reader
        .headers()
        .map(|titles| titles.iter().map(title).collect())
        .unwrap_or_default();
    for needed in NEEDED {
        if !titles.iter().any(|title| title == needed) {
            let header = lines_before + 1;
            table.problems.push((header, LineProblem::NoColumn(needed)));
        }
    }
    if !table.problems.is_empty() {
        return table;
    }
    let mut seen = HashSet::new();
    for record in reader.records() {
        let (line, account) = match record {
            // The only possible error is invalid UTF-8, which a `&str` cannot be.
            Err(_) => (0, Err(LineProblem::Empty)),
            // Spreadsheets write rows that somebody has emptied.
            Ok(record) if record.iter().all(|cell| cell.trim().is_empty()) => continue,
            Ok(record) => {
                let line = lines_before + record.position().map_or(0, |at| line_of(rows, at));
                let row = Row {
                    titles: &titles,
                    record: &record,
                };
                (line, row.account(catalogue, owner_id, period_days))
            }
        };
        match account {
            Err(problem) => table.problems.push((line, problem)),
            Ok(account) => {
                if seen.insert((account.site.clone(), account.username.clone())) {
                    table.accounts.push((line, account));
                }
            }
        }
    }
    table
}

/// The line of a row. The reader counts empty lines before a row as part of it.
fn line_of(text: &str, at: &csv::Position) -> u64 {
    let start = usize::try_from(at.byte()).unwrap_or(usize::MAX);
    let row = text.as_bytes().get(start..).unwrap_or_default();
    let empty = row.iter().take_while(|byte| **byte == b'\n').count();
    at.line() + empty as u64
}

struct Row<'a> {
    titles: &'a [String],
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    /// The text of a cell; none if the column is missing or the cell is empty.
    fn cell(&self, title: &str) -> Option<&str> {
        let column = self.titles.iter().position(|of| of == title)?;
        let cell = self.record.get(column)?.trim();
        Some(sheet::from_text(cell)).filter(|cell| !cell.is_empty())
    }

    fn account(
        &self,
        catalogue: &Catalogue,
        owner_id: i64,
        period_days: u32,
    ) -> Result<NewAccount, LineProblem> {
        let needed = |title| self.cell(title).ok_or(LineProblem::NoCell(title));
        let (site, username) = (needed("site")?, needed("username")?);
        let line = of_parts(catalogue, username, site, self.cell("days"))?;
        let until = match self.cell("until") {
            None => Until::Found,
            Some(word) => Until::from_word(&word.to_lowercase())
                .ok_or_else(|| LineProblem::Until(word.to_owned()))?,
        };
        let note = clean_line(self.cell("note").unwrap_or_default());
        if note.chars().count() > LONGEST_NOTE {
            return Err(LineProblem::Note(note.chars().count()));
        }
        Ok(NewAccount {
            owner_id,
            site: line.site.key().to_string(),
            username: line.username.to_string(),
            period_days: line.days.unwrap_or(period_days),
            until,
            note,
        })
    }
}

/// A title, normalised for comparison.
fn title(cell: &str) -> String {
    cell.trim().trim_matches('"').to_lowercase()
}

/// Removes the byte order mark that Excel writes.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The delimiter that the first line names (`sep=;`, for Excel), and the text after that line.
fn announced_delimiter(text: &str) -> (Option<u8>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let first = first.trim_end_matches('\r').trim_matches('"');
    let named = first
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("sep="))
        .and_then(|_| first.get(4..));
    match named.map(str::as_bytes) {
        // A spreadsheet that saves the line again fills it up with empty cells.
        Some([delimiter, cells @ ..]) if cells.iter().all(|byte| byte == delimiter) => {
            (Some(*delimiter), rest)
        }
        _ => (None, text),
    }
}

/// Detects the delimiter; Russian spreadsheets use semicolons.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let most = [b',', b';', b'\t'];
    let count = |mark: &u8| header.bytes().filter(|byte| byte == mark).count();
    // On a tie, the first one wins.
    let mut best = b',';
    for mark in most {
        if count(&mark) > count(&best) {
            best = mark;
        }
    }
    best
}

/// Writes accounts for other programs, with the columns needed to add them again: three, plus a
/// fourth if some account waits for something other than *found*.
pub(crate) fn write(
    connection: &Connection,
    owner: Option<i64>,
    out: impl Write,
) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let columns = 3 + usize::from(store::some_wait_otherwise(connection, owner)?);
    let titles = ["site", "username", "days", "until"];
    writer.write_record(titles.iter().take(columns))?;
    store::export(connection, owner, |account| {
        let days = account.period_days.to_string();
        let cells = [
            &account.site,
            &account.username,
            &days,
            account.until.word(),
        ];
        writer.write_record(cells.iter().take(columns))?;
        Ok(())
    })?;
    writer.flush()?;
    Ok(())
}

/// Writes accounts with all columns, for people's spreadsheets. Everybody's accounts include the
/// owner.
pub(crate) fn sheet(
    connection: &Connection,
    owner: Option<i64>,
    lang: Lang,
    zone: &Zone,
) -> anyhow::Result<Vec<u8>> {
    let mut sheet = Sheet::new(lang);
    let titles = [
        "site", "username", "days", "until", "note", "state", "started", "ends", "done", "verdict",
        "reason", "checked", "seen",
    ];
    let whose = owner.is_none().then_some("owner");
    sheet.row(titles.into_iter().chain(whose))?;
    store::export(connection, owner, |account| {
        let whose = owner.is_none().then(|| account.owner_id.to_string());
        sheet.row(cells(account, zone).into_iter().chain(whose))
    })?;
    sheet.finish()
}

fn cells(account: &Account, zone: &Zone) -> [String; 13] {
    let moment = |at: Option<UnixMs>| at.map_or_else(String::new, |at| i18n::stamp(at, zone));
    [
        account.site.clone(),
        account.username.clone(),
        account.period_days.to_string(),
        account.until.word().to_owned(),
        account.note.clone(),
        account.state.word().to_owned(),
        moment(Some(account.started_at)),
        moment(Some(account.ends_at)),
        moment(account.done_at),
        account.verdict.map_or("", Verdict::word).to_owned(),
        account.reason.clone(),
        moment(account.checked_at),
        moment(account.seen_at),
    ]
}

/// Runs as a table.
pub(crate) fn runs(connection: &Connection, lang: Lang, zone: &Zone) -> anyhow::Result<Vec<u8>> {
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

#[cfg(test)]
#[path = "tests/table.rs"]
mod tests;

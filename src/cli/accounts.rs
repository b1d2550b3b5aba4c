//! `vakhta accounts add|list|import|export`.
//!
//! The CSV header is `site,username,days,until`; the last two columns are optional ([`table`]). An
//! import is one transaction: if rows are wrong, they are reported by line and nothing is imported.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::Subcommand;

use super::{Failure, output};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::i18n::{self, Args, Lang};
use crate::people;
use crate::settings;
use crate::slices::watch::model::account::Until;
use crate::slices::watch::site::Asks;
use crate::slices::watch::store;
use crate::slices::watch::store::{Added, NewAccount};
use crate::slices::watch::views::table;
use crate::slices::watch::{Catalogue, LineProblem, load_catalogue, of_parts};
use crate::tasks::Tasks;

/// Maximum number of wrong rows reported in full; the rest is only counted.
const SHOWN_PROBLEMS: usize = 50;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add one account
    Add {
        /// User name, exactly as the site spells it
        username: String,
        /// Site by its key or exact name [default: sites.default]
        site: Option<String>,
        /// Agreed days [default: `watch.period_days`]
        days: Option<String>,
        /// What to wait for: that the account is found, that it is gone, or any change
        #[arg(long, default_value = "found", value_parser = ["found", "gone", "change"])]
        until: String,
        /// Telegram id of the person who waits [default: the first owner]
        #[arg(long, value_name = "TELEGRAM_ID")]
        owner: Option<i64>,
    },
    /// List accounts
    List {
        /// Only this person's accounts
        #[arg(long, value_name = "TELEGRAM_ID")]
        owner: Option<i64>,
    },
    /// Add accounts from a CSV file with the header site,username,days,until (days and until are
    /// optional)
    Import {
        /// The file; `-` for standard input
        file: PathBuf,
        /// Telegram id of the person who waits [default: the first owner]
        #[arg(long, value_name = "TELEGRAM_ID")]
        owner: Option<i64>,
    },
    /// Write accounts as CSV
    Export {
        /// The new file [default: standard output]
        file: Option<PathBuf>,
        /// Only this person's accounts
        #[arg(long, value_name = "TELEGRAM_ID")]
        owner: Option<i64>,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    let tasks = Tasks::new();
    let (db, _end) = Db::open(&config.database, &tasks)?;
    match command {
        Command::Add {
            username,
            site,
            days,
            until,
            owner,
        } => {
            let site = site.unwrap_or_else(|| config.watch.default_site.clone());
            let until = Until::from_word(&until).unwrap_or_default();
            add(
                config,
                &db,
                owner,
                (&username, &site, days.as_deref()),
                until,
            )
            .await
        }
        Command::List { owner } => list(&db, owner).await,
        Command::Import { file, owner } => import(config, &db, &file, owner).await,
        Command::Export { file, owner } => export(&db, file, owner).await,
    }
}

async fn add(
    config: &Config,
    db: &Db,
    owner: Option<i64>,
    (username, site, days): (&str, &str, Option<&str>),
    until: Until,
) -> Result<(), Failure> {
    let catalogue = load_catalogue(&config.watch).map_err(|err| Failure::Usage(err.into()))?;
    let owner = the_owner(config, db, owner).await?;
    let line = of_parts(&catalogue, username.trim(), site.trim(), days)
        .map_err(|problem| Failure::Usage(anyhow!("{}", problem.text(Lang::En).to_plain())))?;
    let days = line.days.unwrap_or(config.watch.period_days);
    let account = NewAccount {
        until,
        ..NewAccount::new(
            owner,
            line.site.key().as_str(),
            line.username.as_str(),
            days,
        )
    };
    let named = format!("{} on {}", account.username, account.site);
    warn_of_names_only(&catalogue, std::slice::from_ref(&account));
    let now = Clock::system().now();
    let added = db
        .write(move |tx| {
            people::admit(tx, now, account.owner_id)?;
            store::add(tx, now, &account)
        })
        .await?;
    output::say(&match added {
        Added::New(id) => format!("added {named} as account {id}"),
        Added::Known(id, state) => {
            format!("{named} already exists: account {id}, {}", state.word())
        }
    })?;
    Ok(())
}

async fn list(db: &Db, owner: Option<i64>) -> Result<(), Failure> {
    db.read(move |c| {
        store::export(c, owner, |account| {
            let verdict = account.verdict.map_or("-", |verdict| verdict.word());
            let until = match account.until {
                Until::Found => String::new(),
                other => format!(", until {}", other.word()),
            };
            output::say(&format!(
                "{:>6}  {:<8} {:<10} {:<24} {} (owner {}{until}) {}",
                account.id,
                account.state.word(),
                verdict,
                account.username,
                account.site,
                account.owner_id,
                account.reason
            ))
        })
    })
    .await?;
    Ok(())
}

async fn import(config: &Config, db: &Db, file: &Path, owner: Option<i64>) -> Result<(), Failure> {
    let catalogue = load_catalogue(&config.watch).map_err(|err| Failure::Usage(err.into()))?;
    let owner = the_owner(config, db, owner).await?;
    let text = read_text(file).with_context(|| format!("read {}", file.display()))?;
    let accounts = match accounts_of_csv(&catalogue, &text, owner, config.watch.period_days) {
        Ok(accounts) => accounts,
        Err(problems) => {
            for problem in problems.iter().take(SHOWN_PROBLEMS) {
                output::complain(&format!("{}: {problem}", file.display()));
            }
            let n = problems.len();
            if n > SHOWN_PROBLEMS {
                output::complain(&format!("… and {} more", n - SHOWN_PROBLEMS));
            }
            return Err(Failure::Work(anyhow!("nothing was imported: {n} bad rows")));
        }
    };
    warn_of_names_only(&catalogue, &accounts);
    let now = Clock::system().now();
    let (added, known) = db
        .write(move |tx| {
            people::admit(tx, now, owner)?;
            let (mut added, mut known) = (0_usize, 0_usize);
            for account in &accounts {
                match store::add(tx, now, account)? {
                    Added::New(_) => added += 1,
                    Added::Known(..) => known += 1,
                }
            }
            Ok((added, known))
        })
        .await?;
    output::say(&format!(
        "imported {added} accounts, {known} already existed"
    ))?;
    Ok(())
}

/// Some sites only tell whether a name is taken. Warns once per such site that the bot cannot see a
/// profile return.
fn warn_of_names_only(catalogue: &Catalogue, accounts: &[NewAccount]) {
    let keys: BTreeSet<&str> = accounts
        .iter()
        .map(|account| account.site.as_str())
        .collect();
    for site in keys.into_iter().filter_map(|key| catalogue.find(key)) {
        if site.asks() == Asks::Name {
            let args = Args::new().text("site", site.name());
            output::complain(&i18n::html(Lang::En, "add-name-only", &args).to_plain());
        }
    }
}

fn read_text(file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes)?;
    } else {
        settings::open_file(file)?.read_to_end(&mut bytes)?;
    }
    String::from_utf8(bytes).context("it is not UTF-8; save it as UTF-8")
}

/// All accounts of a CSV text, or every problem with its line.
///
/// # Errors
/// The problems, as sentences for the operator.
pub fn accounts_of_csv(
    catalogue: &Catalogue,
    text: &str,
    owner: i64,
    period_days: u32,
) -> Result<Vec<NewAccount>, Vec<String>> {
    let table = table::read(catalogue, text, owner, period_days);
    if table.problems.is_empty() {
        return Ok(table.accounts.into_iter().map(|(_, new)| new).collect());
    }
    let spoken = |(line, problem): &(u64, LineProblem)| {
        format!("line {line}: {}", problem.text(Lang::En).to_plain())
    };
    Err(table.problems.iter().map(spoken).collect())
}

async fn export(db: &Db, file: Option<PathBuf>, owner: Option<i64>) -> Result<(), Failure> {
    db.read(move |c| {
        let out: Box<dyn Write> = match &file {
            None => Box::new(std::io::stdout().lock()),
            Some(path) => Box::new(
                File::create_new(path)
                    .with_context(|| format!("make the new file {}", path.display()))?,
            ),
        };
        table::write(c, owner, out)
    })
    .await?;
    Ok(())
}

/// The owner of accounts added here: the named person, or the first owner.
pub(super) async fn the_owner(
    config: &Config,
    db: &Db,
    named: Option<i64>,
) -> Result<i64, Failure> {
    let stored = db.read(people::first_owner).await?;
    named
        .or_else(|| config.people.admins.first().copied())
        .or(stored)
        .ok_or_else(|| {
            Failure::Usage(anyhow!(
                "this bot has no owner yet; say who waits with --owner TELEGRAM_ID"
            ))
        })
}

#[cfg(test)]
#[path = "tests/accounts.rs"]
mod tests;

//! `vakhta tokens add|list|revoke`.
//!
//! A running bot accepts a new token at once, and refuses it as soon as it is revoked.
//!
//! # Invariants
//! - A token is printed once, alone on standard output, and nowhere else.
//! - A token is stored after it was printed: what nobody has seen is not valid.

use std::net::Ipv4Addr;

use anyhow::{Context as _, anyhow};
use clap::{Subcommand, ValueEnum};

use super::accounts::the_owner;
use super::{Failure, output};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::http_server::tokens;
use crate::http_server::tokens::Scope;
use crate::i18n;
use crate::people;
use crate::tasks::Tasks;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create a token and print it; it cannot be shown again
    Add {
        /// What it is for, in your own words
        name: String,
        /// What the token may be used for
        #[arg(long, value_enum, default_value = "chat")]
        scope: Vec<ScopeArgument>,
        /// Telegram id of the person it acts for [default: the first owner]
        #[arg(long, value_name = "TELEGRAM_ID")]
        owner: Option<i64>,
    },
    /// List tokens, without their secrets
    List,
    /// Revoke a token
    Revoke {
        /// Its number in the list
        id: i64,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ScopeArgument {
    Chat,
    Telegram,
}

impl From<ScopeArgument> for Scope {
    fn from(argument: ScopeArgument) -> Self {
        match argument {
            ScopeArgument::Chat => Self::Chat,
            ScopeArgument::Telegram => Self::Telegram,
        }
    }
}

/// The address where a browser signs in, without the token; `None` if there is no page, or its port
/// is unknown. The part after the # never leaves the browser.
fn page(config: &Config) -> Option<String> {
    let has_page = config.assistant.enabled || config.mtproto.enabled;
    let mut address = config.http.listen.filter(|_| has_page)?;
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    (address.port() > 0).then(|| format!("http://{address}/#"))
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    let tasks = Tasks::new();
    let (db, _end) = Db::open(&config.database, &tasks)?;
    match command {
        Command::Add { name, scope, owner } => {
            let owner = the_owner(config, &db, owner).await?;
            let scopes: Vec<Scope> = scope.into_iter().map(Scope::from).collect();
            let now = Clock::system().now();
            let token = tokens::make()?;
            // A token that nobody has seen must not be valid.
            output::say(&token)?;
            let stored = db.write(move |tx| {
                people::admit(tx, now, owner)?;
                tokens::add(tx, now, &token, name.trim(), owner, &scopes)
            });
            let id = stored.await.context("the printed token is not valid")?;
            output::complain(&format!(
                "token {id}, for {owner}; keep it, it will not be shown again"
            ));
            if let Some(page) = page(config) {
                output::complain(&format!(
                    "or open the page with the token behind the #: {page}"
                ));
            }
        }
        Command::List => {
            for token in db.read(tokens::list).await? {
                output::say(&format!(
                    "{:>4}  {}  {:<8} {:>12}  {}",
                    token.id,
                    i18n::stamp(token.created_at, &config.watch.zone),
                    token.scopes,
                    token.person_id,
                    token.name
                ))?;
            }
        }
        Command::Revoke { id } => {
            if !db.write(move |tx| tokens::revoke(tx, id)).await? {
                return Err(Failure::Work(anyhow!("unknown token {id}")));
            }
            output::say(&format!("token {id} is revoked"))?;
        }
    }
    Ok(())
}

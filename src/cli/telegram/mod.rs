//! `vakhta telegram link|list|devices|unlink`: linked Telegram accounts in the terminal.
//!
//! # Invariants
//! - Only one process uses the key of an account: all but `list` need the lock of the database.
//! - A code or a password is neither shown nor kept.

mod entry;
mod link;

use anyhow::anyhow;
use clap::Subcommand;
use serde::Serialize;

use super::accounts::the_owner;
use super::{Failure, output};
use crate::config::Config;
use crate::db::{Db, InstanceLock};
use crate::i18n::{self, Lang};
use crate::people;
use crate::slices::mtproto::model::{AccountId, Caller, LinkedAccount, Refusal};
use crate::slices::mtproto::proxy::Request;
use crate::slices::mtproto::{AccountsAlone, sentence, store};
use crate::tasks::Tasks;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Link an account: scan a QR code with its phone
    Link {
        /// Ask for the phone number and a code instead
        #[arg(long)]
        phone: bool,
        /// Telegram id of the person it is linked for, an admin [default: the first owner]
        #[arg(long, value_name = "TELEGRAM_ID")]
        person: Option<i64>,
    },
    /// List linked accounts
    List {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// List the devices of an account
    Devices {
        /// Its number in the list
        account: i64,
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Log out of an account and wipe what is stored of it
    Unlink {
        /// Its number in the list
        account: i64,
    },
}

/// What `list --json` prints of an account.
#[derive(Debug, Serialize)]
struct AccountReport<'a> {
    account: i64,
    person: i64,
    state: &'static str,
    reason: &'a str,
    id: i64,
    name: &'a str,
    username: &'a str,
    phone_tail: &'a str,
    watch_with: bool,
    seen_at: Option<String>,
}

/// What `devices --json` prints of a device.
#[derive(Debug, Serialize)]
struct DeviceReport {
    /// A text: programs that read JSON numbers as doubles would change it.
    hash: String,
    model: String,
    system: String,
    app: String,
    country: String,
    ip: String,
    created_at: String,
    active_at: String,
    is_this: bool,
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    match command {
        Command::List { json } => list(config, json).await,
        Command::Link { phone, person } => {
            let alone = Alone::start(config).await?;
            let linked = match alone.admin(config, person).await {
                Ok(person) => link::run(&alone, person, phone).await,
                Err(failure) => Err(failure),
            };
            alone.stop().await;
            linked
        }
        Command::Devices { account, json } => {
            let alone = Alone::start(config).await?;
            let listed = devices(config, &alone, account, json).await;
            alone.stop().await;
            listed
        }
        Command::Unlink { account } => {
            let alone = Alone::start(config).await?;
            let unlinked = unlink(&alone, account).await;
            alone.stop().await;
            unlinked
        }
    }
}

/// The database and the thread, while no bot runs.
struct Alone {
    db: Db,
    thread: AccountsAlone,
    _lock: InstanceLock,
}

impl Alone {
    async fn start(config: &Config) -> Result<Self, Failure> {
        if !config.mtproto.enabled {
            let why = "Telegram accounts are switched off: set mtproto.enabled = true";
            return Err(Failure::Usage(anyhow!(why)));
        }
        if let Some(missing) = config.mtproto.missing() {
            return Err(Failure::Usage(anyhow!(missing)));
        }
        let Some(lock) = InstanceLock::take(&config.database)? else {
            return Err(Failure::Work(anyhow!(
                "the bot is running, and only one process may use an account; \
                 use the bot (/admin, Telegram accounts) or its page, or stop the bot first"
            )));
        };
        let (db, _end) = Db::open(&config.database, &Tasks::new())?;
        let (mtproto, secrets) = (config.mtproto.clone(), config.secrets.clone());
        let thread = AccountsAlone::start(mtproto, secrets, db.clone()).await?;
        Ok(Self {
            db,
            thread,
            _lock: lock,
        })
    }

    async fn stop(self) {
        self.thread.stop().await;
    }

    /// The person for whom an account is linked.
    async fn admin(&self, config: &Config, named: Option<i64>) -> Result<i64, Failure> {
        let person = the_owner(config, &self.db, named).await?;
        let stored = self.db.read(move |c| people::get(c, person)).await?;
        let is_admin = stored.is_some_and(|person| person.role.is_admin())
            || config.people.admins.contains(&person);
        if !is_admin {
            return Err(Failure::Usage(anyhow!("{person} is no admin of this bot")));
        }
        Ok(person)
    }

    async fn caller(&self, id: i64) -> Result<Caller, Failure> {
        let accounts = self.db.read(store::all_accounts).await?;
        let account = accounts.into_iter().find(|account| account.id.0 == id);
        let account = account.ok_or_else(|| {
            Failure::Work(anyhow!("unknown account {id}; see `vakhta telegram list`"))
        })?;
        Ok(Caller {
            person_id: account.person_id,
            account: Some(account.id),
        })
    }
}

/// A refusal as the message of a failure.
fn refused(refusal: &Refusal) -> Failure {
    Failure::Work(anyhow!(sentence(Lang::En, refusal).to_plain()))
}

async fn list(config: &Config, json: bool) -> Result<(), Failure> {
    let (db, _end) = Db::open(&config.database, &Tasks::new())?;
    let accounts = db.read(store::all_accounts).await?;
    let stamp = |at| i18n::stamp(at, &config.watch.zone);
    if json {
        let reports: Vec<AccountReport<'_>> = accounts
            .iter()
            .map(|account| AccountReport {
                account: account.id.0,
                person: account.person_id,
                state: account.state.word(),
                reason: &account.reason,
                id: account.telegram_id,
                name: &account.name,
                username: &account.username,
                phone_tail: &account.phone_tail,
                watch_with: account.watch_with,
                seen_at: account.seen_at.map(stamp),
            })
            .collect();
        return print_json(&reports);
    }
    for account in &accounts {
        let seen = account.seen_at.map_or_else(|| "-".to_owned(), stamp);
        output::say(&format!(
            "{:>4}  {:<10} {:<19} {:>12}  {} {}{}",
            account.id.0,
            account.state.word(),
            seen,
            account.person_id,
            spoken(account),
            if account.watch_with { "(watch) " } else { "" },
            account.reason,
        ))?;
    }
    Ok(())
}

/// What an account is called.
fn spoken(account: &LinkedAccount) -> String {
    match account.username.as_str() {
        "" => account.name.clone(),
        username => format!("{} @{username}", account.name),
    }
}

async fn devices(config: &Config, alone: &Alone, account: i64, json: bool) -> Result<(), Failure> {
    let caller = alone.caller(account).await?;
    let proxy = &alone.thread.proxy;
    let listed = proxy.ask(|reply| Request::Devices(caller, reply)).await;
    let listed = listed.map_err(|refusal| refused(&refusal))?;
    let stamp = |at| i18n::stamp(at, &config.watch.zone);
    let reports: Vec<DeviceReport> = listed
        .into_iter()
        .map(|device| DeviceReport {
            hash: device.hash.to_string(),
            created_at: stamp(device.created_at),
            active_at: stamp(device.active_at),
            model: device.model,
            system: device.system,
            app: device.app,
            country: device.country,
            ip: device.ip,
            is_this: device.is_this,
        })
        .collect();
    if json {
        return print_json(&reports);
    }
    for device in reports {
        output::say(&format!(
            "{}  {}{}, {}, {}, {} ({})",
            device.active_at,
            if device.is_this { "(this) " } else { "" },
            device.model,
            device.system,
            device.app,
            device.country,
            device.ip,
        ))?;
    }
    Ok(())
}

async fn unlink(alone: &Alone, account: i64) -> Result<(), Failure> {
    let caller = alone.caller(account).await?;
    let proxy = &alone.thread.proxy;
    let out = proxy.ask(|reply| Request::LogOut(caller, reply)).await;
    let is_told = out.map_err(|refusal| refused(&refusal))?;
    output::say(&format!("account {account} is unlinked"))?;
    if !is_told {
        output::complain(
            "Telegram did not answer; end the session on the phone, too: Settings, Devices",
        );
    }
    Ok(())
}

fn print_json(report: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string(report).map_err(anyhow::Error::from)?;
    output::say(&json)?;
    Ok(())
}

/// A complete account, in a line of the result.
async fn say_linked(alone: &Alone, person: i64, id: AccountId) -> Result<(), Failure> {
    let stored = alone
        .db
        .read(move |c| store::account(c, person, id))
        .await?;
    let name = stored.as_ref().map(spoken).unwrap_or_default();
    output::say(&format!("account {} is linked: {name}", id.0))?;
    Ok(())
}

//! `vakhta secrets rotate`: another key for what is stored sealed.
//!
//! # Invariants
//! - A kill at any point leaves values that open: the former key stays until the commit.
//! - No bot runs meanwhile: it would seal with the former key.

use anyhow::anyhow;
use clap::Subcommand;

use super::{Failure, output};
use crate::config::Config;
use crate::db::{Db, InstanceLock};
use crate::secrets;
use crate::slices::mtproto;
use crate::tasks::Tasks;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make another key, and seal with it everything that is stored sealed; the bot must not run
    Rotate,
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    match command {
        Command::Rotate => rotate(config).await,
    }
}

async fn rotate(config: &Config) -> Result<(), Failure> {
    let lock = InstanceLock::take(&config.database)?;
    let _lock = lock.ok_or_else(|| anyhow!("the bot is running; stop it first"))?;
    let tasks = Tasks::new();
    let (db, _end) = Db::open(&config.database, &tasks)?;
    let rotation = secrets::rotate(&config.secrets)?;
    let keys = rotation.keys.clone();
    let count = db
        .write(move |tx| mtproto::store::reseal(tx, &keys))
        .await?;
    let is_resumed = rotation.is_resumed;
    rotation.finish()?;
    let how = if is_resumed {
        "; an earlier rotation is finished"
    } else {
        ""
    };
    output::say(&format!("{count} values are sealed with another key{how}"))?;
    Ok(())
}

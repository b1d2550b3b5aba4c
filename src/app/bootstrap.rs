//! Preparations before the parts of the program start: the lock, our name at Telegram, the HTTP
//! address, the configured roles, a link for the first owner.

use std::time::Duration;

use anyhow::{Context as _, anyhow};

use super::{Options, StartError};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, InstanceLock};
use crate::http_client;
use crate::http_server;
use crate::people;
use crate::telegram::{Api, Me};

/// Takes the database for this process.
pub(super) fn lock(config: &Config, options: &mut Options) -> anyhow::Result<InstanceLock> {
    if let Some(lock) = options.lock.take() {
        return Ok(lock);
    }
    InstanceLock::take(&config.database)?.ok_or_else(|| {
        let path = config.database.display();
        anyhow!("another vakhta is running on {path}; stop it first, or ask it with `vakhta --check-now`")
    })
}

/// How long the start waits for the bot's name before it goes on without it.
const INTRODUCTION_LIMIT: Duration = Duration::from_secs(5);

/// Asks Telegram who we are. A wrong token ends the start; silence does not, because Telegram may
/// come back.
pub(super) async fn introduce(config: &Config) -> Result<(Option<Api>, Option<Me>), StartError> {
    let Some(token) = config.telegram.token.clone() else {
        return Ok((None, None));
    };
    let client = http_client::telegram_client().context("make the HTTP client for Telegram")?;
    let api = Api::new(client, &config.telegram.api_url, token);
    match tokio::time::timeout(INTRODUCTION_LIMIT, api.introduce()).await {
        Ok(Ok(me)) => {
            tracing::info!(bot = me.username, id = me.id, "Telegram knows us");
            Ok((Some(api), Some(me)))
        }
        Ok(Err(err)) if err.is_unauthorized() => Err(StartError::Setting(
            "Telegram does not know this bot token; copy it again from @BotFather".to_owned(),
        )),
        Ok(Err(err)) => {
            tracing::warn!("Telegram does not answer yet: {err}");
            Ok((Some(api), None))
        }
        Err(_) => {
            tracing::warn!(
                "Telegram did not answer within {} s",
                INTRODUCTION_LIMIT.as_secs()
            );
            Ok((Some(api), None))
        }
    }
}

/// Binds the address of the HTTP server, if the bot has one.
pub(super) async fn bind_http(
    config: &Config,
    options: &Options,
) -> Result<Option<http_server::Server>, StartError> {
    let Some(address) = config.http.listen.filter(|_| options.bot) else {
        return Ok(None);
    };
    let server = http_server::Server::bind(address).await;
    server.map(Some).map_err(StartError::Setting)
}

/// Stores the configured roles.
pub(super) async fn apply_config(db: &Db, clock: &Clock, config: &Config) -> anyhow::Result<()> {
    let (now, people) = (clock.now(), config.people.clone());
    db.write(move |tx| people::apply_config(tx, now, &people))
        .await
}

/// A link for the first owner, if nobody can manage the bot.
pub(super) async fn claim_link(
    db: &Db,
    clock: &Clock,
    bot: bool,
    me: Option<&Me>,
) -> anyhow::Result<Option<String>> {
    if !bot || db.read(people::has_admin).await? {
        return Ok(None);
    }
    let now = clock.now();
    let code = db.write(move |tx| people::make_claim(tx, now)).await?;
    let start = format!("{}{code}", people::CLAIM_PREFIX);
    Ok(Some(match me {
        Some(me) => format!("https://t.me/{}?start={start}", me.username),
        None => format!("send this to the bot: /start {start}"),
    }))
}

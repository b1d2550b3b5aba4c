//! Files of the watch, made when their message is sent.

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use super::charts;
use super::table;
use crate::clock::UnixMs;
use crate::db::Connection;
use crate::people::Actor;
use crate::slices::watch::model::account::ChartSubject;
use crate::slices::watch::notices::Notifier;
use crate::telegram::{Made, Recipe};

/// The name of the watch in recipes.
pub(crate) const MAKER: &str = "watch";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "make", rename_all = "snake_case")]
enum FileRequest {
    /// A chart at a moment.
    Chart {
        subject: String,
        owner: i64,
        chat: i64,
        at: i64,
    },
    /// The current accounts as a table; no owner means everybody's.
    Accounts {
        owner: Option<i64>,
        chat: i64,
        at: i64,
    },
}

/// The recipe of a chart.
pub(crate) fn chart(subject: ChartSubject, actor: &Actor) -> anyhow::Result<Recipe> {
    let order = FileRequest::Chart {
        subject: subject.word().to_owned(),
        owner: actor.id,
        chat: actor.chat_id,
        at: actor.now.0,
    };
    Recipe::photo(MAKER, &order)
}

/// The recipe of a table of accounts.
pub(crate) fn accounts(owner: Option<i64>, actor: &Actor) -> anyhow::Result<Recipe> {
    let order = FileRequest::Accounts {
        owner,
        chat: actor.chat_id,
        at: actor.now.0,
    };
    Recipe::document(MAKER, &order)
}

/// Makes the file of a recipe.
///
/// # Errors
/// If the recipe is invalid, nothing is left to show, or the database fails.
pub(crate) fn make(
    notifier: &Notifier,
    connection: &Connection,
    recipe: &Recipe,
) -> anyhow::Result<Made> {
    match recipe.order()? {
        FileRequest::Chart {
            subject,
            owner,
            chat,
            at,
        } => {
            let subject =
                ChartSubject::from_word(&subject).context("a chart of something unknown")?;
            let formatter = notifier.formatter(connection, chat)?;
            let Some(picture) = charts::picture(connection, formatter, subject, owner, UnixMs(at))?
            else {
                bail!("there is nothing to draw any more");
            };
            Ok(Made {
                name: format!("{}.png", subject.word()),
                bytes: picture.chart.png()?.into(),
            })
        }
        FileRequest::Accounts { owner, chat, at } => {
            let formatter = notifier.formatter(connection, chat)?;
            let day = formatter.zone.civil(UnixMs(at)).date();
            Ok(Made {
                name: format!("accounts_{day}.csv"),
                bytes: table::sheet(connection, owner, formatter.lang, formatter.zone)?.into(),
            })
        }
    }
}

//! The tool for one account: its state, the last results and its history.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{LONGEST_WORDS, add, described, name_of};
use crate::db::Connection;
use crate::html::cut;
use crate::people::Actor;
use crate::slices::watch::model::past::By;
use crate::slices::watch::notices::Notifier;
use crate::slices::watch::store;
use crate::tool::{self, Tool, ToolError};

const SHOWN: usize = 10;

/// Same content as the card of an account.
#[derive(Debug)]
pub(super) struct AccountHistory(pub(super) Notifier);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HistoryArguments {
    account: i64,
}

impl Tool for AccountHistory {
    fn name(&self) -> &'static str {
        "account_history"
    }

    fn purpose(&self) -> &'static str {
        "Tells of one account what the last looks at it gave and what happened to it: when it was added, found, paused, extended, \
         and by whom. The number comes from list_accounts."
    }

    fn arguments(&self) -> Value {
        json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["account"],
            "properties": {
                "account": { "type": "integer", "minimum": 1, "examples": [1], "description": "the number of the account" }
            }
        })
    }

    fn run(
        &self,
        connection: &Connection,
        actor: &Actor,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let HistoryArguments { account: id } = tool::parse(arguments)?;
        let viewer = (!actor.role.is_admin()).then_some(actor.id);
        // Somebody else's account looks like one that does not exist.
        let account = store::get(connection, viewer, id)?
            .ok_or_else(|| ToolError::Misused("there is no such account".to_owned()))?;
        let formatter = self.0.voice_to(actor);
        let probes: Vec<&str> = account
            .probes
            .oldest_first()
            .map(|probe| probe.word())
            .collect();
        let mut changes = Vec::new();
        for past in store::history(connection, id, SHOWN)? {
            let by = match past.by {
                By::Run => "a run".to_owned(),
                By::Nobody => "somebody".to_owned(),
                By::Person(person) if person == actor.id => "the person who asks".to_owned(),
                By::Person(person) => name_of(connection, person)?,
            };
            changes.push(json!({
                "at": formatter.zone.iso(past.at),
                "what": past.what.word(),
                "more": cut(&past.detail, LONGEST_WORDS),
                "by": by,
            }));
        }
        let mut told = json!({
            "account": described(formatter, actor.now, &account),
            "last_looks_oldest_first": probes,
            "changes_newest_first": changes,
        });
        if store::muted(connection, actor.now)?.contains_key(&account.site) {
            add(&mut told, "site_is_not_looked_at", true);
        }
        if account.owner_id != actor.id {
            add(&mut told, "of", name_of(connection, account.owner_id)?);
        }
        Ok(told)
    }
}

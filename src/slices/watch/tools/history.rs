//! One account: how it stands, what the last looks gave, what happened to it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{LONGEST_WORDS, add, described, name_of};
use crate::db::Connection;
use crate::html::cut;
use crate::people::Asker;
use crate::slices::watch::model::past::By;
use crate::slices::watch::notices::Speaker;
use crate::slices::watch::store;
use crate::tool::{self, Tool, ToolError};

/// Changes told, as on the card of an account.
const SHOWN: usize = 10;

/// As the card of an account.
#[derive(Debug)]
pub(super) struct AccountHistory(pub(super) Speaker);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
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
        asker: &Asker,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let Wanted { account: id } = tool::parse(arguments)?;
        let viewer = (!asker.role.is_admin()).then_some(asker.id);
        // An account of somebody else is as one that does not exist.
        let account = store::get(connection, viewer, id)?
            .ok_or_else(|| ToolError::Misused("there is no such account".to_owned()))?;
        let voice = self.0.voice_to(asker);
        let looks: Vec<&str> = account
            .looks
            .oldest_first()
            .map(|look| look.word())
            .collect();
        let mut changes = Vec::new();
        for past in store::history(connection, id, SHOWN)? {
            let by = match past.by {
                By::Run => "a run".to_owned(),
                By::Nobody => "somebody".to_owned(),
                By::Person(person) if person == asker.id => "the person who asks".to_owned(),
                By::Person(person) => name_of(connection, person)?,
            };
            changes.push(json!({
                "at": voice.zone.iso(past.at),
                "what": past.what.word(),
                "more": cut(&past.detail, LONGEST_WORDS),
                "by": by,
            }));
        }
        let mut told = json!({
            "account": described(voice, asker.now, &account),
            "last_looks_oldest_first": looks,
            "changes_newest_first": changes,
        });
        if store::muted(connection, asker.now)?.contains_key(&account.site) {
            add(&mut told, "site_is_not_looked_at", true);
        }
        if account.owner_id != asker.id {
            add(&mut told, "of", name_of(connection, account.owner_id)?);
        }
        Ok(told)
    }
}

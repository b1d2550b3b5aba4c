//! What a language model may read of product cards: the numbers that admins see on their screen.

use serde::Deserialize;
use serde_json::{Value, json};

use super::store;
use crate::clock::DAY;
use crate::db::Connection;
use crate::html::cut;
use crate::people::{Actor, Role};
use crate::tool::{self, Tool, ToolError};
use crate::zone::Zone;

/// Cards that are named as checked most.
const TOP: usize = 10;

/// Letters of a card's name that are told.
const LONGEST_NAME: usize = 120;

/// Days told.
const USUAL: u32 = 7;
const MOST: u32 = 90;

/// The tools of cards; days begin in `zone`.
#[must_use]
pub(crate) fn tools(zone: &Zone) -> Vec<Box<dyn Tool>> {
    vec![Box::new(CardStatistics(zone.clone()))]
}

/// As the numbers over all cards, and their chart.
#[derive(Debug)]
struct CardStatistics(Zone);

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Wanted {
    days: Option<u32>,
}

impl Tool for CardStatistics {
    fn name(&self) -> &'static str {
        "card_statistics"
    }

    fn purpose(&self) -> &'static str {
        "Tells of product cards how many there are, how often their codes were checked and by how many people, which are checked \
         most, and how often on each of the last days."
    }

    fn arguments(&self) -> Value {
        json!({
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "days": { "type": "integer", "minimum": 1, "maximum": 90, "description": "days told, usually 7; today is one" }
            }
        })
    }

    fn is_for(&self, role: Role) -> bool {
        role.is_admin()
    }

    fn run(
        &self,
        connection: &Connection,
        actor: &Actor,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let wanted: Wanted = tool::parse(arguments)?;
        let days = tool::within("days", wanted.days.unwrap_or(USUAL), 1..=MOST)?;
        let sums = store::sums(connection)?;
        let top = store::top(connection, TOP)?;
        let top = top.iter().map(|card| {
            json!({ "name": cut(&card.name, LONGEST_NAME), "checks": card.checks, "active": card.active })
        });
        let first = actor.now.minus(DAY * days.saturating_sub(1));
        let by_day = store::days(connection, &self.0.day(first))?;
        let by_day = by_day
            .into_iter()
            .map(|(day, checks)| json!({ "day": day, "checks": checks }));
        Ok(json!({
            "cards": sums.cards,
            "active": sums.active,
            "checks": sums.checks,
            "people_who_checked": sums.people,
            "checked_most": top.collect::<Value>(),
            "checks_by_day_where_there_were_any": by_day.collect::<Value>(),
        }))
    }
}

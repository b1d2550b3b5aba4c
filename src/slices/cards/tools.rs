//! The tool for a language model to read about product cards: the totals that admins see.

use serde::Deserialize;
use serde_json::{Value, json};

use super::store;
use crate::clock::DAY;
use crate::db::Connection;
use crate::html::cut;
use crate::people::{Actor, Role};
use crate::tool::{self, Number, Tool, ToolError};
use crate::zone::Zone;

const TOP: usize = 10;

/// Maximum length of a card's name, in letters.
const LONGEST_NAME: usize = 120;

const DAYS: Number = Number {
    name: "days",
    least: 1,
    most: 90,
    about: "days told, usually 7; today is one",
};
const USUAL_DAYS: u32 = 7;

/// Days begin in `zone`.
#[must_use]
pub(crate) fn tools(zone: &Zone) -> Vec<Box<dyn Tool>> {
    vec![Box::new(CardStatistics(zone.clone()))]
}

#[derive(Debug)]
struct CardStatistics(Zone);

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct StatisticsArguments {
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
        tool::schema([DAYS.property()])
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
        let given: StatisticsArguments = tool::parse(arguments)?;
        let days = DAYS.check(given.days.unwrap_or(USUAL_DAYS))?;
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

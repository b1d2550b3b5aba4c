//! Questions to the assistant for the walk: for each person an open, an answered and a failed one.

use super::{ADMIN, GROUP, NOW, OWNER, STRANGER, Step};
use crate::db::WriteTx;

/// The outcomes of the questions: state, answer, reason, and whether the row is closed.
const ENDS: [(&str, &str, bool); 3] = [
    ("pending", "", false),
    ("completed", "", true),
    ("failed", "unavailable", true),
];

/// The questions to ask, and the buttons under existing questions, one's own and those of others.
pub(super) fn ways(person: i64) -> Vec<Step> {
    let long = "&".repeat(4000);
    let says = ["why?".to_owned(), format!("/ask {long}"), "/ask".to_owned()];
    let mut ways: Vec<Step> = says.into_iter().map(Step::Says).collect();
    ways.extend(["/ask why?", "/ask"].map(|text| Step::SaysInGroup(text.to_owned())));
    for of in [person, OWNER] {
        for (state, _, _) in ENDS {
            for deed in ["stop", "again"] {
                ways.push(Step::Taps(format!("ask:{deed}:{state}{of}")));
            }
        }
    }
    ways
}

pub(super) fn furnish(tx: &WriteTx<'_>) -> anyhow::Result<()> {
    for person in [ADMIN, OWNER, STRANGER] {
        for (state, reason, is_closed) in ENDS {
            let name = format!("{state}{person}");
            let place = if person == ADMIN { person } else { GROUP };
            tx.execute(
                "INSERT INTO question (public_id, person_id, chat_id, text, state, due_at, turn, answer, reason, created_at, closed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?4, ?7, ?6, iif(?8, ?6, NULL))",
                (&name, person, place, "**Щ** & ".repeat(400), state, NOW.0, reason, is_closed),
            )?;
            // The queue position of one question is known, that of another is not.
            tx.execute(
                "INSERT INTO outbox (chat_id, dedupe, priority, html, gist, state, message_id, due_at, created_at, closed_at)
                 VALUES (?1, 'answer:' || ?2, 0, '', '', 'sent', iif(?3, 5, 6), ?4, ?4, ?4)",
                (place, &name, is_closed, NOW.0),
            )?;
        }
    }
    Ok(())
}

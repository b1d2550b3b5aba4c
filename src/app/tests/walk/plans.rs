//! No screen reads more the more people there are: the plan of every statement that a screen runs.

use std::collections::BTreeSet;

use super::{ADMIN, OWNER, STRANGER, Walk, furnish, store};
use crate::db::plans::{self, Accepted};

/// Statements that read more than they should on purpose.
const ACCEPTED: &[Accepted] = &[
    (
        "INDEXED BY account_of_owner",
        "USE TEMP B-TREE",
        "an order or a choice among what one person has",
    ),
    (
        "owner_id = ?1 AND state <> 'removed' ORDER BY id",
        "USE TEMP B-TREE",
        "the file with what one person has",
    ),
    (
        "account.state <> 'removed' ORDER BY account.id LIMIT :limit",
        "SCAN account",
        "a page of everybody's list, 10,000 accounts on at most",
    ),
    (
        "state = 'pending' ORDER BY account.ends_at, account.id LIMIT :limit",
        "SCAN account USING INDEX account_ending",
        "the same",
    ),
    (
        "state = 'done' ORDER BY account.ends_at, account.id LIMIT :limit",
        "SCAN account USING INDEX account_done",
        "the same",
    ),
    (
        "IN ('paused', 'held') ORDER BY account.ends_at, account.id LIMIT :limit",
        "SCAN account USING INDEX account_stopped",
        "the same",
    ),
    (
        "FROM account   WHERE  account.state <> 'removed' LIMIT 10001)",
        "SCAN account USING COVERING INDEX account_of_owner",
        "a count that goes no further",
    ),
    (
        "state = 'pending' LIMIT 10001)",
        "SCAN account USING COVERING INDEX account_ending",
        "the same",
    ),
    (
        "state = 'done' LIMIT 10001)",
        "SCAN account USING COVERING INDEX account_done",
        "the same",
    ),
    (
        "IN ('paused', 'held') LIMIT 10001)",
        "SCAN account USING INDEX account_stopped",
        "the same",
    ),
    (
        "FROM audit WHERE ?1 = '' LIMIT 10001)",
        "SCAN audit USING COVERING INDEX",
        "the same",
    ),
    (
        "?1 = '' ORDER BY audit.id DESC LIMIT",
        "SCAN audit",
        "a page of the log, 10,000 rows on at most",
    ),
    (
        "?1 IS NULL AND state <> 'removed'",
        "SCAN account",
        "the file with everything; readers make it",
    ),
    ("met ON met.id = person ORDER BY", "SCAN audit", "the same"),
    ("SELECT id FROM run ORDER BY id", "SCAN run", "the same"),
    (
        "owner_id IS NULL AND account_id IS NULL ORDER BY id DESC LIMIT",
        "SCAN run USING INDEX run_of_all",
        "the newest on an index of just these runs",
    ),
    (
        "started_at < ?1 ORDER BY id DESC LIMIT 1",
        "SCAN run",
        "back over the runs of a day",
    ),
    (
        "FROM run_error WHERE run_id > ?1 AND site = ?2 GROUP BY reason",
        "USE TEMP B-TREE",
        "a day of one site has a few hundred",
    ),
    (
        "FROM outbox WHERE dedupe > ?1 AND dedupe < ?2 GROUP BY state",
        "USE TEMP B-TREE",
        "of one broadcast: a row for each person",
    ),
    (
        "FROM person WHERE role <> 'stranger'",
        "SCAN person USING INDEX person_listed",
        "an index of just these people, in its order",
    ),
    (
        "count(*) FROM person WHERE role <> 'stranger'",
        "SCAN person USING COVERING INDEX person_by_role",
        "counted by an index",
    ),
    (
        "role IN ('admin', 'owner') AND chat.unreachable_at IS NULL",
        "USE TEMP B-TREE",
        "an order among admins",
    ),
    (
        "FROM broadcast WHERE ended_at IS NULL",
        "SCAN broadcast USING INDEX broadcast_open",
        "an index of those that are not over",
    ),
    (
        "DELETE FROM quarantine WHERE instr(body, ?1) > 0",
        "SCAN quarantine",
        "the few updates of a week that could not be read",
    ),
    (
        "DELETE FROM outbox WHERE closed_at IS NULL",
        "SCAN outbox USING INDEX outbox_open",
        "what waits to be sent may name who leaves",
    ),
    (
        "DELETE FROM dialogue WHERE user_id = ?1 OR chat_id = ?1",
        "SCAN dialogue USING INDEX dialogue_over",
        "the conversations of the last hour",
    ),
    (
        "UPDATE broadcast SET by_person = ?2",
        "SCAN broadcast",
        "admins speak to everybody now and then",
    ),
    (
        "UPDATE chat SET bound_by = ?2",
        "SCAN chat USING INDEX chat_bound",
        "an index of the groups that hear of runs",
    ),
    (
        "FROM chat WHERE bound_by IS NOT NULL",
        "SCAN chat USING INDEX chat_bound",
        "an index of the groups that hear of runs",
    ),
    (
        "SELECT (SELECT count(*) FROM card)",
        "SCAN card USING COVERING INDEX",
        "sums over all cards, each from an index: 9 ms of 100,000",
    ),
    (
        "SELECT count(*) FROM card WHERE active =",
        "SCAN card USING COVERING INDEX",
        "counted by an index",
    ),
    (
        "WHERE active = 1 ORDER BY id DESC LIMIT",
        "SCAN card USING INDEX card_active",
        "the newest on an index of just these cards",
    ),
    (
        "WHERE active = 0 ORDER BY id DESC LIMIT",
        "SCAN card USING INDEX card_inactive",
        "the same",
    ),
    (
        "INDEXED BY card_named",
        "SCAN card USING COVERING INDEX card_named",
        "a part of a name is looked for in names alone: 20 ms of 100,000",
    ),
    (
        "card_code.batch = '' ORDER BY card.id",
        "SCAN card",
        "the file with all cards; readers make it",
    ),
    (
        "WHERE ?1 IS NULL ORDER BY scan.id DESC LIMIT",
        "SCAN scan",
        "the file with the newest scans; readers make it",
    ),
    (
        "batch <> '' GROUP BY batch ORDER BY 1 DESC",
        "USE TEMP B-TREE",
        "an order among the batches of one card",
    ),
    (
        "FROM question WHERE person_id = ?1 AND closed_at IS NULL",
        "SEARCH question USING",
        "the open questions of one person, who may have so many",
    ),
    (
        "FROM (SELECT created_at FROM question WHERE state = 'pending'",
        "SCAN question USING INDEX question_p",
        "indexes of just the questions that wait or are worked on",
    ),
    (
        "FROM scan
             WHERE code_id = ?1",
        "USE TEMP B-TREE",
        "who scanned one thing, once a day at most",
    ),
];

#[tokio::test]
async fn no_screen_reads_more_the_more_people_there_are() {
    let (db, _folder) = store();
    db.write(furnish).await.unwrap();
    let walked = db.write(|tx| {
        let walk = Walk::everywhere(tx, &[ADMIN, OWNER, STRANGER], true)?;
        assert!(walk.refused.is_empty(), "{:#?}", walk.refused);
        assert!(walk.stuck.is_empty(), "no way back: {:#?}", walk.stuck);
        assert!(walk.seen.len() > 100, "only {:?}", walk.seen);
        Ok(plans::faults(tx, &walk.statements, ACCEPTED))
    });
    let (faults, unused) = walked.await.unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    assert_eq!(unused, BTreeSet::new(), "accepted, and not run any more");
}

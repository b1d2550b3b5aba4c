//! No tool reads more the more there is: the plan of every statement that a tool runs.

use super::*;
use crate::db::plans::{self, Accepted, spied};

/// Statements that read more than they should on purpose.
const ACCEPTED: &[Accepted] = &[
    (
        "INDEXED BY account_of_owner",
        "USE TEMP B-TREE",
        "an order among what one person has",
    ),
    (
        "AS bounded CROSS JOIN",
        "USE TEMP B-TREE",
        "an order among 10,000 accounts at most",
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
        "state = 'pending' ORDER BY account.ends_at, account.id LIMIT 10000)",
        "SCAN account USING COVERING INDEX account_ending",
        "the first 10,000, among which something else is looked for",
    ),
    (
        "state = 'done' ORDER BY account.ends_at, account.id LIMIT 10000)",
        "SCAN account USING COVERING INDEX account_done",
        "the same",
    ),
    (
        "IN ('paused', 'held') ORDER BY account.ends_at, account.id LIMIT 10000)",
        "SCAN account USING INDEX account_stopped",
        "the same",
    ),
    (
        "WHERE  account.state <> 'removed' LIMIT 10001)",
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
        "owner_id IS NULL AND account_id IS NULL ORDER BY id DESC LIMIT",
        "SCAN run USING INDEX run_of_all",
        "the newest on an index of just these runs",
    ),
    (
        "FROM run_error WHERE run_id = ?1 ORDER BY count DESC",
        "USE TEMP B-TREE",
        "an order among the errors of one run",
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
        "SELECT (SELECT count(*) FROM card)",
        "SCAN card USING COVERING INDEX",
        "sums over all cards, each from an index",
    ),
];

#[tokio::test]
async fn tools_read_no_more_the_more_there_is() {
    let (db, _folder) = furnished().await;
    let read = db.read(|connection| {
        let mut statements = std::collections::BTreeMap::new();
        let whiches = ["all", "pending", "overdue", "ending", "done", "paused"];
        let mut asked = vec![
            ("account_history", json!({ "account": 1 })),
            ("recent_runs", json!({})),
            ("sites_in_trouble", json!({})),
            ("card_statistics", json!({ "days": 90 })),
        ];
        for which in whiches {
            for everybody in [false, true] {
                for days in [Value::Null, 3.into()] {
                    for site in [Value::Null, "github".into()] {
                        for name in [Value::Null, "o".into()] {
                            asked.push(("list_accounts", json!({ "which": which, "everybody": everybody, "days": days, "site": site, "name": name })));
                        }
                    }
                }
            }
        }
        for id in [ADMIN, OWNER] {
            let actor = actor(connection, id);
            for (tool, arguments) in &asked {
                let text = arguments.to_string();
                let work = || tools().run(connection, &actor, tool, &text);
                let (result, run) = spied(connection, work);
                if id == ADMIN {
                    result.unwrap();
                }
                statements.extend(run.into_iter().map(|sql| (sql, format!("{tool} {text}"))));
            }
        }
        Ok(plans::faults(connection, &statements, ACCEPTED))
    });
    let (faults, unused) = read.await.unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    assert_eq!(unused, BTreeSet::new(), "accepted, and not run any more");
}

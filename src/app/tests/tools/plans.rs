//! No tool's cost grows with the tables: the plan of every statement that a tool runs.

use super::*;
use crate::db::plans::{self, Place, spied};

#[tokio::test]
async fn tools_read_no_more_the_more_there_is() {
    let store = furnished().await;
    let db = &store.db;
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
        Ok(plans::faults(connection, &statements, Place::Tools))
    });
    let (faults, unused) = read.await.unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    assert_eq!(unused, BTreeSet::new(), "accepted, and not run any more");
}

//! No screen's cost grows with the number of people: the plan of every statement that a screen
//! runs.

use std::collections::BTreeSet;

use super::{ADMIN, OWNER, STRANGER, Walk, furnish};
use crate::db::plans::{self, Place};
use crate::db::testing::Store;

#[tokio::test]
async fn no_screen_reads_more_the_more_people_there_are() {
    let store = Store::new();
    let db = &store.db;
    db.write(furnish).await.unwrap();
    let walked = db.write(|tx| {
        let walk = Walk::everywhere(tx, &[ADMIN, OWNER, STRANGER], true)?;
        assert!(walk.refused.is_empty(), "{:#?}", walk.refused);
        assert!(walk.stuck.is_empty(), "no way back: {:#?}", walk.stuck);
        assert!(walk.seen.len() > 100, "only {:?}", walk.seen);
        Ok(plans::faults(tx, &walk.statements, Place::Screens))
    });
    let (faults, unused) = walked.await.unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    assert_eq!(unused, BTreeSet::new(), "accepted, and not run any more");
}

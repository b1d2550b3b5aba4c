//! Tests of `db/lock.rs`.

use super::*;

#[test]
fn only_one_holds_it_and_it_ends_with_the_holder() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("v.db");
    let first = InstanceLock::take(&database).unwrap();
    assert!(first.is_some() && is_held(&database).unwrap());
    assert!(InstanceLock::take(&database).unwrap().is_none());
    drop(first);
    assert!(!is_held(&database).unwrap());
    assert!(!is_held(&folder.path().join("other.db")).unwrap());
    assert!(!folder.path().join("other.db.lock").exists());
    assert!(InstanceLock::take(&database).unwrap().is_some());
}

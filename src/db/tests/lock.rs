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

#[test]
fn without_the_lock_file_the_database_itself_is_locked() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("v.db");
    let mut first = InstanceLock::take(&database).unwrap();
    assert!(!database.exists(), "the lock made a database");
    std::fs::write(&database, "").unwrap();
    first.as_mut().unwrap().cover().unwrap();
    let holder = Holder::of(&database).unwrap();
    for tidied in ["deleted", "replaced"] {
        std::fs::remove_file(lock_path(&database)).unwrap();
        if tidied == "replaced" {
            std::fs::write(lock_path(&database), "").unwrap();
        }
        assert!(is_held(&database).unwrap(), "{tidied}");
        assert!(InstanceLock::take(&database).unwrap().is_none(), "{tidied}");
        assert!(!holder.is_gone(), "{tidied}");
    }
    drop(first);
    assert!(holder.is_gone());
    assert!(InstanceLock::take(&database).unwrap().is_some());
}

/// The system's list of SQLite's own locks of a file.
fn own_locks(file: &Path) -> Vec<String> {
    let inode = format!(":{} ", file.metadata().unwrap().ino());
    let locks = std::fs::read_to_string("/proc/locks").unwrap();
    let own = locks
        .lines()
        .filter(|line| line.contains("POSIX") && line.contains(&inode));
    own.map(|line| line.split_once("POSIX").unwrap().1.to_owned())
        .collect()
}

#[tokio::test]
async fn the_lock_leaves_sqlites_own_locks_alone() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("v.db");
    let mut lock = InstanceLock::take(&database).unwrap().unwrap();
    let tasks = crate::tasks::Tasks::new();
    let (db, end) = crate::db::Db::open(&database, &tasks).unwrap();
    lock.cover().unwrap();
    let held = own_locks(&database);
    assert!(!held.is_empty(), "SQLite locks the file while it is open");
    drop(db);
    assert!(end.wait(std::time::Duration::from_secs(20)).await);
    assert!(own_locks(&database).is_empty());
    // Held or not, it opens as before.
    drop(lock);
    let (db, _end) = crate::db::Db::open(&database, &tasks).unwrap();
    assert_eq!(own_locks(&database), held);
    drop(db);
}

#[test]
fn a_database_is_a_regular_file() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
    let refused = InstanceLock::take(&pipe).unwrap_err().to_string();
    assert!(refused.contains("not a regular file"), "{refused}");
}

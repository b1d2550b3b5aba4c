//! A database for a unit test, in a folder that is removed with it.

use tempfile::TempDir;

use super::{Connection, Db, WriteTx};
use crate::tasks::{Tasks, ThreadEnd};

pub(crate) struct Store {
    pub(crate) db: Db,
    pub(crate) tasks: Tasks,
    pub(crate) folder: TempDir,
    pub(crate) end: ThreadEnd,
}

impl Store {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tasks = Tasks::new();
        let (db, end) = Db::open(&folder.path().join("t.db"), &tasks).unwrap();
        Self {
            db,
            tasks,
            folder,
            end,
        }
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&WriteTx<'_>) -> anyhow::Result<T> + Send + 'static,
    ) -> T {
        self.db.write(work).await.unwrap()
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> anyhow::Result<T> + Send + 'static,
    ) -> T {
        self.db.read(work).await.unwrap()
    }
}

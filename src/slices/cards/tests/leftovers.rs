//! Which photos are removed, and when.

use std::cell::RefCell;
use std::path::PathBuf;

use rusqlite::trace::{TraceEvent, TraceEventCodes};

use super::*;
use crate::clock::UnixMs;
use crate::db::plans::{self, Place};
use crate::slices::cards::photo::{IN_HAND, thumbnail_of};
use crate::slices::cards::store::NewCard;
use crate::slices::cards::tests::kit::jpeg;
use crate::tasks::Tasks;

fn out_of_hand() -> Instant {
    Instant::now() + IN_HAND
}

#[tokio::test]
async fn what_is_looked_through_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let (db, _end) = Db::open(&path, &Tasks::new()).unwrap();
    let photos = Photos::of(&path);
    photos.keep(&jpeg(10, 10)).unwrap();
    let looked = db.read(move |c| {
        let (removed, statements) = plans::spied(c, || remove_unused(&photos, c, out_of_hand()));
        assert_eq!(removed?, 1);
        let statements = statements.into_iter().map(|sql| (sql, String::new()));
        Ok(plans::faults(c, &statements.collect(), Place::Leftovers))
    });
    let (faults, unused) = looked.await.unwrap();
    assert!(faults.is_empty(), "{faults:?}");
    assert!(unused.is_empty(), "{unused:?}");
}

#[tokio::test]
async fn only_what_nobody_names_is_removed_and_not_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let (db, _end) = Db::open(&path, &Tasks::new()).unwrap();
    let photos = Photos::of(&path);
    let [photo, packaged, asked, sent, nobody] =
        [10, 20, 30, 40, 50].map(|width| photos.keep(&jpeg(width, 10)).unwrap());
    let card = NewCard {
        owner_id: 7,
        name: "Watch".to_owned(),
        description: String::new(),
        photo: photo.clone(),
        packaged: packaged.clone(),
    };
    let (step, file) = (
        format!(r#"{{"photo":"{asked}"}}"#),
        format!(r#"{{"order":{{"name":"{}"}}}}"#, thumbnail_of(&sent)),
    );
    let write = db.write(move |tx| {
        store::add(tx, UnixMs(0), &card)?;
        tx.execute("INSERT INTO dialogue (chat_id, user_id, step, expires_at) VALUES (7, 7, ?1, 0)", [step])?;
        tx.execute(
            "INSERT INTO outbox (chat_id, priority, html, gist, state, due_at, created_at, file) VALUES (7, 0, 'x', 'x', 'pending', 0, 0, ?1)",
            [file],
        )?;
        Ok(())
    });
    write.await.unwrap();
    let remove_at = async |moment: Instant| {
        let photos = photos.clone();
        db.read(move |c| remove_unused(&photos, c, moment))
            .await
            .unwrap()
    };
    // Whatever a file's date says: the row of a photo in hand is still to come.
    for name in [&nobody, &thumbnail_of(&nobody)] {
        let file = std::fs::File::options()
            .write(true)
            .open(folder.path().join("t.photos").join(name))
            .unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
    }
    assert_eq!(remove_at(Instant::now()).await, 0);
    assert_eq!(remove_at(out_of_hand()).await, 1);
    assert_eq!(remove_at(out_of_hand()).await, 0);
    for name in [&photo, &packaged, &asked, &sent] {
        photos.read(name).unwrap();
        photos.read(&thumbnail_of(name)).unwrap();
    }
    photos.read(&nobody).unwrap_err();
    photos.read(&thumbnail_of(&nobody)).unwrap_err();
}

thread_local! {
    /// The database in which a dialogue becomes a card.
    static DATABASE: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
}

/// When the dialogues are about to be read, the open one becomes a card.
const SAVE_MEANWHILE: fn(TraceEvent<'_>) = |event| {
    if let TraceEvent::Stmt(_, sql) = event
        && sql.contains("FROM dialogue")
        && let Some(path) = DATABASE.take()
    {
        let save = "INSERT INTO card (public_id, owner_id, name, description, photo, created_at)
                SELECT 'a', 7, 'Watch', '', step ->> 'photo', 0 FROM dialogue;
            DELETE FROM dialogue;";
        Connection::open(path).unwrap().execute_batch(save).unwrap();
    }
};

#[tokio::test]
async fn a_name_that_goes_from_a_dialogue_to_a_card_is_not_missed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let (db, _end) = Db::open(&path, &Tasks::new()).unwrap();
    let photos = Photos::of(&path);
    let photo = photos.keep(&jpeg(10, 10)).unwrap();
    let step = format!(r#"{{"photo":"{photo}"}}"#);
    let write = db.write(move |tx| {
        let sql = "INSERT INTO dialogue (chat_id, user_id, step, expires_at) VALUES (7, 7, ?1, 0)";
        Ok(tx.execute(sql, [step])?)
    });
    write.await.unwrap();
    let removed = db.read(move |c| {
        DATABASE.set(Some(path));
        c.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(SAVE_MEANWHILE));
        let removed = remove_unused(&photos, c, out_of_hand());
        c.trace_v2(TraceEventCodes::empty(), None);
        let cards: i64 = c.query_row("SELECT count(*) FROM card", [], |row| row.get(0))?;
        assert_eq!(cards, 1, "the card was made meanwhile");
        removed
    });
    assert_eq!(removed.await.unwrap(), 0);
}

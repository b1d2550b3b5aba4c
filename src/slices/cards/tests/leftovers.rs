//! Which photos are removed, and when.

use super::*;
use crate::db::plans::{self, Place};
use crate::slices::cards::photo::thumbnail_of;
use crate::slices::cards::store::NewCard;
use crate::slices::cards::tests::kit::jpeg;
use crate::tasks::Tasks;

/// When the photos were stored.
const KEPT: UnixMs = crate::clock::testing::NOW;

#[tokio::test]
async fn what_is_looked_through_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let (db, _end) = Db::open(&path, &Tasks::new()).unwrap();
    let photos = Photos::of(&path, Clock::set_to(KEPT));
    photos.keep(&jpeg(10, 10)).unwrap();
    let later = KEPT.plus(LEFT_ALONE);
    let looked = db.read(move |c| {
        let (removed, statements) = plans::spied(c, || remove_older(&photos, c, later));
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
    let photos = Photos::of(&path, Clock::set_to(KEPT));
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
    let remove_at = async |moment: UnixMs| {
        let photos = photos.clone();
        db.read(move |c| remove_older(&photos, c, moment.minus(LEFT_ALONE)))
            .await
            .unwrap()
    };
    assert_eq!(remove_at(KEPT.plus(LEFT_ALONE)).await, 0);
    let later = KEPT.plus(2 * LEFT_ALONE);
    assert_eq!(remove_at(later).await, 1);
    assert_eq!(remove_at(later).await, 0);
    for name in [&photo, &packaged, &asked, &sent] {
        photos.read(name).unwrap();
        photos.read(&thumbnail_of(name)).unwrap();
    }
    photos.read(&nobody).unwrap_err();
    photos.read(&thumbnail_of(&nobody)).unwrap_err();
}

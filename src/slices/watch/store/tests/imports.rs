//! Tests of `slices/watch/store/imports.rs`.

use super::*;
use crate::slices::watch::store::forget;
use crate::slices::watch::store::tests::{NOW, OWNER, Store, fill};

#[tokio::test]
async fn who_is_forgotten_takes_a_table_on_its_way_along() {
    let t = Store::new();
    t.write(|tx| {
        fill(tx, 1)?;
        let import = Import {
            person: OWNER,
            chat: OWNER,
            text: "site,username".to_owned(),
        };
        assert!(begin_import(tx, NOW, &import)?);
        assert_eq!(super::import(tx, OWNER)?, Some(import));
        forget(tx, OWNER)?;
        let texts: i64 = tx.query_row("SELECT count(*) FROM import_text", [], |row| row.get(0))?;
        assert_eq!((take_import(tx, None)?, texts), (None, 0));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn deaths_count_until_a_table_comes_further_and_stops_and_faults_do_not() {
    let t = Store::new();
    t.write(|tx| {
        fill(tx, 1)?;
        let import = Import {
            person: OWNER,
            chat: OWNER,
            text: "site,username".to_owned(),
        };
        begin_import(tx, NOW, &import)?;
        let deaths = |in_hand| Ok::<_, anyhow::Error>(take_import(tx, in_hand)?.unwrap().deaths);
        assert_eq!(deaths(None)?, 0);
        // A fault of the storage: the same program takes it again.
        assert_eq!(deaths(Some(OWNER))?, 0);
        // Another program takes it: the one before died.
        assert_eq!(deaths(None)?, 1);
        let_go(tx, OWNER)?;
        assert_eq!(deaths(None)?, 1);
        assert_eq!(deaths(None)?, 2);
        note_imported(tx, OWNER, Imported { line: 2, added: 1 })?;
        assert_eq!(deaths(None)?, 1);
        Ok(())
    })
    .await;
}

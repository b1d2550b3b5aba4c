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
        assert_eq!(next_import(tx)?, Some(import));
        forget(tx, OWNER)?;
        let texts: i64 = tx.query_row("SELECT count(*) FROM import_text", [], |row| row.get(0))?;
        assert_eq!((next_import(tx)?, texts), (None, 0));
        Ok(())
    })
    .await;
}

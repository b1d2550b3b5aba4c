//! Tests of `telegram/outbox/files.rs`.

use super::*;
use crate::telegram::tests::kit::Store;

#[tokio::test]
async fn an_id_belongs_to_the_bot_that_was_given_it() {
    let t = Store::new();
    let work = t.write(|tx| {
        let recipe = Recipe::photo("cards", &"a")?.always_the_same("a");
        note_file(tx, UnixMs(0), 1, &recipe, "first")?;
        note_file(tx, UnixMs(0), 2, &recipe, "second")?;
        let known = |bot| file_id(tx, bot, &recipe);
        assert_eq!(known(1)?.as_deref(), Some("first"));
        assert_eq!(known(3)?, None);
        forget_file(tx, 1, &recipe)?;
        assert_eq!(known(1)?, None);
        assert_eq!(known(2)?.as_deref(), Some("second"));
        let changing = Recipe::photo("cards", &"a")?;
        note_file(tx, UnixMs(0), 1, &changing, "third")?;
        assert_eq!(file_id(tx, 1, &changing)?, None);
        Ok(())
    });
    work.await;
}

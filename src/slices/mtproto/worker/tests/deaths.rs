//! What dies: a request, a pool.

use super::*;
use crate::slices::mtproto::calls;
use crate::slices::mtproto::lines::Lines;
use crate::slices::mtproto::model::PersonAsked;
use crate::slices::mtproto::worker::serving::answer;

#[tokio::test]
async fn a_panic_is_an_answer() {
    let (reply, answered) = tokio::sync::oneshot::channel();
    let work = async { panic!("words of a message") };
    answer::<()>(reply, work).await;
    assert_eq!(answered.await.unwrap(), Err(Refusal::Internal));
}

#[tokio::test]
async fn a_pool_that_died_is_made_anew() {
    let mut fixture = Fixture::new().await;
    let account = fixture.link(ANN, PHONE).await;
    fixture.stop().await;
    let lines = Lines::new(Arc::new(fixture.context()));
    let line = lines.of(account).await.unwrap();
    for _ in 0..3 {
        let me = calls::person(&line, PersonAsked::Me).await.unwrap();
        assert_eq!(me.id, 1001);
        line.kill_pool();
        // The call that finds it dying may fail; the one after that does not.
        calls::person(&line, PersonAsked::Me).await.ok();
    }
    drop((line, lines));
    fixture.start().await;
    fixture.finish().await;
}

#[tokio::test]
async fn another_key_seals_everything_that_is_stored() {
    let mut fixture = Fixture::new().await;
    fixture.link(ANN, PHONE).await;
    let login = fixture.start_phone(BOB, OTHER_PHONE).await.unwrap();
    fixture.stop().await;
    let rotation = crate::secrets::rotate(&fixture.secrets()).unwrap();
    let keys = rotation.keys.clone();
    let count = fixture
        .store
        .write(move |tx| store::reseal(tx, &keys))
        .await;
    // A key each (and one of the data centre that Bob came by), a phone and a code's hash.
    assert_eq!(count, 5);
    let keys = rotation.keys.clone();
    assert_eq!(
        fixture
            .store
            .write(move |tx| store::reseal(tx, &keys))
            .await,
        0
    );
    rotation.finish().unwrap();
    fixture.start().await;
    fixture.check(ANN).await.unwrap();
    let code = fixture.code_for(OTHER_PHONE);
    let step = fixture.code(BOB, &login.id, &code).await.unwrap();
    assert!(is_complete(&step));
    fixture.finish().await;
}

//! Tests of `telegram/delivery/edit_order.rs`.

use futures_util::FutureExt as _;

use super::*;

#[tokio::test]
async fn one_turn_at_a_time_and_nothing_is_kept_but_doubts() {
    let order = EditOrder::default();
    let mut first = order.turn(1, 5).await;
    assert!(order.turn(1, 5).now_or_never().is_none(), "it waits");
    assert!(order.turn(1, 6).now_or_never().is_some(), "another message");
    first.set_doubtful(true);
    drop(first);
    let mut second = order.turn(1, 5).await;
    assert!(second.is_doubtful());
    second.set_doubtful(false);
    drop(second);
    assert_eq!(order.lock().len(), 0);
    for message in 0..3_000 {
        order.turn(2, message).await.set_doubtful(true);
    }
    assert!(order.lock().len() <= DOUBTS);
}

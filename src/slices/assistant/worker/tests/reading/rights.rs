//! Rights that change while an answer is made.

use super::*;
use crate::db::WriteTx;

#[tokio::test]
async fn what_was_read_with_a_right_that_is_lost_is_told_to_nobody() {
    let desk = desk().await;
    desk.set_role(Role::Admin).await;
    desk.start_in_place();
    let secret = [("secret", "{}")];
    let id = desk.ask_and_hold(&secret).await;
    assert_eq!(offered(&desk.model.calls()[0]).len(), 4);
    desk.set_role(Role::User).await;
    desk.model.set(ModelReply::Reads(calls(&secret)));
    desk.model.hold(false);
    let question = desk.closed(&id).await;
    assert_eq!((question.state, question.failures), (State::Completed, 1));
    assert!(
        question.answer.contains("no such tool"),
        "{}",
        question.answer
    );
    assert!(!question.answer.contains("of others"));
}

#[tokio::test]
async fn who_may_not_ask_any_longer_is_told_nothing() {
    let desk = desk().await;
    desk.start_in_place();
    let id = desk.ask_and_hold(&[("mirror", "{}")]).await;
    desk.set_role(Role::Refused).await;
    desk.model.hold(false);
    let question = desk.closed(&id).await;
    let wanted = (State::Failed, Some(Reason::NotAllowed), "");
    assert_eq!(
        (question.state, question.reason, question.answer.as_str()),
        wanted
    );
    assert_eq!(
        desk.model.calls().len(),
        2,
        "it is not asked for them again"
    );
    let id = desk.ask("and now?").await;
    assert_eq!(desk.closed(&id).await.reason, Some(Reason::NotAllowed));
    assert_eq!(desk.model.calls().len(), 2);
}

/// Between two calls of one round somebody's role changes.
#[tokio::test]
async fn rights_are_read_again_for_every_call() {
    for (role, state, reason, rounds) in [
        // Begun anew with what a user may read.
        (Role::User, State::Completed, None, 3),
        (Role::Refused, State::Failed, Some(Reason::NotAllowed), 1),
    ] {
        let (entered, enters) = crossbeam_channel::bounded(1);
        let (open, opened) = crossbeam_channel::bounded(1);
        let gate = tool("gate", move |_, _, _| {
            entered.send(()).unwrap();
            opened.recv_timeout(LIMIT).unwrap();
            Ok("open".into())
        });
        let desk = Desk::with(vec![gate, secret()].into()).await;
        desk.set_role(Role::Admin).await;
        desk.start_in_place();
        let both = calls(&[("gate", "{}"), ("secret", "{}")]);
        desk.model.next([ModelReply::Reads(both)]);
        let id = desk.ask("what is there?").await;
        let waited = tokio::task::spawn_blocking(move || enters.recv_timeout(LIMIT));
        waited.await.unwrap().unwrap();
        desk.set_role(role).await;
        open.send(()).unwrap();
        let question = desk.closed(&id).await;
        let ended = (question.state, question.reason, question.failures);
        assert_eq!(ended, (state, reason, 1));
        let sent = desk.model.calls().into_iter();
        assert!(
            sent.flat_map(|call| call.results)
                .all(|result| !result.contains("of others"))
        );
        assert_eq!(desk.model.calls().len(), rounds, "{role:?}");
        desk.tasks.stop();
        assert!(desk.tasks.ended(LIMIT).await);
    }
}

#[tokio::test]
async fn who_is_forgotten_or_stops_between_two_rounds_ends_it() {
    let desk = desk().await;
    desk.start_in_place();
    let id = desk.ask_and_hold(&[("mirror", "{}")]).await;
    let row = desk.question(&id).await.id;
    let end = move |tx: &WriteTx<'_>| store::end(tx, NOW, row, Reason::Stopped, "");
    assert!(desk.parts.db.write(end).await.unwrap());
    desk.parts.live.close(row);
    let hung_up = |model: &PretendModel| model.in_flight() == 0;
    let waited = desk.model.wait_until("the call to end", LIMIT, hung_up);
    waited.await.unwrap();
    // The attempt writes what it used when it sees the stop, a moment later.
    let mut period = tokio::time::interval(Duration::from_millis(20));
    let written = tokio::time::timeout(LIMIT, async {
        while desk.number("SELECT count(*) FROM question_spend").await == 0 {
            period.tick().await;
        }
    });
    written.await.expect("the first round is paid");
    let spent = desk.number("SELECT tokens FROM question_spend").await;
    assert_eq!(spent, 42);

    desk.ask_and_hold(&[("mirror", "{}")]).await;
    let forget = desk.parts.db.write(|tx| {
        store::forget(tx, ANN)?;
        people::forget(tx, ANN)
    });
    forget.await.unwrap();
    desk.model.hold(false);
    waited_out(&desk).await;
    for table in ["question", "question_attempt", "question_spend", "person"] {
        let sql: &'static str = format!("SELECT count(*) FROM {table}").leak();
        assert_eq!(desk.number(sql).await, 0, "{table}");
    }
}

/// Waits until nothing is in hand any more.
async fn waited_out(desk: &Desk) {
    let mut period = tokio::time::interval(Duration::from_millis(20));
    let waited = tokio::time::timeout(LIMIT, async {
        while desk.parts.live.count() > 0 || desk.model.in_flight() > 0 {
            period.tick().await;
        }
    });
    waited.await.unwrap();
}

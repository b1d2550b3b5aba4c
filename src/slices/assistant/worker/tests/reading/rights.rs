//! Rights that change while an answer is written.

use super::*;
use crate::db::WriteTx;

#[tokio::test]
async fn what_was_read_with_a_right_that_is_lost_is_told_to_nobody() {
    let fixture = fixture().await;
    fixture.set_role(Role::Admin).await;
    fixture.start_in_place();
    let secret = [("secret", "{}")];
    let id = fixture.ask_and_hold(&secret).await;
    assert_eq!(offered(&fixture.model.calls()[0]).len(), 4);
    fixture.set_role(Role::User).await;
    fixture.model.set(ModelReply::Reads(calls(&secret)));
    fixture.model.hold(false);
    let question = fixture.closed(&id).await;
    assert_eq!(
        (question.state, question.failures),
        (QuestionState::Completed, 1)
    );
    assert!(
        question.answer.contains("no such tool"),
        "{}",
        question.answer
    );
    assert!(!question.answer.contains("of others"));
}

#[tokio::test]
async fn who_may_not_ask_any_longer_is_told_nothing() {
    let fixture = fixture().await;
    fixture.start_in_place();
    let id = fixture.ask_and_hold(&[("mirror", "{}")]).await;
    fixture.set_role(Role::Refused).await;
    fixture.model.hold(false);
    let question = fixture.closed(&id).await;
    let wanted = (QuestionState::Failed, Some(Reason::NotAllowed), "");
    assert_eq!(
        (question.state, question.reason, question.answer.as_str()),
        wanted
    );
    assert_eq!(
        fixture.model.calls().len(),
        2,
        "it is not asked for them again"
    );
    let id = fixture.ask("and now?").await;
    assert_eq!(fixture.closed(&id).await.reason, Some(Reason::NotAllowed));
    assert_eq!(fixture.model.calls().len(), 2);
}

/// Somebody's role changes between two calls of one round.
#[tokio::test]
async fn rights_are_read_again_for_every_call() {
    for (role, state, reason, rounds) in [
        // Asked again with what a user may read.
        (Role::User, QuestionState::Completed, None, 3),
        (
            Role::Refused,
            QuestionState::Failed,
            Some(Reason::NotAllowed),
            1,
        ),
    ] {
        let (entered, enters) = crossbeam_channel::bounded(1);
        let (open, opened) = crossbeam_channel::bounded(1);
        let gate = tool("gate", move |_, _, _| {
            entered.send(()).unwrap();
            opened.recv_timeout(LIMIT).unwrap();
            Ok("open".into())
        });
        let fixture = Fixture::with(vec![gate, secret()].into()).await;
        fixture.set_role(Role::Admin).await;
        fixture.start_in_place();
        let both = calls(&[("gate", "{}"), ("secret", "{}")]);
        fixture.model.next([ModelReply::Reads(both)]);
        let id = fixture.ask("what is there?").await;
        let waited = tokio::task::spawn_blocking(move || enters.recv_timeout(LIMIT));
        waited.await.unwrap().unwrap();
        fixture.set_role(role).await;
        open.send(()).unwrap();
        let question = fixture.closed(&id).await;
        let ended = (question.state, question.reason, question.failures);
        assert_eq!(ended, (state, reason, 1));
        let sent = fixture.model.calls().into_iter();
        assert!(
            sent.flat_map(|call| call.results)
                .all(|result| !result.contains("of others"))
        );
        assert_eq!(fixture.model.calls().len(), rounds, "{role:?}");
        fixture.tasks.stop();
        assert!(fixture.tasks.ended(LIMIT).await);
    }
}

#[tokio::test]
async fn who_is_forgotten_or_stops_between_two_rounds_ends_it() {
    let fixture = fixture().await;
    fixture.start_in_place();
    let id = fixture.ask_and_hold(&[("mirror", "{}")]).await;
    let row = fixture.question(&id).await.id;
    let end = move |tx: &WriteTx<'_>| store::end(tx, NOW, row, Reason::Stopped, "");
    assert!(fixture.context.db.write(end).await.unwrap());
    fixture.context.progress.close(row);
    let hung_up = |model: &PretendModel| model.in_flight() == 0;
    let waited = fixture.model.wait_until("the call to end", LIMIT, hung_up);
    waited.await.unwrap();
    // The attempt records its usage a moment after it sees the stop.
    let mut period = tokio::time::interval(Duration::from_millis(20));
    let written = tokio::time::timeout(LIMIT, async {
        while fixture.number("SELECT count(*) FROM question_spend").await == 0 {
            period.tick().await;
        }
    });
    written.await.expect("the first round is paid");
    let spent = fixture.number("SELECT tokens FROM question_spend").await;
    assert_eq!(spent, 42);

    fixture.ask_and_hold(&[("mirror", "{}")]).await;
    let forget = fixture.context.db.write(|tx| {
        store::forget(tx, ANN)?;
        people::forget(tx, ANN)
    });
    forget.await.unwrap();
    fixture.model.hold(false);
    waited_out(&fixture).await;
    for table in ["question", "question_attempt", "question_spend", "person"] {
        let sql: &'static str = format!("SELECT count(*) FROM {table}").leak();
        assert_eq!(fixture.number(sql).await, 0, "{table}");
    }
}

/// Waits until no question is processing.
async fn waited_out(fixture: &Fixture) {
    let mut period = tokio::time::interval(Duration::from_millis(20));
    let waited = tokio::time::timeout(LIMIT, async {
        while fixture.context.progress.count() > 0 || fixture.model.in_flight() > 0 {
            period.tick().await;
        }
    });
    waited.await.unwrap();
}

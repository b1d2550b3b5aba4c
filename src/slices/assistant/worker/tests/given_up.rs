//! Lost attempts: after a crash, an expired lease, a stop of the program or of the person.

use super::*;

#[tokio::test(start_paused = true)]
async fn what_was_given_up_is_begun_anew_and_three_times_at_most() {
    let fixture = Fixture::new().await;
    // The state after a crash: `processing`, with no attempt running.
    let id = fixture.ask("why?").await;
    let crash = async || {
        let write = fixture.context.db.write(|tx| {
            tx.execute(
                "UPDATE question SET state = 'processing', attempt = attempt + 1",
                [],
            )?;
            Ok(())
        });
        write.await.unwrap();
    };
    crash().await;
    // Jumps of the wall clock change nothing.
    fixture.context.clock.set(UnixMs(0));
    fixture.start_in_place();
    let question = fixture.closed(&id).await;
    assert_eq!(
        (question.state, question.failures),
        (QuestionState::Completed, 1)
    );
    fixture.tasks.stop();
    assert!(fixture.tasks.ended(LIMIT).await);

    let id = fixture.ask("again?").await;
    let write = fixture.context.db.write(|tx| {
        tx.execute("UPDATE question SET state = 'processing', attempt = 3, failures = 2 WHERE closed_at IS NULL", [])?;
        Ok(())
    });
    write.await.unwrap();
    let worker = Worker::new(fixture.context.clone(), CancellationToken::new()).unwrap();
    Tasks::new().spawn(THREAD, worker.run());
    let question = fixture.closed(&id).await;
    assert_eq!(
        (question.state, question.reason),
        (QuestionState::Failed, Some(Reason::Interrupted))
    );
    assert_eq!(
        fixture.model.calls().len(),
        1,
        "it was not asked a fourth time"
    );
}

#[tokio::test(start_paused = true)]
async fn a_question_whose_attempt_was_lost_twice_is_put_aside_and_the_admins_hear_of_it() {
    let fixture = Fixture::new().await;
    let mut worker = Worker::new(fixture.context.clone(), fixture.tasks.stop_token()).unwrap();
    let admit = fixture.context.db.write(|tx| {
        tx.execute(
            "INSERT INTO person (id, role, created_at) VALUES (1, 'owner', 0)",
            [],
        )?;
        Ok(())
    });
    admit.await.unwrap();
    let id = fixture.ask("why?").await;
    for (deaths, state) in [(1, QuestionState::Pending), (2, QuestionState::Failed)] {
        // Claimed by a program that then died.
        let claimed = fixture.context.db.write(|tx| {
            tx.execute(
                "UPDATE question SET state = 'processing', attempt = attempt + 1",
                [],
            )?;
            Ok(())
        });
        claimed.await.unwrap();
        worker.requeue_lost().await;
        let question = fixture.question(&id).await;
        assert_eq!((question.state, question.failures), (state, deaths));
    }
    let told = "SELECT count(*) FROM outbox WHERE dedupe LIKE 'assistant-interrupted:%'";
    assert_eq!(fixture.number(told).await, 1);
    assert!(fixture.model.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_lease_ends_and_the_late_answer_is_refused() {
    let fixture = Fixture::new().await;
    let mut worker = Worker::new(fixture.context.clone(), fixture.tasks.stop_token()).unwrap();
    fixture.model.set(ModelReply::Held);
    fixture.model.hold(true);
    let id = fixture.ask("why?").await;
    worker.claim_due().await;
    let held = |model: &PretendModel| model.in_flight() == 1;
    fixture
        .model
        .wait_until("a call", LIMIT, held)
        .await
        .unwrap();
    worker.requeue_lost().await;
    assert_eq!(
        fixture.question(&id).await.state,
        QuestionState::Processing,
        "its lease goes on"
    );
    for lease in worker.leases.values_mut() {
        lease.until = Instant::now();
    }
    worker.requeue_lost().await;
    assert_eq!(fixture.question(&id).await.state, QuestionState::Pending);
    worker.claim_due().await;
    fixture.model.hold(false);
    while let Some(ended) = worker.calls.join_next().await {
        worker.forget_lease(ended.ok());
    }
    let question = fixture.closed(&id).await;
    assert_eq!((question.answer, question.failures), (answer_to("why?"), 1));
    let outcomes = "SELECT count(DISTINCT outcome) FROM question_attempt WHERE outcome IN ('late', 'answered')";
    assert_eq!(fixture.number(outcomes).await, 2);
    assert!(worker.leases.is_empty());
}

#[tokio::test]
async fn a_stop_gives_back_what_is_in_hand_and_counts_no_failure() {
    let (fixture, id, _) = half_answered().await;
    fixture.tasks.stop();
    assert!(fixture.tasks.ended(LIMIT).await);
    let question = fixture.question(&id).await;
    assert_eq!(
        (question.state, question.failures),
        (QuestionState::Pending, 0)
    );
    call_ended(&fixture).await;
}

#[tokio::test]
async fn who_stops_a_question_ends_its_call() {
    let (fixture, id, row) = half_answered().await;
    let partial = fixture.context.progress.text(row);
    let stop = fixture
        .context
        .db
        .write(move |tx| store::end(tx, NOW, row, Reason::Stopped, &partial));
    assert!(stop.await.unwrap());
    fixture.context.progress.close(row);
    call_ended(&fixture).await;
    let question = fixture.question(&id).await;
    assert_eq!(
        (question.answer.as_str(), question.reason),
        ("You asked: ", Some(Reason::Stopped))
    );
    fixture.tasks.stop();
    assert!(fixture.tasks.ended(LIMIT).await);
}

/// A question of whose answer the first words have come, and nothing more.
async fn half_answered() -> (Fixture, String, i64) {
    let fixture = Fixture::new().await;
    fixture.model.set(ModelReply::SilentAfter(2));
    fixture.start_in_place();
    let id = fixture.ask("why?").await;
    let row = fixture.question(&id).await.id;
    let mut seen = fixture.context.progress.follow(row);
    let begun = seen.wait_for(|progress| progress.text == "You asked: ");
    tokio::time::timeout(LIMIT, begun).await.unwrap().unwrap();
    (fixture, id, row)
}

async fn call_ended(fixture: &Fixture) {
    let hung_up = |model: &PretendModel| model.in_flight() == 0;
    let ended = fixture.model.wait_until("the call to end", LIMIT, hung_up);
    ended.await.unwrap();
}

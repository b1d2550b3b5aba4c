//! What nobody works on any longer, by a crash, a lease that ended, a stop of the program or of who asked.

use super::*;

#[tokio::test(start_paused = true)]
async fn what_was_given_up_is_begun_anew_and_three_times_at_most() {
    let desk = Desk::new().await;
    // As a crash leaves it: in hand, and nobody works on it.
    let id = desk.ask("why?").await;
    let crash = async || {
        let write = desk.parts.db.write(|tx| {
            tx.execute(
                "UPDATE question SET state = 'processing', attempt = attempt + 1",
                [],
            )?;
            Ok(())
        });
        write.await.unwrap();
    };
    crash().await;
    // The time of day says nothing about it, wherever it jumps.
    desk.parts.clock.set(UnixMs(0));
    desk.start_in_place();
    let question = desk.closed(&id).await;
    assert_eq!((question.state, question.failures), (State::Completed, 1));
    desk.tasks.stop();
    assert!(desk.tasks.ended(LIMIT).await);

    let id = desk.ask("again?").await;
    let write = desk.parts.db.write(|tx| {
        tx.execute("UPDATE question SET state = 'processing', attempt = 3, failures = 2 WHERE closed_at IS NULL", [])?;
        Ok(())
    });
    write.await.unwrap();
    let worker = Worker::new(desk.parts.clone(), CancellationToken::new()).unwrap();
    Tasks::new().spawn(THREAD, worker.run());
    let question = desk.closed(&id).await;
    assert_eq!(
        (question.state, question.reason),
        (State::Failed, Some(Reason::Interrupted))
    );
    assert_eq!(
        desk.model.calls().len(),
        1,
        "it was not asked a fourth time"
    );
}

#[tokio::test(start_paused = true)]
async fn a_lease_ends_and_the_late_answer_is_refused() {
    let desk = Desk::new().await;
    let mut worker = Worker::new(desk.parts.clone(), desk.tasks.stop_token()).unwrap();
    desk.model.set(ModelReply::Held);
    desk.model.hold(true);
    let id = desk.ask("why?").await;
    worker.take_what_is_due().await;
    let held = |model: &PretendModel| model.in_flight() == 1;
    desk.model.wait_until("a call", LIMIT, held).await.unwrap();
    worker.begin_anew().await;
    assert_eq!(
        desk.question(&id).await.state,
        State::Processing,
        "its lease goes on"
    );
    for lease in worker.leases.values_mut() {
        lease.until = Instant::now();
    }
    worker.begin_anew().await;
    assert_eq!(desk.question(&id).await.state, State::Pending);
    worker.take_what_is_due().await;
    desk.model.hold(false);
    while let Some(ended) = worker.calls.join_next().await {
        worker.forget_lease(ended.ok());
    }
    let question = desk.closed(&id).await;
    assert_eq!((question.answer, question.failures), (answer_to("why?"), 1));
    let outcomes = "SELECT count(DISTINCT outcome) FROM question_attempt WHERE outcome IN ('late', 'answered')";
    assert_eq!(desk.number(outcomes).await, 2);
    assert!(worker.leases.is_empty());
}

#[tokio::test]
async fn a_stop_gives_back_what_is_in_hand_and_counts_no_failure() {
    let desk = Desk::new().await;
    desk.model.set(ModelReply::SilentAfter(2));
    desk.start_in_place();
    let id = desk.ask("why?").await;
    let row = desk.question(&id).await.id;
    let mut seen = desk.parts.live.follow(row);
    tokio::time::timeout(
        LIMIT,
        seen.wait_for(|progress| progress.text == "You asked: "),
    )
    .await
    .unwrap()
    .unwrap();
    desk.tasks.stop();
    assert!(desk.tasks.ended(LIMIT).await);
    let question = desk.question(&id).await;
    assert_eq!((question.state, question.failures), (State::Pending, 0));
    let hung_up = |model: &PretendModel| model.in_flight() == 0;
    desk.model
        .wait_until("the call to end", LIMIT, hung_up)
        .await
        .unwrap();
}

#[tokio::test]
async fn who_stops_a_question_ends_its_call() {
    let desk = Desk::new().await;
    desk.model.set(ModelReply::SilentAfter(2));
    desk.start_in_place();
    let id = desk.ask("why?").await;
    let row = desk.question(&id).await.id;
    let mut seen = desk.parts.live.follow(row);
    let begun = seen.wait_for(|progress| progress.text == "You asked: ");
    tokio::time::timeout(LIMIT, begun).await.unwrap().unwrap();
    let partial = desk.parts.live.text(row);
    let stop = desk
        .parts
        .db
        .write(move |tx| store::end(tx, NOW, row, Reason::Stopped, &partial));
    assert!(stop.await.unwrap());
    desk.parts.live.close(row);
    let hung_up = |model: &PretendModel| model.in_flight() == 0;
    desk.model
        .wait_until("the call to end", LIMIT, hung_up)
        .await
        .unwrap();
    let question = desk.question(&id).await;
    assert_eq!(
        (question.answer.as_str(), question.reason),
        ("You asked: ", Some(Reason::Stopped))
    );
    desk.tasks.stop();
    assert!(desk.tasks.ended(LIMIT).await);
}

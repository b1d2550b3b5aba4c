//! The queue on a real database: who may write what, and clocks that jump.

mod limits;

use std::ops::Deref;
use std::time::Duration;

use super::*;
use crate::clock::days;
use crate::clock::testing::NOW;
use crate::db::testing::Store;
use crate::slices::assistant::question::{
    AttemptOutcome, AttemptRef, Budget, Claim, LONGEST_WAIT, MOST_FAILURES, Usage,
};

const DAY: &str = "2026-11-21";
const ANN: i64 = 7;

struct Fixture {
    store: Store,
    /// The budget when questions are asked. A different one may apply when they are claimed.
    budget: Budget,
}

impl Deref for Fixture {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Fixture {
    fn new() -> Self {
        Self {
            store: Store::new(),
            budget: Budget::default(),
        }
    }

    async fn ask(&self, text: &str, key: Option<&str>) -> AskOutcome {
        let question = NewQuestion {
            person_id: ANN,
            token_id: Some(1),
            client_key: key.map(str::to_owned),
            origin: None,
            prompt: Prompt::of(text),
        };
        let limits = AskLimits {
            most_open: 3,
            budget: self.budget,
            day: DAY.to_owned(),
        };
        self.write(move |tx| ask(tx, NOW, &question, &limits)).await
    }

    async fn asked(&self, text: &str) -> String {
        match self.ask(text, None).await {
            AskOutcome::Is(id) => id,
            other => panic!("{other:?}"),
        }
    }

    async fn next(&self, now: UnixMs, budget: Budget) -> NextJob {
        let models = ["first".to_owned(), "second".to_owned()];
        self.write(move |tx| claim(tx, now, DAY, &models, budget, 100))
            .await
    }

    async fn claim(&self, now: UnixMs) -> Claim {
        match self.next(now, Budget::default()).await {
            NextJob::Attempt(claim) => claim,
            other => panic!("{other:?}"),
        }
    }

    async fn settle(&self, now: UnixMs, claim: &Claim, outcome: AttemptOutcome) -> Settled {
        let attempt = AttemptRef::of(claim);
        let usage = Usage {
            prompt_tokens: 3,
            completion_tokens: 4,
            cost_nanousd: 50,
            ..Usage::default()
        };
        self.write(move |tx| settle(tx, now, DAY, &attempt, &outcome, &usage))
            .await
    }

    async fn question(&self, public_id: &str) -> Question {
        let public_id = public_id.to_owned();
        let found = self.db.read(move |c| get(c, ANN, &public_id)).await;
        found.unwrap().unwrap()
    }

    async fn number(&self, sql: &'static str) -> i64 {
        let n = self
            .db
            .read(move |c| Ok(c.query_row(sql, [], |row| row.get(0))?));
        n.await.unwrap()
    }
}

fn answered(text: &str) -> AttemptOutcome {
    AttemptOutcome::Answered {
        text: text.to_owned(),
        is_truncated: false,
    }
}

fn failed(reason: Reason, again: Option<u64>) -> AttemptOutcome {
    AttemptOutcome::Failed {
        reason,
        partial: "half".to_owned(),
        again: again.map(Duration::from_secs),
    }
}

#[tokio::test]
async fn a_question_is_asked_once_under_a_clients_name() {
    let fixture = Fixture::new();
    let first = fixture.ask("why?", Some("k")).await;
    assert_eq!(fixture.ask("why?", Some("k")).await, first);
    assert_eq!(fixture.ask("how?", Some("k")).await, AskOutcome::OtherText);
    fixture.asked("where?").await;
    fixture.asked("when?").await;
    assert_eq!(fixture.ask("who?", None).await, AskOutcome::TooManyOpen);
    assert_eq!(
        fixture.ask("why?", Some("k")).await,
        first,
        "that is not one more"
    );
    let AskOutcome::Is(id) = first else { panic!() };
    let stranger = fixture
        .db
        .read(move |c| get(c, ANN + 1, &id))
        .await
        .unwrap();
    assert_eq!(stranger, None, "somebody else's");
}

#[tokio::test]
async fn the_result_of_an_old_attempt_is_refused_and_its_cost_noted() {
    let fixture = Fixture::new();
    let id = fixture.asked("why?").await;
    let old = fixture.claim(NOW).await;
    assert_eq!((old.attempt, old.model.as_str()), (1, "first"));
    assert_eq!(fixture.next(NOW, Budget::default()).await, NextJob::Nothing);
    let given_up = fixture
        .settle(NOW, &old, failed(Reason::Interrupted, Some(0)))
        .await;
    assert_eq!(given_up, Settled::At(QuestionState::Pending));
    let new = fixture.claim(NOW).await;
    assert_eq!((new.attempt, new.model.as_str()), (2, "second"));
    let late = fixture.settle(NOW, &old, answered("old")).await;
    assert_eq!(late, Settled::Late);
    let done = fixture.settle(NOW, &new, answered("new")).await;
    assert_eq!(done, Settled::At(QuestionState::Completed));
    let again = fixture.settle(NOW, &new, answered("newer")).await;
    assert_eq!(again, Settled::Gone, "it is closed");
    let question = fixture.question(&id).await;
    assert_eq!(
        (question.state, question.answer.as_str()),
        (QuestionState::Completed, "new")
    );
    assert_eq!((question.reason, question.closed_at), (None, Some(NOW)));
    assert_eq!(
        fixture.number("SELECT tokens FROM question_spend").await,
        4 * 7
    );
    assert_eq!(
        fixture
            .number("SELECT count(*) FROM question_attempt WHERE outcome = 'late'")
            .await,
        2
    );
}

#[tokio::test]
async fn the_third_failure_is_the_last_and_giving_back_is_none() {
    let fixture = Fixture::new();
    let id = fixture.asked("why?").await;
    for _ in 0..5 {
        let claim = fixture.claim(NOW).await;
        let back = fixture.settle(NOW, &claim, AttemptOutcome::Released).await;
        assert_eq!(back, Settled::At(QuestionState::Pending));
    }
    for failure in 1..=MOST_FAILURES {
        let claim = fixture.claim(NOW).await;
        let settled = fixture
            .settle(NOW, &claim, failed(Reason::Busy, Some(0)))
            .await;
        let wanted = match failure {
            MOST_FAILURES => QuestionState::Failed,
            _ => QuestionState::Pending,
        };
        assert_eq!(settled, Settled::At(wanted), "failure {failure}");
    }
    let question = fixture.question(&id).await;
    assert_eq!(question.reason, Some(Reason::Busy));
    assert_eq!((question.failures, question.answer.as_str()), (3, "half"));
    let final_at_once = fixture.asked("and this?").await;
    let claim = fixture.claim(NOW).await;
    let settled = fixture.settle(NOW, &claim, failed(Reason::Key, None)).await;
    assert_eq!(settled, Settled::At(QuestionState::Failed));
    assert_eq!(fixture.question(&final_at_once).await.failures, 1);
}

#[tokio::test]
async fn a_clock_that_jumps_makes_no_question_wait_for_ever() {
    let fixture = Fixture::new();
    fixture.asked("why?").await;
    let claim = fixture.claim(NOW).await;
    fixture
        .settle(NOW, &claim, failed(Reason::Busy, Some(90)))
        .await;
    let wait = Duration::from_secs(90);
    assert_eq!(fixture.next(NOW, Budget::default()).await, NextJob::Nothing);
    assert_eq!(
        fixture
            .next(NOW.plus(wait - Duration::from_secs(1)), Budget::default())
            .await,
        NextJob::Nothing
    );
    // Set back a little, the question waits that much longer; set back a lot, it is due.
    let little = NOW.minus(Duration::from_secs(100));
    assert_eq!(
        fixture.next(little, Budget::default()).await,
        NextJob::Nothing
    );
    let much = NOW.minus(2 * LONGEST_WAIT);
    let claim = fixture.claim(much).await;
    // A jump of the wall clock does not end an attempt. Only the worker declares one lost.
    let tomorrow = NOW.plus(days(1));
    assert_eq!(
        fixture.next(tomorrow, Budget::default()).await,
        NextJob::Nothing
    );
    let done = fixture.settle(tomorrow, &claim, answered("so")).await;
    assert_eq!(done, Settled::At(QuestionState::Completed));
}

#[tokio::test]
async fn what_is_stopped_keeps_its_part_and_takes_no_answer() {
    let fixture = Fixture::new();
    let id = fixture.asked("why?").await;
    let claim = fixture.claim(NOW).await;
    let row = fixture.question(&id).await.id;
    let in_hand = async |attempt| {
        let in_hand = fixture.db.read(move |c| is_in_hand(c, row, attempt));
        in_hand.await.unwrap()
    };
    assert!(in_hand(1).await && !in_hand(2).await);
    assert!(
        fixture
            .write(move |tx| end(tx, NOW, row, Reason::Stopped, "half of"))
            .await
    );
    assert!(
        !fixture
            .write(move |tx| end(tx, NOW, row, Reason::Stopped, ""))
            .await
    );
    assert!(!in_hand(1).await, "nothing of it is shown any more");
    let late = fixture.settle(NOW, &claim, answered("all of it")).await;
    assert_eq!(late, Settled::Gone);
    let question = fixture.question(&id).await;
    assert_eq!(
        (question.answer.as_str(), question.reason),
        ("half of", Some(Reason::Stopped))
    );
}

#[tokio::test]
async fn the_rest_of_an_answer_is_a_question_with_what_was_said_so_far() {
    let fixture = Fixture::new();
    let id = fixture.asked("why?").await;
    let claim = fixture.claim(NOW).await;
    let cut = AttemptOutcome::Answered {
        text: "Because of".to_owned(),
        is_truncated: true,
    };
    fixture.settle(NOW, &claim, cut).await;
    let question = fixture.question(&id).await;
    assert!(question.is_truncated);
    let row = question.id;
    let prompt = fixture.db.read(move |c| prompt(c, row)).await.unwrap();
    let further = prompt.going_on(&question.answer);
    let ask_further = async |prompt: Prompt| {
        let question = NewQuestion {
            person_id: ANN,
            token_id: Some(1),
            client_key: Some("k".to_owned()),
            origin: None,
            prompt,
        };
        let limits = AskLimits {
            most_open: 3,
            budget: Budget::default(),
            day: DAY.to_owned(),
        };
        fixture
            .write(move |tx| ask(tx, NOW, &question, &limits))
            .await
    };
    let first = ask_further(further.clone()).await;
    assert_eq!(ask_further(further.clone()).await, first);
    let other = ask_further(Prompt::of("why?")).await;
    assert_eq!(
        other,
        AskOutcome::OtherText,
        "the same text, but not the rest of it"
    );
    let claim = fixture.claim(NOW).await;
    assert_eq!(
        (claim.prompt.text.as_str(), claim.prompt.so_far.as_str()),
        ("why?", "Because of")
    );
    // The end of a long answer is enough for a model.
    let long = further.going_on(&"ы".repeat(100_000));
    assert!(long.so_far.len() <= 32 * 1024 && long.so_far.chars().all(|c| c == 'ы'));
}

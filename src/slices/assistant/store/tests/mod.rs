//! The queue on a real database: who may write what, and clocks that jump.

use std::ops::Deref;
use std::time::Duration;

use super::*;
use crate::clock::days;
use crate::clock::testing::NOW;
use crate::db::testing::Store;
use crate::retention::Rule;
use crate::slices::assistant::question::{
    Budget, Claim, LONGEST_WAIT, MOST_FAILURES, Outcome, Usage,
};

const DAY: &str = "2026-11-21";
const ANN: i64 = 7;

struct Desk {
    store: Store,
    /// Against which questions are taken; another may count when they are begun.
    budget: Budget,
}

impl Deref for Desk {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Desk {
    fn new() -> Self {
        Self {
            store: Store::new(),
            budget: Budget::default(),
        }
    }

    async fn ask(&self, text: &str, key: Option<&str>) -> Asked {
        let question = NewQuestion {
            person_id: ANN,
            token_id: Some(1),
            client_key: key.map(str::to_owned),
            spot: None,
            text: text.to_owned(),
        };
        let limits = Limits {
            most_open: 3,
            budget: self.budget,
            day: DAY.to_owned(),
        };
        self.write(move |tx| ask(tx, NOW, &question, &limits)).await
    }

    async fn asked(&self, text: &str) -> String {
        match self.ask(text, None).await {
            Asked::Is(id) => id,
            other => panic!("{other:?}"),
        }
    }

    async fn next(&self, now: UnixMs, budget: Budget) -> Next {
        let models = ["first".to_owned(), "second".to_owned()];
        self.write(move |tx| claim(tx, now, DAY, &models, budget, 100))
            .await
    }

    async fn claim(&self, now: UnixMs) -> Claim {
        match self.next(now, Budget::default()).await {
            Next::Attempt(claim) => claim,
            other => panic!("{other:?}"),
        }
    }

    async fn settle(&self, now: UnixMs, claim: &Claim, outcome: Outcome) -> Settled {
        let attempt = InHand::of(claim);
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

fn failed(reason: Reason, again: Option<u64>) -> Outcome {
    Outcome::Failed {
        reason,
        partial: "half".to_owned(),
        again: again.map(Duration::from_secs),
    }
}

#[tokio::test]
async fn a_question_is_asked_once_under_a_clients_name() {
    let desk = Desk::new();
    let first = desk.ask("why?", Some("k")).await;
    assert_eq!(desk.ask("why?", Some("k")).await, first);
    assert_eq!(desk.ask("how?", Some("k")).await, Asked::OtherText);
    desk.asked("where?").await;
    desk.asked("when?").await;
    assert_eq!(desk.ask("who?", None).await, Asked::TooManyOpen);
    assert_eq!(
        desk.ask("why?", Some("k")).await,
        first,
        "that is not one more"
    );
    let Asked::Is(id) = first else { panic!() };
    let stranger = desk.db.read(move |c| get(c, ANN + 1, &id)).await.unwrap();
    assert_eq!(stranger, None, "somebody else's");
}

#[tokio::test]
async fn the_result_of_an_old_attempt_is_refused_and_its_cost_noted() {
    let desk = Desk::new();
    let id = desk.asked("why?").await;
    let old = desk.claim(NOW).await;
    assert_eq!((old.attempt, old.model.as_str()), (1, "first"));
    assert_eq!(desk.next(NOW, Budget::default()).await, Next::Nothing);
    let given_up = desk
        .settle(NOW, &old, failed(Reason::Interrupted, Some(0)))
        .await;
    assert_eq!(given_up, Settled::At(State::Pending));
    let new = desk.claim(NOW).await;
    assert_eq!((new.attempt, new.model.as_str()), (2, "second"));
    let late = desk
        .settle(NOW, &old, Outcome::Answered("old".to_owned()))
        .await;
    assert_eq!(late, Settled::Late);
    let done = desk
        .settle(NOW, &new, Outcome::Answered("new".to_owned()))
        .await;
    assert_eq!(done, Settled::At(State::Completed));
    let again = desk
        .settle(NOW, &new, Outcome::Answered("newer".to_owned()))
        .await;
    assert_eq!(again, Settled::Gone, "it is closed");
    let question = desk.question(&id).await;
    assert_eq!(
        (question.state, question.answer.as_str()),
        (State::Completed, "new")
    );
    assert_eq!((question.reason, question.closed_at), (None, Some(NOW)));
    assert_eq!(
        desk.number("SELECT tokens FROM question_spend").await,
        4 * 7
    );
    assert_eq!(
        desk.number("SELECT count(*) FROM question_attempt WHERE outcome = 'late'")
            .await,
        2
    );
}

#[tokio::test]
async fn the_third_failure_is_the_last_and_giving_back_is_none() {
    let desk = Desk::new();
    let id = desk.asked("why?").await;
    for _ in 0..5 {
        let claim = desk.claim(NOW).await;
        let back = desk.settle(NOW, &claim, Outcome::Released).await;
        assert_eq!(back, Settled::At(State::Pending));
    }
    for failure in 1..=MOST_FAILURES {
        let claim = desk.claim(NOW).await;
        let settled = desk
            .settle(NOW, &claim, failed(Reason::Busy, Some(0)))
            .await;
        let wanted = match failure {
            MOST_FAILURES => State::Failed,
            _ => State::Pending,
        };
        assert_eq!(settled, Settled::At(wanted), "failure {failure}");
    }
    let question = desk.question(&id).await;
    assert_eq!(question.reason, Some(Reason::Busy));
    assert_eq!((question.failures, question.answer.as_str()), (3, "half"));
    let final_at_once = desk.asked("and this?").await;
    let claim = desk.claim(NOW).await;
    let settled = desk.settle(NOW, &claim, failed(Reason::Key, None)).await;
    assert_eq!(settled, Settled::At(State::Failed));
    assert_eq!(desk.question(&final_at_once).await.failures, 1);
}

#[tokio::test]
async fn a_clock_that_jumps_makes_no_question_wait_for_ever() {
    let desk = Desk::new();
    desk.asked("why?").await;
    let claim = desk.claim(NOW).await;
    desk.settle(NOW, &claim, failed(Reason::Busy, Some(90)))
        .await;
    let wait = Duration::from_secs(90);
    assert_eq!(desk.next(NOW, Budget::default()).await, Next::Nothing);
    assert_eq!(
        desk.next(NOW.plus(wait - Duration::from_secs(1)), Budget::default())
            .await,
        Next::Nothing
    );
    // Set back by a little it waits that much longer, set back by much it is due.
    let little = NOW.minus(Duration::from_secs(100));
    assert_eq!(desk.next(little, Budget::default()).await, Next::Nothing);
    let much = NOW.minus(2 * LONGEST_WAIT);
    let claim = desk.claim(much).await;
    // An attempt is not given up because the time of day jumps: only who knows that it is gone says so.
    let tomorrow = NOW.plus(days(1));
    assert_eq!(desk.next(tomorrow, Budget::default()).await, Next::Nothing);
    let done = desk
        .settle(tomorrow, &claim, Outcome::Answered("so".to_owned()))
        .await;
    assert_eq!(done, Settled::At(State::Completed));
}

#[tokio::test]
async fn what_is_stopped_keeps_its_part_and_takes_no_answer() {
    let desk = Desk::new();
    let id = desk.asked("why?").await;
    let claim = desk.claim(NOW).await;
    let row = desk.question(&id).await.id;
    let in_hand = async |attempt| {
        let in_hand = desk.db.read(move |c| is_in_hand(c, row, attempt));
        in_hand.await.unwrap()
    };
    assert!(in_hand(1).await && !in_hand(2).await);
    assert!(
        desk.write(move |tx| end(tx, NOW, row, Reason::Stopped, "half of"))
            .await
    );
    assert!(
        !desk
            .write(move |tx| end(tx, NOW, row, Reason::Stopped, ""))
            .await
    );
    assert!(!in_hand(1).await, "nothing of it is shown any more");
    let late = desk
        .settle(NOW, &claim, Outcome::Answered("all of it".to_owned()))
        .await;
    assert_eq!(late, Settled::Gone);
    let question = desk.question(&id).await;
    assert_eq!(
        (question.answer.as_str(), question.reason),
        ("half of", Some(Reason::Stopped))
    );
}

#[tokio::test]
async fn a_day_allows_so_much() {
    let mut desk = Desk::new();
    desk.asked("why?").await;
    let budget = Budget {
        tokens: Some(7),
        cost_nanousd: None,
    };
    let Next::Attempt(claim) = desk.next(NOW, budget).await else {
        panic!()
    };
    desk.settle(NOW, &claim, Outcome::Answered("so".to_owned()))
        .await;
    let id = desk.asked("and?").await;
    let row = desk.question(&id).await.id;
    let Next::OverBudget(over) = desk.next(NOW, budget).await else {
        panic!()
    };
    assert_eq!((over.id, over.attempt), (row, 1));
    assert_eq!(
        desk.number("SELECT count(*) FROM question_attempt").await,
        1
    );
    desk.budget = budget;
    assert_eq!(desk.ask("more?", None).await, Asked::OverBudget);
    let money = Budget {
        tokens: None,
        cost_nanousd: Some(50),
    };
    let is_over = async |day: &'static str, budget| {
        let over = desk.db.read(move |c| is_over_budget(c, ANN, day, budget));
        over.await.unwrap()
    };
    assert!(is_over(DAY, money).await && !is_over("2026-11-22", money).await);
    assert!(!is_over(DAY, Budget::default()).await);
}

#[tokio::test]
async fn old_ones_and_those_of_who_left_are_forgotten() {
    let desk = Desk::new();
    desk.asked("why?").await;
    let claim = desk.claim(NOW).await;
    desk.settle(NOW, &claim, Outcome::Answered("so".to_owned()))
        .await;
    desk.asked("and?").await;
    let later = NOW.plus(Duration::from_secs(48 * 3600));
    for Rule { prune, .. } in KEPT {
        assert_eq!(desk.write(move |tx| prune(tx, later)).await, 1);
    }
    assert_eq!(
        desk.number("SELECT count(*) FROM question").await,
        1,
        "the open one"
    );
    assert_eq!(
        desk.number("SELECT count(*) FROM question_attempt").await,
        0
    );
    let claim = desk.claim(NOW).await;
    desk.write(|tx| forget(tx, ANN)).await;
    let late = desk
        .settle(NOW, &claim, Outcome::Answered("so".to_owned()))
        .await;
    assert_eq!(late, Settled::Gone);
    assert_eq!(desk.number("SELECT count(*) FROM question_spend").await, 0);
}

#[tokio::test]
async fn people_are_served_in_turn_and_none_has_more_than_their_share_in_hand() {
    let desk = Desk::new();
    let ask_as = async |person_id: i64, text: &'static str| {
        let question = NewQuestion {
            person_id,
            token_id: None,
            client_key: None,
            spot: None,
            text: text.to_owned(),
        };
        let limits = Limits {
            most_open: 10,
            budget: Budget::default(),
            day: DAY.to_owned(),
        };
        desk.write(move |tx| ask(tx, NOW, &question, &limits)).await;
    };
    for text in ["a1", "a2", "a3", "a4"] {
        ask_as(1, text).await;
    }
    ask_as(2, "b1").await;
    ask_as(2, "b2").await;
    ask_as(3, "c1").await;
    let next = async |most: u32| {
        let models = ["first".to_owned()];
        let due = desk.db.read(move |c| is_due(c, NOW, most)).await.unwrap();
        let claim = desk.write(move |tx| claim(tx, NOW, DAY, &models, Budget::default(), most));
        match claim.await {
            Next::Attempt(claim) => {
                assert!(due);
                Some(claim.text)
            }
            _ => {
                assert!(!due, "what is due can be taken");
                None
            }
        }
    };
    for wanted in ["a1", "b1", "c1", "a2", "b2"] {
        assert_eq!(next(2).await.as_deref(), Some(wanted));
    }
    assert_eq!(
        next(2).await,
        None,
        "the rest is of one who has two in hand"
    );
    ask_as(3, "c2").await;
    assert_eq!(next(2).await.as_deref(), Some("c2"));
    assert_eq!(next(3).await.as_deref(), Some("a3"));
    // Whoever comes later does not stand behind all that others have asked.
    ask_as(1, "a5").await;
    ask_as(4, "d1").await;
    assert_eq!(next(9).await.as_deref(), Some("a4"));
    assert_eq!(next(9).await.as_deref(), Some("d1"));
}

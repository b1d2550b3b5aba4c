//! Budgets, retention and turns.

use super::*;
use crate::retention::Rule;

#[tokio::test]
async fn a_day_allows_so_much() {
    let mut fixture = Fixture::new();
    fixture.asked("why?").await;
    let budget = Budget {
        tokens: Some(7),
        cost_nanousd: None,
    };
    let NextJob::Attempt(claim) = fixture.next(NOW, budget).await else {
        panic!()
    };
    fixture.settle(NOW, &claim, answered("so")).await;
    let id = fixture.asked("and?").await;
    let row = fixture.question(&id).await.id;
    let NextJob::OverBudget(over) = fixture.next(NOW, budget).await else {
        panic!()
    };
    assert_eq!((over.id, over.attempt), (row, 1));
    assert_eq!(
        fixture
            .number("SELECT count(*) FROM question_attempt")
            .await,
        1
    );
    fixture.budget = budget;
    assert_eq!(fixture.ask("more?", None).await, AskOutcome::OverBudget);
    let money = Budget {
        tokens: None,
        cost_nanousd: Some(50),
    };
    let is_over = async |day: &'static str, budget| {
        let over = fixture
            .db
            .read(move |c| is_over_budget(c, ANN, day, budget));
        over.await.unwrap()
    };
    assert!(is_over(DAY, money).await && !is_over("2026-11-22", money).await);
    assert!(!is_over(DAY, Budget::default()).await);
}

#[tokio::test]
async fn old_ones_and_those_of_who_left_are_forgotten() {
    let fixture = Fixture::new();
    fixture.asked("why?").await;
    let claim = fixture.claim(NOW).await;
    fixture.settle(NOW, &claim, answered("so")).await;
    fixture.asked("and?").await;
    let later = NOW.plus(Duration::from_secs(48 * 3600));
    for Rule { prune, .. } in KEPT {
        assert_eq!(fixture.write(move |tx| prune(tx, later)).await, 1);
    }
    assert_eq!(
        fixture.number("SELECT count(*) FROM question").await,
        1,
        "the open one"
    );
    assert_eq!(
        fixture
            .number("SELECT count(*) FROM question_attempt")
            .await,
        0
    );
    let claim = fixture.claim(NOW).await;
    fixture.write(|tx| forget(tx, ANN)).await;
    let late = fixture.settle(NOW, &claim, answered("so")).await;
    assert_eq!(late, Settled::Gone);
    assert_eq!(
        fixture.number("SELECT count(*) FROM question_spend").await,
        0
    );
}

#[tokio::test]
async fn people_are_served_in_turn_and_none_has_more_than_their_share_in_hand() {
    let fixture = Fixture::new();
    let ask_as = async |person_id: i64, text: &'static str| {
        let question = NewQuestion {
            person_id,
            token_id: None,
            client_key: None,
            origin: None,
            prompt: Prompt::of(text),
        };
        let limits = AskLimits {
            most_open: 10,
            budget: Budget::default(),
            day: DAY.to_owned(),
        };
        fixture
            .write(move |tx| ask(tx, NOW, &question, &limits))
            .await;
    };
    for text in ["a1", "a2", "a3", "a4"] {
        ask_as(1, text).await;
    }
    ask_as(2, "b1").await;
    ask_as(2, "b2").await;
    ask_as(3, "c1").await;
    let next = async |most: u32| {
        let models = ["first".to_owned()];
        let due = fixture
            .db
            .read(move |c| is_due(c, NOW, most))
            .await
            .unwrap();
        let claim = fixture.write(move |tx| claim(tx, NOW, DAY, &models, Budget::default(), most));
        match claim.await {
            NextJob::Attempt(claim) => {
                assert!(due);
                Some(claim.prompt.text)
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
    // Of two whose attempt was lost, the second waits for the end of the first.
    fixture
        .write(|tx| {
            tx.execute(
                "UPDATE question SET state = 'pending', reason = 'interrupted' WHERE text IN ('a1', 'b1')",
                [],
            )?;
            Ok(())
        })
        .await;
    assert_eq!(next(9).await.as_deref(), Some("a1"));
    assert_eq!(next(9).await.as_deref(), Some("a4"));
    assert_eq!(next(9).await, None);
    // A newcomer does not wait behind everything that others have asked.
    ask_as(1, "a5").await;
    ask_as(4, "d1").await;
    assert_eq!(next(9).await.as_deref(), Some("d1"));
    assert_eq!(next(9).await.as_deref(), Some("a5"));
}

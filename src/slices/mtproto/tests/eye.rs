//! What the eye says, and how often it looks.

use std::sync::Mutex;

use super::*;
use crate::db::testing::Store;
use crate::slices::mtproto::proxy::Request;
use crate::slices::mtproto::tests::kit::{self, person};

type Asked = Arc<Mutex<Vec<(i64, PersonAsked)>>>;

/// An eye over so many accounts chosen for the watch, and what they were asked.
async fn eye(
    accounts: i64,
    mut answer: impl FnMut(&PersonAsked) -> Result<Person, Refusal> + Send + 'static,
) -> (Store, AccountsEye, Clock, Asked) {
    let store = Store::new();
    store
        .write(move |tx| {
            for _ in 0..accounts {
                let id = kit::linked(tx, "Anna")?;
                store::watch_with(tx, id, true)?;
            }
            Ok(())
        })
        .await;
    let asked = Asked::default();
    let noted = Arc::clone(&asked);
    let proxy = kit::answering(move |request| match request {
        Request::Person(caller, who, reply) => {
            let answer = answer(&who);
            noted.lock().unwrap().push((caller.account.unwrap().0, who));
            reply.send(answer).unwrap();
        }
        other => panic!("nobody asked for {other:?}"),
    });
    let (eye, clock) = (AccountsEye::default(), kit::clock());
    eye.open(store.db.clone(), clock.clone(), proxy);
    (store, eye, clock, asked)
}

#[tokio::test]
async fn a_name_is_resolved_to_what_telegram_says() {
    let deleted = Person {
        is_deleted: true,
        ..person(4, &[])
    };
    let restricted = Person {
        restricted: Some("terms".to_owned()),
        ..person(5, &["anna"])
    };
    for (answer, seen) in [
        (Ok(person(42, &["anna"])), NameSeen::Exists(42)),
        (Ok(person(-100_500, &["anna"])), NameSeen::Exists(-100_500)),
        (Ok(deleted), NameSeen::Missing),
        (Ok(restricted), NameSeen::Restricted),
        (Err(Refusal::NobodyThere), NameSeen::Missing),
        (
            Err(Refusal::Flood(Duration::from_secs(60))),
            NameSeen::Blind,
        ),
        (Err(Refusal::Unreachable), NameSeen::Blind),
        (Err(Refusal::Timeout), NameSeen::Blind),
        (Err(Refusal::Internal), NameSeen::Blind),
    ] {
        let (_store, eye, _, asked) = eye(1, move |_| answer.clone()).await;
        assert_eq!(eye.look("anna", None).await, seen);
        let asked = asked.lock().unwrap().clone();
        assert_eq!(asked, [(1, PersonAsked::Username("anna".to_owned()))]);
    }
}

#[tokio::test]
async fn a_known_id_is_asked_first_and_the_name_only_if_it_is_no_longer_theirs() {
    let gone = |id: i64| Person {
        is_deleted: true,
        ..person(id, &[])
    };
    for (by_id, by_name, seen) in [
        (
            Ok(person(42, &["other", "ANNA"])),
            Err(Refusal::Internal),
            NameSeen::Exists(42),
        ),
        (
            Ok(person(42, &["other"])),
            Ok(person(43, &["anna"])),
            NameSeen::Exists(43),
        ),
        (Ok(gone(42)), Err(Refusal::NobodyThere), NameSeen::Missing),
        (
            Err(Refusal::ListChatsFirst),
            Ok(person(42, &["anna"])),
            NameSeen::Exists(42),
        ),
        (
            Err(Refusal::Unreachable),
            Ok(person(42, &["anna"])),
            NameSeen::Blind,
        ),
    ] {
        let (_store, eye, ..) = eye(1, move |who| match who {
            PersonAsked::Id(_) => by_id.clone(),
            _ => by_name.clone(),
        })
        .await;
        assert_eq!(eye.look("anna", Some(42)).await, seen);
    }
}

#[tokio::test]
async fn an_account_looks_twenty_times_an_hour_even_across_a_restart() {
    let (store, eye, clock, asked) = eye(1, |_| Ok(person(42, &["anna"]))).await;
    for _ in 0..20 {
        assert_eq!(eye.look("anna", None).await, NameSeen::Exists(42));
    }
    assert_eq!(eye.look("anna", None).await, NameSeen::Blind);
    let again = AccountsEye::default();
    assert_eq!(
        again.look("anna", None).await,
        NameSeen::Blind,
        "it is not open yet"
    );
    again.open(
        store.db.clone(),
        clock.clone(),
        kit::answering(|_| panic!("over the limit nobody asks")),
    );
    assert_eq!(again.look("anna", None).await, NameSeen::Blind);
    clock.advance(Duration::from_hours(1));
    assert_eq!(eye.look("anna", None).await, NameSeen::Exists(42));
    assert_eq!(asked.lock().unwrap().len(), 21);
}

#[tokio::test]
async fn several_accounts_look_in_turn_and_both_questions_of_a_look_are_one_accounts() {
    let (_store, eye, clock, asked) = eye(2, |who| match who {
        PersonAsked::Id(_) => Err(Refusal::ListChatsFirst),
        _ => Ok(person(42, &["anna"])),
    })
    .await;
    for known in [None, None, Some(42), Some(42)] {
        clock.advance(Duration::from_secs(1));
        assert_eq!(eye.look("anna", known).await, NameSeen::Exists(42));
    }
    let accounts: Vec<i64> = asked.lock().unwrap().iter().map(|(id, _)| *id).collect();
    assert_eq!(accounts, [1, 2, 1, 1, 2, 2]);
}

#[tokio::test]
async fn without_an_account_that_is_chosen_and_well_nobody_looks() {
    let (_store, eye, ..) = eye(0, |_| panic!("there is no account")).await;
    assert_eq!(eye.look("anna", None).await, NameSeen::Blind);
}

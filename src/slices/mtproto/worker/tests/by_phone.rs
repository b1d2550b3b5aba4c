//! The login by phone: data centres, passwords, restarts, and what people do wrong.

use super::*;
use crate::demo::WireFault;
use crate::slices::mtproto::model::{AccountState, CodeWay};

#[tokio::test]
async fn a_code_links_an_account() {
    let fixture = Fixture::new().await;
    let login = fixture.start_phone(ANN, PHONE).await.unwrap();
    let Step::Code { way, length, .. } = login.step else {
        panic!("{:?}", login.step);
    };
    assert_eq!((way, length), (CodeWay::App, 5));
    let code = fixture.code_for(PHONE);
    let step = fixture.code(ANN, &login.id, &code).await.unwrap();
    let accounts = fixture.accounts(ANN).await;
    assert_eq!(accounts[0].id, account_of(&step));
    assert_eq!(accounts[0].state, AccountState::Linked);
    assert_eq!(accounts[0].name, "Анна");
    assert_eq!(accounts[0].phone_tail, "01");
    assert_eq!(accounts[0].telegram_id, 1001);
    let device = &fixture.telegram.devices(PHONE)[0];
    assert_eq!(device.model, "Vakhta");
    assert!(fixture.accounts(BOB).await.is_empty());
    // The same code again changes nothing.
    let again = fixture.code(ANN, &login.id, &code).await.unwrap();
    assert!(is_complete(&again));
    fixture.finish().await;
}

#[tokio::test]
async fn an_account_of_another_data_centre_is_followed_and_its_password_asked() {
    let mut fixture = Fixture::new().await;
    let telegram = fixture.telegram.clone();
    telegram
        .set_password(OTHER_PHONE, Some((PASSWORD, "a sentence")))
        .unwrap();
    let login = fixture.start_phone(ANN, OTHER_PHONE).await.unwrap();
    fixture.restart().await;
    let code = fixture.code_for(OTHER_PHONE);
    let step = fixture.code(ANN, &login.id, &code).await.unwrap();
    let Step::Password { hint } = &step else {
        panic!("{step:?}");
    };
    assert_eq!(hint, "a sentence");
    fixture.restart().await;
    let pending = fixture
        .proxy
        .ask(|reply| Request::Pending(ANN, reply))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(pending.id, login.id);
    assert!(is_password(&pending.step));
    let wrong = fixture.password(ANN, &login.id, "another").await;
    assert_eq!(wrong.unwrap_err(), Refusal::PasswordInvalid);
    let step = fixture.password(ANN, &login.id, PASSWORD).await.unwrap();
    assert!(is_complete(&step));
    fixture.restart().await;
    let account = fixture.check(ANN).await.unwrap();
    assert_eq!(account.telegram_id, 1002);
    fixture.finish().await;
}

#[tokio::test]
async fn a_password_that_was_changed_meanwhile_is_tried_again_once() {
    let fixture = Fixture::new().await;
    let telegram = fixture.telegram.clone();
    telegram.set_password(PHONE, Some((PASSWORD, ""))).unwrap();
    let login = fixture.start_phone(ANN, PHONE).await.unwrap();
    let code = fixture.code_for(PHONE);
    assert!(is_password(
        &fixture.code(ANN, &login.id, &code).await.unwrap()
    ));
    let changed = WireFault::rpc(400, "SRP_PASSWORD_CHANGED");
    telegram.fail_next("auth.checkPassword", 2, changed.clone());
    let fresh = fixture.password(ANN, &login.id, PASSWORD).await;
    assert_eq!(fresh.unwrap_err(), Refusal::PasswordTooFresh);
    telegram.fail_next("auth.checkPassword", 1, changed);
    let step = fixture.password(ANN, &login.id, PASSWORD).await.unwrap();
    assert!(is_complete(&step));
    fixture.finish().await;
}

#[tokio::test]
async fn five_wrong_codes_end_a_login() {
    let fixture = Fixture::new().await;
    let login = fixture.start_phone(ANN, PHONE).await.unwrap();
    let right = fixture.code_for(PHONE);
    let wrong = if right == "00000" { "00001" } else { "00000" };
    for _ in 0..4 {
        let refused = fixture.code(ANN, &login.id, wrong).await;
        assert_eq!(refused.unwrap_err(), Refusal::CodeInvalid);
    }
    let refused = fixture.code(ANN, &login.id, wrong).await;
    assert_eq!(refused.unwrap_err(), Refusal::TooManyTries);
    let refused = fixture.code(ANN, &login.id, &right).await;
    assert_eq!(refused.unwrap_err(), Refusal::WrongStep);
    let step = fixture.step(ANN, &login.id).await.unwrap();
    assert!(
        matches!(
            step,
            Step::Failed {
                refusal: Refusal::TooManyTries
            }
        ),
        "{step:?}"
    );
    assert!(fixture.accounts(ANN).await.is_empty());
    fixture.finish().await;
}

#[tokio::test]
async fn an_expired_code_says_so() {
    let fixture = Fixture::new().await;
    let login = fixture.start_phone(ANN, PHONE).await.unwrap();
    let code = fixture.code_for(PHONE);
    fixture.telegram.pass_time(Duration::from_secs(600));
    let refused = fixture.code(ANN, &login.id, &code).await;
    assert_eq!(refused.unwrap_err(), Refusal::CodeExpired);
    fixture.finish().await;
}

#[tokio::test]
async fn a_second_login_cancels_the_first() {
    let fixture = Fixture::new().await;
    let first = fixture.start_phone(ANN, PHONE).await.unwrap();
    let code = fixture.code_for(PHONE);
    let second = fixture.start_phone(ANN, OTHER_PHONE).await.unwrap();
    assert_eq!(fixture.telegram.calls("auth.cancelCode"), 1);
    let refused = fixture.code(ANN, &first.id, &code).await;
    assert_eq!(refused.unwrap_err(), Refusal::WrongStep);
    // Somebody else's login is nobody's business.
    let foreign = fixture.step(BOB, &second.id).await;
    assert_eq!(foreign.unwrap_err(), Refusal::Unknown("login"));
    let cancelled = fixture
        .proxy
        .ask(|reply| Request::Cancel(ANN, second.id.clone(), reply))
        .await;
    cancelled.unwrap();
    let pending = fixture
        .proxy
        .ask(|reply| Request::Pending(ANN, reply))
        .await;
    assert!(pending.unwrap().is_none());
    fixture.finish().await;
}

#[tokio::test]
async fn codes_are_sent_a_few_times_an_hour() {
    let fixture = Fixture::new().await;
    for _ in 0..5 {
        fixture.start_phone(ANN, PHONE).await.unwrap();
    }
    let refused = fixture.start_phone(ANN, PHONE).await.unwrap_err();
    assert!(
        matches!(refused, Refusal::Flood(wait) if !wait.is_zero()),
        "{refused:?}"
    );
    assert_eq!(fixture.telegram.calls("auth.sendCode"), 5);
    fixture.start_phone(BOB, PHONE).await.unwrap();
    fixture.clock.advance(Duration::from_secs(3601));
    fixture.start_phone(ANN, PHONE).await.unwrap();
    fixture.finish().await;
}

#[tokio::test]
async fn what_telegram_says_of_a_number_is_said() {
    let fixture = Fixture::new().await;
    let rows = [
        ("PHONE_NUMBER_INVALID", 406, Refusal::PhoneInvalid),
        ("PHONE_NUMBER_BANNED", 400, Refusal::PhoneBanned),
        ("API_ID_INVALID", 400, Refusal::Misconfigured),
        ("UPDATE_APP_TO_LOGIN", 406, Refusal::Misconfigured),
    ];
    for (person, (name, code, refusal)) in (100..).zip(rows) {
        fixture
            .telegram
            .fail_next("auth.sendCode", 1, WireFault::rpc(code, name));
        let refused = fixture.start_phone(person, PHONE).await;
        assert_eq!(refused.unwrap_err(), refusal, "{name}");
    }
    // Nobody has this number.
    let login = fixture.start_phone(ANN, "+79990000099").await.unwrap();
    let code = fixture.code_for("+79990000099");
    let refused = fixture.code(ANN, &login.id, &code).await;
    assert_eq!(refused.unwrap_err(), Refusal::OfficialAppNeeded);
    fixture.finish().await;
}

#[tokio::test]
async fn the_same_account_again_replaces_the_older_one() {
    let fixture = Fixture::new().await;
    let first = fixture.link(ANN, PHONE).await;
    let second = fixture.link(ANN, PHONE).await;
    assert_ne!(first, second);
    let accounts = fixture.accounts(ANN).await;
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0].id, second);
    let telegram = &fixture.telegram;
    let is_gone = |t: &PretendDatacenter| t.devices(PHONE).len() == 1;
    telegram
        .wait_until("the older session is logged out", LIMIT, is_gone)
        .await
        .unwrap();
    fixture.check(ANN).await.unwrap();
    fixture.finish().await;
}

#[tokio::test]
async fn an_answer_that_was_lost_links_all_the_same() {
    let fixture = Fixture::new().await;
    let login = fixture.start_phone(ANN, PHONE).await.unwrap();
    let code = fixture.code_for(PHONE);
    fixture
        .telegram
        .fail_next("auth.signIn", 1, WireFault::Lost);
    let step = fixture.code(ANN, &login.id, &code).await.unwrap();
    assert!(is_complete(&step));
    fixture.finish().await;
}

#[tokio::test]
async fn a_person_has_so_many_accounts() {
    let fixture = Fixture::new().await;
    for n in 3..6 {
        let phone = format!("+7999000000{n}");
        fixture
            .telegram
            .subscribe(Subscriber::new(1000 + n, &phone, "X"));
        fixture.link(ANN, &phone).await;
    }
    let refused = fixture.start_qr(ANN).await;
    assert_eq!(refused.unwrap_err(), Refusal::TooManyAccounts);
    let refused = fixture.check(ANN).await;
    assert_eq!(refused.unwrap_err(), Refusal::WhichAccount);
    fixture.finish().await;
}

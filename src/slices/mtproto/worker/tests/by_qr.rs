//! The login by QR code.

use super::*;

#[tokio::test]
async fn a_scan_links_an_account() {
    let fixture = Fixture::new().await;
    let login = fixture.start_qr(ANN).await.unwrap();
    let url = url_of(&login.step);
    fixture.telegram.scan(&url, PHONE).unwrap();
    let step = fixture.step_until(ANN, &login.id, is_complete).await;
    assert_eq!(fixture.accounts(ANN).await[0].id, account_of(&step));
    // Asking for the step asks nobody at Telegram.
    let calls = fixture.telegram.calls("auth.exportLoginToken");
    fixture.step(ANN, &login.id).await.unwrap();
    assert_eq!(fixture.telegram.calls("auth.exportLoginToken"), calls);
    fixture.check(ANN).await.unwrap();
    fixture.finish().await;
}

/// Two-factor accounts of another data centre: neither an expired code nor an error.
#[tokio::test]
async fn a_scan_moves_to_another_data_centre_and_asks_for_the_password() {
    let mut fixture = Fixture::new().await;
    fixture
        .telegram
        .set_password(OTHER_PHONE, Some((PASSWORD, "hint")))
        .unwrap();
    let login = fixture.start_qr(ANN).await.unwrap();
    fixture
        .telegram
        .scan(&url_of(&login.step), OTHER_PHONE)
        .unwrap();
    fixture.step_until(ANN, &login.id, is_password).await;
    fixture.restart().await;
    let step = fixture.password(ANN, &login.id, PASSWORD).await.unwrap();
    assert!(is_complete(&step));
    fixture.restart().await;
    assert_eq!(fixture.check(ANN).await.unwrap().telegram_id, 1002);
    fixture.finish().await;
}

#[tokio::test]
async fn a_restart_shows_another_code() {
    let mut fixture = Fixture::new().await;
    let login = fixture.start_qr(ANN).await.unwrap();
    let first = url_of(&login.step);
    fixture.restart().await;
    let is_new = |step: &Step| matches!(step, Step::Qr { .. }) && url_of(step) != first;
    let step = fixture.step_until(ANN, &login.id, is_new).await;
    fixture.telegram.scan(&url_of(&step), PHONE).unwrap();
    fixture.step_until(ANN, &login.id, is_complete).await;
    fixture.finish().await;
}

#[tokio::test]
async fn a_second_code_works_after_the_first() {
    let fixture = Fixture::new().await;
    let first = fixture.start_qr(ANN).await.unwrap();
    let second = fixture.start_qr(ANN).await.unwrap();
    let step = fixture.step(ANN, &first.id).await.unwrap();
    assert!(matches!(step, Step::Failed { .. }), "{step:?}");
    fixture.telegram.scan(&url_of(&second.step), PHONE).unwrap();
    fixture.step_until(ANN, &second.id, is_complete).await;
    assert_eq!(fixture.accounts(ANN).await.len(), 1);
    fixture.finish().await;
}

/// The phone scanned while nobody listened: the code that is asked for next is a login already.
#[tokio::test]
async fn who_is_logged_in_already_is_complete() {
    let mut fixture = Fixture::new().await;
    let login = fixture.start_qr(ANN).await.unwrap();
    let url = url_of(&login.step);
    fixture.stop().await;
    fixture.telegram.scan(&url, PHONE).unwrap();
    fixture.start().await;
    fixture.step_until(ANN, &login.id, is_complete).await;
    fixture.finish().await;
}

#[tokio::test]
async fn an_old_login_ends() {
    let mut fixture = Fixture::new().await;
    let login = fixture.start_qr(ANN).await.unwrap();
    let phone = fixture.start_phone(BOB, PHONE).await.unwrap();
    fixture.stop().await;
    fixture.clock.advance(Duration::from_secs(16 * 60));
    fixture.start().await;
    let is_over = |step: &Step| {
        matches!(
            step,
            Step::Failed {
                refusal: Refusal::LoginExpired
            }
        )
    };
    fixture.step_until(ANN, &login.id, is_over).await;
    fixture.step_until(BOB, &phone.id, is_over).await;
    fixture.finish().await;
}

//! Logging in by phone and by QR code, and out again.

use std::time::Duration;

use grammers_client::SignInError;
use grammers_client::client::PasswordToken;
use grammers_client::session::Session as _;
use grammers_client::session::updates::UpdatesLike;
use grammers_client::tl::{enums, functions, types};

use super::client::{Linked, refusal};
use super::*;

fn send_code(phone: &str, api_hash: &str) -> functions::auth::SendCode {
    functions::auth::SendCode {
        phone_number: phone.to_owned(),
        api_id: API_ID,
        api_hash: api_hash.to_owned(),
        settings: tl::blank::<types::CodeSettings>(&[]).unwrap().into(),
    }
}

fn sign_in(hash: &str, code: &str) -> functions::auth::SignIn {
    functions::auth::SignIn {
        phone_number: PHONE.to_owned(),
        phone_code_hash: hash.to_owned(),
        phone_code: Some(code.to_owned()),
        email_verification: None,
    }
}

async fn hash_of_code(linked: &Linked) -> String {
    match linked.client.invoke(&send_code(PHONE, API_HASH)).await {
        Ok(enums::auth::SentCode::Code(code)) => code.phone_code_hash,
        other => panic!("{other:?}"),
    }
}

fn export() -> functions::auth::ExportLoginToken {
    functions::auth::ExportLoginToken {
        api_id: API_ID,
        api_hash: API_HASH.to_owned(),
        except_ids: Vec::new(),
    }
}

/// What a QR code of this token carries.
fn url(token: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::from("tg://login?token=");
    for three in token.chunks(3) {
        let mut bits = three
            .iter()
            .fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        bits <<= 8 * (3 - three.len());
        for at in 0..=three.len() {
            text.push(char::from(alphabet[bits >> (18 - 6 * at) & 63]));
        }
    }
    text
}

async fn qr(linked: &Linked) -> String {
    match linked.client.invoke(&export()).await {
        Ok(enums::auth::LoginToken::Token(token)) => url(&token.token),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_phone_logs_in_over_a_change_of_data_centre_a_wrong_code_and_a_password() {
    let telegram = with_anna(4).await;
    telegram
        .set_password(PHONE, Some(("secret", "the usual")))
        .unwrap();
    let linked = Linked::exchanged(&telegram).await;
    let client = &linked.client;
    assert!(!client.is_authorized().await.unwrap());
    let token = client.request_login_code(PHONE, API_HASH).await.unwrap();
    assert_eq!(linked.session.home_dc_id().unwrap(), 4);
    let wrong = client.sign_in(&token, "1").await;
    assert!(matches!(wrong, Err(SignInError::InvalidCode)), "{wrong:?}");
    let code = telegram.code_for(PHONE).unwrap();
    let Err(SignInError::PasswordRequired(ask)) = client.sign_in(&token, &code).await else {
        panic!("no password was wanted");
    };
    assert_eq!(ask.hint(), Some("the usual"));
    let wrong = client.check_password(ask, "guess").await;
    assert!(
        matches!(wrong, Err(SignInError::InvalidPassword(_))),
        "{wrong:?}"
    );
    let ask = client.invoke(&functions::account::GetPassword {}).await;
    let ask = PasswordToken::new(ask.unwrap().into());
    let user = client.check_password(ask, "secret").await.unwrap();
    assert_eq!(user.first_name(), Some("Анна"));
    assert!(client.is_authorized().await.unwrap());
    assert_eq!(telegram.devices(PHONE)[0].model, "Vakhta");

    let linked = linked.again();
    assert!(linked.client.is_authorized().await.unwrap());
    linked.client.sign_out().await.unwrap();
    assert!(!linked.client.is_authorized().await.unwrap());
    assert_eq!(telegram.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_qr_code_logs_in_over_a_change_of_data_centre_and_a_password() {
    let telegram = with_anna(4).await;
    telegram.set_password(PHONE, Some(("secret", ""))).unwrap();
    let mut linked = Linked::shared(&telegram);
    let first = qr(&linked).await;
    telegram.pass_time(Duration::from_secs(31));
    let late = telegram.scan(&first, PHONE).unwrap_err().to_string();
    assert_eq!(late, "AUTH_TOKEN_EXPIRED");
    let second = qr(&linked).await;
    telegram.scan(&second, PHONE).unwrap();
    let twice = telegram.scan(&second, PHONE).unwrap_err().to_string();
    assert_eq!(twice, "AUTH_TOKEN_ALREADY_ACCEPTED");
    let update = linked.updates.recv().await.unwrap();
    let UpdatesLike::Updates(enums::Updates::UpdateShort(update)) = update else {
        panic!("another update came");
    };
    assert_eq!(update.update, enums::Update::LoginToken);

    let answer = linked.client.invoke(&export()).await.unwrap();
    let enums::auth::LoginToken::MigrateTo(moved) = answer else {
        panic!("{answer:?}");
    };
    linked.moves_to(moved.dc_id).await;
    let token = moved.token;
    let import = functions::auth::ImportLoginToken { token };
    let wanted = refusal(linked.client.invoke(&import).await);
    assert_eq!(wanted, "401 SESSION_PASSWORD_NEEDED");
    let ask = linked
        .client
        .invoke(&functions::account::GetPassword {})
        .await;
    let ask = PasswordToken::new(ask.unwrap().into());
    linked.client.check_password(ask, "secret").await.unwrap();
    assert!(linked.client.is_authorized().await.unwrap());
    assert_eq!(telegram.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_qr_code_alone_logs_in_where_there_is_no_password() {
    let telegram = with_anna(2).await;
    let linked = Linked::shared(&telegram);
    telegram.scan(&qr(&linked).await, PHONE).unwrap();
    let answer = linked.client.invoke(&export()).await.unwrap();
    assert!(
        matches!(answer, enums::auth::LoginToken::Success(_)),
        "{answer:?}"
    );
    assert!(linked.client.is_authorized().await.unwrap());
}

#[tokio::test]
async fn codes_and_numbers_are_refused_as_at_telegram() {
    let telegram = with_anna(2).await;
    let linked = Linked::shared(&telegram);
    let client = &linked.client;
    let other_hash = API_HASH.replace('5', "6");
    for (request, name) in [
        (send_code(PHONE, &other_hash), "400 API_ID_INVALID"),
        (send_code("12", API_HASH), "406 PHONE_NUMBER_INVALID"),
        (send_code("+7999no", API_HASH), "406 PHONE_NUMBER_INVALID"),
    ] {
        assert_eq!(refusal(client.invoke(&request).await), name);
    }
    let hash = hash_of_code(&linked).await;
    let code = telegram.code_for(PHONE).unwrap();

    // The code of one key is worth nothing for another.
    let other = Linked::shared(&telegram);
    let foreign = refusal(other.client.invoke(&sign_in(&hash, &code)).await);
    assert_eq!(foreign, "400 PHONE_CODE_EXPIRED");

    for _ in 0..5 {
        let wrong = refusal(client.invoke(&sign_in(&hash, "x")).await);
        assert_eq!(wrong, "400 PHONE_CODE_INVALID");
    }
    let void = refusal(client.invoke(&sign_in(&hash, &code)).await);
    assert_eq!(void, "400 PHONE_CODE_EXPIRED");

    let hash = hash_of_code(&linked).await;
    let code = telegram.code_for(PHONE).unwrap();
    telegram.pass_time(Duration::from_secs(301));
    let late = refusal(client.invoke(&sign_in(&hash, &code)).await);
    assert_eq!(late, "400 PHONE_CODE_EXPIRED");

    let hash = hash_of_code(&linked).await;
    let code = telegram.code_for(PHONE).unwrap();
    let cancel = functions::auth::CancelCode {
        phone_number: PHONE.to_owned(),
        phone_code_hash: hash.clone(),
    };
    assert!(client.invoke(&cancel).await.unwrap());
    let cancelled = refusal(client.invoke(&sign_in(&hash, &code)).await);
    assert_eq!(cancelled, "400 PHONE_CODE_EXPIRED");

    telegram.ban(PHONE);
    let banned = refusal(client.invoke(&send_code(PHONE, API_HASH)).await);
    assert_eq!(banned, "400 PHONE_NUMBER_BANNED");
    assert_eq!(telegram.complaints(), [""; 0]);
}

#[tokio::test]
async fn five_wrong_passwords_are_a_flood_and_a_changed_password_voids_a_proof() {
    let telegram = with_anna(2).await;
    telegram.set_password(PHONE, Some(("secret", ""))).unwrap();
    let linked = Linked::shared(&telegram);
    telegram.scan(&qr(&linked).await, PHONE).unwrap();
    let wanted = refusal(linked.client.invoke(&export()).await);
    assert_eq!(wanted, "401 SESSION_PASSWORD_NEEDED");
    let ask = async || {
        let ask = linked.client.invoke(&functions::account::GetPassword {});
        PasswordToken::new(ask.await.unwrap().into())
    };
    let begun = ask().await;
    telegram.set_password(PHONE, Some(("newer", ""))).unwrap();
    let Err(SignInError::Other(error)) = linked.client.check_password(begun, "secret").await else {
        panic!("an old proof was taken");
    };
    assert!(error.is("SRP_PASSWORD_CHANGED"), "{error}");
    for _ in 0..5 {
        let wrong = linked.client.check_password(ask().await, "secret").await;
        assert!(
            matches!(wrong, Err(SignInError::InvalidPassword(_))),
            "{wrong:?}"
        );
    }
    let flood = linked.client.check_password(ask().await, "newer").await;
    let Err(SignInError::Other(error)) = flood else {
        panic!("a sixth password was looked at");
    };
    assert!(error.is("PHONE_PASSWORD_FLOOD"), "{error}");
}

#[tokio::test]
async fn devices_are_listed_and_a_young_session_ends_no_other() {
    let telegram = with_anna(2).await;
    let linked = Linked::shared(&telegram);
    telegram.scan(&qr(&linked).await, PHONE).unwrap();
    linked.client.invoke(&export()).await.unwrap();
    let hash = telegram.add_device(PHONE, "Pixel 12").unwrap();
    let list = functions::account::GetAuthorizations {};
    let enums::account::Authorizations::Authorizations(list) =
        linked.client.invoke(&list).await.unwrap();
    let devices: Vec<_> = list
        .authorizations
        .into_iter()
        .map(|enums::Authorization::Authorization(device)| {
            (device.hash, device.current, device.device_model)
        })
        .collect();
    assert!(
        devices.contains(&(0, true, "Vakhta".to_owned())),
        "{devices:?}"
    );
    assert!(
        devices.contains(&(hash, false, "Pixel 12".to_owned())),
        "{devices:?}"
    );
    let reset = functions::account::ResetAuthorization { hash };
    let young = refusal(linked.client.invoke(&reset).await);
    assert_eq!(young, "406 FRESH_RESET_AUTHORISATION_FORBIDDEN");
    telegram.pass_time(Duration::from_secs(24 * 60 * 60));
    assert!(linked.client.invoke(&reset).await.unwrap());
    assert_eq!(telegram.devices(PHONE).len(), 1);
    assert_eq!(
        refusal(linked.client.invoke(&reset).await),
        "400 HASH_INVALID"
    );

    telegram.log_out_all(PHONE);
    let state = functions::updates::GetState {};
    assert_eq!(
        refusal(linked.client.invoke(&state).await),
        "401 SESSION_REVOKED"
    );
}

//! Silence, floods, resets, panics, logouts from elsewhere, lost keys, secrets.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::demo::{WireFault, Written};
use crate::slices::mtproto::model::{AccountState, PersonAsked};
use crate::slices::mtproto::proxy::Paging;

async fn me(fixture: &Fixture, person: i64) -> Result<i64, Refusal> {
    let ask = |reply| Request::Person(only(person), PersonAsked::Me, reply);
    Ok(fixture.proxy.ask(ask).await?.id)
}

async fn chats(fixture: &Fixture, person: i64) -> Result<usize, Refusal> {
    let paging = Paging {
        limit: 10,
        cursor: None,
    };
    let ask = |reply| Request::Chats(only(person), paging, reply);
    Ok(fixture.proxy.ask(ask).await?.chats.len())
}

#[tokio::test]
async fn a_silent_data_centre_reaches_nobody_else() {
    let fixture = Fixture::with_limit(Duration::from_secs(9)).await;
    fixture.link(ANN, PHONE).await;
    fixture.link(BOB, OTHER_PHONE).await;
    fixture.telegram.set_silent(2, true);
    let (silent, served) = tokio::join!(me(&fixture, ANN), async {
        for _ in 0..20 {
            me(&fixture, BOB).await.unwrap();
        }
        fixture.telegram.calls("users.getUsers")
    });
    assert_eq!(silent.unwrap_err(), Refusal::Timeout);
    assert!(served >= 20);
    fixture.telegram.set_silent(2, false);
    assert_eq!(me(&fixture, ANN).await.unwrap(), 1001);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_requests_from_eight_threads_share_one_connection() {
    let fixture = Fixture::new().await;
    fixture.link(ANN, PHONE).await;
    me(&fixture, ANN).await.unwrap();
    let before = fixture.telegram.accepted_connections();
    let (tasks, answered) = (Tasks::new(), Arc::new(AtomicUsize::new(0)));
    let threads = (0..8).map(|_| {
        let (proxy, answered) = (fixture.proxy.clone(), Arc::clone(&answered));
        let asker = tasks.thread("asker", move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let ask = || proxy.ask(|reply| Request::Person(only(ANN), PersonAsked::Me, reply));
            let all = futures_util::future::join_all((0..25).map(|_| ask()));
            let all = runtime.block_on(all);
            let good = all.into_iter().filter(Result::is_ok).count();
            answered.fetch_add(good, Ordering::SeqCst);
        });
        asker.unwrap().wait(LIMIT)
    });
    let ended = futures_util::future::join_all(threads).await;
    assert!(ended.into_iter().all(|ended| ended));
    assert_eq!(answered.load(Ordering::SeqCst), 200);
    assert_eq!(fixture.telegram.accepted_connections(), before);
    assert_eq!(fixture.telegram.open_connections(), 1);
    fixture.finish().await;
}

#[tokio::test]
async fn a_flood_wait_is_for_that_account_and_method_and_remembered() {
    let mut fixture = Fixture::new().await;
    fixture.link(ANN, PHONE).await;
    fixture.link(BOB, OTHER_PHONE).await;
    let flood = WireFault::rpc(420, "FLOOD_WAIT_30");
    fixture.telegram.fail_next("messages.getDialogs", 1, flood);
    let wait = Duration::from_secs(30);
    assert_eq!(
        chats(&fixture, ANN).await.unwrap_err(),
        Refusal::Flood(wait)
    );
    let calls = fixture.telegram.calls("messages.getDialogs");
    fixture.restart().await;
    assert_eq!(
        chats(&fixture, ANN).await.unwrap_err(),
        Refusal::Flood(wait)
    );
    assert_eq!(fixture.telegram.calls("messages.getDialogs"), calls);
    me(&fixture, ANN).await.unwrap();
    chats(&fixture, BOB).await.unwrap();
    fixture.clock.advance(wait);
    chats(&fixture, ANN).await.unwrap();
    fixture.finish().await;
}

#[tokio::test]
async fn connections_that_end_and_answers_that_are_garbage_harm_nothing() {
    let fixture = Fixture::new().await;
    fixture.link(ANN, PHONE).await;
    fixture.telegram.hang_up();
    assert_eq!(me(&fixture, ANN).await.unwrap(), 1001);
    let telegram = &fixture.telegram;
    telegram.fail_next("users.getUsers", 1, WireFault::Garbage);
    assert_eq!(me(&fixture, ANN).await.unwrap_err(), Refusal::Unreachable);
    telegram.fail_next("users.getUsers", 5, WireFault::HangUp);
    assert_eq!(me(&fixture, ANN).await.unwrap_err(), Refusal::Unreachable);
    telegram.clear_faults();
    assert_eq!(me(&fixture, ANN).await.unwrap(), 1001);
    fixture.finish().await;
}

#[tokio::test]
async fn an_account_that_is_logged_out_elsewhere_says_so() {
    let fixture = Fixture::new().await;
    fixture.link(ANN, PHONE).await;
    fixture.telegram.log_out_all(PHONE);
    let Err(Refusal::NotLinked(why)) = chats(&fixture, ANN).await else {
        panic!("still linked");
    };
    assert_eq!(why.0, "session_revoked");
    let account = fixture.check(ANN).await.unwrap();
    assert_eq!(account.state, AccountState::LoggedOut);
    assert_eq!(account.reason, "session_revoked");
    // Nobody is asked again, and the account can be linked anew.
    let connections = fixture.telegram.accepted_connections();
    assert!(matches!(
        me(&fixture, ANN).await,
        Err(Refusal::NotLinked(_))
    ));
    assert_eq!(fixture.telegram.accepted_connections(), connections);
    let anew = fixture.link(ANN, PHONE).await;
    assert_eq!(fixture.check(ANN).await.unwrap().id, anew);
    fixture.finish().await;
}

#[tokio::test]
async fn a_key_that_the_data_centre_forgot_is_a_logout() {
    let fixture = Fixture::new().await;
    fixture.link(ANN, PHONE).await;
    fixture.telegram.forget_keys(PHONE);
    let refused = me(&fixture, ANN).await.unwrap_err();
    assert!(matches!(refused, Refusal::NotLinked(_)), "{refused:?}");
    let account = fixture.check(ANN).await.unwrap();
    assert_eq!(account.state, AccountState::LoggedOut);
    fixture.finish().await;
}

#[tokio::test]
async fn the_state_is_asked_for_once_a_minute() {
    let fixture = Fixture::new().await;
    fixture.link(ANN, PHONE).await;
    let calls = fixture.telegram.calls("users.getUsers");
    for _ in 0..5 {
        fixture.check(ANN).await.unwrap();
    }
    assert_eq!(fixture.telegram.calls("users.getUsers"), calls);
    fixture.finish().await;
}

/// The codes, phones, keys and texts of a busy hour are in no byte of the database, and in no line
/// of the log.
#[tokio::test]
async fn secrets_are_in_no_file_and_no_log() {
    let log = Captured::default();
    let _guard = log.start();
    let mut fixture = Fixture::new().await;
    fixture
        .telegram
        .set_password(OTHER_PHONE, Some((PASSWORD, "the hint of it")))
        .unwrap();
    fixture
        .telegram
        .write(OTHER_PHONE, 1001, Written::text(1001, "words of a message"));
    let login = fixture.start_phone(ANN, OTHER_PHONE).await.unwrap();
    let code = fixture.code_for(OTHER_PHONE);
    fixture.code(ANN, &login.id, &code).await.unwrap();
    let before = std::fs::read(fixture.store.db.path()).unwrap();
    fixture.password(ANN, &login.id, PASSWORD).await.unwrap();
    chats(&fixture, ANN).await.unwrap();
    let qr = fixture.start_qr(BOB).await.unwrap();
    let token = url_of(&qr.step).split_off("tg://login?token=".len());
    let wal = fixture.store.db.path().with_extension("db-wal");
    let files = [
        before,
        std::fs::read(&wal).unwrap(),
        std::fs::read(fixture.store.db.path()).unwrap(),
    ];
    fixture.restart().await;
    let log = log.text();
    assert!(
        log.contains("an account is linked"),
        "the thread was not captured"
    );
    let digits = OTHER_PHONE.trim_start_matches('+');
    for secret in [
        digits,
        PASSWORD,
        "the hint of it",
        "words of a message",
        &token,
    ] {
        let is_in = |bytes: &[u8]| {
            bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        };
        assert!(!files.iter().any(|file| is_in(file)), "{secret} is stored");
        assert!(!is_in(log.as_bytes()), "{secret} is logged");
    }
    assert!(!log.contains(&format!("{code} ")) && !log.contains(&format!("\"{code}\"")));
    fixture.finish().await;
}

#[tokio::test]
async fn another_key_file_is_said_and_the_right_one_is_found_again() {
    let mut fixture = Fixture::new().await;
    fixture.link(ANN, PHONE).await;
    fixture.stop().await;
    let key = fixture.store.db.path().with_file_name("vakhta.key");
    let kept = key.with_extension("kept");
    std::fs::rename(&key, &kept).unwrap();
    fixture.start().await;
    assert_eq!(me(&fixture, ANN).await.unwrap_err(), Refusal::Sealed);
    assert!(
        !key.exists(),
        "a new key would hide that the old one is missing"
    );
    std::fs::rename(&kept, &key).unwrap();
    assert_eq!(me(&fixture, ANN).await.unwrap(), 1001);
    fixture.stop().await;
    std::fs::remove_file(&key).unwrap();
    crate::secrets::Keyring::open(&fixture.secrets(), true).unwrap();
    fixture.start().await;
    assert_eq!(me(&fixture, ANN).await.unwrap_err(), Refusal::Sealed);
    // It can be removed all the same.
    let told = fixture
        .proxy
        .ask(|reply| Request::LogOut(only(ANN), reply))
        .await;
    assert!(!told.unwrap());
    fixture.finish().await;
}

#[tokio::test]
async fn a_person_who_is_forgotten_is_logged_out() {
    let fixture = Fixture::new().await;
    fixture.link(ANN, PHONE).await;
    fixture.start_phone(ANN, OTHER_PHONE).await.unwrap();
    fixture.store.write(|tx| store::release(tx, ANN)).await;
    fixture.bell.ring();
    let is_gone = |t: &PretendDatacenter| t.devices(PHONE).is_empty();
    fixture
        .telegram
        .wait_until("the session is logged out", LIMIT, is_gone)
        .await
        .unwrap();
    assert!(fixture.accounts(ANN).await.is_empty());
    fixture.finish().await;
}

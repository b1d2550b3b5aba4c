//! Tests of the store: on a database file.

use std::time::Duration;

use super::*;
use crate::clock::testing::NOW;
use crate::clock::{DAY, UnixMs};
use crate::db::WriteTx;
use crate::db::testing::Store;
use crate::secrets::Keyring;
use crate::secrets::Purpose;
use crate::slices::mtproto::model::{AccountId, LoginId};

const ANN: i64 = 7;

fn begun(tx: &WriteTx<'_>, person: i64, id: &str, now: UnixMs) -> anyhow::Result<(AccountId, i64)> {
    let account = new_account(tx, person)?;
    let purpose = Purpose {
        what: "phone",
        whose: id,
    };
    let phone = Keyring::random().seal(purpose, b"+1")?;
    let login = begin(
        tx,
        &NewLogin {
            public_id: &LoginId(id.to_owned()),
            person_id: person,
            account,
            way: Way::Phone,
            phone: Some(&phone),
            now,
        },
    )?;
    Ok((account, login))
}

#[tokio::test]
async fn a_login_that_is_over_keeps_no_secret_and_goes_after_a_day() {
    let t = Store::new();
    let (account, login) = t.write(|tx| begun(tx, ANN, "one", NOW)).await;
    let ended = t
        .write(move |tx| end(tx, NOW, login, Progress::Failed, "wrong_step"))
        .await;
    assert!(ended);
    let again = t
        .write(move |tx| end(tx, NOW, login, Progress::Complete, ""))
        .await;
    assert!(!again, "a login ends once");
    let row = t
        .read(|c| super::login(c, ANN, &LoginId("one".to_owned())))
        .await
        .unwrap();
    assert!(row.is_over && row.phone.is_none());
    assert_eq!(row.refusal, "wrong_step");
    assert_eq!(t.read(abandoned).await, [account]);
    let prune = KEPT[0].prune;
    assert_eq!(t.write(move |tx| prune(tx, NOW)).await, 0);
    let late = NOW.plus(Duration::from_millis(1));
    assert_eq!(t.write(move |tx| prune(tx, late)).await, 1);
    assert_eq!(KEPT[0].keep, DAY);
}

#[tokio::test]
async fn a_person_has_one_open_login() {
    let t = Store::new();
    t.write(|tx| begun(tx, ANN, "one", NOW)).await;
    let second = t.db.write(|tx| begun(tx, ANN, "two", NOW)).await;
    assert!(second.is_err());
    t.write(|tx| begun(tx, 8, "three", NOW)).await;
    assert_eq!(t.read(open_logins).await.len(), 2);
}

#[tokio::test]
async fn everything_of_a_person_goes() {
    let t = Store::new();
    let (account, _) = t.write(|tx| begun(tx, ANN, "one", NOW)).await;
    t.write(move |tx| {
        save_peers(tx, account, &[(1, 2)])?;
        remember_flood(tx, account, "m", NOW)?;
        remember_devices(tx, NOW, account, &[3])
    })
    .await;
    t.write(|tx| forget(tx, ANN)).await;
    for table in ["account", "key", "peer", "flood", "device", "login"] {
        let sql = format!("SELECT count(*) FROM telegram_{table}");
        let left: u64 = t
            .read(move |c| Ok(c.query_row(&sql, [], |row| row.get(0))?))
            .await;
        assert_eq!(left, 0, "telegram_{table}");
    }
}

#[tokio::test]
async fn a_device_is_new_once() {
    let t = Store::new();
    let (account, _) = t.write(|tx| begun(tx, ANN, "one", NOW)).await;
    let fresh = t
        .write(move |tx| remember_devices(tx, NOW, account, &[1, 2]))
        .await;
    assert_eq!(fresh, [1, 2]);
    let fresh = t
        .write(move |tx| remember_devices(tx, NOW, account, &[2, 3]))
        .await;
    assert_eq!(fresh, [3]);
    // Nothing is kept of an account that is gone.
    let fresh = t
        .write(|tx| remember_devices(tx, NOW, AccountId(99), &[1]))
        .await;
    assert!(fresh.is_empty());
}

#[tokio::test]
async fn an_account_that_is_released_is_nobodys() {
    let t = Store::new();
    let (account, login) = t.write(|tx| begun(tx, ANN, "one", NOW)).await;
    let profile = Profile {
        telegram_id: 5,
        name: "Ann".to_owned(),
        username: String::new(),
        phone_tail: "01".to_owned(),
        restricted: None,
    };
    t.write(move |tx| {
        end(tx, NOW, login, Progress::Complete, "")?;
        complete(tx, NOW, account, &profile)
    })
    .await;
    assert_eq!(t.read(|c| accounts_of(c, ANN)).await.len(), 1);
    assert_eq!(t.read(move |c| super::account(c, 8, account)).await, None);
    t.write(|tx| release(tx, ANN)).await;
    assert!(t.read(|c| accounts_of(c, ANN)).await.is_empty());
    assert!(t.read(|c| accounts_of(c, 0)).await.is_empty());
    assert_eq!(t.read(abandoned).await, [account]);
}

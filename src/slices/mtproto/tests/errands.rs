//! What a button asked of Telegram, and what its message shows then.

use std::sync::{Arc, Mutex};

use super::*;
use crate::activation::Activator;
use crate::clock::UnixMs;
use crate::db::testing::Store;
use crate::i18n::Lang;
use crate::slices::mtproto::AccountsProxy;
use crate::slices::mtproto::model::AccountState;
use crate::slices::mtproto::pictures::LoginPictures;
use crate::slices::mtproto::tests::kit::{self, OWNER, Standing, told};
use crate::telegram::BotProxy;
use crate::zone::Zone;

fn errands(store: &Store, accounts: AccountsProxy) -> Errands {
    Errands(ErrandParts {
        db: store.db.clone(),
        clock: kit::clock(),
        accounts,
        bot: BotProxy::gone(),
        pictures: LoginPictures::default(),
        bell: Activator::new(),
        linked: Activator::new(),
        language: Lang::En,
        zone: Zone::UTC,
    })
}

/// The last message after a button was carried out.
async fn shown(store: &Store, errands: &Errands, button: &str) -> (String, String) {
    let button = button.to_owned();
    let add = move |tx: &crate::db::WriteTx<'_>| {
        store::add_errand(tx, UnixMs(1), OWNER, OWNER, &button)?;
        Ok(store::errands(tx, AT_ONCE)?.swap_remove(0))
    };
    let errand = store.write(add).await;
    let stop = CancellationToken::new();
    errands.carry_out(errand, &stop).await.unwrap();
    let left = store.read(|c| store::errands(c, AT_ONCE)).await;
    assert!(left.is_empty(), "{left:?}");
    told(store, OWNER).await.pop().unwrap()
}

#[tokio::test]
async fn devices_are_listed_and_ended_and_a_refusal_is_a_sentence() {
    let now = Standing::well();
    now.lock().unwrap().devices = vec![5, 0, 9];
    let store = Store::new();
    store.write(|tx| kit::linked(tx, "Anna").map(drop)).await;
    let errands = errands(&store, kit::standing(&now));
    let (html, keyboard) = shown(&store, &errands, "telegram:devices:1").await;
    let places = ["Model &lt;0&gt;", "Model &lt;9&gt;", "Model &lt;5&gt;"].map(|m| html.find(m));
    assert!(places.is_sorted() && places[0].is_some(), "{html}");
    assert!(keyboard.contains("telegram:end-ask:1:9") && !keyboard.contains("end-ask:1:0"));
    for hash in [9, 9] {
        let (html, _) = shown(&store, &errands, &format!("telegram:end:1:{hash}")).await;
        assert!(!html.contains("Model &lt;9&gt;"), "{html}");
    }
    assert_eq!(now.lock().unwrap().ended, [9, 9]);
    now.lock().unwrap().state = Ok((AccountState::Frozen, "x"));
    let (_, keyboard) = shown(&store, &errands, "telegram:check:1").await;
    assert!(keyboard.contains("telegram:devices:1"), "{keyboard}");
    now.lock().unwrap().state = Err(Refusal::Unreachable);
    let (html, keyboard) = shown(&store, &errands, "telegram:devices:1").await;
    assert!(
        !html.is_empty() && keyboard.contains("telegram:list"),
        "{html} {keyboard}"
    );
}

#[tokio::test]
async fn logging_out_says_whether_telegram_was_told() {
    let store = Store::new();
    store.write(|tx| kit::linked(tx, "Anna").map(drop)).await;
    for (is_told, words) in [(true, "logged out and wiped"), (false, "on the phone, too")] {
        let accounts = kit::answering(move |request| match request {
            Request::LogOut(_, reply) => reply.send(Ok(is_told)).unwrap(),
            other => panic!("nobody asked for {other:?}"),
        });
        let (html, _) = shown(&store, &errands(&store, accounts), "telegram:out:1").await;
        assert!(html.contains(words), "{html}");
    }
}

#[tokio::test]
async fn a_errand_of_somebody_who_was_forgotten_says_nothing() {
    let now = Standing::well();
    let store = Store::new();
    store.write(|tx| kit::linked(tx, "Anna").map(drop)).await;
    let errands = errands(&store, kit::standing(&now));
    let add = |tx: &crate::db::WriteTx<'_>| {
        store::add_errand(tx, UnixMs(1), OWNER, OWNER, "telegram:devices:1")?;
        let errand = store::errands(tx, AT_ONCE)?.swap_remove(0);
        store::forget(tx, OWNER)?;
        Ok(errand)
    };
    let errand = store.write(add).await;
    errands
        .carry_out(errand, &CancellationToken::new())
        .await
        .unwrap();
    assert!(told(&store, OWNER).await.is_empty());
}

#[tokio::test]
async fn a_login_is_shown_step_by_step_until_it_is_complete() {
    use crate::slices::mtproto::model::{AccountId, Login, Step};
    let store = Store::new();
    store.write(|tx| kit::linked(tx, "Anna").map(drop)).await;
    let code = |n: u32| Step::Qr {
        url: format!("tg://login?token=AAAA{n}").into(),
        expires_at: UnixMs(9),
    };
    let hint = String::new();
    let account = AccountId(1);
    let mut steps = vec![
        Step::Complete { account },
        Step::Password { hint },
        code(2),
        code(2),
    ];
    let asked: Arc<Mutex<Vec<&str>>> = Arc::default();
    let noted = Arc::clone(&asked);
    let accounts = kit::answering(move |request| match request {
        Request::Pending(_, reply) => reply.send(Ok(None)).unwrap(),
        Request::StartQr(OWNER, reply) => {
            noted.lock().unwrap().push("start");
            let id = LoginId("abc".to_owned());
            reply.send(Ok(Login { id, step: code(1) })).unwrap();
        }
        Request::Step(OWNER, _, reply) => reply.send(Ok(steps.pop().unwrap())).unwrap(),
        other => panic!("nobody asked for {other:?}"),
    });
    let errands = errands(&store, accounts);
    let (html, keyboard) = shown(&store, &errands, "telegram:link").await;
    assert_eq!(*asked.lock().unwrap(), ["start"]);
    assert!(html.contains("Anna @anna is linked"), "{html}");
    assert!(keyboard.contains("telegram:list"), "{keyboard}");
    let read = |connection: &crate::db::Connection| {
        let mut statement = connection.prepare("SELECT html, file FROM outbox ORDER BY id")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<Vec<(String, String)>, _>>()?)
    };
    let all = store.read(read).await;
    // Two codes, the password, the end: each with a picture, whose recipe holds no code.
    assert_eq!(all.len(), 4, "{all:?}");
    assert!(
        all.iter()
            .all(|(_, file)| file.contains("abc") && !file.contains("AAAA"))
    );
    assert!(all[2].0.contains("never asked in a chat"), "{all:?}");
}

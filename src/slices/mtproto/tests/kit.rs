//! What the tests of the slice share: a linked account, and a thread that answers as told.

use std::sync::{Arc, Mutex};

use crate::clock::{Clock, UnixMs};
use crate::db::WriteTx;
use crate::db::testing::Store;
use crate::slices::mtproto::AccountsProxy;
use crate::slices::mtproto::model::{
    AccountId, AccountState, ChatKind, Device, LinkedAccount, Person, Refusal, Unlinked,
};
use crate::slices::mtproto::proxy::Request;
use crate::slices::mtproto::store::{self, Profile};
use crate::tasks::Tasks;

/// The owner of the accounts.
pub(crate) const OWNER: i64 = 7;

/// A complete account of the owner.
pub(crate) fn linked(tx: &WriteTx<'_>, name: &str) -> anyhow::Result<AccountId> {
    let id = store::new_account(tx, OWNER)?;
    let profile = Profile {
        telegram_id: 1_000 + id.0,
        name: name.to_owned(),
        username: "anna".to_owned(),
        phone_tail: "42".to_owned(),
        restricted: None,
    };
    store::complete(tx, UnixMs(1_000), id, &profile)?;
    Ok(id)
}

/// A thread that answers requests with a function, which may be called in any order.
pub(crate) fn answering(mut answer: impl FnMut(Request) + Send + 'static) -> AccountsProxy {
    let (proxy, mut queue) = AccountsProxy::new();
    Tasks::new().spawn("accounts", async move {
        while let Some(request) = queue.recv().await {
            answer(request);
        }
    });
    proxy
}

pub(crate) fn device(hash: i64) -> Device {
    Device {
        hash,
        model: format!("Model <{hash}>"),
        system: "Android 16".to_owned(),
        app: "Telegram 12".to_owned(),
        country: "Serbia".to_owned(),
        ip: "203.0.113.7".to_owned(),
        created_at: UnixMs(1_795_000_000_000),
        active_at: UnixMs(1_795_000_000_000 + hash),
        is_this: hash == 0,
    }
}

pub(crate) fn person(id: i64, names: &[&str]) -> Person {
    Person {
        id,
        kind: ChatKind::Private,
        first_name: "Anna".to_owned(),
        last_name: String::new(),
        usernames: names.iter().map(ToString::to_string).collect(),
        is_deleted: false,
        restricted: None,
        is_scam: false,
        is_fake: false,
        is_premium: false,
    }
}

/// What Telegram says of the one account; tests change it.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) state: Result<(AccountState, &'static str), Refusal>,
    pub(crate) devices: Vec<i64>,
    pub(crate) ended: Vec<i64>,
}

impl Standing {
    pub(crate) fn well() -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Self {
            state: Ok((AccountState::Linked, "")),
            devices: vec![0],
            ended: Vec::new(),
        }))
    }

    pub(crate) fn logged_out() -> Result<(AccountState, &'static str), Refusal> {
        Err(Refusal::NotLinked(Unlinked("session_revoked".to_owned())))
    }
}

/// A thread whose accounts stand as told.
pub(crate) fn standing(standing: &Arc<Mutex<Standing>>) -> AccountsProxy {
    let standing = Arc::clone(standing);
    answering(move |request| {
        let mut now = standing.lock().unwrap();
        match request {
            Request::Check(caller, reply) => {
                let account = now.state.clone().map(|(state, reason)| LinkedAccount {
                    id: caller.account.unwrap(),
                    person_id: caller.person_id,
                    state,
                    reason: reason.to_owned(),
                    telegram_id: 1,
                    name: "Anna".to_owned(),
                    username: String::new(),
                    phone_tail: "42".to_owned(),
                    watch_with: false,
                    linked_at: None,
                    seen_at: None,
                });
                reply.send(account).unwrap();
            }
            Request::Devices(_, reply) => {
                let devices = now.devices.iter().copied().map(device).collect();
                reply.send(now.state.clone().map(|_| devices)).unwrap();
            }
            Request::EndDevice(_, hash, reply) => {
                let was_there = now.devices.contains(&hash);
                now.devices.retain(|device| *device != hash);
                now.ended.push(hash);
                let ended = was_there.then_some(()).ok_or(Refusal::Unknown("device"));
                reply.send(ended).unwrap();
            }
            other => panic!("nobody asked for {other:?}"),
        }
    })
}

/// Texts and keyboards of the messages that wait for a chat, oldest first.
pub(crate) async fn told(store: &Store, chat: i64) -> Vec<(String, String)> {
    let read = move |connection: &crate::db::Connection| {
        let mut statement = connection
            .prepare("SELECT html, keyboard FROM outbox WHERE chat_id = ?1 ORDER BY id")?;
        let rows = statement.query_map([chat], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    };
    store.read(read).await
}

pub(crate) fn clock() -> Clock {
    Clock::set_to(crate::clock::testing::NOW)
}

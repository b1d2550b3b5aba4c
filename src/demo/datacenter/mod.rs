//! Pretend Telegram data centres that speak MTProto, for accounts that people link.
//!
//! Several data centres share one world of accounts, chats and messages, so *change of data centre*
//! works as at Telegram. They listen on loopback, exchange keys with an RSA key of their own (or
//! take a key that was shared beforehand), and refuse what Telegram refuses, with Telegram's names
//! for it. What no client may do is a complaint ([`PretendDatacenter::complaints`]).
//!
//! ```text
//! let telegram = PretendDatacenter::start().await?;          // data centres 2 and 4
//! telegram.subscribe(Subscriber::new(1001, "+79990000001", "Анна").at_home_in(4));
//! telegram.set_password("+79990000001", Some(("secret", "hint")))?;
//! telegram.room(Room::new(-1_000_000_000_077, "News"));
//! telegram.write("+79990000001", -1_000_000_000_077, Written::text(0, "hello"));
//! std::fs::write(&path, telegram.file())?;                    // [mtproto] datacenters
//! let code = telegram.code_for("+79990000001");               // what the app shows
//! telegram.scan("tg://login?token=…", "+79990000001")?;       // the phone scans a QR code
//! telegram.fail_next("messages.getDialogs", 1, WireFault::rpc(420, "FLOOD_WAIT_30"));
//! ```
//!
//! Methods have their names of the schema (`auth.sendCode`); the steps of the key exchange are
//! `req_pq_multi`, `req_DH_params` and `set_client_DH_params`; `connect` is a new connection, `*`
//! anything.
//!
//! # Invariants
//! - A key belongs to one data centre, a code to the key that asked for it.
//! - Nothing that a client must not do succeeds.
//! - Everything ends with the last clone of the handle.

mod chats;
mod connection;
mod crypto;
mod devices;
mod end;
mod exchange;
mod faults;
mod framing;
mod keys;
mod login;
mod methods;
mod password;
mod people;
mod phone;
mod service;
mod session;
mod shapes;
mod state;
mod tl;

#[cfg(test)]
mod tests;

use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::crypto::{AuthKey, part};
pub use self::state::{API_HASH, API_ID};
use self::state::{Centre, KeyRef, Known, State};
pub use self::{
    faults::WireFault,
    people::{DeviceSeen, Room, Subscriber, Written},
};
use crate::demo::pretend::Shared;
use crate::random;

/// The data centres that [`PretendDatacenter::start`] begins.
const CENTRES: [i32; 2] = [2, 4];

/// A handle to running pretend data centres; clones are the same world.
#[derive(Clone)]
pub struct PretendDatacenter {
    shared: Arc<Shared<State>>,
    _tasks: Arc<JoinSet<()>>,
}

impl PretendDatacenter {
    /// Starts the data centres 2 and 4 on free loopback ports. Clients begin at 2.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(&CENTRES).await
    }

    /// Starts data centres with these numbers. Clients begin at the first one.
    pub async fn start_with(centres: &[i32]) -> anyhow::Result<Self> {
        let shared = Arc::new(Shared::new(State::default()));
        let mut tasks = JoinSet::new();
        for &id in centres {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await;
            let listener = listener.context("no free port on 127.0.0.1")?;
            let centre = Centre {
                id,
                address: listener.local_addr()?,
                shared_key: None,
                is_silent: false,
            };
            shared.change(|state| state.centres.push(centre));
            tasks.spawn(accept(listener, Arc::clone(&shared), id));
        }
        Ok(Self {
            shared,
            _tasks: Arc::new(tasks),
        })
    }

    /// The file of data centres for `[mtproto] datacenters`: addresses, and the key to trust.
    pub fn file(&self) -> String {
        let state = self.shared.lock();
        let mut text = String::new();
        for centre in &state.centres {
            let (id, address) = (centre.id, centre.address);
            // Writing to a string cannot fail.
            writeln!(
                text,
                "[[datacenter]]\nid = {id}\naddress = \"{address}\"\npublic_key = \"\"\"\n{}\"\"\"",
                keys::PUBLIC_KEY
            )
            .ok();
            if let Some(key) = &centre.shared_key {
                writeln!(text, "auth_key = \"{}\"", random::to_hex(key.bytes())).ok();
            }
            text.push('\n');
        }
        text
    }

    /// The public key of the data centres, as PEM.
    pub fn public_key(&self) -> &'static str {
        keys::PUBLIC_KEY
    }

    /// The address of a data centre.
    pub fn address(&self, centre: i32) -> Option<std::net::SocketAddr> {
        let state = self.shared.lock();
        let mut centres = state.centres.iter();
        Some(centres.find(|other| other.id == centre)?.address)
    }

    /// Makes a key that the data centre knows beforehand; [`file`](Self::file) has it from now on.
    pub fn share_key(&self, centre: i32) -> anyhow::Result<[u8; 256]> {
        let parts = [random::bytes::<128>()?, random::bytes::<128>()?];
        let key = AuthKey::new(part(&parts.concat(), 0));
        self.shared.change(|state| {
            let mut centres = state.centres.iter_mut();
            let found = centres.find(|other| other.id == centre);
            found.context("no such data centre")?.shared_key = Some(key.clone());
            let id = key.id();
            let known = Known::new(key.clone(), None);
            state.keys.insert(KeyRef { centre, id }, known);
            Ok(*key.bytes())
        })
    }

    /// Spoils the next `times` calls of a method, or steps of the key exchange.
    pub fn fail_next(&self, method: &str, times: usize, fault: WireFault) {
        if times > 0 {
            self.shared
                .change(|state| state.faults.push((method.to_owned(), times, fault)));
        }
    }

    /// Forgets faults that have not happened yet.
    pub fn clear_faults(&self) {
        self.shared.change(|state| state.faults.clear());
    }

    /// A silent data centre accepts connections and answers nothing, until it is told otherwise.
    /// What it was told meanwhile is lost.
    pub fn set_silent(&self, centre: i32, is_silent: bool) {
        self.shared.change(|state| {
            let mut centres = state.centres.iter_mut();
            if let Some(found) = centres.find(|other| other.id == centre) {
                found.is_silent = is_silent;
            }
        });
    }

    /// Ends all connections.
    pub fn hang_up(&self) {
        self.shared
            .change(|state| state.ended_before = state.accepted);
    }

    /// Lets time pass for codes, tokens and the age of sessions. The clock of the wire stays.
    pub fn pass_time(&self, time: Duration) {
        let seconds = i32::try_from(time.as_secs()).unwrap_or(i32::MAX);
        self.shared
            .change(|state| state.ahead = state.ahead.saturating_add(seconds));
    }

    /// How often a method was called.
    pub fn calls(&self, method: &str) -> usize {
        let state = self.shared.lock();
        state.calls.get(method).copied().unwrap_or_default()
    }

    /// Connections that are open now.
    pub fn open_connections(&self) -> usize {
        self.shared.lock().connections
    }

    /// Connections accepted so far.
    pub fn accepted_connections(&self) -> usize {
        self.shared.lock().accepted
    }

    /// What clients did that no client may do. A healthy client causes none.
    pub fn complaints(&self) -> Vec<String> {
        self.shared.lock().complaints.clone()
    }

    /// Receives every change.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changes()
    }

    /// Waits until the condition holds; checks now and after every change.
    pub async fn wait_until(
        &self,
        what: &str,
        limit: Duration,
        mut condition: impl FnMut(&Self) -> bool,
    ) -> anyhow::Result<()> {
        let report = || {
            let state = self.shared.lock();
            format!(
                "calls: {:?}, complaints: {:?}",
                state.calls, state.complaints
            )
        };
        self.shared
            .wait_until(what, limit, || condition(self), report)
            .await
    }
}

impl fmt::Debug for PretendDatacenter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.shared.lock();
        let addresses = state.centres.iter().map(|centre| centre.address);
        write!(f, "PretendDatacenter({:?})", addresses.collect::<Vec<_>>())
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared<State>>, centre: i32) {
    // The connections belong to this task, so they end with it.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let shared = Arc::clone(&shared);
                    connections.spawn(async move {
                        stream.set_nodelay(true).ok();
                        connection::serve(&stream, shared, centre).await;
                    });
                }
                // Out of file descriptors: a busy loop would make it worse.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

//! A grammers client with a session in memory.

use std::collections::HashMap;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};
use std::sync::Arc;

use grammers_client::sender::{ConnectionParams, NoRetries, SenderPool};
use grammers_client::session::storages::MemorySession;
use grammers_client::session::types::DcOption;
use grammers_client::session::updates::UpdatesLike;
use grammers_client::session::{Session as _, SessionData};
use grammers_client::{Client, InvocationError};
use tokio::sync::mpsc;

use super::super::{API_ID, PretendDatacenter};
use crate::slices::mtproto::exchange::{PublicKey, exchange};

/// A client whose connections end with it.
pub(super) struct Linked {
    pub(super) client: Client,
    pub(super) session: Arc<MemorySession>,
    pub(super) updates: mpsc::Receiver<UpdatesLike>,
    runner: tokio::task::AbortHandle,
    _tasks: tokio::task::JoinSet<()>,
}

impl Linked {
    /// With keys that this program exchanged itself.
    pub(super) async fn exchanged(telegram: &PretendDatacenter) -> Self {
        let trusted = PublicKey::from_pem(telegram.public_key()).unwrap();
        let mut keys = Vec::new();
        for centre in [2, 4] {
            let address = telegram.address(centre).unwrap();
            keys.push((centre, exchange(address, &trusted).await.unwrap()));
        }
        Self::with_keys(telegram, &keys)
    }

    /// With keys that the data centres knew beforehand.
    pub(super) fn shared(telegram: &PretendDatacenter) -> Self {
        let keys = [2, 4].map(|centre| (centre, telegram.share_key(centre).unwrap()));
        Self::with_keys(telegram, &keys)
    }

    fn with_keys(telegram: &PretendDatacenter, keys: &[(i32, [u8; 256])]) -> Self {
        let mut data = SessionData {
            home_dc: 2,
            dc_options: HashMap::new(),
            ..SessionData::default()
        };
        for &(id, key) in keys {
            let Some(SocketAddr::V4(ipv4)) = telegram.address(id) else {
                panic!("no address of IPv4");
            };
            let option = DcOption {
                id,
                ipv4,
                ipv6: SocketAddrV6::new(Ipv6Addr::LOCALHOST, ipv4.port(), 0, 0),
                auth_key: Some(key),
            };
            data.dc_options.insert(id, option);
        }
        Self::new(Arc::new(MemorySession::from(data)))
    }

    /// The program starts anew with what it stored.
    pub(super) fn again(self) -> Self {
        Self::new(Arc::clone(&self.session))
    }

    fn new(session: Arc<MemorySession>) -> Self {
        let parameters = ConnectionParams {
            device_model: "Vakhta".to_owned(),
            retry_policy: Box::new(NoRetries),
            ..ConnectionParams::default()
        };
        let pool = SenderPool::with_configuration(Arc::clone(&session), API_ID, parameters);
        let mut tasks = tokio::task::JoinSet::new();
        let runner = tasks.spawn(pool.runner.run());
        Self {
            client: Client::new(pool.handle),
            session,
            updates: pool.updates,
            runner,
            _tasks: tasks,
        }
    }

    /// Goes where Telegram sends it.
    pub(super) async fn moves_to(&self, centre: i32) {
        self.session.set_home_dc_id(centre).await.unwrap();
    }

    pub(super) fn is_running(&self) -> bool {
        !self.runner.is_finished()
    }
}

/// The name of an RPC error, with its number.
pub(super) fn refusal<T: std::fmt::Debug>(answer: Result<T, InvocationError>) -> String {
    match answer.unwrap_err() {
        InvocationError::Rpc(error) => match error.value {
            Some(value) => format!("{} {}_{value}", error.code, error.name),
            None => format!("{} {}", error.code, error.name),
        },
        other => format!("{other:?}"),
    }
}

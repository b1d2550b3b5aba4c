//! grammers' session of one account, over our database.
//!
//! # Invariants
//! - A key is stored sealed before it is used again.
//! - What did not change is not written.

use std::collections::HashMap;
use std::net::SocketAddrV4;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use grammers_session::types::{
    DcOption, PeerAuth, PeerId, PeerInfo, PeerKind, UpdateState, UpdatesState,
};
use grammers_session::{BoxFuture, Session, SessionData};

use super::config::Datacenter;
use super::context::{MtprotoContext, internal};
use super::exchange::PublicKey;
use super::model::{AccountId, Refusal};
use super::seals;
use super::store::{self, StoredKey};

/// Why something was not stored.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct SessionError(String);

impl From<anyhow::Error> for SessionError {
    fn from(err: anyhow::Error) -> Self {
        Self(format!("{err:#}"))
    }
}

pub(crate) struct AccountSession {
    id: AccountId,
    context: Arc<MtprotoContext>,
    home_dc: AtomicI32,
    options: Mutex<HashMap<i32, DcOption>>,
}

impl std::fmt::Debug for AccountSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccountSession({})", self.id.0)
    }
}

/// Where Telegram is, before it says so itself.
fn known_options(datacenters: &[Datacenter]) -> (i32, HashMap<i32, DcOption>) {
    let Some(first) = datacenters.first() else {
        let data = SessionData::default();
        return (data.home_dc, data.dc_options);
    };
    let option = |centre: &Datacenter| option(centre.id, centre.address, centre.auth_key);
    let options = datacenters.iter().map(|centre| (centre.id, option(centre)));
    (first.id, options.collect())
}

fn option(id: i32, address: SocketAddrV4, auth_key: Option<[u8; 256]>) -> DcOption {
    let mapped = address.ip().to_ipv6_mapped();
    DcOption {
        id,
        ipv4: address,
        ipv6: std::net::SocketAddrV6::new(mapped, address.port(), 0, 0),
        auth_key,
    }
}

impl AccountSession {
    /// Reads what is stored of an account.
    pub(crate) async fn load(context: Arc<MtprotoContext>, id: AccountId) -> Result<Self, Refusal> {
        let read = context.db.read(move |connection| {
            Ok((
                store::home_dc(connection, id)?,
                store::keys(connection, id)?,
            ))
        });
        let read = read.await;
        let (home, keys) = read.map_err(|err| internal("an account was not read", &err))?;
        let home = home.ok_or(Refusal::Unknown("account"))?;
        let (first, mut options) = known_options(&context.config.datacenters);
        for key in keys {
            let whose = seals::whose_key(id.0, key.dc);
            let opened = context.open(seals::AUTH_KEY, &whose, &key.auth_key).await?;
            let auth_key = <[u8; 256]>::try_from(opened.as_slice()).ok();
            // The operator's file says where a data centre is now.
            match (options.get_mut(&key.dc), key.address.parse()) {
                (Some(known), _) => known.auth_key = auth_key,
                (None, Ok(address)) => {
                    options.insert(key.dc, option(key.dc, address, auth_key));
                }
                (None, Err(_)) => {}
            }
        }
        let home = if home == 0 { first } else { home };
        Ok(Self {
            id,
            context,
            home_dc: AtomicI32::new(home),
            options: Mutex::new(options),
        })
    }

    fn options(&self) -> MutexGuard<'_, HashMap<i32, DcOption>> {
        self.options.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn home(&self) -> i32 {
        self.home_dc.load(Ordering::SeqCst)
    }

    /// Whether there is a key for a data centre.
    pub(crate) fn has_key(&self, dc: i32) -> bool {
        let options = self.options();
        options.get(&dc).is_some_and(|dc| dc.auth_key.is_some())
    }

    /// What is needed to agree on a key with a data centre whose RSA key grammers does not know;
    /// `None` if there is a key, or grammers makes one itself.
    pub(crate) fn wants_key(&self, dc: i32) -> Option<(SocketAddrV4, PublicKey)> {
        let centres = &self.context.config.datacenters;
        let public_key = centres
            .iter()
            .find(|centre| centre.id == dc)?
            .public_key
            .clone()?;
        let options = self.options();
        let option = options.get(&dc).filter(|dc| dc.auth_key.is_none())?;
        Some((option.ipv4, public_key))
    }

    pub(crate) async fn set_key(&self, dc: i32, key: [u8; 256]) -> Result<(), SessionError> {
        let known = self.options().get(&dc).cloned();
        let Some(known) = known else { return Ok(()) };
        self.store(DcOption {
            auth_key: Some(key),
            ..known
        })
        .await
    }

    async fn store(&self, new: DcOption) -> Result<(), SessionError> {
        let before = self.options().insert(new.id, new.clone());
        let old_key = before.and_then(|before| before.auth_key);
        let Some(auth_key) = new.auth_key.filter(|key| Some(*key) != old_key) else {
            return Ok(());
        };
        let whose = seals::whose_key(self.id.0, new.id);
        let sealed = self.context.seal(seals::AUTH_KEY, &whose, &auth_key).await;
        let key = StoredKey {
            dc: new.id,
            address: new.ipv4.to_string(),
            auth_key: sealed.map_err(|_| SessionError("the key could not be sealed".to_owned()))?,
        };
        let id = self.id;
        let write = self
            .context
            .db
            .write(move |tx| store::save_key(tx, id, &key));
        Ok(write.await?)
    }

    async fn store_peer(&self, peer: PeerInfo) -> Result<(), SessionError> {
        let id = self.id;
        let hash = peer.auth().map(PeerAuth::hash);
        if let (Some(peer), Some(hash)) = (peer.id().bot_api_dialog_id(), hash) {
            let write = self
                .context
                .db
                .write(move |tx| store::save_peers(tx, id, &[(peer, hash)]));
            write.await?;
        }
        Ok(())
    }

    async fn stored_peer(&self, peer: PeerId) -> Result<Option<PeerInfo>, SessionError> {
        let (Some(dialog), Some(bare)) = (peer.bot_api_dialog_id(), peer.bare_id()) else {
            return Ok(None);
        };
        let id = self.id;
        let read = self
            .context
            .db
            .read(move |c| store::access_hash(c, id, dialog));
        let auth = read.await?.map(PeerAuth::from_hash);
        Ok(auth.map(|auth| match peer.kind() {
            PeerKind::User => PeerInfo::User {
                id: bare,
                auth: Some(auth),
                bot: None,
                is_self: None,
            },
            PeerKind::Chat => PeerInfo::Chat { id: bare },
            PeerKind::Channel => PeerInfo::Channel {
                id: bare,
                auth: Some(auth),
                kind: None,
            },
        }))
    }
}

impl Session for AccountSession {
    type Error = SessionError;

    fn home_dc_id(&self) -> Result<i32, SessionError> {
        Ok(self.home())
    }

    fn set_home_dc_id(&self, dc_id: i32) -> BoxFuture<'_, Result<(), SessionError>> {
        Box::pin(async move {
            if self.home_dc.swap(dc_id, Ordering::SeqCst) == dc_id {
                return Ok(());
            }
            let id = self.id;
            let write = self
                .context
                .db
                .write(move |tx| store::set_home_dc(tx, id, dc_id));
            Ok(write.await?)
        })
    }

    fn dc_option(&self, dc_id: i32) -> Result<Option<DcOption>, SessionError> {
        Ok(self.options().get(&dc_id).cloned())
    }

    fn set_dc_option(&self, dc_option: &DcOption) -> BoxFuture<'_, Result<(), SessionError>> {
        let new = dc_option.clone();
        Box::pin(self.store(new))
    }

    fn peer(&self, peer: PeerId) -> BoxFuture<'_, Result<Option<PeerInfo>, SessionError>> {
        Box::pin(self.stored_peer(peer))
    }

    fn cache_peer(&self, peer: PeerInfo) -> BoxFuture<'_, Result<(), SessionError>> {
        Box::pin(self.store_peer(peer))
    }

    /// Nothing follows the stream of updates, so its state is not kept.
    fn updates_state(&self) -> BoxFuture<'_, Result<UpdatesState, SessionError>> {
        Box::pin(async { Ok(UpdatesState::default()) })
    }

    fn set_update_state(&self, _update: UpdateState) -> BoxFuture<'_, Result<(), SessionError>> {
        Box::pin(async { Ok(()) })
    }
}

//! What all parts of the thread share.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::MtprotoConfig;
use super::model::Refusal;
use super::store;
use crate::activation::Activator;
use crate::clock::Clock;
use crate::db::Db;
use crate::secrets::{Keyring, OpenError, Purpose, Sealed, SecretsConfig};

/// The longest wait for one answer: three of them fit into the limit of a request.
const CALL_LIMIT: Duration = Duration::from_secs(9);

#[derive(Debug)]
pub(crate) struct MtprotoContext {
    pub(crate) config: MtprotoConfig,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    /// Rung when an account is nobody's any longer.
    pub(crate) bell: Activator,
    /// The longest wait for one answer of Telegram, with everything that comes before it.
    pub(crate) call_limit: Duration,
    secrets: SecretsConfig,
    /// The keys, once they were read. A key file that is put back is found without a restart.
    keys: Mutex<Option<Keyring>>,
}

impl MtprotoContext {
    pub(crate) fn new(
        config: MtprotoConfig,
        secrets: SecretsConfig,
        db: Db,
        clock: Clock,
        bell: Activator,
    ) -> Self {
        Self {
            config,
            db,
            clock,
            bell,
            call_limit: CALL_LIMIT,
            secrets,
            keys: Mutex::new(None),
        }
    }

    /// The keys. A key file is made only while nothing is sealed.
    pub(crate) async fn keys(&self) -> Result<Keyring, Refusal> {
        let known = self
            .keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(keys) = known {
            return Ok(keys);
        }
        let secrets = self.secrets.clone();
        let read = self.db.read(move |connection| {
            let may_make = !store::is_anything_sealed(connection)?;
            Keyring::open(&secrets, may_make)
        });
        match read.await {
            Ok(keys) => {
                let mut known = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(known.get_or_insert(keys).clone())
            }
            Err(err) => {
                tracing::error!("linked Telegram accounts cannot be used: {err:#}");
                Err(Refusal::Sealed)
            }
        }
    }

    pub(crate) async fn seal(
        &self,
        what: &'static str,
        whose: &str,
        value: &[u8],
    ) -> Result<Sealed, Refusal> {
        let keys = self.keys().await?;
        let sealed = keys.seal(Purpose { what, whose }, value);
        sealed.map_err(|err| internal("a value was not sealed", &err))
    }

    pub(crate) async fn open(
        &self,
        what: &'static str,
        whose: &str,
        sealed: &Sealed,
    ) -> Result<zeroize::Zeroizing<Vec<u8>>, Refusal> {
        let keys = self.keys().await?;
        let opened = keys.open_sealed(Purpose { what, whose }, sealed);
        opened.map_err(|err| {
            if err == OpenError::Broken {
                tracing::error!(what, whose, "a stored value does not open: {err}");
            }
            Refusal::Sealed
        })
    }
}

/// A fault of ours: logged here, and told without its reason.
pub(crate) fn internal(what: &str, err: &anyhow::Error) -> Refusal {
    tracing::error!("{what}: {err:#}");
    Refusal::Internal
}

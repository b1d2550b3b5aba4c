//! Plugs the Telegram accounts of people into the watch, as another eye.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::slices::mtproto::eye::{AccountsEye, NameSeen};
use crate::slices::watch::run::eye::{Eye, EyeSaid};

/// The site whose accounts are looked up over MTProto.
const SITE: &str = "telegram";

#[derive(Debug)]
pub(super) struct TelegramEye(pub(super) AccountsEye);

impl Eye for TelegramEye {
    fn site(&self) -> &'static str {
        SITE
    }

    fn look(&self, username: String, identity: String) -> BoxFuture<'_, EyeSaid> {
        let look = async move {
            match self.0.look(&username, identity.parse().ok()).await {
                NameSeen::Exists(id) => EyeSaid::Exists {
                    identity: id.to_string(),
                },
                NameSeen::Missing => EyeSaid::Missing,
                NameSeen::Restricted => EyeSaid::Restricted,
                NameSeen::Blind => EyeSaid::Blind,
            }
        };
        look.boxed()
    }
}

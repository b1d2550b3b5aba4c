//! The QR pictures of logins. What a code says opens the account, so it is only in memory, and the
//! recipe of a picture names the login.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use crate::qr::{ErrorCorrection, Qr, blank};
use crate::telegram::{Made, Recipe};

/// The maker's name in recipes: that of the slice.
pub(crate) const MAKER: &str = "mtproto";

/// A file to make. Stored in outbox rows, so words and fields must never change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "make", rename_all = "snake_case")]
enum AccountsFile {
    /// The QR code of a login at the moment of delivery; an empty picture if it has none any more.
    Login { login: String },
}

/// The codes that are shown now, by the public id of their login. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct LoginPictures(Arc<Mutex<HashMap<String, SecretString>>>);

impl std::fmt::Debug for LoginPictures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LoginPictures")
    }
}

impl LoginPictures {
    pub(super) fn show(&self, login: &str, url: SecretString) {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.insert(login.to_owned(), url);
    }

    pub(super) fn end(&self, login: &str) {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.remove(login);
    }

    pub(super) fn recipe(login: &str) -> anyhow::Result<Recipe> {
        let login = login.to_owned();
        Recipe::photo(MAKER, &AccountsFile::Login { login })
    }

    /// # Errors
    /// When the recipe is of another version, or a picture cannot be drawn.
    pub(crate) fn make(&self, recipe: &Recipe) -> anyhow::Result<Made> {
        let AccountsFile::Login { login } = recipe.order()?;
        let url = {
            let codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            codes.get(&login).cloned()
        };
        let bytes = match url {
            Some(url) => Qr::new(url.expose_secret(), "", ErrorCorrection::Medium)?.png()?,
            None => blank()?,
        };
        Ok(Made {
            name: "login.png".to_owned(),
            bytes: bytes.into(),
        })
    }
}

#[cfg(test)]
#[path = "tests/pictures.rs"]
mod tests;

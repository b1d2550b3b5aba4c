//! The slice's SQL: accounts, their keys and peers, logins.
//!
//! # Invariants
//! - Every query of a person's account names the person.
//! - Keys, phones, code hashes, QR codes and hints are stored only sealed.

mod accounts;
mod care;
mod devices;
mod errands;
mod floods;
mod keys;
mod logins;
mod looks;
mod peers;
mod reseal;
mod retention;
#[cfg(test)]
mod tests;

pub(crate) use accounts::{
    Profile, abandon, abandoned, account, accounts_of, all_accounts, complete, home_dc, mark,
    mark_logged_out, new_account, place, remove, replaced, seen, set_home_dc, watch_with,
};
pub(crate) use care::{Care, care, set_care};
pub(crate) use devices::remember_devices;
pub(crate) use errands::{Errand, add_errand, done, errand_key, errands, is_wanted};
pub(crate) use floods::{floods, remember_flood};
pub(crate) use keys::{StoredKey, keys, save_key};
pub(crate) use logins::{
    LoginRow, NewLogin, Progress, Way, advance, begin, count_since, end, end_interrupted, login,
    open_login, open_logins, wrong,
};
pub(crate) use looks::take_look;
pub(crate) use peers::{access_hash, save_peers};
pub(crate) use reseal::{is_anything_sealed, reseal};
pub(crate) use retention::{KEPT, forget, release};

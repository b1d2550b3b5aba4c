//! The sessions of an account: listing and ending them.

use grammers_tl_types::{enums, functions, types};

use super::faults::Refusal;
use super::people::DeviceSeen;
use super::state::{Device, KeyRef, Known, State};

/// A session this young ends no others.
const FRESH_SECONDS: i32 = 24 * 60 * 60;

type Answer<T> = Result<T, Refusal>;

/// All sessions of an account, oldest first.
pub(super) fn seen(state: &State, user: i64) -> Vec<DeviceSeen> {
    let own = |(key, known): (&KeyRef, &Known)| {
        (known.user == Some(user)).then(|| DeviceSeen {
            hash: known.hash,
            model: known.device.model.clone(),
            app_version: known.device.app_version.clone(),
            created: known.created,
            centre: key.centre,
        })
    };
    let others = state.accounts.get(&user).map(|account| &account.devices);
    let mut devices: Vec<DeviceSeen> = others.into_iter().flatten().cloned().collect();
    devices.extend(state.keys.iter().filter_map(own));
    devices.sort_by_key(|device| (device.created, device.hash));
    devices
}

pub(super) fn list(state: &State, caller: KeyRef) -> Answer<enums::account::Authorizations> {
    let user = state.logged_in(caller)?.about.id;
    let known = state.keys.get(&caller);
    let own = known.ok_or_else(Refusal::unregistered)?;
    let shape = |seen: DeviceSeen| {
        let is_own = seen.hash == own.hash;
        let device = if is_own {
            own.device.clone()
        } else {
            Device {
                model: seen.model,
                app_version: seen.app_version,
                system: "Android 16".to_owned(),
                api_id: 4,
            }
        };
        types::Authorization {
            current: is_own,
            official_app: !is_own,
            password_pending: false,
            encrypted_requests_disabled: false,
            call_requests_disabled: false,
            unconfirmed: false,
            hash: if is_own { 0 } else { seen.hash },
            device_model: device.model,
            platform: String::new(),
            system_version: device.system,
            api_id: device.api_id,
            app_name: if is_own { "Vakhta" } else { "Telegram Android" }.to_owned(),
            app_version: device.app_version,
            date_created: seen.created,
            date_active: state.now(),
            ip: "192.0.2.7".to_owned(),
            country: "Russia".to_owned(),
            region: String::new(),
        }
        .into()
    };
    let answer = types::account::Authorizations {
        authorization_ttl_days: 180,
        authorizations: seen(state, user).into_iter().map(shape).collect(),
    };
    Ok(answer.into())
}

pub(super) fn reset(
    state: &mut State,
    caller: KeyRef,
    request: &functions::account::ResetAuthorization,
) -> Answer<bool> {
    let user = state.logged_in(caller)?.about.id;
    let created = state.known(caller)?.created;
    if state.now() - created < FRESH_SECONDS {
        return Err(Refusal::new(406, "FRESH_RESET_AUTHORISATION_FORBIDDEN"));
    }
    let known = end(state, user, request.hash);
    known
        .then_some(true)
        .ok_or_else(|| Refusal::bad("HASH_INVALID"))
}

/// Ends the session with that number; whether there was one.
pub(super) fn end(state: &mut State, user: i64, hash: i64) -> bool {
    let keys = state.end_sessions(user, "SESSION_REVOKED", |known| known.hash == hash);
    let Some(account) = state.accounts.get_mut(&user) else {
        return keys > 0;
    };
    let before = account.devices.len();
    account.devices.retain(|device| device.hash != hash);
    keys > 0 || account.devices.len() < before
}

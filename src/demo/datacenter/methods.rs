//! The methods that a data centre knows, by their numbers in the schema.

use grammers_tl_types::{
    Deserializable, Identifiable, RemoteCall, Serializable, enums, functions, name_for_id, types,
};

use super::faults::Refusal;
use super::state::{Device, KeyRef, State};
use super::tl::{Rest, id_of, read};
use super::{chats, devices, login, shapes};

/// Programs older than this may not log in.
const OLDEST_LAYER: i32 = 200;

type Answer = Result<Vec<u8>, Refusal>;

/// A request without its wrappers, and what the wrappers say of the client.
pub(super) struct Request {
    pub(super) body: Vec<u8>,
    pub(super) layer: Option<i32>,
    pub(super) device: Option<Device>,
}

impl Request {
    /// Takes the wrappers off.
    pub(super) fn unwrap(mut body: Vec<u8>) -> Result<Self, Refusal> {
        let (mut layer, mut device) = (None, None);
        loop {
            match id_of(&body) {
                functions::InvokeWithLayer::<Rest>::CONSTRUCTOR_ID => {
                    let outer: functions::InvokeWithLayer<Rest> = read(&body)?;
                    layer = Some(outer.layer);
                    body = outer.query.0;
                }
                functions::InitConnection::<Rest>::CONSTRUCTOR_ID => {
                    let outer: functions::InitConnection<Rest> = read(&body)?;
                    device = Some(Device {
                        model: outer.device_model,
                        system: outer.system_version,
                        app_version: outer.app_version,
                        api_id: outer.api_id,
                    });
                    body = outer.query.0;
                }
                functions::InvokeWithoutUpdates::<Rest>::CONSTRUCTOR_ID => {
                    let outer: functions::InvokeWithoutUpdates<Rest> = read(&body)?;
                    body = outer.query.0;
                }
                _ => break,
            }
        }
        Ok(Self {
            body,
            layer,
            device,
        })
    }

    /// The name of the method, as the schema has it.
    pub(super) fn method(&self) -> &'static str {
        name_for_id(id_of(&self.body))
    }
}

/// Reads a request of that method and writes its answer.
fn answer<R>(body: &[u8], work: impl FnOnce(&R) -> Result<R::Return, Refusal>) -> Answer
where
    R: RemoteCall + Deserializable + Identifiable,
    R::Return: Serializable,
{
    Ok(work(&read::<R>(body)?)?.to_bytes())
}

/// Calls a method. The complaint of an unknown one is the caller's to make.
pub(super) fn call(state: &mut State, caller: KeyRef, layer: i32, body: &[u8]) -> Answer {
    use functions::{account, auth, contacts, help, messages, updates, users};
    let id = id_of(body);
    let logs_in = [
        auth::SendCode::CONSTRUCTOR_ID,
        auth::ExportLoginToken::CONSTRUCTOR_ID,
    ];
    if layer < OLDEST_LAYER && logs_in.contains(&id) {
        return Err(Refusal::new(406, "UPDATE_APP_TO_LOGIN"));
    }
    match id {
        help::GetConfig::CONSTRUCTOR_ID => answer(body, |_: &help::GetConfig| {
            Ok(shapes::config(&state.centres, caller.centre))
        }),
        help::GetAppConfig::CONSTRUCTOR_ID => answer(body, |_: &help::GetAppConfig| {
            let account = state.logged_in(caller).ok();
            let frozen = account.is_some_and(|account| account.about.is_frozen);
            Ok(shapes::app_config(frozen))
        }),
        auth::SendCode::CONSTRUCTOR_ID => answer(body, |r| login::send_code(state, caller, r)),
        auth::SignIn::CONSTRUCTOR_ID => answer(body, |r| login::sign_in(state, caller, r)),
        auth::CancelCode::CONSTRUCTOR_ID => answer(body, |r| login::cancel_code(state, caller, r)),
        auth::CheckPassword::CONSTRUCTOR_ID => {
            answer(body, |r| login::check_password(state, caller, r))
        }
        auth::ExportLoginToken::CONSTRUCTOR_ID => {
            answer(body, |r| login::export_token(state, caller, r))
        }
        auth::ImportLoginToken::CONSTRUCTOR_ID => {
            answer(body, |r| login::import_token(state, caller, r))
        }
        auth::LogOut::CONSTRUCTOR_ID => {
            answer(body, |_: &auth::LogOut| login::log_out(state, caller))
        }
        account::GetPassword::CONSTRUCTOR_ID => answer(body, |_: &account::GetPassword| {
            login::get_password(state, caller)
        }),
        account::GetAuthorizations::CONSTRUCTOR_ID => {
            answer(body, |_: &account::GetAuthorizations| {
                devices::list(state, caller)
            })
        }
        account::ResetAuthorization::CONSTRUCTOR_ID => {
            answer(body, |r| devices::reset(state, caller, r))
        }
        updates::GetState::CONSTRUCTOR_ID => answer(body, |_: &updates::GetState| {
            state.logged_in(caller)?;
            Ok(types::updates::State {
                pts: 1,
                qts: 0,
                date: State::wire_now(),
                seq: 1,
                unread_count: 0,
            }
            .into())
        }),
        updates::GetDifference::CONSTRUCTOR_ID => answer(body, |_: &updates::GetDifference| {
            state.logged_in(caller)?;
            let date = State::wire_now();
            Ok(types::updates::DifferenceEmpty { date, seq: 1 }.into())
        }),
        users::GetUsers::CONSTRUCTOR_ID => answer(body, |r| chats::users(state, caller, r)),
        users::GetFullUser::CONSTRUCTOR_ID => answer(body, |r| chats::full_user(state, caller, r)),
        messages::GetDialogs::CONSTRUCTOR_ID => answer(body, |r| chats::dialogs(state, caller, r)),
        messages::GetHistory::CONSTRUCTOR_ID => answer(body, |r| chats::history(state, caller, r)),
        contacts::ResolveUsername::CONSTRUCTOR_ID => {
            answer(body, |r| chats::resolve_username(state, caller, r))
        }
        _ => Err(Refusal::bad(format!("INPUT_METHOD_INVALID_{id}"))),
    }
}

/// An error as the wire has it.
pub(super) fn refused(refusal: &Refusal) -> Vec<u8> {
    enums::RpcError::Error(types::RpcError {
        error_code: refusal.code,
        error_message: refusal.name.clone(),
    })
    .to_bytes()
}

//! Logging in and out: codes, passwords, QR codes.
//!
//! # Invariants
//! - A code is good only for the key that asked for it.
//! - Where an account has a password, a code or a scan alone logs nobody in.

use grammers_tl_types::{Serializable as _, enums, functions, types};

use super::faults::Refusal;
use super::password;
use super::shapes;
use super::state::{API_HASH, API_ID, Code, KeyRef, State, Token, digits};
use crate::random;

const CODE_SECONDS: i32 = 5 * 60;
const TOKEN_SECONDS: i32 = 30;
/// Wrong codes that make a code void, and wrong passwords after which Telegram takes no more.
const WRONG_TRIES: usize = 5;

type Answer<T> = Result<T, Refusal>;

fn check_program(api_id: i32, api_hash: &str) -> Answer<()> {
    if api_id != API_ID || api_hash != API_HASH {
        return Err(Refusal::bad("API_ID_INVALID"));
    }
    Ok(())
}

/// Refuses numbers that are none, banned, or kept in another data centre.
fn check_phone(state: &State, caller: KeyRef, phone: &str) -> Answer<()> {
    let is_number = phone
        .chars()
        .all(|c| c.is_ascii_digit() || "+ ()-".contains(c));
    if !is_number || !(7..=15).contains(&digits(phone).len()) {
        return Err(Refusal::new(406, "PHONE_NUMBER_INVALID"));
    }
    let Some(account) = state.by_phone(phone) else {
        return Ok(());
    };
    if account.is_banned {
        return Err(Refusal::bad("PHONE_NUMBER_BANNED"));
    }
    match state.home(account) {
        home if home == caller.centre => Ok(()),
        home => Err(Refusal::new(303, format!("PHONE_MIGRATE_{home}"))),
    }
}

pub(super) fn send_code(
    state: &mut State,
    caller: KeyRef,
    request: &functions::auth::SendCode,
) -> Answer<enums::auth::SentCode> {
    check_program(request.api_id, &request.api_hash)?;
    check_phone(state, caller, &request.phone_number)?;
    let length = 5_u8;
    let digit = |byte: u8| char::from(b'0' + byte % 10);
    let code = Code {
        phone: digits(&request.phone_number),
        key: caller,
        code: random::bytes::<5>()?.map(digit).iter().collect(),
        hash: random::hex::<9>()?,
        expires: state.now() + CODE_SECONDS,
        wrong: 0,
    };
    let is_known = state.by_phone(&request.phone_number).is_some();
    let length = i32::from(length);
    let answer = types::auth::SentCode {
        r#type: if is_known {
            types::auth::SentCodeTypeApp { length }.into()
        } else {
            types::auth::SentCodeTypeSms { length }.into()
        },
        phone_code_hash: code.hash.clone(),
        next_type: None,
        timeout: None,
    };
    // A new code makes the earlier ones of the same key void.
    let phone = code.phone.clone();
    state
        .codes
        .retain(|old| (&old.phone, old.key) != (&phone, caller));
    state.codes.push(code);
    Ok(answer.into())
}

/// The place of a code that this key asked for.
fn code_at(state: &State, caller: KeyRef, phone: &str, hash: &str) -> Answer<usize> {
    if hash.is_empty() {
        return Err(Refusal::bad("PHONE_CODE_HASH_EMPTY"));
    }
    let (now, phone) = (state.now(), digits(phone));
    let mut codes = state.codes.iter();
    codes
        .position(|code| {
            code.hash == hash && code.key == caller && code.phone == phone && code.expires > now
        })
        .ok_or_else(|| Refusal::bad("PHONE_CODE_EXPIRED"))
}

pub(super) fn sign_in(
    state: &mut State,
    caller: KeyRef,
    request: &functions::auth::SignIn,
) -> Answer<enums::auth::Authorization> {
    check_phone(state, caller, &request.phone_number)?;
    let at = code_at(
        state,
        caller,
        &request.phone_number,
        &request.phone_code_hash,
    )?;
    let entered = request.phone_code.as_deref().unwrap_or_default();
    let code = state.codes.get_mut(at);
    let code = code.ok_or_else(|| Refusal::bad("PHONE_CODE_EXPIRED"))?;
    if entered.is_empty() {
        return Err(Refusal::bad("PHONE_CODE_EMPTY"));
    }
    if code.code != entered {
        code.wrong += 1;
        if code.wrong >= WRONG_TRIES {
            state.codes.remove(at);
        }
        return Err(Refusal::bad("PHONE_CODE_INVALID"));
    }
    let Some(user) = state.by_phone(&request.phone_number) else {
        let sign_up = types::auth::AuthorizationSignUpRequired {
            terms_of_service: None,
        };
        return Ok(sign_up.into());
    };
    let user = user.about.id;
    // Only a login that is complete uses the code up.
    let entered = enter(state, caller, user)?;
    state.codes.remove(at);
    Ok(entered)
}

pub(super) fn cancel_code(
    state: &mut State,
    caller: KeyRef,
    request: &functions::auth::CancelCode,
) -> Answer<bool> {
    let at = code_at(
        state,
        caller,
        &request.phone_number,
        &request.phone_code_hash,
    )?;
    state.codes.remove(at);
    Ok(true)
}

/// Logs an account in, or asks for its password first.
fn enter(state: &mut State, caller: KeyRef, user: i64) -> Answer<enums::auth::Authorization> {
    let account = state.accounts.get(&user);
    let has_password = account.is_some_and(|account| account.password.is_some());
    if has_password {
        state.known(caller)?.pending = Some(user);
        return Err(Refusal::new(401, "SESSION_PASSWORD_NEEDED"));
    }
    complete(state, caller, user)
}

fn complete(state: &mut State, caller: KeyRef, user: i64) -> Answer<enums::auth::Authorization> {
    let now = state.now();
    let known = state.known(caller)?;
    known.user = Some(user);
    known.pending = None;
    known.scanned = None;
    known.ended = None;
    known.created = now;
    let account = state.logged_in(caller)?;
    let answer = types::auth::Authorization {
        setup_password_required: false,
        otherwise_relogin_days: None,
        tmp_sessions: None,
        future_auth_token: None,
        user: shapes::user(user, account)?,
    };
    Ok(answer.into())
}

/// `account.getPassword`, also for somebody whose password is awaited.
pub(super) fn get_password(state: &mut State, caller: KeyRef) -> Answer<enums::account::Password> {
    let pending = state.known(caller)?.pending;
    let account = match pending.and_then(|user| state.accounts.get(&user)) {
        Some(account) => account,
        None => state.logged_in(caller)?,
    };
    let (answer, proof) = password::ask(account.password.as_ref())?;
    state.known(caller)?.proof = proof;
    Ok(answer.into())
}

pub(super) fn check_password(
    state: &mut State,
    caller: KeyRef,
    request: &functions::auth::CheckPassword,
) -> Answer<enums::auth::Authorization> {
    let enums::InputCheckPasswordSrp::Srp(answer) = &request.password else {
        return Err(Refusal::bad("PASSWORD_HASH_INVALID"));
    };
    let known = state.known(caller)?;
    let user = known.pending.ok_or_else(Refusal::unregistered)?;
    // A proof is good for one try.
    let proof = known.proof.take().filter(|proof| proof.id == answer.srp_id);
    let proof = proof.ok_or_else(|| Refusal::bad("SRP_ID_INVALID"))?;
    let account = state.accounts.get_mut(&user);
    let account = account.ok_or_else(Refusal::unregistered)?;
    if !account
        .password
        .as_ref()
        .is_some_and(|now| proof.is_of(now))
    {
        return Err(Refusal::bad("SRP_PASSWORD_CHANGED"));
    }
    if account.wrong_passwords >= WRONG_TRIES {
        return Err(Refusal::new(406, "PHONE_PASSWORD_FLOOD"));
    }
    match proof.holds(answer) {
        None => Err(Refusal::bad("SRP_A_INVALID")),
        Some(false) => {
            account.wrong_passwords += 1;
            Err(Refusal::bad("PASSWORD_HASH_INVALID"))
        }
        Some(true) => {
            account.wrong_passwords = 0;
            complete(state, caller, user)
        }
    }
}

pub(super) fn export_token(
    state: &mut State,
    caller: KeyRef,
    request: &functions::auth::ExportLoginToken,
) -> Answer<enums::auth::LoginToken> {
    check_program(request.api_id, &request.api_hash)?;
    if let Some((user, token)) = state.known(caller)?.scanned.clone() {
        return scanned(state, caller, user, token);
    }
    if let Ok(account) = state.logged_in(caller) {
        let user = account.about.id;
        let authorization = complete(state, caller, user)?;
        return Ok(types::auth::LoginTokenSuccess { authorization }.into());
    }
    if state.known(caller)?.pending.is_some() {
        return Err(Refusal::new(401, "SESSION_PASSWORD_NEEDED"));
    }
    let token = Token {
        bytes: random::bytes::<32>()?.to_vec(),
        key: caller,
        expires: state.now() + TOKEN_SECONDS,
        accepted_by: None,
    };
    let answer = types::auth::LoginToken {
        // Clients compare it with their own clock.
        expires: State::wire_now() + TOKEN_SECONDS,
        token: token.bytes.clone(),
    };
    state.tokens.push(token);
    Ok(answer.into())
}

pub(super) fn import_token(
    state: &mut State,
    caller: KeyRef,
    request: &functions::auth::ImportLoginToken,
) -> Answer<enums::auth::LoginToken> {
    let mut tokens = state.tokens.iter();
    let token = tokens.find(|token| token.bytes == request.token);
    let token = token.ok_or_else(|| Refusal::bad("AUTH_TOKEN_INVALID"))?;
    if token.expires <= state.now() {
        return Err(Refusal::bad("AUTH_TOKEN_EXPIRED"));
    }
    let user = token.accepted_by;
    let user = user.ok_or_else(|| Refusal::bad("AUTH_TOKEN_INVALID"))?;
    scanned(state, caller, user, request.token.clone())
}

/// What a token is worth after the phone of that account scanned it.
fn scanned(
    state: &mut State,
    caller: KeyRef,
    user: i64,
    token: Vec<u8>,
) -> Answer<enums::auth::LoginToken> {
    let account = state.accounts.get(&user);
    let home = state.home(account.ok_or_else(Refusal::unregistered)?);
    if home != caller.centre {
        return Ok(types::auth::LoginTokenMigrateTo { dc_id: home, token }.into());
    }
    state.known(caller)?.scanned = None;
    state.tokens.retain(|other| other.bytes != token);
    let authorization = enter(state, caller, user)?;
    Ok(types::auth::LoginTokenSuccess { authorization }.into())
}

/// The phone of an account scans a token.
///
/// # Errors
/// What Telegram answers to the phone.
pub(super) fn accept_token(state: &mut State, token: &[u8], phone: &str) -> anyhow::Result<()> {
    let user = state.by_phone(phone).map(|account| account.about.id);
    let user = user.ok_or_else(|| anyhow::anyhow!("nobody has the phone number {phone}"))?;
    let now = state.now();
    let mut tokens = state.tokens.iter_mut();
    let found = tokens.find(|other| other.bytes == token);
    let found = found.ok_or_else(|| anyhow::anyhow!("AUTH_TOKEN_INVALID"))?;
    anyhow::ensure!(found.expires > now, "AUTH_TOKEN_EXPIRED");
    anyhow::ensure!(found.accepted_by.is_none(), "AUTH_TOKEN_ALREADY_ACCEPTED");
    found.accepted_by = Some(user);
    let key = found.key;
    let update = types::UpdateShort {
        update: enums::Update::LoginToken,
        date: State::wire_now(),
    };
    if let Some(known) = state.keys.get_mut(&key) {
        known.scanned = Some((user, token.to_vec()));
        known.pushes.push(enums::Updates::from(update).to_bytes());
    }
    Ok(())
}

pub(super) fn log_out(state: &mut State, caller: KeyRef) -> Answer<enums::auth::LoggedOut> {
    state.logged_in(caller)?;
    state.known(caller)?.user = None;
    let answer = types::auth::LoggedOut {
        future_auth_token: None,
    };
    Ok(answer.into())
}

//! Linking an account: by phone, by QR code, the steps of a login.

use std::ops::RangeInclusive;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use super::asking::{Asker, Linker, Query, Secret, not_understood, read_body, refused};
use super::documents::LoginStatus;
use super::refusals::Refusals;
use super::{ApiState, WORD_LIMIT, internal, within};
use crate::http_server::Problem;
use crate::http_server::openapi::Json;
use crate::slices::mtproto::model::{Login, LoginId, Proof, Refusal};
use crate::slices::mtproto::proxy::Request;

/// Maximum length of a password, in characters.
const PASSWORD_LIMIT: usize = 1024;

/// Digits of a phone number, with the code of the country.
const PHONE_DIGITS: RangeInclusive<usize> = 5..=20;

/// A phone number
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPhone {
    /// With the code of the country; spaces, hyphens and brackets do not count
    #[schema(example = "+7 912 345-67-89", max_length = 64)]
    phone: Secret,
}

/// A code or a password, not both
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewProof {
    #[schema(max_length = 255)]
    login_id: String,
    /// As Telegram sent it
    #[schema(max_length = 255)]
    code: Option<Secret>,
    /// Of two-step verification
    #[schema(max_length = 1024)]
    password: Option<Secret>,
}

/// Begin to link by phone
///
/// Ends an earlier login of the same person.
#[utoipa::path(
    post, path = "/auth/phone/", tag = "telegram", operation_id = "telegramStartPhone",
    request_body = NewPhone,
    responses((status = 202, description = "Telegram sends a code", body = LoginStatus), Refusals),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn start_phone(
    State(api): State<ApiState>,
    Linker(person): Linker,
    uri: Uri,
    body: Bytes,
) -> Result<(StatusCode, Json), Problem> {
    Query::read(&uri, &[])?;
    let NewPhone { phone } = read_body(body, "{\"phone\": \"+…\"}")?;
    let phone = digits(&phone).ok_or_else(|| refused(Refusal::PhoneInvalid))?;
    let begun = api.ask(|reply| Request::StartPhone(person, phone, reply));
    as_begun(&api, person, &begun.await?).await
}

/// Give a code or a password
#[utoipa::path(
    post, path = "/auth/verify/", tag = "telegram", operation_id = "telegramVerify",
    request_body = NewProof,
    responses((status = 200, description = "What is to be done next", body = LoginStatus), Refusals),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn verify(
    State(api): State<ApiState>,
    Linker(person): Linker,
    uri: Uri,
    body: Bytes,
) -> Result<Json, Problem> {
    const FORM: &str =
        "{\"login_id\": \"…\", \"code\": \"…\"} or {\"login_id\": \"…\", \"password\": \"…\"}";
    Query::read(&uri, &[])?;
    let proof: NewProof = read_body(body, FORM)?;
    let id = login_id(proof.login_id)?;
    let proof = match (proof.code, proof.password) {
        (Some(Secret(code)), None) => {
            within("code", code.expose_secret(), WORD_LIMIT)?;
            Proof::Code(code)
        }
        (None, Some(Secret(password))) => {
            within("password", password.expose_secret(), PASSWORD_LIMIT)?;
            Proof::Password(password)
        }
        _ => return Err(not_understood(format!("the body is to be {FORM}"))),
    };
    let asked = id.clone();
    let step = api.ask(|reply| Request::Verify(person, asked, proof, reply));
    let (step, accounts) = (step.await?, api.accounts(person).await?);
    let status = LoginStatus::with(&id, &step, &accounts);
    Ok(Json::of(&status.map_err(internal)?))
}

/// Begin to link by QR code
///
/// Ends an earlier login of the same person.
#[utoipa::path(
    post, path = "/auth/qr/", tag = "telegram", operation_id = "telegramStartQr",
    responses((status = 202, description = "A picture to scan", body = LoginStatus), Refusals),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn start_qr(
    State(api): State<ApiState>,
    Linker(person): Linker,
    uri: Uri,
) -> Result<(StatusCode, Json), Problem> {
    Query::read(&uri, &[])?;
    let begun = api.ask(|reply| Request::StartQr(person, reply));
    as_begun(&api, person, &begun.await?).await
}

/// Begin to link by QR code, as `POST` does
#[utoipa::path(
    get, path = "/auth/qr/", tag = "telegram", operation_id = "telegramStartQrByGet",
    description = "For clients that cannot do otherwise; a session counts only from a page of this server.",
    responses((status = 202, description = "A picture to scan", body = LoginStatus), Refusals),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn start_qr_by_get(
    api: State<ApiState>,
    linker: Linker,
    uri: Uri,
) -> Result<(StatusCode, Json), Problem> {
    start_qr(api, linker, uri).await
}

/// See the present step of a login
#[utoipa::path(
    get, path = "/auth/qr/status/", tag = "telegram", operation_id = "telegramQrStatus",
    description = "Never asks Telegram. A QR code renews itself.",
    params(("login_id" = String, Query, max_length = 255, description = "As it was given when the login began")),
    responses((status = 200, description = "The step", body = LoginStatus), Refusals),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn qr_status(
    State(api): State<ApiState>,
    Asker(person): Asker,
    uri: Uri,
) -> Result<Json, Problem> {
    let query = Query::read(&uri, &["login_id"])?;
    let id = login_id(query.text("login_id").unwrap_or_default().to_owned())?;
    let asked = id.clone();
    let step = api.ask(|reply| Request::Step(person, asked, reply)).await?;
    let accounts = api.accounts(person).await?;
    let status = LoginStatus::with(&id, &step, &accounts);
    Ok(Json::of(&status.map_err(internal)?))
}

/// Cancel a login
#[utoipa::path(
    delete, path = "/auth/{login_id}/", tag = "telegram", operation_id = "telegramCancel",
    params(("login_id" = String, Path, max_length = 255, description = "As it was given when the login began")),
    responses((status = 204, description = "It is over"), Refusals),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn cancel(
    State(api): State<ApiState>,
    Asker(person): Asker,
    uri: Uri,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    Query::read(&uri, &[])?;
    let id = login_id(id)?;
    api.ask(|reply| Request::Cancel(person, id, reply)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn as_begun(
    api: &ApiState,
    person: i64,
    login: &Login,
) -> Result<(StatusCode, Json), Problem> {
    let status = LoginStatus::of(login, &api.accounts(person).await?);
    Ok((StatusCode::ACCEPTED, Json::of(&status.map_err(internal)?)))
}

fn login_id(text: String) -> Result<LoginId, Problem> {
    within("login_id", &text, WORD_LIMIT)?;
    Ok(LoginId(text))
}

/// The digits of a phone number, after a plus; none if it cannot be one.
fn digits(Secret(phone): &Secret) -> Option<SecretString> {
    let phone = phone.expose_secret().trim();
    let is_apart = |c: char| matches!(c, ' ' | '\u{a0}' | '-' | '(' | ')' | '.');
    let digits = phone.strip_prefix('+').unwrap_or(phone);
    // With its whole room from the start, so that no copy stays behind where it grew.
    let mut plain = String::with_capacity(digits.len() + 1);
    plain.push('+');
    for c in digits.chars().filter(|c| !is_apart(*c)) {
        plain.push(c);
    }
    let plain = SecretString::from(plain);
    let digits = plain.expose_secret().strip_prefix('+')?;
    let is_phone =
        PHONE_DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_phone.then(|| plain.clone())
}

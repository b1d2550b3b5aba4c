//! Reading with a linked account: chats, messages, people, devices.

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};

use super::asking::{Asker, Query, not_understood};
use super::documents::{ChatPage, Devices, MessagePage, Somebody};
use super::refusals::Refusals;
use super::{ApiState, WORD_LIMIT, within};
use crate::http_server::Problem;
use crate::http_server::openapi::Json;
use crate::slices::mtproto::model::PersonAsked;
use crate::slices::mtproto::proxy::{MessagePaging, Paging, Request};

/// Maximum and usual number of chats or messages of a page.
const PAGE: (u32, u32) = (100, 50);

/// The highest id of the Bot API: 52 bits.
const MOST_ID: i64 = (1 << 52) - 1;

/// List chats
#[utoipa::path(
    get, path = "/chats/", tag = "telegram", operation_id = "telegramChats",
    params(
        ("account" = Option<i64>, Query, minimum = 1, description = "One of several accounts"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Chats of a page; 50 unless told"),
        ("cursor" = Option<String>, Query, max_length = 255, description = "From the page before")
    ),
    responses((status = 200, description = "A page of chats", body = ChatPage), Refusals),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn chats(
    State(api): State<ApiState>,
    Asker(person): Asker,
    uri: Uri,
) -> Result<Json, Problem> {
    let query = Query::read(&uri, &["account", "limit", "cursor"])?;
    let (caller, limit) = (query.caller(person)?, limit(&query)?);
    let cursor = query.text("cursor").map(str::to_owned);
    if let Some(cursor) = &cursor {
        within("cursor", cursor, WORD_LIMIT)?;
    }
    let paging = Paging { limit, cursor };
    let chats = api.ask(|reply| Request::Chats(caller, paging, reply));
    Ok(Json::of(&ChatPage::of(chats.await?)))
}

/// Read the messages of a chat
///
/// Nothing is marked as read.
#[utoipa::path(
    get, path = "/messages/", tag = "telegram", operation_id = "telegramMessages",
    params(
        ("account" = Option<i64>, Query, minimum = 1, description = "One of several accounts"),
        ("chat_id" = i64, Query, minimum = -4503599627370495_i64, maximum = 4503599627370495_i64, description = "As the Bot API has it"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Messages of a page; 50 unless told"),
        ("before" = Option<i32>, Query, minimum = 1, description = "Only messages older than this one")
    ),
    responses((status = 200, description = "A page of messages, newest first", body = MessagePage), Refusals),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn messages(
    State(api): State<ApiState>,
    Asker(person): Asker,
    uri: Uri,
) -> Result<Json, Problem> {
    let query = Query::read(&uri, &["account", "chat_id", "limit", "before"])?;
    let caller = query.caller(person)?;
    let chat = query.number("chat_id", -MOST_ID..=MOST_ID)?;
    let chat = chat.ok_or_else(|| not_understood("chat_id is missing: the id of a chat"))?;
    let paging = MessagePaging {
        limit: limit(&query)?,
        before: query.number("before", 1..=i32::MAX)?,
    };
    let messages = api.ask(|reply| Request::Messages(caller, chat, paging, reply));
    Ok(Json::of(&MessagePage::of(messages.await?)))
}

/// Look up oneself or somebody
#[utoipa::path(
    get, path = "/user/", tag = "telegram", operation_id = "telegramUser",
    params(
        ("account" = Option<i64>, Query, minimum = 1, description = "One of several accounts"),
        ("username" = Option<String>, Query, max_length = 33, pattern = "^@?[A-Za-z0-9_]{1,32}$", description = "Whom to look up"),
        ("id" = Option<i64>, Query, minimum = -4503599627370495_i64, maximum = 4503599627370495_i64, description = "Whom to look up, as the Bot API has it; not with `username`")
    ),
    responses((status = 200, description = "Who it is", body = Somebody), Refusals),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn user(
    State(api): State<ApiState>,
    Asker(person): Asker,
    uri: Uri,
) -> Result<Json, Problem> {
    let query = Query::read(&uri, &["account", "username", "id"])?;
    let caller = query.caller(person)?;
    let asked = match (
        query.text("username"),
        query.number("id", -MOST_ID..=MOST_ID)?,
    ) {
        (None, None) => PersonAsked::Me,
        (None, Some(id)) => PersonAsked::Id(id),
        (Some(name), None) => PersonAsked::Username(username(name)?),
        (Some(_), Some(_)) => return Err(not_understood("give a username or an id, not both")),
    };
    let found = api.ask(|reply| Request::Person(caller, asked, reply));
    Ok(Json::of(&Somebody::of(found.await?)))
}

/// List the sessions of an account
#[utoipa::path(
    get, path = "/devices/", tag = "telegram", operation_id = "telegramDevices",
    params(("account" = Option<i64>, Query, minimum = 1, description = "One of several accounts")),
    responses((status = 200, description = "The sessions", body = Devices), Refusals),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn devices(
    State(api): State<ApiState>,
    Asker(person): Asker,
    uri: Uri,
) -> Result<Json, Problem> {
    let caller = Query::read(&uri, &["account"])?.caller(person)?;
    let devices = api.ask(|reply| Request::Devices(caller, reply));
    Ok(Json::of(&Devices::of(devices.await?)))
}

/// End a session of an account
#[utoipa::path(
    delete, path = "/devices/{hash}/", tag = "telegram", operation_id = "telegramEndDevice",
    params(
        ("hash" = String, Path, pattern = "^-?[0-9]{1,19}$", description = "As the list has it"),
        ("account" = Option<i64>, Query, minimum = 1, description = "One of several accounts")
    ),
    responses((status = 204, description = "It is over"), Refusals),
    security(("token" = []), ("session" = []))
)]
pub(super) async fn end_device(
    State(api): State<ApiState>,
    Asker(person): Asker,
    uri: Uri,
    Path(hash): Path<String>,
) -> Result<StatusCode, Problem> {
    let caller = Query::read(&uri, &["account"])?.caller(person)?;
    let hash = hash.parse();
    let hash = hash.map_err(|_| not_understood("a hash is a number, as the list has it"))?;
    api.ask(|reply| Request::EndDevice(caller, hash, reply))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn limit(query: &Query) -> Result<u32, Problem> {
    let (most, usual) = PAGE;
    Ok(query.number("limit", 1..=most)?.unwrap_or(usual))
}

fn username(text: &str) -> Result<String, Problem> {
    let name = text.strip_prefix('@').unwrap_or(text);
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !(1..=32).contains(&name.len()) || !is_name(name) {
        let allowed = "a username has 1 to 32 Latin letters, digits and underscores";
        return Err(not_understood(allowed));
    }
    Ok(name.to_owned())
}

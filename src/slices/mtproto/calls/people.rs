//! People: oneself, somebody by name, somebody by an id that is known.

use std::time::Duration;

use grammers_tl_types::{enums, functions, types};

use super::names::{Names, channel_id, chat_id, full_name, input_peer, kind_of_channel};
use crate::slices::mtproto::context::internal;
use crate::slices::mtproto::line::Line;
use crate::slices::mtproto::model::{AccountState, ChatKind, Person, PersonAsked, Refusal};
use crate::slices::mtproto::refusals::CallError;
use crate::slices::mtproto::store::{self, Profile};

/// How old an answer about the account itself may be.
const FRESH: Duration = Duration::from_secs(60);

/// What Telegram says of the account itself.
pub(crate) fn profile(user: &enums::User) -> Option<Profile> {
    let enums::User::User(user) = user else {
        return None;
    };
    let digits: Vec<char> = user.phone.as_deref().unwrap_or_default().chars().collect();
    let tail = digits.len().saturating_sub(2);
    Some(Profile {
        telegram_id: user.id,
        name: full_name(user),
        username: usernames(user).into_iter().next().unwrap_or_default(),
        phone_tail: digits.into_iter().skip(tail).collect(),
        restricted: restriction(user.restricted, user.restriction_reason.as_deref()),
    })
}

async fn own_user(line: &Line) -> Result<enums::User, CallError> {
    let request = functions::users::GetUsers {
        id: vec![enums::InputUser::UserSelf],
    };
    let found = line.invoke(&request).await?.into_iter().next();
    Ok(found.ok_or(Refusal::Unreachable)?)
}

/// Asks Telegram what the account is, unless that was asked a minute ago.
///
/// # Errors
/// Why Telegram cannot be asked, or that the account is logged out.
pub(crate) async fn check(line: &Line) -> Result<(), Refusal> {
    if line.is_fresh(FRESH) {
        return Ok(());
    }
    let user = match own_user(line).await.map_err(Refusal::from) {
        // What is known stays so until Telegram may be asked again.
        Err(Refusal::Flood(_)) => return Ok(()),
        user => user?,
    };
    let profile = profile(&user).ok_or(Refusal::Unreachable)?;
    line.answered();
    // A frozen account still answers about itself.
    if line.state() == AccountState::Frozen {
        return Ok(());
    }
    let (id, now) = (line.id, line.context.clock.now());
    let write = line
        .context
        .db
        .write(move |tx| store::seen(tx, now, id, &profile));
    write
        .await
        .map_err(|err| internal("an account was not stored", &err))
}

/// # Errors
/// Why nothing is known of that person.
pub(crate) async fn person(line: &Line, asked: PersonAsked) -> Result<Person, Refusal> {
    match asked {
        PersonAsked::Me => of_user(&own_user(line).await?),
        PersonAsked::Username(username) => by_username(line, username).await,
        PersonAsked::Id(id) => by_id(line, id).await,
    }
}

async fn by_username(line: &Line, username: String) -> Result<Person, Refusal> {
    let request = functions::contacts::ResolveUsername {
        username: username.trim_start_matches('@').to_owned(),
        referer: None,
    };
    let enums::contacts::ResolvedPeer::Peer(found) = line.invoke(&request).await?;
    Names::new(&found.users, &found.chats).save(line).await?;
    let is_asked = |id: i64| super::names::dialog_id(&found.peer) == id;
    let people = found.users.iter().map(of_user);
    let chats = found.chats.iter().map(of_chat);
    let mut all = people.chain(chats).flatten();
    all.find(|person| is_asked(person.id))
        .ok_or(Refusal::NobodyThere)
}

async fn by_id(line: &Line, id: i64) -> Result<Person, Refusal> {
    let found = match input_peer(line, id).await? {
        enums::InputPeer::User(user) => {
            let id = types::InputUser {
                user_id: user.user_id,
                access_hash: user.access_hash,
            };
            let request = functions::users::GetUsers {
                id: vec![id.into()],
            };
            let users = line.invoke(&request).await?;
            return of_user(users.first().ok_or(Refusal::NobodyThere)?);
        }
        enums::InputPeer::Chat(chat) => {
            let id = vec![chat.chat_id];
            line.invoke(&functions::messages::GetChats { id }).await?
        }
        enums::InputPeer::Channel(channel) => {
            let id = types::InputChannel {
                channel_id: channel.channel_id,
                access_hash: channel.access_hash,
            };
            let request = functions::channels::GetChannels {
                id: vec![id.into()],
            };
            line.invoke(&request).await?
        }
        _ => return Err(Refusal::NobodyThere),
    };
    let chats = match found {
        enums::messages::Chats::Chats(all) => all.chats,
        enums::messages::Chats::Slice(part) => part.chats,
    };
    of_chat(chats.first().ok_or(Refusal::NobodyThere)?)
}

fn usernames(user: &types::User) -> Vec<String> {
    all_usernames(user.username.as_ref(), user.usernames.as_deref())
}

fn all_usernames(first: Option<&String>, more: Option<&[enums::Username]>) -> Vec<String> {
    let mut names: Vec<String> = first.cloned().into_iter().collect();
    for enums::Username::Username(name) in more.unwrap_or_default() {
        if name.active && !names.contains(&name.username) {
            names.push(name.username.clone());
        }
    }
    names
}

fn restriction(is_there: bool, reasons: Option<&[enums::RestrictionReason]>) -> Option<String> {
    let mut reasons = reasons.unwrap_or_default().iter();
    is_there.then(|| {
        let first = reasons.next();
        let text = first.map(
            |enums::RestrictionReason::Reason(reason)| match &reason.text {
                text if text.is_empty() => reason.reason.clone(),
                text => text.clone(),
            },
        );
        text.unwrap_or_else(|| "restricted".to_owned())
    })
}

fn of_user(user: &enums::User) -> Result<Person, Refusal> {
    let enums::User::User(user) = user else {
        return Err(Refusal::NobodyThere);
    };
    Ok(Person {
        id: user.id,
        kind: match user.bot {
            true => ChatKind::Bot,
            false => ChatKind::Private,
        },
        first_name: user.first_name.clone().unwrap_or_default(),
        last_name: user.last_name.clone().unwrap_or_default(),
        usernames: usernames(user),
        is_deleted: user.deleted,
        restricted: restriction(user.restricted, user.restriction_reason.as_deref()),
        is_scam: user.scam,
        is_fake: user.fake,
        is_premium: user.premium,
    })
}

fn of_chat(chat: &enums::Chat) -> Result<Person, Refusal> {
    let named = |id: i64, kind: ChatKind, title: &str| Person {
        id,
        kind,
        first_name: title.to_owned(),
        last_name: String::new(),
        usernames: Vec::new(),
        is_deleted: false,
        restricted: None,
        is_scam: false,
        is_fake: false,
        is_premium: false,
    };
    Ok(match chat {
        enums::Chat::Chat(chat) => Person {
            is_deleted: chat.deactivated,
            ..named(chat_id(chat.id), ChatKind::Group, &chat.title)
        },
        enums::Chat::Forbidden(chat) => named(chat_id(chat.id), ChatKind::Group, &chat.title),
        enums::Chat::Channel(channel) => Person {
            usernames: all_usernames(channel.username.as_ref(), channel.usernames.as_deref()),
            restricted: restriction(channel.restricted, channel.restriction_reason.as_deref()),
            is_scam: channel.scam,
            is_fake: channel.fake,
            ..named(
                channel_id(channel.id),
                kind_of_channel(channel),
                &channel.title,
            )
        },
        enums::Chat::ChannelForbidden(channel) => {
            named(channel_id(channel.id), ChatKind::Channel, &channel.title)
        }
        _ => return Err(Refusal::NobodyThere),
    })
}

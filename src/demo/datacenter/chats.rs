//! Reading with an account: chats, messages, people.

use std::collections::BTreeSet;

use grammers_tl_types::{enums, functions, types};

use super::faults::Refusal;
use super::people::Written;
use super::shapes;
use super::state::{Account, CHANNELS, Dialog, KeyRef, State, access_hash};

/// The largest page that Telegram gives.
const PAGE: usize = 100;

type Answer<T> = Result<T, Refusal>;

/// The chats and people that a page of messages speaks of.
#[derive(Default)]
struct Mentioned(BTreeSet<i64>);

impl Mentioned {
    fn users(&self, state: &State, viewer: i64) -> Answer<Vec<enums::User>> {
        let accounts = self.0.iter().filter_map(|id| state.accounts.get(id));
        let users = accounts.map(|account| shapes::user(viewer, account));
        Ok(users.collect::<Result<_, _>>()?)
    }

    fn chats(&self, state: &State, viewer: i64) -> Answer<Vec<enums::Chat>> {
        let rooms = self.0.iter().filter_map(|id| state.rooms.get(id));
        let chats = rooms.map(|room| shapes::room(viewer, room));
        Ok(chats.collect::<Result<_, _>>()?)
    }
}

/// The id, as the Bot API has it, of a peer that the caller may name.
fn resolve(state: &State, caller: i64, input: &enums::InputPeer) -> Answer<i64> {
    let invalid = || Refusal::bad("PEER_ID_INVALID");
    let (id, hash) = match input {
        enums::InputPeer::PeerSelf => return Ok(caller),
        enums::InputPeer::User(user) => (user.user_id, Some(user.access_hash)),
        enums::InputPeer::Chat(chat) => (-chat.chat_id, None),
        enums::InputPeer::Channel(channel) => {
            (CHANNELS - channel.channel_id, Some(channel.access_hash))
        }
        _ => return Err(invalid()),
    };
    let is_there = state.accounts.contains_key(&id) || state.rooms.contains_key(&id);
    if !is_there || hash.is_some_and(|hash| hash != access_hash(caller, id)) {
        return Err(invalid());
    }
    Ok(id)
}

fn is_broadcast(state: &State, id: i64) -> bool {
    state.rooms.get(&id).is_some_and(|room| room.is_broadcast)
}

fn page_length(limit: i32) -> usize {
    usize::try_from(limit).unwrap_or_default().clamp(1, PAGE)
}

pub(super) fn dialogs(
    state: &mut State,
    caller: KeyRef,
    request: &functions::messages::GetDialogs,
) -> Answer<enums::messages::Dialogs> {
    let viewer = state.logged_in(caller)?.about.id;
    let offset_peer = match &request.offset_peer {
        enums::InputPeer::Empty => None,
        peer => Some(resolve(state, viewer, peer)?),
    };
    if let Some(account) = state.accounts.get_mut(&viewer) {
        // Almost always in order already.
        let newest_first = |dialog: &Dialog| std::cmp::Reverse(dialog.order());
        account.dialogs.sort_by_key(newest_first);
    }
    let account = state.logged_in(caller)?;
    let total = account.dialogs.len();
    let before = (request.offset_date != 0 || offset_peer.is_some()).then_some((
        request.offset_date,
        request.offset_id,
        offset_peer.unwrap_or(i64::MAX),
    ));
    let is_archive = request.folder_id.is_some_and(|folder| folder != 0);
    let page: Vec<&Dialog> = account
        .dialogs
        .iter()
        .filter(|dialog| !is_archive && before.is_none_or(|before| dialog.order() < before))
        .take(page_length(request.limit))
        .collect();
    let mut mentioned = Mentioned::default();
    let mut messages = Vec::new();
    for dialog in &page {
        mentioned.0.insert(dialog.id);
        if let Some(last) = dialog.messages.last() {
            mentioned.0.insert(last.from);
            let broadcast = is_broadcast(state, dialog.id);
            messages.push(shapes::message(viewer, dialog.id, broadcast, last)?);
        }
    }
    let is_all = page.len() == total;
    let dialogs = page.iter().map(|dialog| shapes::dialog(dialog));
    let dialogs = dialogs.collect::<Result<_, _>>()?;
    let (chats, users) = (
        mentioned.chats(state, viewer)?,
        mentioned.users(state, viewer)?,
    );
    Ok(if is_all {
        types::messages::Dialogs {
            dialogs,
            messages,
            chats,
            users,
        }
        .into()
    } else {
        types::messages::DialogsSlice {
            count: i32::try_from(total).unwrap_or(i32::MAX),
            dialogs,
            messages,
            chats,
            users,
        }
        .into()
    })
}

/// The messages that a request asks for, newest first.
fn page<'m>(
    all: &'m [Written],
    request: &functions::messages::GetHistory,
) -> impl Iterator<Item = &'m Written> {
    let or = |limit: i32, none: i32| if limit == 0 { none } else { limit };
    // With a number, the date does not count.
    let (before, before_date) = match (request.offset_id, request.offset_date) {
        (0, date) => (i32::MAX, or(date, i32::MAX)),
        (id, _) => (id, i32::MAX),
    };
    let newer = all
        .iter()
        .filter(|message| message.id >= before || message.date >= before_date);
    // Places from the newest on. With a negative number the page begins on the newer side of the
    // offset; what would lie before the newest is not made up for.
    let first = i64::try_from(newer.count()).unwrap_or(i64::MAX) + i64::from(request.add_offset);
    let end = first + i64::try_from(page_length(request.limit)).unwrap_or_default();
    let place = |at: i64| usize::try_from(at).unwrap_or_default();
    let (min_id, max_id) = (request.min_id, or(request.max_id, i32::MAX));
    all.iter()
        .rev()
        .skip(place(first))
        .take(place(end) - place(first))
        .filter(move |message| min_id < message.id && message.id < max_id)
}

pub(super) fn history(
    state: &State,
    caller: KeyRef,
    request: &functions::messages::GetHistory,
) -> Answer<enums::messages::Messages> {
    let account = state.logged_in(caller)?;
    let viewer = account.about.id;
    let chat = resolve(state, viewer, &request.peer)?;
    let dialog = account.dialogs.iter().find(|dialog| dialog.id == chat);
    let all = dialog.map_or(&[][..], |dialog| &dialog.messages);
    let mut mentioned = Mentioned::default();
    mentioned.0.insert(chat);
    let mut messages = Vec::new();
    for message in page(all, request) {
        mentioned.0.insert(message.from);
        let broadcast = is_broadcast(state, chat);
        messages.push(shapes::message(viewer, chat, broadcast, message)?);
    }
    let count = i32::try_from(all.len()).unwrap_or(i32::MAX);
    let is_all = messages.len() == all.len();
    let (topics, chats, users) = (
        Vec::new(),
        mentioned.chats(state, viewer)?,
        mentioned.users(state, viewer)?,
    );
    Ok(if chat <= CHANNELS {
        types::messages::ChannelMessages {
            inexact: false,
            pts: 1,
            count,
            offset_id_offset: None,
            messages,
            topics,
            chats,
            users,
        }
        .into()
    } else if is_all {
        types::messages::Messages {
            messages,
            topics,
            chats,
            users,
        }
        .into()
    } else {
        types::messages::MessagesSlice {
            inexact: false,
            count,
            next_rate: None,
            offset_id_offset: None,
            search_flood: None,
            messages,
            topics,
            chats,
            users,
        }
        .into()
    })
}

/// The account that the caller names, if the caller may.
fn named<'s>(state: &'s State, caller: KeyRef, id: &enums::InputUser) -> Answer<&'s Account> {
    let own = state.logged_in(caller)?;
    match id {
        enums::InputUser::UserSelf => Ok(own),
        enums::InputUser::User(user)
            if user.access_hash == access_hash(own.about.id, user.user_id) =>
        {
            let account = state.accounts.get(&user.user_id);
            account.ok_or_else(|| Refusal::bad("USER_ID_INVALID"))
        }
        _ => Err(Refusal::bad("USER_ID_INVALID")),
    }
}

pub(super) fn users(
    state: &State,
    caller: KeyRef,
    request: &functions::users::GetUsers,
) -> Answer<Vec<enums::User>> {
    let viewer = state.logged_in(caller)?.about.id;
    let one = |id| match named(state, caller, id) {
        Ok(account) => Ok(shapes::user(viewer, account)?),
        Err(_) => {
            let id = match id {
                enums::InputUser::User(user) => user.user_id,
                _ => 0,
            };
            Ok(types::UserEmpty { id }.into())
        }
    };
    request.id.iter().map(one).collect()
}

pub(super) fn full_user(
    state: &State,
    caller: KeyRef,
    request: &functions::users::GetFullUser,
) -> Answer<enums::users::UserFull> {
    let viewer = state.logged_in(caller)?.about.id;
    let account = named(state, caller, &request.id)?;
    let full = types::users::UserFull {
        full_user: shapes::full_user(account)?.into(),
        chats: Vec::new(),
        users: vec![shapes::user(viewer, account)?],
    };
    Ok(full.into())
}

pub(super) fn resolve_username(
    state: &State,
    caller: KeyRef,
    request: &functions::contacts::ResolveUsername,
) -> Answer<enums::contacts::ResolvedPeer> {
    let own = state.logged_in(caller)?;
    if own.about.is_frozen {
        return Err(Refusal::new(420, "FROZEN_METHOD_INVALID"));
    }
    let viewer = own.about.id;
    let name = &request.username;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && (3..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !is_name {
        return Err(Refusal::bad("USERNAME_INVALID"));
    }
    let is_it = |other: &String| other.eq_ignore_ascii_case(name);
    let mut accounts = state.accounts.values();
    let account = accounts.find(|account| account.about.usernames.iter().any(is_it));
    let mut rooms = state.rooms.values();
    let room = rooms.find(|room| is_it(&room.username));
    let id = account
        .map(|account| account.about.id)
        .or(room.map(|room| room.id));
    let Some(id) = id else {
        return Err(Refusal::bad("USERNAME_NOT_OCCUPIED"));
    };
    let mentioned = Mentioned(BTreeSet::from([id]));
    let resolved = types::contacts::ResolvedPeer {
        peer: shapes::peer(id),
        chats: mentioned.chats(state, viewer)?,
        users: mentioned.users(state, viewer)?,
    };
    Ok(resolved.into())
}

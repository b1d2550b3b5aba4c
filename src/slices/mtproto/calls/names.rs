//! The people and chats that come with an answer: their names, and the hashes to ask about them.

use std::collections::HashMap;

use grammers_session::types::PeerId;
use grammers_tl_types::{enums, types};

use crate::clock::UnixMs;
use crate::slices::mtproto::context::internal;
use crate::slices::mtproto::line::Line;
use crate::slices::mtproto::model::{ChatKind, Refusal};
use crate::slices::mtproto::store;

/// Somebody or something, as lists show it.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) kind: ChatKind,
    pub(super) name: String,
}

/// The people and chats of one answer, by their ids as the Bot API has them.
#[derive(Debug, Default)]
pub(super) struct Names {
    named: HashMap<i64, Named>,
    hashes: Vec<(i64, i64)>,
}

/// The id as the Bot API has it.
pub(super) fn dialog_id(peer: &enums::Peer) -> i64 {
    let id = match peer {
        enums::Peer::User(user) => PeerId::user(user.user_id),
        enums::Peer::Chat(chat) => PeerId::chat(chat.chat_id),
        enums::Peer::Channel(channel) => PeerId::channel(channel.channel_id),
    };
    id.and_then(PeerId::bot_api_dialog_id).unwrap_or_default()
}

pub(super) fn channel_id(id: i64) -> i64 {
    dialog_id(&types::PeerChannel { channel_id: id }.into())
}

pub(super) fn chat_id(id: i64) -> i64 {
    dialog_id(&types::PeerChat { chat_id: id }.into())
}

/// A moment of Telegram's, in seconds.
pub(super) fn moment(seconds: i32) -> UnixMs {
    UnixMs(i64::from(seconds) * 1000)
}

pub(super) fn full_name(user: &types::User) -> String {
    let parts = [user.first_name.as_deref(), user.last_name.as_deref()];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    parts.join(" ").trim().to_owned()
}

pub(super) fn kind_of_channel(channel: &types::Channel) -> ChatKind {
    match channel.megagroup || channel.gigagroup {
        true => ChatKind::Supergroup,
        false => ChatKind::Channel,
    }
}

impl Names {
    pub(super) fn new(users: &[enums::User], chats: &[enums::Chat]) -> Self {
        let mut names = Self::default();
        users.iter().for_each(|user| names.add_user(user));
        chats.iter().for_each(|chat| names.add_chat(chat));
        names
    }

    fn add_user(&mut self, user: &enums::User) {
        let enums::User::User(user) = user else {
            return;
        };
        let kind = match user.bot {
            true => ChatKind::Bot,
            false => ChatKind::Private,
        };
        let name = full_name(user);
        self.named.insert(user.id, Named { kind, name });
        // The hash of a minimal user is good for nothing.
        if let Some(hash) = user.access_hash.filter(|_| !user.min) {
            self.hashes.push((user.id, hash));
        }
    }

    fn add_chat(&mut self, chat: &enums::Chat) {
        let (id, kind, name, hash) = match chat {
            enums::Chat::Chat(chat) => (chat_id(chat.id), ChatKind::Group, &chat.title, None),
            enums::Chat::Forbidden(chat) => (chat_id(chat.id), ChatKind::Group, &chat.title, None),
            enums::Chat::Channel(channel) => (
                channel_id(channel.id),
                kind_of_channel(channel),
                &channel.title,
                channel.access_hash.filter(|_| !channel.min),
            ),
            enums::Chat::ChannelForbidden(channel) => {
                let kind = match channel.megagroup {
                    true => ChatKind::Supergroup,
                    false => ChatKind::Channel,
                };
                let hash = Some(channel.access_hash);
                (channel_id(channel.id), kind, &channel.title, hash)
            }
            _ => return,
        };
        let name = name.clone();
        self.named.insert(id, Named { kind, name });
        if let Some(hash) = hash {
            self.hashes.push((id, hash));
        }
    }

    pub(super) fn get(&self, id: i64) -> Option<&Named> {
        self.named.get(&id)
    }

    pub(super) fn name(&self, id: i64) -> String {
        self.get(id)
            .map(|named| named.name.clone())
            .unwrap_or_default()
    }

    /// Stores the hashes, so that the account may ask about these people and chats later.
    pub(super) async fn save(self, line: &Line) -> Result<(), Refusal> {
        let (id, hashes) = (line.id, self.hashes);
        if hashes.is_empty() {
            return Ok(());
        }
        let write = line
            .context
            .db
            .write(move |tx| store::save_peers(tx, id, &hashes));
        write
            .await
            .map_err(|err| internal("peers were not stored", &err))
    }
}

/// How to name a peer to Telegram.
pub(super) async fn input_peer(line: &Line, id: i64) -> Result<enums::InputPeer, Refusal> {
    let peer = PeerId::from_bot_api_dialog_id(id).ok_or(Refusal::Unknown("chat"))?;
    let bare = peer.bare_id().ok_or(Refusal::Unknown("chat"))?;
    if id < 0 && chat_id(bare) == id {
        return Ok(types::InputPeerChat { chat_id: bare }.into());
    }
    let account = line.id;
    let read = line
        .context
        .db
        .read(move |c| store::access_hash(c, account, id));
    let hash = read
        .await
        .map_err(|err| internal("a peer was not read", &err))?;
    let access_hash = hash.ok_or(Refusal::ListChatsFirst)?;
    Ok(match id > 0 {
        true => types::InputPeerUser {
            user_id: bare,
            access_hash,
        }
        .into(),
        false => types::InputPeerChannel {
            channel_id: bare,
            access_hash,
        }
        .into(),
    })
}

//! The list of chats, page by page.

use std::collections::HashMap;

use grammers_tl_types::{enums, functions, types};

use super::messages::first_words;
use super::names::{Names, dialog_id, input_peer, moment};
use crate::slices::mtproto::line::Line;
use crate::slices::mtproto::model::{Chat, ChatKind, Chats, Refusal};
use crate::slices::mtproto::proxy::Paging;

/// The last chat of a page: the moment and the number of its last message, and its id.
#[derive(Debug, Clone, Copy)]
struct Cursor {
    date: i32,
    message: i32,
    chat: i64,
}

impl Cursor {
    fn text(self) -> String {
        format!("{}.{}.{}", self.date, self.message, self.chat)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let cursor = Self {
            date: parts.next()?.parse().ok()?,
            message: parts.next()?.parse().ok()?,
            chat: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(cursor)
    }
}

type Parts = (
    Vec<enums::Dialog>,
    Vec<enums::Message>,
    Vec<enums::Chat>,
    Vec<enums::User>,
);

/// The answer, and whether it is all there is.
fn parts(answer: enums::messages::Dialogs) -> (Parts, bool) {
    match answer {
        enums::messages::Dialogs::Dialogs(all) => {
            ((all.dialogs, all.messages, all.chats, all.users), true)
        }
        enums::messages::Dialogs::Slice(part) => {
            ((part.dialogs, part.messages, part.chats, part.users), false)
        }
        enums::messages::Dialogs::NotModified(_) => (Parts::default(), true),
    }
}

/// What a list shows of a last message, and where the list goes on behind it.
fn last_messages(messages: &[enums::Message]) -> HashMap<i64, (i32, i32, String)> {
    let told = |message: &enums::Message| match message {
        enums::Message::Message(message) => Some((
            dialog_id(&message.peer_id),
            (message.id, message.date, first_words(&message.message)),
        )),
        enums::Message::Service(message) => Some((
            dialog_id(&message.peer_id),
            (message.id, message.date, String::new()),
        )),
        enums::Message::Empty(_) => None,
    };
    messages.iter().filter_map(told).collect()
}

/// # Errors
/// Why the chats cannot be listed.
pub(crate) async fn chats(line: &Line, paging: Paging) -> Result<Chats, Refusal> {
    let cursor = match &paging.cursor {
        Some(text) => Some(Cursor::parse(text).ok_or(Refusal::Unknown("cursor"))?),
        None => None,
    };
    let limit = i32::try_from(paging.limit.clamp(1, 100)).unwrap_or(100);
    let offset_peer = match cursor {
        Some(cursor) => match input_peer(line, cursor.chat).await {
            // A chat whose hash Telegram withheld; date and number are enough to go on.
            Err(Refusal::ListChatsFirst) => enums::InputPeer::Empty,
            peer => peer?,
        },
        None => enums::InputPeer::Empty,
    };
    let request = functions::messages::GetDialogs {
        // They come first on the first page.
        exclude_pinned: cursor.is_some(),
        folder_id: None,
        offset_date: cursor.map_or(0, |cursor| cursor.date),
        offset_id: cursor.map_or(0, |cursor| cursor.message),
        offset_peer,
        limit,
        hash: 0,
    };
    let (parts, is_all) = parts(line.invoke(&request).await?);
    let (dialogs, messages, chats, users) = parts;
    let names = Names::new(&users, &chats);
    let lasts = last_messages(&messages);
    let is_last = is_all || dialogs.len() < usize::try_from(limit).unwrap_or_default();
    let dialogs: Vec<types::Dialog> = dialogs
        .into_iter()
        .filter_map(|dialog| match dialog {
            enums::Dialog::Dialog(dialog) => Some(dialog),
            enums::Dialog::Folder(_) | enums::Dialog::Community(_) => None,
        })
        .collect();
    let behind = dialogs.iter().rev().find_map(|dialog| {
        let chat = dialog_id(&dialog.peer);
        let (message, date, _) = lasts.get(&chat)?;
        let (message, date) = (*message, *date);
        (!dialog.pinned || dialogs.iter().all(|dialog| dialog.pinned)).then_some(Cursor {
            date,
            message,
            chat,
        })
    });
    let list = dialogs.iter().map(|dialog| chat(dialog, &names, &lasts));
    let list = list.collect();
    names.save(line).await?;
    Ok(Chats {
        chats: list,
        cursor: behind.filter(|_| !is_last).map(Cursor::text),
    })
}

fn chat(dialog: &types::Dialog, names: &Names, lasts: &HashMap<i64, (i32, i32, String)>) -> Chat {
    let id = dialog_id(&dialog.peer);
    let last = lasts.get(&id);
    let kind = match dialog.peer {
        enums::Peer::User(_) => ChatKind::Private,
        enums::Peer::Chat(_) => ChatKind::Group,
        enums::Peer::Channel(_) => ChatKind::Channel,
    };
    Chat {
        id,
        kind: names.get(id).map_or(kind, |named| named.kind),
        title: names.name(id),
        unread: u32::try_from(dialog.unread_count).unwrap_or_default(),
        last_at: last.map(|(_, date, _)| moment(*date)),
        last_words: last.map(|(_, _, words)| words.clone()).unwrap_or_default(),
    }
}

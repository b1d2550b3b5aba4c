//! The messages of a chat, newest first.

use grammers_tl_types::{enums, functions, types};

use super::names::{Names, dialog_id, input_peer, moment};
use crate::slices::mtproto::line::Line;
use crate::slices::mtproto::model::{Media, Message, Messages, Refusal};
use crate::slices::mtproto::proxy::MessagePaging;

/// Characters of a message that a list of chats shows.
const WORDS: usize = 100;

/// The beginning of a text, in one line.
pub(super) fn first_words(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.chars().take(WORDS).collect()
}

/// # Errors
/// Why the messages cannot be read.
pub(crate) async fn messages(
    line: &Line,
    chat: i64,
    paging: MessagePaging,
) -> Result<Messages, Refusal> {
    let limit = i32::try_from(paging.limit.clamp(1, 100)).unwrap_or(100);
    let request = functions::messages::GetHistory {
        peer: input_peer(line, chat).await?,
        offset_id: paging.before.unwrap_or_default(),
        offset_date: 0,
        add_offset: 0,
        limit,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    let (messages, chats, users, is_all) = match line.invoke(&request).await? {
        enums::messages::Messages::Messages(all) => (all.messages, all.chats, all.users, true),
        enums::messages::Messages::Slice(part) => (part.messages, part.chats, part.users, false),
        enums::messages::Messages::ChannelMessages(part) => {
            (part.messages, part.chats, part.users, false)
        }
        enums::messages::Messages::NotModified(_) => Default::default(),
    };
    let names = Names::new(&users, &chats);
    let is_last = is_all || messages.len() < usize::try_from(limit).unwrap_or_default();
    let oldest = messages.last().map(enums::Message::id);
    let list = messages
        .into_iter()
        .filter_map(|message| read(message, chat, &names));
    let list = list.collect();
    names.save(line).await?;
    Ok(Messages {
        messages: list,
        before: oldest.filter(|_| !is_last),
    })
}

fn read(message: enums::Message, chat: i64, names: &Names) -> Option<Message> {
    let sender = |from: Option<&enums::Peer>, is_own: bool| match from {
        Some(from) => Some(dialog_id(from)),
        // In a private chat and in a channel Telegram leaves out what the chat says already.
        None => (!is_own).then_some(chat),
    };
    let (id, date, sender_id, text, media, reply_to) = match message {
        enums::Message::Message(message) => (
            message.id,
            message.date,
            sender(message.from_id.as_ref(), message.out),
            message.message,
            message.media.as_ref().map_or(Media::None, media),
            message.reply_to,
        ),
        enums::Message::Service(message) => (
            message.id,
            message.date,
            sender(message.from_id.as_ref(), message.out),
            String::new(),
            Media::Other,
            message.reply_to,
        ),
        enums::Message::Empty(_) => return None,
    };
    Some(Message {
        id,
        at: moment(date),
        sender_id,
        sender: sender_id.map(|id| names.name(id)).unwrap_or_default(),
        text,
        media,
        reply_to: reply_to.and_then(|reply| match reply {
            enums::MessageReplyHeader::Header(header) => header.reply_to_msg_id,
            enums::MessageReplyHeader::MessageReplyStoryHeader(_) => None,
        }),
    })
}

fn media(media: &enums::MessageMedia) -> Media {
    match media {
        enums::MessageMedia::Empty | enums::MessageMedia::WebPage(_) => Media::None,
        enums::MessageMedia::Photo(_) => Media::Photo,
        enums::MessageMedia::Geo(_)
        | enums::MessageMedia::GeoLive(_)
        | enums::MessageMedia::Venue(_) => Media::Location,
        enums::MessageMedia::Contact(_) => Media::Contact,
        enums::MessageMedia::Poll(_) => Media::Poll,
        enums::MessageMedia::Document(document) => document_kind(document),
        _ => Media::Other,
    }
}

fn document_kind(media: &types::MessageMediaDocument) -> Media {
    if media.voice {
        return Media::Voice;
    }
    let attributes = match &media.document {
        Some(enums::Document::Document(document)) => document.attributes.as_slice(),
        _ => &[],
    };
    let kind = attributes.iter().find_map(|attribute| match attribute {
        enums::DocumentAttribute::Sticker(_) => Some(Media::Sticker),
        enums::DocumentAttribute::Audio(audio) if audio.voice => Some(Media::Voice),
        enums::DocumentAttribute::Audio(_) => Some(Media::Audio),
        enums::DocumentAttribute::Video(_) => Some(Media::Video),
        _ => None,
    });
    let of_flags = match media.video || media.round {
        true => Media::Video,
        false => Media::File,
    };
    kind.unwrap_or(of_flags)
}

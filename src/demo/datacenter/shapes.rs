//! Accounts, chats and messages in the shapes of Telegram's schema.

use grammers_tl_types::deserialize::Error;
use grammers_tl_types::{Identifiable as _, enums, types};

use super::people::{Room, Written};
use super::state::{Account, CHANNELS, Centre, Dialog, State, access_hash};
use super::tl::blank;

/// A peer by its id in the Bot API.
pub(super) fn peer(id: i64) -> enums::Peer {
    if id > 0 {
        types::PeerUser { user_id: id }.into()
    } else if id > CHANNELS {
        types::PeerChat { chat_id: -id }.into()
    } else {
        types::PeerChannel {
            channel_id: CHANNELS - id,
        }
        .into()
    }
}

fn restriction(why: Option<&String>) -> Option<Vec<enums::RestrictionReason>> {
    let reason = types::RestrictionReason {
        platform: "all".to_owned(),
        reason: "terms".to_owned(),
        text: why?.clone(),
    };
    Some(vec![reason.into()])
}

/// An account as another one (or itself) sees it.
pub(super) fn user(viewer: i64, account: &Account) -> Result<enums::User, Error> {
    let about = &account.about;
    let shown = |text: &str| (!text.is_empty() && !about.is_deleted).then(|| text.to_owned());
    let is_self = viewer == about.id;
    let mut names = about.usernames.iter();
    let main_name = names.next().cloned();
    let usernames = names.len() > 0;
    let user = types::User {
        is_self,
        id: about.id,
        access_hash: Some(access_hash(viewer, about.id)),
        first_name: shown(&about.first_name),
        last_name: shown(&about.last_name),
        // With several names, Telegram sends the list only.
        username: main_name.filter(|_| !usernames),
        usernames: usernames.then(|| about.usernames.iter().enumerate().map(username).collect()),
        phone: shown(&about.phone)
            .filter(|_| is_self)
            .map(|phone| super::state::digits(&phone)),
        bot: about.is_bot,
        bot_info_version: about.is_bot.then_some(1),
        deleted: about.is_deleted,
        restricted: about.restricted.is_some(),
        restriction_reason: restriction(about.restricted.as_ref()),
        scam: about.is_scam,
        fake: about.is_fake,
        premium: about.is_premium,
        ..blank(&[])?
    };
    Ok(user.into())
}

fn username((number, name): (usize, &String)) -> enums::Username {
    types::Username {
        editable: number == 0,
        active: true,
        deletable: false,
        expired: false,
        username: name.clone(),
    }
    .into()
}

/// A group or channel as an account sees it.
pub(super) fn room(viewer: i64, room: &Room) -> Result<enums::Chat, Error> {
    if room.id > CHANNELS {
        return Ok(types::Chat {
            creator: false,
            left: false,
            deactivated: false,
            call_active: false,
            call_not_empty: false,
            noforwards: false,
            id: -room.id,
            title: room.title.clone(),
            photo: enums::ChatPhoto::Empty,
            participants_count: 3,
            date: 1,
            version: 1,
            migrated_to: None,
            admin_rights: None,
            default_banned_rights: None,
        }
        .into());
    }
    let id = CHANNELS - room.id;
    // Flags, number and an empty title, then the absent photo.
    let photo = types::ChatPhotoEmpty::CONSTRUCTOR_ID.to_le_bytes();
    let channel = types::Channel {
        broadcast: room.is_broadcast,
        megagroup: !room.is_broadcast,
        id,
        access_hash: Some(access_hash(viewer, room.id)),
        title: room.title.clone(),
        username: (!room.username.is_empty()).then(|| room.username.clone()),
        restricted: room.restricted.is_some(),
        restriction_reason: restriction(room.restricted.as_ref()),
        scam: room.is_scam,
        fake: room.is_fake,
        ..blank(&[&[0; 20], &photo])?
    };
    Ok(channel.into())
}

/// A message of a chat in the copy of an account.
pub(super) fn message(
    viewer: i64,
    chat: i64,
    is_broadcast: bool,
    written: &Written,
) -> Result<enums::Message, Error> {
    let author = written.from != 0 && !is_broadcast;
    let reply = written.reply_to.map(|id| {
        Ok::<_, Error>(enums::MessageReplyHeader::Header(
            types::MessageReplyHeader {
                reply_to_msg_id: Some(id),
                ..blank(&[])?
            },
        ))
    });
    let photo = types::MessageMediaPhoto {
        spoiler: false,
        live_photo: false,
        photo: None,
        ttl_seconds: None,
        video: None,
    };
    // Flags and number, then a peer that is replaced.
    let somebody = types::PeerUser::CONSTRUCTOR_ID.to_le_bytes();
    let message = types::Message {
        out: written.from == viewer,
        post: is_broadcast,
        id: written.id,
        from_id: author.then(|| peer(written.from)),
        peer_id: peer(chat),
        reply_to: reply.transpose()?,
        date: written.date,
        message: written.text.clone(),
        media: written.has_photo.then(|| photo.into()),
        ..blank(&[&[0; 12], &somebody])?
    };
    Ok(message.into())
}

pub(super) fn dialog(dialog: &Dialog) -> Result<enums::Dialog, Error> {
    let top_message = dialog.messages.last().map_or(0, |last| last.id);
    Ok(types::Dialog {
        pinned: false,
        unread_mark: false,
        view_forum_as_messages: false,
        peer: peer(dialog.id),
        top_message,
        read_inbox_max_id: 0,
        read_outbox_max_id: 0,
        unread_count: dialog.unread,
        unread_mentions_count: 0,
        unread_reactions_count: 0,
        unread_poll_votes_count: 0,
        notify_settings: notify_settings()?,
        pts: (dialog.id <= CHANNELS).then_some(1),
        draft: None,
        folder_id: None,
        ttl_period: None,
    }
    .into())
}

fn notify_settings() -> Result<enums::PeerNotifySettings, Error> {
    Ok(blank::<types::PeerNotifySettings>(&[])?.into())
}

/// What only the profile page shows.
pub(super) fn full_user(account: &Account) -> Result<types::UserFull, Error> {
    let settings: types::PeerSettings = blank(&[])?;
    Ok(types::UserFull {
        id: account.about.id,
        settings: settings.into(),
        notify_settings: notify_settings()?,
        ..blank(&[
            &[0; 16],
            &types::PeerSettings::CONSTRUCTOR_ID.to_le_bytes(),
            &[0; 4],
            &types::PeerNotifySettings::CONSTRUCTOR_ID.to_le_bytes(),
        ])?
    })
}

/// What apps are told; a frozen account learns here that it is frozen.
pub(super) fn app_config(is_frozen: bool) -> enums::help::AppConfig {
    let frozen = is_frozen.then(|| {
        let since = types::JsonNumber {
            value: f64::from(State::wire_now() - 60),
        };
        types::JsonObjectValue {
            key: "freeze_since_date".to_owned(),
            value: since.into(),
        }
        .into()
    });
    let value = frozen.into_iter().collect();
    types::help::AppConfig {
        hash: 1,
        config: types::JsonObject { value }.into(),
    }
    .into()
}

/// The configuration that a data centre tells its clients: where the others are.
pub(super) fn config(centres: &[Centre], this: i32) -> enums::Config {
    let option = |centre: &Centre| {
        types::DcOption {
            ipv6: false,
            media_only: false,
            tcpo_only: false,
            cdn: false,
            r#static: true,
            this_port_only: true,
            id: centre.id,
            ip_address: centre.address.ip().to_string(),
            port: i32::from(centre.address.port()),
            secret: None,
        }
        .into()
    };
    let date = State::wire_now();
    types::Config {
        default_p2p_contacts: false,
        preload_featured_stickers: false,
        revoke_pm_inbox: true,
        blocked_mode: false,
        force_try_ipv6: false,
        date,
        expires: date + 3600,
        test_mode: true,
        this_dc: this,
        dc_options: centres.iter().map(option).collect(),
        dc_txt_domain_name: "invalid".to_owned(),
        chat_size_max: 200,
        megagroup_size_max: 200_000,
        forwarded_count_max: 100,
        online_update_period_ms: 210_000,
        offline_blur_timeout_ms: 5_000,
        offline_idle_timeout_ms: 30_000,
        online_cloud_timeout_ms: 300_000,
        notify_cloud_delay_ms: 30_000,
        notify_default_delay_ms: 1_500,
        push_chat_period_ms: 60_000,
        push_chat_limit: 2,
        edit_time_limit: 172_800,
        revoke_time_limit: i32::MAX,
        revoke_pm_time_limit: i32::MAX,
        rating_e_decay: 2_419_200,
        stickers_recent_limit: 200,
        channels_read_media_period: 604_800,
        tmp_sessions: None,
        call_receive_timeout_ms: 20_000,
        call_ring_timeout_ms: 90_000,
        call_connect_timeout_ms: 30_000,
        call_packet_timeout_ms: 10_000,
        me_url_prefix: "https://t.me/".to_owned(),
        autoupdate_url_prefix: None,
        gif_search_username: None,
        venue_search_username: None,
        img_search_username: None,
        static_maps_provider: None,
        caption_length_max: 1024,
        message_length_max: 4096,
        webfile_dc_id: this,
        suggested_lang_code: None,
        lang_pack_version: None,
        base_lang_pack_version: None,
        reactions_default: None,
        autologin_token: None,
    }
    .into()
}

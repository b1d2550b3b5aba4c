//! Chats, messages and people, and what can go wrong on the way to them.

use std::time::Duration;

use grammers_client::InvocationError;
use grammers_client::session::Session as _;
use grammers_client::session::types::PeerId;
use grammers_client::tl::{enums, functions};

use super::client::{Linked, refusal};
use super::*;

const NEWS: i64 = -1_000_000_000_077;
const FAMILY: i64 = -88;

/// Anna, logged in, with a channel, a group and so many chats with people.
async fn linked(people: u32) -> (PretendDatacenter, Linked) {
    let telegram = with_anna(2).await;
    telegram.many_chats(PHONE, people);
    let channel = Room {
        username: "daily_news".to_owned(),
        is_broadcast: true,
        ..Room::new(NEWS, "News")
    };
    telegram.room(channel);
    telegram.room(Room::new(FAMILY, "Family"));
    let first = telegram.write(PHONE, FAMILY, Written::text(ANNA, "привет"));
    let answer = Written {
        reply_to: Some(first),
        has_photo: true,
        ..Written::text(500_000_001, "и тебе")
    };
    telegram.write(PHONE, FAMILY, answer);
    telegram.set_unread(PHONE, FAMILY, 3);
    let linked = Linked::shared(&telegram);
    telegram.log_in(PHONE, 2).unwrap();
    assert!(linked.client.is_authorized().await.unwrap());
    (telegram, linked)
}

fn resolve(username: &str) -> functions::contacts::ResolveUsername {
    functions::contacts::ResolveUsername {
        username: username.to_owned(),
        referer: None,
    }
}

#[tokio::test]
async fn chats_come_in_pages_and_none_twice() {
    let (telegram, linked) = linked(130).await;
    telegram.write(PHONE, NEWS, Written::text(0, "today"));
    let mut dialogs = linked.client.iter_dialogs();
    let mut seen = Vec::new();
    while let Some(dialog) = dialogs.next().await.unwrap() {
        seen.push(dialog.peer_id().bot_api_dialog_id().unwrap());
    }
    assert_eq!(seen[..2], [NEWS, FAMILY]);
    assert_eq!(seen.len(), 132);
    let mut distinct = seen.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), 132);
    assert!(telegram.calls("messages.getDialogs") >= 2);
    assert_eq!(telegram.complaints(), [""; 0]);
}

#[tokio::test]
async fn ten_thousand_chats_are_listed() {
    let (telegram, linked) = linked(10_000).await;
    let mut dialogs = linked.client.iter_dialogs();
    let mut count = 0;
    while dialogs.next().await.unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, 10_001);
    assert_eq!(telegram.complaints(), [""; 0]);
}

#[tokio::test]
async fn messages_come_newest_first_with_what_they_reply_to() {
    let (telegram, linked) = linked(1).await;
    for number in 0..150 {
        telegram.write(PHONE, NEWS, Written::text(0, &format!("news {number}")));
    }
    // Listing the chats tells the client how to name them.
    let mut dialogs = linked.client.iter_dialogs();
    while dialogs.next().await.unwrap().is_some() {}
    let news = PeerId::from_bot_api_dialog_id(NEWS).unwrap();
    let news = linked.session.peer_ref(news).await.unwrap().unwrap();
    let mut messages = linked.client.iter_messages(news);
    assert_eq!(messages.total().await.unwrap(), 150);
    let mut texts = Vec::new();
    while let Some(message) = messages.next().await.unwrap() {
        texts.push(message.text().to_owned());
    }
    let expected: Vec<_> = (0..150)
        .rev()
        .map(|number| format!("news {number}"))
        .collect();
    assert_eq!(texts, expected);

    let family = PeerId::from_bot_api_dialog_id(FAMILY).unwrap();
    let family = linked.session.peer_ref(family).await.unwrap().unwrap();
    let mut messages = linked.client.iter_messages(family);
    let answer = messages.next().await.unwrap().unwrap();
    let first = messages.next().await.unwrap().unwrap();
    assert_eq!((answer.text(), first.text()), ("и тебе", "привет"));
    assert_eq!(answer.reply_to_message_id(), Some(first.id()));
    assert!(first.outgoing() && !answer.outgoing());
    assert_eq!(telegram.complaints(), [""; 0]);
}

#[tokio::test]
async fn people_are_looked_up_by_name() {
    let (telegram, linked) = linked(1).await;
    telegram.subscribe(Subscriber {
        usernames: vec!["durov_fan".to_owned(), "second_name".to_owned()],
        restricted: Some("spam".to_owned()),
        is_scam: true,
        is_premium: true,
        ..Subscriber::named(7_000, "", "Pavel")
    });
    let enums::contacts::ResolvedPeer::Peer(found) =
        linked.client.invoke(&resolve("Second_Name")).await.unwrap();
    let [enums::User::User(user)] = &found.users[..] else {
        panic!("{found:?}");
    };
    assert!(user.restricted && user.scam && user.premium && !user.fake);
    assert_eq!(user.id, 7_000);
    let channel = linked.client.invoke(&resolve("daily_news")).await.unwrap();
    let enums::contacts::ResolvedPeer::Peer(channel) = channel;
    assert_eq!(channel.chats.len(), 1);
    for (name, refused) in [
        ("nobody_here", "400 USERNAME_NOT_OCCUPIED"),
        ("@durov_fan", "400 USERNAME_INVALID"),
        ("ab", "400 USERNAME_INVALID"),
    ] {
        assert_eq!(refusal(linked.client.invoke(&resolve(name)).await), refused);
    }
    telegram.subscribe(Subscriber {
        is_frozen: true,
        ..Subscriber::new(ANNA, PHONE, "Анна")
    });
    let frozen = refusal(linked.client.invoke(&resolve("daily_news")).await);
    assert_eq!(frozen, "420 FROZEN_METHOD_INVALID");
    let config = functions::help::GetAppConfig { hash: 0 };
    let config = linked.client.invoke(&config).await.unwrap();
    assert!(format!("{config:?}").contains("freeze_since_date"));
}

#[tokio::test]
async fn an_access_hash_of_another_account_opens_nothing() {
    let (_telegram, linked) = linked(1).await;
    let channel_id = state::CHANNELS - NEWS;
    let peer = grammers_client::tl::types::InputPeerChannel {
        channel_id,
        access_hash: state::access_hash(ANNA + 1, NEWS),
    };
    let request = functions::messages::GetHistory {
        peer: peer.into(),
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 10,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    let refused = refusal(linked.client.invoke(&request).await);
    assert_eq!(refused, "400 PEER_ID_INVALID");
}

#[tokio::test]
async fn faults_come_as_ordered_and_the_next_call_works() {
    let (telegram, linked) = linked(1).await;
    let state = functions::updates::GetState {};
    let client = &linked.client;
    telegram.fail_next("updates.getState", 1, WireFault::rpc(420, "FLOOD_WAIT_30"));
    assert_eq!(refusal(client.invoke(&state).await), "420 FLOOD_WAIT_30");
    for fault in [WireFault::HangUp, WireFault::Lost, WireFault::Status(-429)] {
        telegram.fail_next("updates.getState", 1, fault.clone());
        let error = client.invoke(&state).await.unwrap_err();
        assert!(
            !matches!(error, InvocationError::Rpc(_)),
            "{fault:?}: {error}"
        );
        // The pool removes the ended connection when it sees its end.
        while client.invoke(&state).await.is_err() {}
    }
    telegram.fail_next("updates.getState", 1, WireFault::Garbage);
    let error = client.invoke(&state).await.unwrap_err();
    assert!(matches!(error, InvocationError::Deserialize(_)), "{error}");
    telegram.fail_next(
        "updates.getState",
        1,
        WireFault::Delay(Duration::from_millis(1)),
    );
    client.invoke(&state).await.unwrap();
    telegram.hang_up();
    telegram
        .wait_until("no connection", Duration::from_secs(10), |telegram| {
            telegram.open_connections() == 0
        })
        .await
        .unwrap();
    while client.invoke(&state).await.is_err() {}
    assert!(linked.is_running());
    assert_eq!(telegram.complaints(), [""; 0]);
}

#[tokio::test]
async fn silence_is_silence_and_ends_when_told() {
    let (telegram, linked) = linked(1).await;
    let state = functions::updates::GetState {};
    telegram.set_silent(2, true);
    let call = tokio::time::timeout(Duration::from_millis(50), linked.client.invoke(&state));
    assert!(call.await.is_err());
    telegram.set_silent(2, false);
    linked.client.invoke(&state).await.unwrap();

    telegram.set_silent_for(PHONE, true);
    let call = tokio::time::timeout(Duration::from_millis(50), linked.client.invoke(&state));
    assert!(call.await.is_err());
    let other = Linked::shared(&telegram);
    assert!(!other.client.is_authorized().await.unwrap());
    telegram.set_silent_for(PHONE, false);
    linked.client.invoke(&state).await.unwrap();
}

#[tokio::test]
async fn a_ban_and_a_forgotten_key_end_an_account() {
    let (telegram, linked) = linked(1).await;
    telegram.ban(PHONE);
    let state = functions::updates::GetState {};
    let banned = refusal(linked.client.invoke(&state).await);
    assert_eq!(banned, "401 USER_DEACTIVATED_BAN");
    let (telegram, linked) = self::linked(1).await;
    telegram.forget_keys(PHONE);
    // grammers makes a new key, and trusts only Telegram's own.
    let mut error = linked.client.invoke(&state).await.unwrap_err();
    while !matches!(error, InvocationError::Authentication(_)) {
        error = linked.client.invoke(&state).await.unwrap_err();
    }
}

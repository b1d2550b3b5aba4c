//! Chats, messages, people, devices.

use super::*;
use crate::demo::{Room, Written};
use crate::slices::mtproto::model::{ChatKind, Media, PersonAsked};
use crate::slices::mtproto::proxy::{MessagePaging, Paging};

const CHANNEL: i64 = -1_000_000_000_077;

fn page(limit: u32, cursor: Option<String>) -> Paging {
    Paging { limit, cursor }
}

#[tokio::test]
async fn ten_thousand_chats_are_listed_page_by_page() {
    let fixture = Fixture::new().await;
    fixture.telegram.many_chats(PHONE, 10_000);
    fixture.link(ANN, PHONE).await;
    let mut seen = std::collections::BTreeSet::new();
    let mut cursor = None;
    loop {
        let paging = page(100, cursor);
        let answer = fixture
            .proxy
            .ask(|reply| Request::Chats(only(ANN), paging, reply));
        let answer = answer.await.unwrap();
        seen.extend(answer.chats.iter().map(|chat| chat.id));
        cursor = answer.cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 10_000);
    fixture.finish().await;
}

#[tokio::test]
async fn messages_are_read_by_pages_and_stay_unread() {
    let fixture = Fixture::new().await;
    let telegram = &fixture.telegram;
    telegram.room(Room::new(CHANNEL, "News"));
    let emoji = "😀".repeat(4096);
    let first = telegram.write(PHONE, CHANNEL, Written::text(0, &emoji));
    let reply = Written {
        reply_to: Some(first),
        has_photo: true,
        ..Written::text(CHANNEL, "more")
    };
    let second = telegram.write(PHONE, CHANNEL, reply);
    telegram.set_unread(PHONE, CHANNEL, 2);
    fixture.link(ANN, PHONE).await;
    let paging = MessagePaging {
        limit: 1,
        before: None,
    };
    let ask = |paging| {
        fixture
            .proxy
            .ask(move |reply| Request::Messages(only(ANN), CHANNEL, paging, reply))
    };
    assert_eq!(ask(paging).await.unwrap_err(), Refusal::ListChatsFirst);
    let chats = fixture
        .proxy
        .ask(|reply| Request::Chats(only(ANN), page(10, None), reply));
    let chats = chats.await.unwrap().chats;
    assert_eq!(chats[0].title, "News");
    assert_eq!(chats[0].unread, 2);
    assert_eq!(chats[0].last_words, "more");
    assert_eq!(chats[0].kind, ChatKind::Supergroup);
    let newest = ask(paging).await.unwrap();
    assert_eq!(newest.messages[0].id, second);
    assert_eq!(newest.messages[0].media, Media::Photo);
    assert_eq!(newest.messages[0].reply_to, Some(first));
    let paging = MessagePaging {
        limit: 10,
        before: newest.before,
    };
    let older = ask(paging).await.unwrap();
    assert_eq!(older.messages.len(), 1);
    assert_eq!(older.messages[0].text, emoji);
    assert_eq!(older.before, None);
    let chats = fixture
        .proxy
        .ask(|reply| Request::Chats(only(ANN), page(10, None), reply));
    assert_eq!(chats.await.unwrap().chats[0].unread, 2);
    fixture.finish().await;
}

#[tokio::test]
async fn people_are_found_by_name_and_then_by_id() {
    let mut fixture = Fixture::new().await;
    let scammer = Subscriber {
        is_scam: true,
        is_premium: true,
        restricted: Some("not here".to_owned()),
        ..Subscriber::named(2001, "somebody", "Some")
    };
    fixture.telegram.subscribe(scammer);
    fixture.link(ANN, PHONE).await;
    let ask = async |fixture: &Fixture, asked: PersonAsked| {
        fixture
            .proxy
            .ask(|reply| Request::Person(only(ANN), asked, reply))
            .await
    };
    let me = ask(&fixture, PersonAsked::Me).await.unwrap();
    assert_eq!((me.id, me.first_name.as_str()), (1001, "Анна"));
    let unknown = ask(&fixture, PersonAsked::Id(2001)).await;
    assert_eq!(unknown.unwrap_err(), Refusal::ListChatsFirst);
    let nobody = ask(&fixture, PersonAsked::Username("nobody_at_all".to_owned())).await;
    assert_eq!(nobody.unwrap_err(), Refusal::NobodyThere);
    let found = ask(&fixture, PersonAsked::Username("somebody".to_owned()))
        .await
        .unwrap();
    assert_eq!(found.id, 2001);
    assert!(found.is_scam && found.is_premium && !found.is_fake);
    assert_eq!(found.restricted.as_deref(), Some("not here"));
    fixture.restart().await;
    let known = ask(&fixture, PersonAsked::Id(2001)).await.unwrap();
    assert_eq!(known, found);
    fixture.finish().await;
}

#[tokio::test]
async fn devices_are_listed_and_ended() {
    let fixture = Fixture::new().await;
    fixture.link(ANN, PHONE).await;
    let stranger = fixture.telegram.add_device(PHONE, "Strange phone").unwrap();
    let list = || {
        fixture
            .proxy
            .ask(|reply| Request::Devices(only(ANN), reply))
    };
    let devices = list().await.unwrap();
    assert_eq!(devices.iter().filter(|device| device.is_this).count(), 1);
    assert!(devices.iter().any(|device| device.hash == stranger));
    let end = || {
        fixture
            .proxy
            .ask(|reply| Request::EndDevice(only(ANN), stranger, reply))
    };
    assert_eq!(end().await.unwrap_err(), Refusal::DeviceTooFresh);
    fixture.telegram.pass_time(Duration::from_secs(25 * 3600));
    end().await.unwrap();
    assert!(
        !list()
            .await
            .unwrap()
            .iter()
            .any(|device| device.hash == stranger)
    );
    fixture.finish().await;
}

#[tokio::test]
async fn logging_out_tells_telegram_and_wipes() {
    let fixture = Fixture::with_limit(Duration::from_secs(9)).await;
    fixture.link(ANN, PHONE).await;
    let log_out = || fixture.proxy.ask(|reply| Request::LogOut(only(ANN), reply));
    assert!(log_out().await.unwrap());
    assert!(fixture.telegram.devices(PHONE).is_empty());
    assert!(fixture.accounts(ANN).await.is_empty());
    assert!(matches!(
        log_out().await.unwrap_err(),
        Refusal::NotLinked(_)
    ));
    // Wiped also when Telegram cannot be reached.
    fixture.link(ANN, PHONE).await;
    fixture.telegram.set_silent(2, true);
    assert!(!log_out().await.unwrap());
    assert!(fixture.accounts(ANN).await.is_empty());
    fixture.finish().await;
}

//! Decoding of Telegram's updates, of updates forged by strangers, and of noise.

use super::*;
use crate::telegram::inbound::envelope::Envelope;
use proptest::prelude::*;
use serde_json::{Value, json};

fn message(fields: &Value) -> Event {
    let mut message = json!({"message_id": 5, "date": 1, "chat": {"id": 7, "type": "private"},
        "from": {"id": 7, "is_bot": false, "first_name": "Ева", "last_name": "К", "username": "eva", "language_code": "ru"}});
    for (key, value) in fields.as_object().unwrap() {
        message[key] = value.clone();
    }
    decode(
        &json!({"update_id": 1, "message": message}).to_string(),
        "VakhtaBot",
    )
    .unwrap()
}

/// The chat in whose order an update belongs.
fn place(update: &Value) -> i64 {
    Envelope::read(&update.to_string()).unwrap().chat_id
}

fn command(name: &str, args: &str) -> EventKind {
    EventKind::Command {
        name: name.to_owned(),
        args: args.to_owned(),
    }
}

#[test]
fn commands_are_taken_apart() {
    let kind = |text: &str| message(&json!({"text": text})).kind;
    assert_eq!(kind("/start"), command("start", ""));
    assert_eq!(kind("/Add@vakhtabot  a\nb "), command("add", "a\nb"));
    assert_eq!(kind("/add\nname"), command("add", "name"));
    assert_eq!(kind("/add@OtherBot x"), EventKind::Other);
    assert_eq!(kind("/"), EventKind::Text("/".to_owned()));
    assert_eq!(kind("hi /add"), EventKind::Text("hi /add".to_owned()));
    let from = message(&json!({"text": "x"})).from.unwrap();
    assert_eq!((from.id, from.name.as_str()), (7, "Ева К"));
}

#[test]
fn borrowed_words_carry_no_rights() {
    for borrowed in [
        json!({"forward_origin": {"type": "a kind of tomorrow"}}),
        json!({"forward_date": 5}),
        json!({"via_bot": {"id": 3}}),
        json!({"sender_chat": {"id": -100}}),
        json!({"from": {"id": 1_087_968_824, "is_bot": true, "first_name": "Group"}}),
        json!({"from": {"id": 777_000, "is_bot": false, "first_name": "Telegram"}}),
        json!({"chat": {"id": -1, "type": "channel"}}),
    ] {
        let mut fields = borrowed.clone();
        fields["text"] = json!("/admin");
        let event = message(&fields);
        assert_eq!(event.from, None, "{borrowed}");
        assert_eq!(event.kind, EventKind::Text("/admin".to_owned()));
    }
}

#[test]
fn the_rest_is_told_apart() {
    assert_eq!(
        message(&json!({"sticker": {"new": ["things"]}})).kind,
        EventKind::Other
    );
    assert_eq!(
        message(&json!({"migrate_to_chat_id": -100})).kind,
        EventKind::Migrated { to: -100 }
    );
    let read = |v: Value| decode(&v.to_string(), "b").unwrap();
    let user = json!({"id": 7, "is_bot": false, "first_name": "x"});
    let callback = read(
        json!({"update_id": 2, "callback_query": {"id": "q", "from": user, "data": "d", "chat_instance": "c",
        "message": {"message_id": 9, "date": 0, "chat": {"id": 7, "type": "private"}}}}),
    );
    assert_eq!(
        callback.kind,
        EventKind::Callback {
            query_id: "q".to_owned(),
            message_id: 9,
            data: "d".to_owned()
        }
    );
    let member = |s: &str| {
        read(json!({"update_id": 3, "my_chat_member": {"chat": {"id": 7, "type": "private"}, "from": user,
        "old_chat_member": {"status": "member"}, "new_chat_member": {"status": s}}}))
        .kind
    };
    assert_eq!(member("kicked"), EventKind::Membership { is_there: false });
    assert_eq!(member("member"), EventKind::Membership { is_there: true });
    let edited = read(
        json!({"update_id": 4, "edited_message": {"chat": {"id": 7, "type": "private"}, "text": "/admin"}}),
    );
    assert_eq!((edited.kind, edited.from), (EventKind::Other, None));
    assert_eq!(
        read(json!({"update_id": 5, "kind_of_tomorrow": {"x": 1}})).kind,
        EventKind::Other
    );
}

#[test]
fn what_cannot_be_read_is_named_without_its_content() {
    let raw = r#"{"update_id": 9, "message": {"text": "secret", "chat": "secret words"}}"#;
    let bad = decode(raw, "b").unwrap_err();
    assert_eq!((bad.update_id, bad.kind.as_str()), (Some(9), "message"));
    assert!(!format!("{bad:?}").contains("secret"));
    assert_eq!(decode("[]", "b").unwrap_err().update_id, None);
}

#[test]
fn the_envelope_names_the_chat_of_the_event() {
    let chat = json!({"id": -7, "type": "group"});
    let user = json!({"id": 9, "is_bot": false, "first_name": "x"});
    for content in [
        json!({"message": {"message_id": 1, "chat": chat, "text": "x"}}),
        json!({"edited_message": {"chat": chat}}),
        json!({"channel_post": {"chat": chat}}),
        json!({"edited_channel_post": {"chat": chat}}),
        json!({"callback_query": {"id": "q", "from": user, "message": {"chat": chat, "message_id": 1}}}),
        json!({"callback_query": {"id": "q", "from": user}}),
        json!({"my_chat_member": {"chat": chat, "new_chat_member": {"status": "left"}}}),
        json!({"kind_of_tomorrow": {"chat": chat}}),
    ] {
        let mut update = content.clone();
        update["update_id"] = json!(1);
        let event = decode(&update.to_string(), "").unwrap();
        assert_eq!(
            place(&update),
            event.chat.map_or(0, |chat| chat.id),
            "{content}"
        );
    }
    let of_a_bot = json!({"update_id": 1, "inline_query": {"id": "9",
        "from": {"id": 7, "is_bot": true, "first_name": "x"}}});
    assert_eq!(place(&of_a_bot), 0);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[/@a-z ]{0,8}".prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "update_id",
        "message",
        "callback_query",
        "my_chat_member",
        "chat",
        "from",
        "id",
        "type",
        "text",
        "new_chat_member",
        "status",
        "data",
        "x",
    ]);
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|m| m.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn decoding_never_panics(mut value in any_json(), id in any::<i64>()) {
        decode(&value.to_string(), "b").ok();
        if let Some(map) = value.as_object_mut() {
            map.insert("update_id".to_owned(), id.into());
            let text = value.to_string();
            let read = decode(&text, "b").map(|e| e.update_id).or_else(|u| u.update_id.ok_or(()));
            prop_assert_eq!(read, Ok(id));
            let read = Envelope::read(&text).map(|e| e.update_id).or_else(|u| u.update_id.ok_or(()));
            prop_assert_eq!(read, Ok(id));
        }
    }

    #[test]
    fn noise_never_panics(noise in "\\PC*") {
        decode(&noise, "b").ok();
        Envelope::read(&noise).ok();
    }
}

#[test]
fn an_inline_query_has_a_person_and_no_chat() {
    let raw = json!({"update_id": 1, "inline_query": {"id": "9", "query": "s_1", "offset": "",
        "from": {"id": 7, "is_bot": false, "first_name": "Ева"}}});
    let event = decode(&raw.to_string(), "").unwrap();
    assert_eq!(event.chat, None);
    assert_eq!(place(&raw), 7);
    let kind = EventKind::Inline {
        query_id: "9".to_owned(),
        words: "s_1".to_owned(),
    };
    assert_eq!(event.kind, kind);
}

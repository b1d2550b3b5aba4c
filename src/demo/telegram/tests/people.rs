//! People's actions become the updates that Telegram would make of them.

use serde_json::{Value, json};

use super::{LIMIT, Stage};

impl Stage {
    /// The newest update, which must be of that kind.
    async fn newest(&self, kind: &str) -> Value {
        let updates = self.call("getUpdates", json!({ "offset": -1 })).await;
        assert!(updates[0][kind].is_object(), "{kind}: {updates}");
        updates[0][kind].clone()
    }
}

#[tokio::test]
async fn a_callback_is_answered_once() {
    let stage = Stage::new().await;
    let markup = json!({ "inline_keyboard": [
        [{ "text": "Да", "callback_data": "yes:1" }, { "text": "Open", "url": "https://e.org" }],
    ]});
    stage
        .call(
            "sendMessage",
            json!({ "chat_id": 7, "text": "?", "reply_markup": markup }),
        )
        .await;
    let message = stage.anna.next_reply(LIMIT).await.unwrap();
    assert!(stage.anna.presses(&message, "Нет").is_err());
    assert!(stage.anna.presses(&message, "Open").is_err());
    let callback = stage.anna.presses(&message, "Да").unwrap();
    let query = stage.newest("callback_query").await;
    assert_eq!(
        (&query["data"], &query["from"]["id"]),
        (&json!("yes:1"), &json!(7))
    );
    assert_eq!(query["message"]["reply_markup"], markup);
    assert!(query["chat_instance"].is_string());
    assert_eq!(stage.telegram.unanswered_callbacks(), 1);
    let long = json!({ "callback_query_id": callback, "text": "я".repeat(201) });
    assert_eq!(
        stage.refusal("answerCallbackQuery", long).await,
        "Bad Request: MESSAGE_TOO_LONG"
    );
    let answer = json!({ "callback_query_id": callback, "text": "ok", "show_alert": true });
    stage.call("answerCallbackQuery", answer.clone()).await;
    assert_eq!(stage.telegram.unanswered_callbacks(), 0);
    let shown = stage.anna.callback_answer(&callback).unwrap();
    assert_eq!((shown.text.as_str(), shown.show_alert), ("ok", true));
    assert_eq!(
        stage.refusal("answerCallbackQuery", answer).await,
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    );
}

#[tokio::test]
async fn a_press_takes_the_button_that_is_there_now() {
    let stage = Stage::new().await;
    let markup =
        |data: &str| json!({ "inline_keyboard": [[{ "text": "x", "callback_data": data }]] });
    let sent = json!({ "chat_id": 7, "text": "1", "reply_markup": markup("old") });
    let id = stage.call("sendMessage", sent).await["message_id"].clone();
    let seen = stage.telegram.last_reply(7).unwrap();
    let edit =
        json!({ "chat_id": 7, "message_id": id, "text": "2", "reply_markup": markup("new") });
    stage.call("editMessageText", edit).await;
    stage.anna.presses(&seen, "x").unwrap();
    assert_eq!(stage.newest("callback_query").await["data"], json!("new"));
    stage.anna.presses_forged(12_345, "forged");
    let query = stage.newest("callback_query").await;
    assert_eq!(
        (&query["data"], &query["message"]["date"]),
        (&json!("forged"), &json!(0))
    );
}

#[tokio::test]
async fn people_write_edit_forward_and_send_things() {
    let stage = Stage::new().await;
    let id = stage.anna.writes("a");
    stage.anna.edits(id, "/b").unwrap();
    let edited = stage.newest("edited_message").await;
    assert_eq!(
        (&edited["text"], &edited["message_id"]),
        (&json!("/b"), &json!(id))
    );
    assert!(edited["edit_date"].is_i64() && edited["entities"].is_array());
    stage.anna.forwards("/add x");
    assert_eq!(
        stage.newest("message").await["forward_origin"]["type"],
        json!("user")
    );
    stage.anna.sends_sticker();
    assert!(stage.newest("message").await["sticker"]["file_id"].is_string());
    stage.anna.sends_document("a.csv", b"x;y", "/import");
    let message = stage.newest("message").await;
    assert_eq!(
        (&message["caption"], &message["document"]["file_name"]),
        (&json!("/import"), &json!("a.csv"))
    );
    let file = stage
        .call(
            "getFile",
            json!({ "file_id": message["document"]["file_id"] }),
        )
        .await;
    assert_eq!(file["file_size"], json!(3));
    stage
        .anna
        .sends(json!({ "text": "x", "via_bot": { "id": 5 } }));
    assert_eq!(stage.newest("message").await["via_bot"]["id"], json!(5));
    stage.anna.blocks_bot();
    let change = stage.newest("my_chat_member").await;
    assert_eq!(change["new_chat_member"]["status"], json!("kicked"));
    stage.anna.writes("/start");
    stage.send("Writing again takes the bot back.").await;
}

#[tokio::test]
async fn groups_have_their_own_numbers_and_members() {
    let stage = Stage::new().await;
    let group = stage.telegram.group(-1_001, "Watch");
    stage.anna.writes("x");
    assert_eq!(stage.anna.writes_in(&group, "/status@vakhta_demo_bot"), 1);
    let message = stage.newest("message").await;
    assert_eq!(
        (&message["chat"]["type"], &message["from"]["id"]),
        (&json!("supergroup"), &json!(7))
    );
    group.anonymous_admin_writes("/add");
    let message = stage.newest("message").await;
    assert_eq!(message["from"]["id"], json!(1_087_968_824));
    assert_eq!(message["sender_chat"]["id"], json!(-1_001));
    group.removes_bot(&stage.anna);
    let text = json!({ "chat_id": -1_001, "text": "x" });
    assert_eq!(
        stage.refusal("sendMessage", text).await,
        "Forbidden: bot was kicked from the supergroup chat"
    );
    group.adds_bot(&stage.anna);
    assert_eq!(
        stage.newest("my_chat_member").await["new_chat_member"]["status"],
        json!("member")
    );
}

#[tokio::test]
async fn groups_may_refuse_messages_for_a_while() {
    let stage = Stage::new().await;
    stage.telegram.set_clock(|| 1_000);
    let group = stage.telegram.group(-1_001, "Watch");
    let text = json!({ "chat_id": -1_001, "text": "x" });
    let in_topic = json!({ "chat_id": -1_001, "text": "x", "message_thread_id": 5 });
    let why = async |params: &Value| stage.refusal("sendMessage", params.clone()).await;
    group.lets_members_write(false);
    let no_rights = "Bad Request: not enough rights to send text messages to the chat";
    assert_eq!(why(&text).await, no_rights);
    group.lets_members_write(true);
    group.restricts_bot(&stage.anna, true);
    let change = stage.newest("my_chat_member").await;
    let now = &change["new_chat_member"];
    assert_eq!(
        (&now["status"], &now["is_member"], &now["can_send_messages"]),
        (&json!("restricted"), &json!(true), &json!(false))
    );
    let restricted = "Bad Request: have no rights to send a message";
    assert_eq!(why(&text).await, restricted);
    group.restricts_bot(&stage.anna, false);
    group.opens_topic(5);
    group.closes_topic(5);
    assert_eq!(why(&in_topic).await, "Bad Request: TOPIC_CLOSED");
    group.opens_topic(5);
    stage.call("sendMessage", in_topic.clone()).await;
    group.slow_mode(30);
    stage.call("sendMessage", text.clone()).await;
    assert_eq!(why(&text).await, "Too Many Requests: retry after 30");
    group.slow_mode(0);
    stage.telegram.fails_for(-1_001, true);
    assert_eq!(why(&text).await, "Internal Server Error");
    stage.telegram.fails_for(-1_001, false);
    stage.call("sendMessage", text).await;
}

#[tokio::test]
async fn replies_are_given_once_and_in_order() {
    let stage = Stage::new().await;
    stage.send("1").await;
    stage.send("2").await;
    assert_eq!(stage.anna.next_reply(LIMIT).await.unwrap().text, "1");
    assert_eq!(stage.anna.unread().len(), 1);
    assert_eq!(stage.anna.next_reply(LIMIT).await.unwrap().text, "2");
    let (third, _) = tokio::join!(stage.anna.next_reply(LIMIT), stage.send("3"));
    assert_eq!(third.unwrap().text, "3");
    stage.send("4").await;
    stage.anna.skips_unread();
    assert!(stage.anna.unread().is_empty());
    let in_vain = stage
        .anna
        .next_reply(std::time::Duration::from_millis(1))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        in_vain.contains("a reply to person 7") && in_vain.contains("bot, edited 0: \"4\""),
        "{in_vain}"
    );
}

#[tokio::test]
async fn answers_name_the_message_they_answer() {
    let stage = Stage::new().await;
    let id = stage.anna.writes("?");
    let reply = json!({ "chat_id": 7, "text": "!", "reply_parameters": { "message_id": id }, "disable_notification": true });
    let sent = stage.call("sendMessage", reply).await;
    assert_eq!(sent["reply_to_message"]["text"], json!("?"));
    let message = stage.telegram.last_reply(7).unwrap();
    assert!(message.silent && message.reply_to == Some(id));
    let mut lost = json!({ "chat_id": 7, "text": "!", "reply_parameters": { "message_id": 99 } });
    assert_eq!(
        stage.refusal("sendMessage", lost.clone()).await,
        "Bad Request: message to be replied not found"
    );
    lost["reply_parameters"]["allow_sending_without_reply"] = json!(true);
    stage.call("sendMessage", lost).await;
}

#[tokio::test]
async fn links_are_shown_with_their_words() {
    let stage = Stage::new().await;
    let text = "🔄 <a href=\"https://e.org/?a&amp;b\">имя</a>";
    stage
        .call(
            "sendMessage",
            json!({ "chat_id": 7, "text": text, "parse_mode": "HTML" }),
        )
        .await;
    let message = stage.telegram.last_reply(7).unwrap();
    assert_eq!(
        message.links(),
        [("имя".to_owned(), "https://e.org/?a&b".to_owned())]
    );
    assert_eq!(
        (message.text.as_str(), message.html.as_str()),
        ("🔄 имя", text)
    );
}

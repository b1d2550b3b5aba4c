//! The pretend Telegram refuses and accepts the same calls as Telegram, in its words.

use serde_json::{Value, json};

use super::Stage;

fn keyboard(button: Value) -> Value {
    let rows = vec![Value::Array(vec![button])];
    json!({ "inline_keyboard": rows })
}

#[tokio::test]
async fn tokens_and_methods_must_be_right() {
    let stage = Stage::new().await;
    let me = stage.call("getMe", json!({})).await;
    assert_eq!(
        (&me["id"], &me["username"]),
        (&json!(1000), &json!("vakhta_demo_bot"))
    );
    assert_eq!(
        stage.refusal("getMeNot", json!({})).await,
        "Not Found: method not found"
    );
    let (number, secret) = stage.telegram.token().split_once(':').unwrap();
    assert_eq!((number, secret.len()), ("1000", 35));
    let wrong = format!("{}/bot1000:wrong/getMe", stage.telegram.api_url());
    let response = stage.http.get(wrong).send().await.unwrap();
    assert_eq!(response.status(), 401);
    let body: Value = response.json().await.unwrap();
    assert_eq!(
        body,
        json!({ "ok": false, "error_code": 401, "description": "Unauthorized" })
    );
    stage.telegram.revoke_token();
    assert_eq!(stage.refusal("getMe", json!({})).await, "Unauthorized");
}

#[tokio::test]
async fn parameters_come_in_four_shapes() {
    let stage = Stage::new().await;
    let url = stage.url("sendMessage");
    let text = "a & я=<b>";
    stage
        .call("sendMessage", json!({ "chat_id": 7, "text": text }))
        .await;
    stage
        .http
        .get(format!("{url}?chat_id=7&text=a+%26+%D1%8F%3D%3Cb%3E"))
        .send()
        .await
        .unwrap();
    let form = stage
        .http
        .post(&url)
        .header("content-type", "application/x-www-form-urlencoded");
    form.body("chat_id=7&text=a+%26+%D1%8F%3D%3Cb%3E")
        .send()
        .await
        .unwrap();
    let multipart = reqwest::multipart::Form::new()
        .text("chat_id", "7")
        .text("text", text);
    stage
        .http
        .post(&url)
        .multipart(multipart)
        .send()
        .await
        .unwrap();
    let texts: Vec<String> = stage
        .telegram
        .messages(7)
        .iter()
        .map(|m| m.text.clone())
        .collect();
    assert_eq!(texts, [text; 4]);
    let broken = stage
        .http
        .post(&url)
        .header("content-type", "application/json")
        .body("{");
    assert_eq!(broken.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn texts_have_limits_after_their_markup_is_read() {
    let stage = Stage::new().await;
    let send = |text: String| {
        stage.answer(
            "sendMessage",
            json!({ "chat_id": 7, "text": text, "parse_mode": "HTML" }),
        )
    };
    for (text, refusal) in [
        (String::new(), "Bad Request: message text is empty"),
        (
            "<b> \n</b>".to_owned(),
            "Bad Request: message text is empty",
        ),
        ("я".repeat(4097), "Bad Request: message is too long"),
        ("🔄".repeat(2049), "Bad Request: message is too long"),
        (
            "<b>x".to_owned(),
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
    ] {
        assert_eq!(send(text).await["description"], json!(refusal));
    }
    for text in [
        format!("<b>{}</b>", "я".repeat(4096)),
        "🔄".repeat(2048),
        "Tom & Jerry".to_owned(),
    ] {
        assert_eq!(send(text).await["ok"], json!(true));
    }
    let markdown = json!({ "chat_id": 7, "text": "x", "parse_mode": "MarkdownV2" });
    assert_eq!(
        stage.refusal("sendMessage", markdown).await,
        "Bad Request: unsupported parse_mode"
    );
}

#[tokio::test]
async fn required_parameters_are_required() {
    let stage = Stage::new().await;
    for (method, params, refusal) in [
        ("sendMessage", json!({ "text": "x" }), "chat_id is empty"),
        (
            "sendMessage",
            json!({ "chat_id": 7 }),
            "message text is empty",
        ),
        (
            "editMessageText",
            json!({ "chat_id": 7, "text": "x" }),
            "message identifier is not specified",
        ),
        (
            "deleteMessage",
            json!({ "chat_id": 7 }),
            "message identifier is not specified",
        ),
        (
            "sendPhoto",
            json!({ "chat_id": 7 }),
            "there is no photo in the request",
        ),
        (
            "sendDocument",
            json!({ "chat_id": 7 }),
            "there is no document in the request",
        ),
        (
            "sendChatAction",
            json!({ "chat_id": 7, "action": "dancing" }),
            "wrong parameter action in request",
        ),
        ("getFile", json!({}), "file_id not specified"),
        ("getFile", json!({ "file_id": "x" }), "invalid file_id"),
        ("getChat", json!({ "chat_id": 8 }), "chat not found"),
        (
            "setWebhook",
            json!({ "url": "http://x" }),
            "bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            "sendMessageDraft",
            json!({ "chat_id": 7, "draft_id": 0 }),
            "draft_id must be non-zero",
        ),
        (
            "answerCallbackQuery",
            json!({}),
            "query is too old and response timeout expired or query ID is invalid",
        ),
    ] {
        assert_eq!(
            stage.refusal(method, params).await,
            format!("Bad Request: {refusal}"),
            "{method}"
        );
    }
    assert_eq!(stage.telegram.refused_calls().len(), 13);
    assert!(stage.telegram.sent().is_empty());
}

#[tokio::test]
async fn buttons_have_limits() {
    let stage = Stage::new().await;
    let send = |markup: Value| {
        stage.answer(
            "sendMessage",
            json!({ "chat_id": 7, "text": "x", "reply_markup": markup }),
        )
    };
    let many: Vec<Value> = (0..101)
        .map(|_| json!([{ "text": "x", "callback_data": "x" }]))
        .collect();
    for (markup, refusal) in [
        (
            keyboard(json!({ "text": "x", "callback_data": "" })),
            "BUTTON_DATA_INVALID",
        ),
        (
            keyboard(json!({ "text": "x", "callback_data": "я".repeat(33) })),
            "BUTTON_DATA_INVALID",
        ),
        (
            keyboard(json!({ "text": " ", "callback_data": "x" })),
            "BUTTON_TEXT_INVALID",
        ),
        (
            keyboard(json!({ "callback_data": "x" })),
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            keyboard(json!({ "text": "x" })),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            keyboard(json!({ "text": "x", "url": "ftp://e.org" })),
            "inline keyboard button URL 'ftp://e.org' is invalid: Unsupported URL protocol",
        ),
        (
            keyboard(json!({ "text": "x", "url": "http://localhost/" })),
            "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL",
        ),
        (
            json!({ "inline_keyboard": many }),
            "reply markup is too long",
        ),
        (json!([1]), "object expected as reply markup"),
        (json!("{"), "object expected as reply markup"),
    ] {
        assert_eq!(
            send(markup).await["description"],
            json!(format!("Bad Request: {refusal}"))
        );
    }
    for markup in [
        keyboard(json!({ "text": "x", "callback_data": "я".repeat(32) })),
        keyboard(json!({ "text": "x", "url": "https://e.org/x" })),
        keyboard(json!({ "text": "x", "url": "tg://user?id=1" })),
        json!(keyboard(json!({ "text": "x", "callback_data": "x" })).to_string()),
        json!({ "inline_keyboard": many[..100] }),
    ] {
        let answer = send(markup).await;
        assert_eq!(answer["ok"], json!(true), "{answer}");
        assert!(answer["result"]["reply_markup"].is_object());
    }
}

#[tokio::test]
async fn edits_change_one_message_and_only_when_something_changes() {
    let stage = Stage::new().await;
    let markup = keyboard(json!({ "text": "x", "callback_data": "x" }));
    let sent =
        json!({ "chat_id": 7, "text": "<b>a</b>", "parse_mode": "HTML", "reply_markup": markup });
    let id = stage.call("sendMessage", sent).await["message_id"]
        .as_i64()
        .unwrap();
    let edit = |text: &str, markup: &Value| json!({ "chat_id": 7, "message_id": id, "text": text, "parse_mode": "HTML", "reply_markup": markup });
    let same = "Bad Request: message is not modified: specified new message content and reply markup are exactly the \
                same as a current content and reply markup of the message";
    assert_eq!(
        stage
            .refusal("editMessageText", edit("<b>a</b>", &markup))
            .await,
        same
    );
    // Other entities are a change, and so is an omitted keyboard.
    stage.call("editMessageText", edit("a", &markup)).await;
    let edited = stage.call("editMessageText", edit("a", &Value::Null)).await;
    assert!(
        edited["edit_date"].is_i64()
            && edited.get("reply_markup").is_none()
            && edited.get("entities").is_none()
    );
    let markup_only = json!({ "chat_id": 7, "message_id": id, "reply_markup": markup });
    stage
        .call("editMessageReplyMarkup", markup_only.clone())
        .await;
    assert_eq!(
        stage.refusal("editMessageReplyMarkup", markup_only).await,
        same
    );
    let message = stage.telegram.message(7, id).unwrap();
    assert_eq!(
        (
            message.text.as_str(),
            message.edits,
            message.earlier_texts.len()
        ),
        ("a", 3, 2)
    );
    assert_eq!(message.buttons().len(), 1);

    let other = json!({ "chat_id": 7, "message_id": 999, "text": "x" });
    assert_eq!(
        stage.refusal("editMessageText", other).await,
        "Bad Request: message to edit not found"
    );
    let hers = json!({ "chat_id": 7, "message_id": stage.anna.writes("x"), "text": "x" });
    assert_eq!(
        stage.refusal("editMessageText", hers).await,
        "Bad Request: message can't be edited"
    );
    let this = json!({ "chat_id": 7, "message_id": id });
    stage.call("deleteMessage", this.clone()).await;
    assert_eq!(
        stage.refusal("deleteMessage", this).await,
        "Bad Request: message to delete not found"
    );
    assert!(stage.telegram.sent()[0].deleted && stage.telegram.message(7, id).is_none());
}

#[tokio::test]
async fn people_are_written_to_only_when_they_want_it() {
    let stage = Stage::new().await;
    let to = |id: i64| json!({ "chat_id": id, "text": "x" });
    let boris = stage.telegram.person(8, "Boris", "en");
    assert_eq!(
        stage.refusal("sendMessage", to(9)).await,
        "Bad Request: chat not found"
    );
    assert_eq!(
        stage.refusal("sendMessage", to(8)).await,
        "Bad Request: chat not found"
    );
    boris.writes("/start");
    stage.call("sendMessage", to(8)).await;
    boris.blocks_bot();
    let blocked = stage.answer("sendMessage", to(8)).await;
    assert_eq!(blocked["error_code"], json!(403));
    assert_eq!(
        blocked["description"],
        json!("Forbidden: bot was blocked by the user")
    );
    boris.unblocks_bot();
    stage.call("sendMessage", to(8)).await;
    boris.deletes_account();
    assert_eq!(
        stage.refusal("sendMessage", to(8)).await,
        "Forbidden: user is deactivated"
    );

    let group = stage.telegram.group(-55, "old");
    stage.call("sendMessage", to(-55)).await;
    group.migrates_to(-10_055, "new");
    let migrated = stage.answer("sendMessage", to(-55)).await;
    assert_eq!(
        migrated["description"],
        json!("Bad Request: group chat was upgraded to a supergroup chat")
    );
    assert_eq!(
        migrated["parameters"],
        json!({ "migrate_to_chat_id": -10_055 })
    );
    stage.call("leaveChat", json!({ "chat_id": -10_055 })).await;
    assert_eq!(
        stage.refusal("sendMessage", to(-10_055)).await,
        "Forbidden: bot is not a member of the supergroup chat"
    );
}

#[tokio::test]
async fn floods_are_refused_when_limits_are_on() {
    let stage = Stage::new().await;
    stage.telegram.enforce_rates(true);
    let mut refused = Value::Null;
    for _ in 0..6 {
        refused = stage
            .answer("sendMessage", json!({ "chat_id": 7, "text": "x" }))
            .await;
    }
    assert_eq!(refused["error_code"], json!(429));
    assert_eq!(refused["parameters"]["retry_after"], json!(1));
    stage.telegram.group(-1001, "g");
    for n in 0..22 {
        refused = stage
            .answer("sendMessage", json!({ "chat_id": -1001, "text": "x" }))
            .await;
        assert!(
            refused["ok"] == json!(true) || n >= 20,
            "twenty at once are fine"
        );
    }
    assert_eq!(refused["error_code"], json!(429));
    stage.telegram.enforce_rates(false);
    stage.send("x").await;
}

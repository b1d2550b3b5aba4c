//! State that Telegram keeps until it is changed: menus and files.

use serde_json::{Value, json};

use super::Stage;

#[tokio::test]
async fn menus_are_kept_by_scope_and_language() {
    let stage = Stage::new().await;
    let commands = json!([{ "command": "start", "description": "Начать" }]);
    let anna = json!({ "type": "chat", "chat_id": 7 });
    let set = |commands: &Value, scope: &Value, language: &str| {
        stage.answer(
            "setMyCommands",
            json!({ "commands": commands, "scope": scope, "language_code": language }),
        )
    };
    assert_eq!(set(&commands, &Value::Null, "").await["ok"], json!(true));
    assert_eq!(set(&commands, &anna, "en").await["ok"], json!(true));
    assert_eq!(stage.telegram.menu("default", "").unwrap().len(), 1);
    assert_eq!(stage.telegram.menu("chat:7:0", "en").unwrap().len(), 1);
    assert!(stage.telegram.menu("chat:7:0", "").is_none());
    stage.call("deleteMyCommands", json!({})).await;
    assert_eq!(stage.call("getMyCommands", json!({})).await, json!([]));
    let of_anna = json!({ "scope": anna, "language_code": "en" });
    assert_eq!(stage.call("getMyCommands", of_anna).await, commands);
    let stranger = json!({ "type": "chat", "chat_id": 8 });
    let command =
        |name: &str, description: &str| json!([{ "command": name, "description": description }]);
    for (commands, scope, language, refusal) in [
        (commands.clone(), stranger, "", "chat not found"),
        (
            commands.clone(),
            Value::Null,
            "rus",
            "invalid language code specified",
        ),
        (
            command("Start", "x"),
            Value::Null,
            "",
            "BOT_COMMAND_INVALID",
        ),
        (
            command(&"x".repeat(33), "x"),
            Value::Null,
            "",
            "BOT_COMMAND_INVALID",
        ),
        (
            command("x", ""),
            Value::Null,
            "",
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        (
            command("x", &"я".repeat(257)),
            Value::Null,
            "",
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
    ] {
        let answer = set(&commands, &scope, language).await;
        assert_eq!(
            answer["description"],
            json!(format!("Bad Request: {refusal}"))
        );
    }
}

#[tokio::test]
async fn files_are_checked_kept_and_fetched() {
    let stage = Stage::new().await;
    let png = |width: u32, height: u32| {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes
    };
    let upload =
        async |method: &str, field: &'static str, bytes: Vec<u8>, caption: String| -> Value {
            let part = reqwest::multipart::Part::bytes(bytes).file_name("файл.csv");
            let form = reqwest::multipart::Form::new()
                .text("chat_id", "7")
                .text("caption", caption)
                .part(field, part);
            let sent = stage.http.post(stage.url(method)).multipart(form).send();
            sent.await.unwrap().json().await.unwrap()
        };
    for (bytes, caption, refusal) in [
        (Vec::new(), "", "file must be non-empty"),
        (b"text".to_vec(), "", "IMAGE_PROCESS_FAILED"),
        (png(100, 2001), "", "PHOTO_INVALID_DIMENSIONS"),
        (png(9000, 1001), "", "PHOTO_INVALID_DIMENSIONS"),
        (
            png(10, 10),
            &"x".repeat(1025),
            "message caption is too long",
        ),
    ] {
        let answer = upload("sendPhoto", "photo", bytes, caption.to_owned()).await;
        assert_eq!(
            answer["description"],
            json!(format!("Bad Request: {refusal}"))
        );
    }
    let photo = upload("sendPhoto", "photo", png(10, 10), "x".repeat(1024)).await;
    let id = &photo["result"]["photo"][0]["file_id"];
    stage
        .call("sendPhoto", json!({ "chat_id": 7, "photo": id }))
        .await;
    assert_eq!(
        stage
            .refusal("sendDocument", json!({ "chat_id": 7, "document": id }))
            .await,
        "Bad Request: can't use file of type photo as document"
    );

    let content = b"a;b\r\n--x\r\n\0\xff".repeat(50_000);
    let sent = upload("sendDocument", "document", content.clone(), String::new()).await;
    let document = &sent["result"]["document"];
    assert_eq!(document["file_name"], json!("файл.csv"));
    let kept = stage.telegram.last_reply(7).unwrap().file.clone().unwrap();
    assert!(*kept.bytes == content);
    let file = stage
        .call("getFile", json!({ "file_id": document["file_id"] }))
        .await;
    let path = file["file_path"].as_str().unwrap();
    let (base, token) = (stage.telegram.api_url(), stage.telegram.token());
    let fetched = stage
        .http
        .get(format!("{base}/file/bot{token}/{path}"))
        .send()
        .await
        .unwrap();
    assert!(fetched.bytes().await.unwrap() == content);
    let nothing = stage
        .http
        .get(format!("{base}/file/bot{token}/nothing"))
        .send()
        .await
        .unwrap();
    assert_eq!(nothing.status(), 404);
}

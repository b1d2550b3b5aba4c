//! An answer that its length has ended says so, and can be continued: over HTTP, in a chat, on the
//! page.

#![expect(
    clippy::indexing_slicing,
    reason = "a document without what is promised fails the test"
)]

use reqwest::Method;
use serde_json::{Value, json};
use vakhta::testing::demo::model::ModelCall;
use vakhta::testing::demo::{ModelReply, PretendTelegram};

use crate::chat::{Client, with_assistant};
use crate::harness::{self, ADMIN, LIMIT};

/// What a call says after its instructions: roles and words.
fn said(call: &ModelCall) -> Vec<(String, String)> {
    let messages = call.body["messages"].as_array().unwrap().iter();
    let all = messages.map(|message| {
        let text = |name: &str| message[name].as_str().unwrap().to_owned();
        (text("role"), text("content"))
    });
    all.filter(|(role, _)| role != "system").collect()
}

#[test]
fn the_api_says_it_and_gives_the_rest() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        model.set(ModelReply::says("One, two", "length"));
        let id = client.ask("count").await;
        assert_eq!(client.completed(&id).await, "One, two");
        assert_eq!(client.status(&id).await["truncated"], true);
        let go_on = async |id: &str, key: &str| {
            let request = client.request(Method::POST, &format!("/api/chat-continue/{id}/"));
            client.answer(request.header("Idempotency-Key", key)).await
        };
        let (status, _, taken) = go_on(&id, "a").await;
        assert_eq!((status, &taken["status"]), (202, &json!("pending")));
        assert_eq!(go_on(&id, "a").await.2, taken, "the same again");
        let second = taken["request_id"].as_str().unwrap().to_owned();
        client.completed(&second).await;
        // And further, from where the second part ended.
        model.set(ModelReply::says(", five.", "stop"));
        let (_, _, taken) = go_on(&second, "b").await;
        let third = taken["request_id"].as_str().unwrap();
        assert_eq!(client.completed(third).await, ", five.");
        assert_eq!(client.status(third).await["truncated"], false);
        let call = model.calls().pop().unwrap();
        let said = said(&call);
        assert_eq!(said[0], ("user".to_owned(), "count".to_owned()));
        assert_eq!(
            said[1],
            ("assistant".to_owned(), "One, twoOne, two".to_owned())
        );
        assert!(
            said[2].0 == "user" && said[2].1.contains("where it stopped"),
            "{said:?}"
        );
        let (status, _, document) = go_on(third, "c").await;
        assert_eq!((status, &document["code"]), (409, &json!("not-truncated")));
        let (status, ..) = go_on("0", "d").await;
        assert_eq!(status, 404);
        let other = Client::of(&t, 7).await;
        let request = other.request(Method::POST, &format!("/api/chat-continue/{id}/"));
        assert_eq!(other.answer(request).await.0, 404, "somebody else's");
        t
    });
}

#[test]
fn a_chat_has_a_line_and_a_button_below_the_last_part() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let eva = t.user(7, "Ева", "ru").await;
        let long = "слово ".repeat(1_000);
        model.set(ModelReply::says(&long, "length"));
        eva.writes("считай");
        let last = t.heard(7, "✂️ Ответ не уместился целиком.").await;
        assert!(last.text.starts_with("слово"), "{}", last.text);
        let is_in_place = |telegram: &PretendTelegram| {
            let messages = telegram.messages(7);
            let first = messages.iter().rev().nth(1).unwrap();
            first.text.ends_with("слово") && first.buttons().is_empty()
        };
        t.telegram
            .wait_until("the first part", LIMIT, is_in_place)
            .await
            .unwrap();
        model.set(ModelReply::says("конец.", "stop"));
        eva.presses(&last, "Продолжить").unwrap();
        let rest = t.heard(7, "конец.").await;
        assert!(rest.buttons().is_empty());
        t.callback_for_note(&eva, &last, "Продолжить").await;
        let calls = model.calls();
        assert_eq!(calls.len(), 2, "continued once");
        assert_eq!(said(&calls[1])[1].1.trim(), long.trim());
        // A stranger's press changes nothing, and English has its own words.
        let ann = t.user(8, "Ann", "en").await;
        model.set(ModelReply::says("One", "length"));
        let cut = t.ask(&ann, "/ask count").await;
        let cut = match cut.text.contains("did not fit") {
            true => cut,
            false => t.heard(8, "The answer did not fit.").await,
        };
        model.set(ModelReply::says("two", "stop"));
        ann.presses(&cut, "Continue").unwrap();
        t.heard(8, "two").await;
        t
    });
}

#[test]
fn the_page_has_a_button_that_goes_on() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let Some(mut page) = crate::page::signed_in(&t, &client).await else {
            return t;
        };
        model.set(ModelReply::says("One, two", "length"));
        crate::page::ask(&mut page, "count").await;
        page.reads("#rest", "Ответ не уместился целиком.").await;
        page.until("!document.getElementById('rest').hidden").await;
        page.reload().await;
        page.until("!document.getElementById('rest').hidden").await;
        model.set(ModelReply::status(403));
        page.clicks("#more").await;
        page.reads("#alert", "не хочет").await;
        model.set(ModelReply::Hang);
        page.run("document.getElementById('again').hidden = false")
            .await;
        model.set(ModelReply::says("three.", "stop"));
        page.clicks("#again").await;
        page.reads("#log article:last-child .answer", "three.")
            .await;
        page.until("document.getElementById('rest').hidden").await;
        page.reads(
            "#log article:first-child .note",
            "Ответ не уместился целиком.",
        )
        .await;
        let calls = model.calls();
        assert_eq!(said(calls.last().unwrap())[1].1, "One, two");
        assert_eq!(
            page.run("document.getElementById('message').value").await,
            Value::from("")
        );
        page.ends().await;
        t
    });
}

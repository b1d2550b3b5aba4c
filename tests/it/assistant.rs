//! The assistant over HTTP: ask, read the status, follow, stop; who may, how often, and which
//! errors clients get.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use vakhta::testing::demo::model::{KEY, answer_to};
use vakhta::testing::demo::{ModelReply, PretendModel};
use vakhta::testing::http_server::tokens;

use crate::chat::{Client, with_assistant};
use crate::harness::{self, ADMIN, LIMIT};

#[test]
fn a_question_and_its_answer_on_a_thread_and_without_one() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "tools = false\ninstructions = \"Be brief.\"").await;
        let client = Client::of(&t, ADMIN).await;
        let id = client.ask(" why is the sea salt? ").await;
        assert_eq!(
            client.completed(&id).await,
            answer_to("why is the sea salt?")
        );
        assert_eq!(model.calls()[0].body["messages"][0]["content"], "Be brief.");
        // Both forms of a path work.
        let short = client.request(Method::GET, &format!("/api/chat-status/{id}"));
        assert_eq!(client.answer(short).await.0, 200);

        t.stop().await;
        t.refused_threads.push("assistant");
        t.start().await;
        assert!(t.log.contains("has no thread of its own"));
        let client = Client::of(&t, ADMIN).await;
        let id = client.ask("and without a thread?").await;
        assert_eq!(
            client.completed(&id).await,
            answer_to("and without a thread?")
        );
        t.log.assert_clean_of(KEY);
        t.log.assert_clean_of(&client.token);
        for words in ["sea salt", "without a thread?", "That is all I know"] {
            assert!(!t.log.contains(words), "{words:?} is in the log");
        }
        t
    });
}

#[test]
fn who_looks_on_sees_a_snapshot_what_is_added_and_the_end() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "workers = 2").await;
        let client = Client::of(&t, ADMIN).await;
        model.set(ModelReply::Held);
        model.hold(true);
        let id = client.ask("why?").await;
        client.once(&id, |status| status["answer"] == "You ").await;
        let (mut early, mut late) = (client.follow(&id).await, client.follow(&id).await);
        let (kind, snapshot) = early.next().await.unwrap();
        assert_eq!(
            (kind.as_str(), &snapshot["status"]),
            ("snapshot", &json!("processing"))
        );
        let mut text = snapshot["answer"].as_str().unwrap().to_owned();
        assert_eq!(text, "You ");
        model.hold(false);
        let last = loop {
            let (kind, data) = early.next().await.unwrap();
            if kind != "delta" {
                break (kind, data);
            }
            text.push_str(data["text"].as_str().unwrap());
        };
        assert_eq!(
            (last.0.as_str(), text.as_str()),
            ("completed", answer_to("why?").as_str())
        );
        assert_eq!(last.1["answer"], text);
        assert_eq!(early.next().await, None);
        while late.next().await.is_some() {}
        let mut after = client.follow(&id).await;
        assert_eq!(after.next().await.unwrap().0, "snapshot");
        assert_eq!(after.next().await.unwrap().1["answer"], text);
        assert_eq!(after.next().await, None);

        // When an answer begins again, it is shown from its beginning.
        model.next([ModelReply::CutAfter(2)]);
        let id = client.ask("again?").await;
        client
            .once(&id, |status| status["reason"]["code"] == "cut")
            .await;
        let mut follower = client.follow(&id).await;
        assert_eq!(follower.next().await.unwrap().1["attempt"], 2);
        t.clock.advance(Duration::from_secs(10));
        while let Some((kind, data)) = follower.next().await {
            if kind == "completed" {
                assert_eq!(data["answer"], answer_to("again?"));
            }
        }
        client.completed(&id).await;

        // When the program stops, a stream ends without its last event.
        model.set(ModelReply::SilentAfter(1));
        let id = client.ask("for ever?").await;
        let mut follower = client.follow(&id).await;
        assert_eq!(follower.next().await.unwrap().0, "snapshot");
        t.stop().await;
        while let Some((kind, _)) = follower.next().await {
            assert_ne!(kind, "failed");
        }
        model.set(ModelReply::Stream);
        t.start().await;
        let client = Client::of(&t, ADMIN).await;
        assert_eq!(client.completed(&id).await, answer_to("for ever?"));
        t
    });
}

#[test]
fn a_stop_keeps_the_part_that_was_there() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "workers = 1").await;
        let client = Client::of(&t, ADMIN).await;
        model.set(ModelReply::SilentAfter(2));
        let id = client.ask("why?").await;
        client
            .once(&id, |status| status["answer"] == "You asked: ")
            .await;
        let mut follower = client.follow(&id).await;
        let waits = client.ask("and?").await;
        for (id, part) in [(&id, "You asked: "), (&waits, "")] {
            let request = client.request(Method::DELETE, &format!("/api/chat/{id}/"));
            let (status, _, document) = client.answer(request).await;
            assert_eq!(
                (status, &document["status"]),
                (200, &json!("failed")),
                "{document}"
            );
            assert_eq!(
                (&document["answer"], &document["reason"]["code"]),
                (&json!(part), &json!("stopped"))
            );
            assert_eq!(document["reason"]["retry"], true);
        }
        let mut last = None;
        while let Some((kind, _)) = follower.next().await {
            last = Some(kind);
        }
        assert_eq!(last.as_deref(), Some("failed"));
        let hung_up = |model: &PretendModel| model.in_flight() == 0;
        model
            .wait_until("the call to end", LIMIT, hung_up)
            .await
            .unwrap();
        let again = client.request(Method::DELETE, &format!("/api/chat/{id}"));
        assert_eq!(client.answer(again).await.0, 200, "it stays as it is");
        assert_eq!(model.calls().len(), 1);
        t
    });
}

#[test]
fn who_may_not_is_told_so_and_nothing_else() {
    harness::run(async |mut t| {
        let _model = with_assistant(&mut t, "").await;
        let mut client = Client::of(&t, ADMIN).await;
        let other = Client::of(&t, 7).await;
        let id = client.ask("why?").await;
        let path = format!("/api/chat-status/{id}/");
        let (status, _, document) = other.answer(other.request(Method::GET, &path)).await;
        assert_eq!(
            (status, &document["code"]),
            (404, &json!("no-such-question"))
        );
        for method in [Method::GET, Method::DELETE] {
            let path = format!(
                "/api/chat{}/{id}/",
                if method == Method::GET { "-stream" } else { "" }
            );
            assert_eq!(other.answer(other.request(method, &path)).await.0, 404);
        }
        let refuse = t.app().db().write(|tx| {
            vakhta::testing::people::set_role(tx, 7, vakhta::testing::people::Role::Refused)
        });
        refuse.await.unwrap();
        let (status, _, document) = other.post("may I?").await;
        assert_eq!((status, &document["code"]), (403, &json!("person")));
        let known = client.token.clone();
        for token in [
            "",
            "x",
            "vakhta_00",
            &known.replace(|c: char| c.is_ascii_digit(), "a"),
        ] {
            client.token = token.to_owned();
            let response = client.request(Method::GET, &path).send().await.unwrap();
            assert_eq!(
                response.headers()["www-authenticate"],
                "Bearer realm=\"vakhta\""
            );
            let (status, _, document) = client.post("may I?").await;
            assert_eq!((status, &document["code"]), (401, &json!("token")));
        }
        client.token = known;
        client.completed(&id).await;
        let revoked = t.app().db().write(|tx| tokens::revoke(tx, 1));
        assert!(revoked.await.unwrap());
        assert_eq!(client.post("still?").await.0, 401, "at once");
        t
    });
}

#[test]
fn what_is_not_a_question_is_a_problem() {
    harness::run(async |mut t| {
        with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let long = json!({ "message": "x".repeat(16_001) }).to_string();
        let longer = json!({ "message": "x".repeat(210_000) }).to_string();
        for (body, status, code) in [
            ("", 400, json!("body")),
            ("{\"message\": 7}", 400, json!("body")),
            ("[\"why?\"]", 400, json!("body")),
            (" \n[{\"message\": \"a\"}]", 400, json!("body")),
            ("\"why?\"", 400, json!("body")),
            ("{\"message\": \"a\", \"model\": \"b\"}", 400, json!("body")),
            ("{\"message\": \" \\n\"}", 422, json!("message")),
            (&long, 422, json!("message")),
            (&longer, 413, Value::Null),
        ] {
            let request = client
                .request(Method::POST, "/api/chat")
                .body(body.to_owned());
            let (given, _, document) = client.answer(request).await;
            assert_eq!((given, &document["code"]), (status, &code), "{document}");
        }
        // The limit is one of letters, however they are written.
        for letter in ["\\u044b", "\\ud83c\\udf0a"] {
            let escaped = |n: usize| format!("{{\"message\":\"{}\"}}", letter.repeat(n));
            for (n, status) in [(11_000, 202), (16_000, 202), (16_001, 422)] {
                let request = client.request(Method::POST, "/api/chat/").body(escaped(n));
                let (given, _, document) = client.answer(request).await;
                assert_eq!(given, status, "{n} of {letter}: {document}");
            }
        }
        for (method, path, status) in [
            (Method::GET, "/api/chat/", 405),
            (Method::GET, "/api/nothing", 404),
            (Method::GET, "/api/chat-status/%ff/", 400),
            (Method::GET, "/api/chat-status/0/", 404),
        ] {
            let given = client.answer(client.request(method, path)).await.0;
            assert_eq!(given, status, "{path}");
        }
        let document = client
            .answer(client.request(Method::GET, "/api/openapi.json"))
            .await;
        assert_eq!(document.2["openapi"], "3.1.0");
        t
    });
}

#[test]
fn a_token_follows_eight_answers_at_once() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let (client, other) = (Client::of(&t, ADMIN).await, Client::of(&t, 7).await);
        model.set(ModelReply::SilentAfter(1));
        let id = client.ask("why?").await;
        let mut open = Vec::new();
        for _ in 0..8 {
            open.push(client.follow(&id).await);
        }
        let path = format!("/api/chat-stream/{id}/");
        let (status, wait, document) = client.answer(client.request(Method::GET, &path)).await;
        assert_eq!(
            (status, &document["code"]),
            (429, &json!("too-many-streams"))
        );
        assert!(wait.is_some());
        let own = other.ask("and mine?").await;
        assert_eq!(other.follow(&own).await.next().await.unwrap().0, "snapshot");
        // A place is free again once its client is gone.
        open.clear();
        let mut period = tokio::time::interval(Duration::from_millis(20));
        let freed = tokio::time::timeout(LIMIT, async {
            while client
                .request(Method::GET, &path)
                .send()
                .await
                .unwrap()
                .status()
                != 200
            {
                period.tick().await;
            }
        });
        freed.await.unwrap();
        t
    });
}

#[test]
fn the_same_again_is_the_same_question_and_limits_say_how_long() {
    harness::run(async |mut t| {
        let lines = "workers = 1\nmost_open = 2\nper_minute = 9\ndaily_tokens = 42";
        let model = with_assistant(&mut t, lines).await;
        let client = Client::of(&t, ADMIN).await;
        let keyed = async |message: &str| {
            let body = json!({ "message": message }).to_string();
            let request = client.request(Method::POST, "/api/chat/").body(body);
            client
                .answer(request.header("Idempotency-Key", "one"))
                .await
        };
        model.set(ModelReply::Held);
        model.hold(true);
        let first = keyed("why?").await;
        assert_eq!(keyed("why?").await, first);
        let (status, _, document) = keyed("how?").await;
        assert_eq!((status, &document["code"]), (422, &json!("key-used")));
        let second = client.ask("and?").await;
        let (status, wait, document) = client.post("more?").await;
        assert_eq!(
            (status, wait, &document["code"]),
            (429, Some(5), &json!("too-many-open"))
        );
        model.hold(false);
        let id = first.2["request_id"].as_str().unwrap();
        client.completed(id).await;
        assert_eq!(
            keyed("why?").await.2["request_id"],
            id,
            "also when it is answered"
        );
        // The first answer used up the day, so the waiting question is not asked any more.
        let waited = client
            .once(&second, |status| status["closed_at_ms"].is_i64())
            .await;
        assert_eq!(
            (&waited["reason"]["code"], model.calls().len()),
            (&json!("budget"), 1)
        );
        let (status, wait, document) = client.post("more?").await;
        assert_eq!((status, &document["code"]), (429, &json!("budget")));
        // It is 18:35 in Moscow.
        assert_eq!(wait, Some((5 * 60 + 25) * 60));
        client.post("8").await;
        client.post("9").await;
        let (status, wait, document) = client.post("10").await;
        assert_eq!((status, &document["code"]), (429, &json!("too-often")));
        assert!(wait.is_some_and(|wait| (1..=7).contains(&wait)), "{wait:?}");
        t
    });
}

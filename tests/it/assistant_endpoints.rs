//! Endpoints that are almost compatible: parts of requests they refuse, thoughts in place of
//! answers.

use serde_json::json;
use vakhta::testing::demo::ModelReply;
use vakhta::testing::demo::model::answer_to;

use crate::chat::{Client, with_assistant};
use crate::harness::{self, ADMIN};

#[test]
fn what_an_endpoint_refuses_by_name_is_left_out_and_logged() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        model.set(ModelReply::without(&[
            "max_tokens",
            "stream_options",
            "system",
            "tools",
        ]));
        for question in ["why?", "and how?"] {
            let id = client.ask(question).await;
            assert_eq!(client.completed(&id).await, answer_to(question));
        }
        let calls = model.calls();
        assert_eq!(calls.len(), 6, "each part is refused once");
        let last = &calls[5].body;
        assert_eq!(last["max_completion_tokens"], 1000);
        let before = model.calls().len();
        let id = client.ask("again?").await;
        client.completed(&id).await;
        assert_eq!(model.calls().len(), before + 1, "remembered");
        for name in ["max_tokens", "stream_options", "tools"] {
            assert!(t.log.contains(&format!("parameter=\"{name}\"")), "{name}");
        }
        t
    });
}

#[test]
fn thoughts_are_no_answer_and_thoughts_alone_are_a_failure_with_a_reason() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let thoughtful = |portion| ModelReply::Says {
            words: "<think>The user wants\na secret.</think>\n\nПотому.".to_owned(),
            portion,
            finish: "stop",
        };
        for reply in [thoughtful(1), thoughtful(5), thoughtful(1000)] {
            model.set(reply);
            let id = client.ask("почему?").await;
            let mut follower = client.follow(&id).await;
            while let Some((_, data)) = follower.next().await {
                let shown = data["answer"].as_str().or(data["text"].as_str());
                assert!(!shown.unwrap_or_default().contains("secret"), "{data}");
            }
            assert_eq!(client.completed(&id).await, "Потому.");
        }
        model.set(ModelReply::Thinks("reasoning_content", None));
        let id = client.ask("why?").await;
        assert_eq!(client.completed(&id).await, answer_to("why?"));
        for reply in [
            ModelReply::says("<think>on and on", "length"),
            ModelReply::says("<thought>x</thought>\n", "stop"),
            ModelReply::Thinks("reasoning_content", Some("stop")),
            ModelReply::Thinks("reasoning", Some("length")),
        ] {
            model.set(reply.clone());
            let id = client.ask("why?").await;
            let closed = |status: &serde_json::Value| status["closed_at_ms"].is_i64();
            let status = client.once(&id, closed).await;
            assert_eq!(status["status"], "failed", "{reply:?}");
            let reason = &status["reason"];
            assert_eq!(
                (&reason["code"], &reason["retry"]),
                (&json!("thoughts"), &json!(true))
            );
            assert_eq!(status["answer"], "", "{reply:?}");
        }
        let eva = t.user(7, "Ева", "ru").await;
        eva.writes("почему?");
        t.heard(7, "Модель думала, но до ответа не дошла").await;
        t
    });
}

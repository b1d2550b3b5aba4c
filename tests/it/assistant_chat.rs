//! The assistant in Telegram: `/ask` and plain text, the answer in place of *I am thinking*, stop
//! and again.

use std::time::Duration;

use serde_json::json;
use vakhta::testing::demo::model::answer_to;
use vakhta::testing::demo::{ModelReply, PretendModel};

use crate::chat::{Client, with_assistant};
use crate::harness::{self, ADMIN, LIMIT};

#[test]
fn a_question_in_the_chat_is_answered_in_its_place() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let eva = t.user(7, "Ева", "ru").await;
        model.set(ModelReply::Held);
        model.hold(true);
        let thinking = t.ask(&eva, "/ask почему море солёное?").await;
        assert_eq!(thinking.text, "🤔 Думаю...");
        model.hold(false);
        let answer = t.heard(7, &answer_to("почему море солёное?")).await;
        assert_eq!(answer.message_id, thinking.message_id, "in its place");
        assert!(answer.buttons().is_empty());
        // Plain text is a question too, and a quick answer leaves no message that only thinks.
        model.set(ModelReply::Raw(
            b"data: {\"choices\":[{\"message\":{\"content\":\"**Da** <b>x</b>\"},\"finish_reason\":\"stop\"}]}\n\n".to_vec(),
        ));
        eva.writes("и что?");
        let answer = t.heard(7, "Da <b>x</b>").await;
        assert_eq!(answer.html, "<b>Da</b> &lt;b&gt;x&lt;/b&gt;");
        let thinks = |m: &vakhta::testing::demo::ChatMessage| m.text.contains("Думаю");
        assert!(!t.telegram.messages(7).iter().any(|m| thinks(m)));
        let usage = t.ask(&eva, "/ask").await;
        assert!(usage.text.contains("/ask"), "{}", usage.text);
        t
    });
}

#[test]
fn stop_and_again_below_the_question() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let eva = t.user(7, "Eva", "en").await;
        model.set(ModelReply::SilentAfter(2));
        let thinking = t.ask(&eva, "/ask why?").await;
        let begun = |model: &PretendModel| model.in_flight() == 1;
        model.wait_until("a call", LIMIT, begun).await.unwrap();
        let stopped = t.callback(&eva, &thinking, "Stop").await;
        assert!(stopped.text.starts_with("⏹ Stopped."), "{}", stopped.text);
        model.set(ModelReply::Stream);
        eva.presses(&stopped, "Again").unwrap();
        t.heard(7, &answer_to("why?")).await;
        t.callback_for_note(&eva, &stopped, "Again").await;
        assert_eq!(model.calls().len(), 2, "asked again once");

        // A failure says why; a stop over HTTP shows in the chat too.
        model.set(ModelReply::status(403));
        t.ask(&eva, "/ask bad?").await;
        t.heard(7, "refused to answer this").await;
        model.set(ModelReply::Hang);
        t.ask(&eva, "/ask slow?").await;
        model.wait_until("a call", LIMIT, begun).await.unwrap();
        let client = Client::of(&t, 7).await;
        let id = t.app().db().read(|c| {
            let sql = "SELECT public_id FROM question WHERE closed_at IS NULL";
            Ok(c.query_row(sql, [], |row| row.get::<_, String>(0))?)
        });
        let path = format!("/api/chat/{}/", id.await.unwrap());
        let ended = client
            .answer(client.request(reqwest::Method::DELETE, &path))
            .await;
        assert_eq!(ended.2["reason"]["code"], json!("stopped"));
        t.telegram
            .wait_until("the stop to be seen", LIMIT, |telegram| {
                !telegram
                    .messages(7)
                    .iter()
                    .any(|m| m.text.contains("Thinking"))
            })
            .await
            .unwrap();
        t
    });
}

#[test]
fn an_answer_outlives_a_restart_and_admins_hear_what_they_can_mend() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let eva = t.user(7, "Ева", "ru").await;
        model.set(ModelReply::SilentAfter(3));
        let thinking = t.ask(&eva, "/ask почему?").await;
        let begun = |model: &PretendModel| model.in_flight() == 1;
        model.wait_until("a call", LIMIT, begun).await.unwrap();
        t.stop().await;
        model.set(ModelReply::Stream);
        t.start().await;
        let answer = t.heard(7, &answer_to("почему?")).await;
        assert_eq!(answer.message_id, thinking.message_id);
        t.ask(&t.admin, "/start").await;
        model.set(ModelReply::status(401));
        t.ask(&eva, "/ask а теперь?").await;
        t.heard(7, "не принимает ключ").await;
        t.heard(ADMIN, "не принимает ключ (401)").await;
        t.clock.advance(Duration::from_secs(1));
        t
    });
}

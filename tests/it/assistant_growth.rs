//! Streaming edits: an answer grows in its chat, and the answer itself is always the last edit,
//! whatever happens to the others.

use std::sync::Arc;
use std::time::Duration;

use vakhta::testing::demo::model::answer_to;
use vakhta::testing::demo::{
    ChatMessage, Fault, ModelReply, Person, PretendModel, PretendTelegram,
};

use crate::chat::with_assistant;
use crate::harness::{self, ADMIN, LIMIT, Stage};

const QUESTION: &str = "почему?";

/// Asks a model that says its first words and then waits. Returns the person, and the message that
/// thinks.
async fn ask_and_hold(t: &Stage, model: &PretendModel) -> (Person, Arc<ChatMessage>) {
    let eva = t.user(7, "Ева", "ru").await;
    model.set(ModelReply::Held);
    model.hold(true);
    let thinking = t.ask(&eva, &format!("/ask {QUESTION}")).await;
    (eva, thinking)
}

/// Waits for this many edit calls.
async fn edits(t: &Stage, n: usize) {
    let called = |telegram: &PretendTelegram| telegram.calls("editMessageText").len() >= n;
    t.telegram.wait_until("edits", LIMIT, called).await.unwrap();
}

/// The message once every edit call has ended, at least `n` of them.
async fn settled(t: &Stage, message_id: i64, n: usize) -> Arc<ChatMessage> {
    let ended = |telegram: &PretendTelegram| {
        let calls = telegram.calls("editMessageText");
        calls.len() >= n && calls.iter().all(|call| call.finished)
    };
    let what = format!("{n} edits to end");
    t.telegram.wait_until(&what, LIMIT, ended).await.unwrap();
    t.telegram.message(7, message_id).unwrap()
}

/// The answer, which no longer has a button, after every edit call has ended.
async fn answered(t: &Stage, message_id: i64) -> Arc<ChatMessage> {
    let is_there = |telegram: &PretendTelegram| {
        let message = telegram.message(7, message_id);
        message.is_some_and(|message| message.buttons().is_empty())
    };
    t.telegram
        .wait_until("the answer", LIMIT, is_there)
        .await
        .unwrap();
    settled(t, message_id, 1).await
}

#[test]
fn the_message_that_thinks_grows_and_keeps_its_button() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let (_, thinking) = ask_and_hold(&t, &model).await;
        let grown = t.heard(7, "You …").await;
        assert_eq!(grown.message_id, thinking.message_id);
        assert_eq!(grown.buttons().len(), 1, "stop stays");
        model.hold(false);
        let answer = answered(&t, thinking.message_id).await;
        assert_eq!(answer.text, answer_to(QUESTION));
        assert_eq!(
            answer.earlier_texts.get(..2).unwrap(),
            ["🤔 Думаю...", "You …"]
        );

        // After a restart the answer continues in the same message.
        model.set(ModelReply::SilentAfter(2));
        let thinking = t.ask(&t.admin, "/ask and?").await;
        t.heard(ADMIN, "You asked: …").await;
        t.stop().await;
        model.set(ModelReply::Stream);
        t.start().await;
        let answer = t.heard(ADMIN, &answer_to("and?")).await;
        assert_eq!(answer.message_id, thinking.message_id);
        t
    });
}

#[test]
fn an_edit_that_is_slow_is_waited_for_and_one_that_comes_late_is_written_over() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let slow = Fault::Slow(Duration::from_secs(2));
        t.telegram.break_next("editMessageText", 1, slow);
        let (eva, thinking) = ask_and_hold(&t, &model).await;
        edits(&t, 1).await;
        model.hold(false);
        let answer = settled(&t, thinking.message_id, 2).await;
        assert!(
            answer.text.starts_with("You"),
            "the slow one: {}",
            answer.text
        );
        let answer = answered(&t, thinking.message_id).await;
        assert_eq!(answer.text, answer_to(QUESTION));

        // The connection is lost, and the call arrives after the answer.
        model.hold(true);
        let late = Fault::Late(Duration::from_secs(3));
        t.telegram.break_next("editMessageText", 1, late);
        let before = t.telegram.calls("editMessageText").len();
        let thinking = t.ask(&eva, "/ask и?").await;
        edits(&t, before + 1).await;
        model.hold(false);
        let spoilt = |telegram: &PretendTelegram| {
            let message = telegram.message(7, thinking.message_id);
            message.is_some_and(|message| message.earlier_texts.contains(&answer_to("и?")))
        };
        let what = "the lost edit after the answer";
        t.telegram.wait_until(what, LIMIT, spoilt).await.unwrap();
        assert_eq!(
            t.telegram.message(7, thinking.message_id).unwrap().text,
            "You …"
        );
        t.clock.advance(Duration::from_secs(30));
        t.app().telegram().unwrap().bell().ring();
        let mended = answered(&t, thinking.message_id).await;
        assert_eq!(mended.text, answer_to("и?"));
        t
    });
}

#[test]
fn what_telegram_refuses_is_no_reason_to_miss_the_answer() {
    harness::run(async |mut t| {
        t.expect_refusals();
        let model = with_assistant(&mut t, "").await;
        let refusals = [
            Fault::too_many(1),
            Fault::Html502,
            Fault::status(400, "Bad Request: message can't be edited"),
            Fault::status(
                400,
                "Bad Request: message is not modified: exactly the same",
            ),
            Fault::status(
                400,
                "Bad Request: can't parse entities: Unsupported start tag",
            ),
        ];
        for (n, refusal) in refusals.into_iter().enumerate() {
            t.telegram.break_next("editMessageText", 1, refusal.clone());
            let before = t.telegram.calls("editMessageText").len();
            let question = format!("why {n}?");
            model.set(ModelReply::Held);
            model.hold(true);
            let thinking = t.ask(&t.admin, &format!("/ask {question}")).await;
            // A passing error does not end the edits.
            let tries = if n < 2 { 2 } else { 1 };
            edits(&t, before + tries).await;
            model.hold(false);
            let answer = t.heard(ADMIN, &answer_to(&question)).await;
            assert_eq!(answer.message_id, thinking.message_id, "{refusal:?}");
            // Telegram's wait is measured by the clock, which is stopped here.
            t.clock.advance(Duration::from_secs(2));
        }
        t
    });
}

#[test]
fn a_long_answer_grows_to_one_message_and_its_markup_is_safe() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let chunk = |text: &str| {
            let document = serde_json::json!({"choices": [{"delta": {"content": text}}]});
            format!("data: {document}\n\n")
        };
        let words = "**слово** <b>x</b> & ".repeat(400);
        model.set(ModelReply::RawAndSilent(chunk(&words).into_bytes()));
        let thinking = t.ask(&t.admin, "/ask long?").await;
        let grown = t.heard(ADMIN, "слово <b>x</b> & слово").await;
        assert_eq!(grown.message_id, thinking.message_id);
        assert!(grown.text.ends_with('…') && grown.text.encode_utf16().count() <= 4096);
        assert_eq!(grown.buttons().len(), 1);
        let stopped = t.callback(&t.admin, &grown, "Остановить").await;
        assert!(
            stopped.text.starts_with("⏹ Остановлено."),
            "{}",
            stopped.text
        );
        t.heard(ADMIN, "слово <b>x</b> & слово").await;
        t
    });
}

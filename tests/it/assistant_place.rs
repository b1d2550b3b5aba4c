//! *I am thinking* never stays: whatever happened to that message, the person gets the result, and
//! the message is replaced.

use std::time::Duration;

use vakhta::testing::demo::model::answer_to;
use vakhta::testing::demo::{Fault, ModelReply, PretendModel, PretendTelegram};

use crate::chat::with_assistant;
use crate::harness::{self, LIMIT, Stage};

const THINKS: &str = "🤔 Думаю...";

fn thinks(t: &Stage, chat: i64) -> usize {
    let messages = t.telegram.messages(chat);
    messages.iter().filter(|m| m.text == THINKS).count()
}

async fn called(model: &PretendModel) {
    let begun = |model: &PretendModel| model.in_flight() == 1;
    model.wait_until("a call", LIMIT, begun).await.unwrap();
}

#[test]
fn an_answer_waits_for_its_place_on_the_way() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let eva = t.user(7, "Ева", "ru").await;
        // The answer is ready long before Telegram has accepted *I am thinking*.
        let slow = Fault::Slow(Duration::from_secs(2));
        t.telegram.break_next("sendMessage", 1, slow);
        eva.writes("/ask почему?");
        let closed = |model: &PretendModel| model.calls().len() == 1 && model.in_flight() == 0;
        model.wait_until("the answer", LIMIT, closed).await.unwrap();
        t.heard(7, &answer_to("почему?")).await;
        let sent = t.telegram.messages(7).iter().filter(|m| m.from_bot).count();
        assert_eq!((sent, thinks(&t, 7)), (1, 0), "in its place");
        t
    });
}

#[test]
fn where_nobody_knows_the_place_the_answer_comes_alone_and_the_button_tells() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let eva = t.user(7, "Ева", "ru").await;
        model.set(ModelReply::Held);
        let late = Fault::Late(Duration::from_secs(1));
        for (question, lost) in [("и?", Fault::Reset.after_delivery()), ("а?", late)] {
            model.hold(true);
            let before = t.telegram.calls("sendMessage").len();
            t.telegram.break_next("sendMessage", 1, lost);
            eva.writes(&format!("/ask {question}"));
            called(&model).await;
            let left = |telegram: &PretendTelegram| telegram.calls("sendMessage").len() > before;
            t.telegram
                .wait_until("it to leave", LIMIT, left)
                .await
                .unwrap();
            model.hold(false);
            let answer = t.heard(7, &answer_to(question)).await;
            assert_eq!(
                answer.text,
                answer_to(question),
                "and nothing of what was lost"
            );
            let left = t.heard(7, THINKS).await;
            assert_ne!(left.message_id, answer.message_id);
            let told = t.callback(&eva, &left, "Остановить").await;
            assert_eq!(told.text, "✅ Ответ — в другом сообщении.");
            assert!(told.buttons().is_empty());
            assert_eq!(thinks(&t, 7), 0);
        }
        t
    });
}

#[test]
fn a_message_that_is_deleted_or_cannot_be_changed_is_no_end() {
    harness::run(async |mut t| {
        t.expect_refusals();
        let model = with_assistant(&mut t, "").await;
        let eva = t.user(7, "Ева", "ru").await;
        model.set(ModelReply::Held);
        model.hold(true);
        let thinking = t.ask(&eva, "/ask почему?").await;
        called(&model).await;
        eva.deletes(thinking.message_id);
        model.hold(false);
        let answer = t.heard(7, &answer_to("почему?")).await;
        assert_ne!(answer.message_id, thinking.message_id);
        // While the chat is blocked, nothing can be sent; pressing the button sends it later.
        model.hold(true);
        let thinking = t.ask(&eva, "/ask и?").await;
        called(&model).await;
        eva.blocks_bot();
        model.hold(false);
        let closed = |model: &PretendModel| model.in_flight() == 0;
        model.wait_until("the answer", LIMIT, closed).await.unwrap();
        let dead = "SELECT count(*) > 0 FROM outbox WHERE chat_id = 7 AND state = 'dead'";
        t.once(dead).await;
        eva.unblocks_bot();
        let told = t.callback(&eva, &thinking, "Остановить").await;
        assert_eq!(told.text, answer_to("и?"));
        assert!(told.buttons().is_empty());
        t
    });
}

#[test]
fn who_leaves_and_whose_assistant_is_switched_off_wait_for_nothing() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let eva = t.user(7, "Ева", "ru").await;
        let ivan = t.user(8, "Иван", "en").await;
        model.set(ModelReply::Hang);
        let thinking = t.ask(&eva, "/ask почему?").await;
        let asked = t.ask(&eva, "/delete_me").await;
        let button = asked.buttons().first().unwrap().text.clone();
        t.callback(&eva, &asked, &button).await;
        let left = t.heard(7, "Остановлено").await;
        assert_eq!(left.message_id, thinking.message_id);

        let thinking = t.ask(&ivan, "/ask why?").await;
        t.stop().await;
        t.reconfigure("enabled = true\nurl", "enabled = false\nurl");
        t.start().await;
        let told = t.heard(8, "The assistant was switched off").await;
        assert_eq!(told.message_id, thinking.message_id);
        t
    });
}

//! The assistant in groups: who may ask, where the answer appears, who may stop it, and whose turn
//! it is.

use serde_json::json;
use vakhta::testing::demo::model::answer_to;
use vakhta::testing::demo::{ModelReply, PretendModel};

use crate::assistant_tools::add as add_account;
use crate::chat::with_assistant;
use crate::harness::{self, ADMIN, LIMIT};

const GROUP: i64 = -1_001_234_567_890;

#[test]
fn a_group_is_answered_under_the_question_and_only_who_was_let_in() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let eva = t.user(7, "Ева", "ru").await;
        let stranger = t.telegram.person(9, "Чужой", "ru");
        let group = t.telegram.group(GROUP, "Смена");
        group.opens_topic(5);
        // Plain text in a group is not for the bot. A stranger is told once a day that they may not
        // ask.
        eva.writes_in(&group, "почему море солёное?");
        stranger.writes_in(&group, "/ask почему?");
        t.heard(GROUP, "могут те, кого впустили").await;
        stranger.writes_in(&group, "/ask почему?");
        let asked = eva.writes_in_topic(&group, 5, "/ask почему?");
        let answer = t.heard(GROUP, &answer_to("почему?")).await;
        assert_eq!((answer.reply_to, answer.topic), (Some(asked), Some(5)));
        assert_eq!(model.calls().len(), 1);
        let refused = |text: &str| {
            let messages = t.telegram.messages(GROUP);
            messages
                .iter()
                .filter(|m| m.from_bot && m.text.contains(text))
                .count()
        };
        assert_eq!(refused("кого впустили"), 1);
        eva.writes_in(&group, "/ask");
        t.heard(GROUP, "Напишите вопрос").await;
        t
    });
}

/// A group reads every answer, so an admin asks there with the rights of a user.
#[test]
fn in_a_group_nobody_is_told_of_more_than_their_own() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "[cards]\nenabled = true").await;
        t.user(7, "Ева", "ru").await;
        let foreign = add_account(&t, 7, "hubot").await;
        add_account(&t, ADMIN, "octocat").await;
        let group = t.telegram.group(GROUP, "Смена");
        for (number, (tool, arguments)) in [
            ("list_accounts", json!({ "everybody": true })),
            ("list_accounts", json!({ "owner": 7 })),
            ("account_history", json!({ "account": foreign })),
            ("card_statistics", json!({})),
        ]
        .iter()
        .enumerate()
        {
            model.set(ModelReply::reads(tool, arguments));
            t.admin.writes_in(&group, &format!("/ask вопрос {number}?"));
            let answer = t.heard(GROUP, &format!("вопрос {number}?")).await;
            assert!(answer.text.contains("\"error\":"), "{}", answer.text);
        }
        model.set(ModelReply::reads("list_accounts", &json!({})));
        t.admin.writes_in(&group, "/ask что у меня?");
        t.heard(GROUP, "octocat").await;
        for call in model.calls() {
            let sent = call.body.to_string();
            assert!(!sent.contains("hubot"), "{sent}");
            let told_of_group = call.body["messages"][0]["content"]
                .as_str()
                .is_some_and(|system| system.contains("asked in a group"));
            assert!(told_of_group, "{sent}");
        }
        // The same question in a private chat gets the full answer.
        model.set(ModelReply::reads(
            "list_accounts",
            &json!({ "everybody": true }),
        ));
        t.ask(&t.admin, "/ask что у всех?").await;
        let answer = t.heard(ADMIN, "hubot").await;
        assert!(answer.text.contains("octocat"), "{}", answer.text);
        t
    });
}

#[test]
fn in_a_group_a_question_is_stopped_by_who_asked_or_by_an_admin() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let eva = t.user(7, "Ева", "ru").await;
        let ivan = t.user(8, "Иван", "ru").await;
        let stranger = t.telegram.person(9, "Чужой", "ru");
        let group = t.telegram.group(GROUP, "Смена");
        model.set(ModelReply::SilentAfter(2));
        eva.writes_in(&group, "/ask почему?");
        let thinking = t.heard(GROUP, "Думаю").await;
        for other in [&ivan, &stranger] {
            let note = t.callback_for_note(other, &thinking, "Остановить").await;
            assert_eq!(note, "Это вопрос другого человека.");
        }
        let stopped = t.callback(&t.admin, &thinking, "Остановить").await;
        assert!(stopped.text.contains("⏹ Остановлено."), "{}", stopped.text);
        let note = t.callback_for_note(&ivan, &stopped, "Ещё раз").await;
        assert_eq!(note, "Это вопрос другого человека.");
        model.set(ModelReply::Stream);
        eva.presses(&stopped, "Ещё раз").unwrap();
        let answer = t.heard(GROUP, &answer_to("почему?")).await;
        assert_eq!(answer.reply_to, stopped.reply_to, "under the question");
        t
    });
}

#[test]
fn one_person_does_not_take_all_calls() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "workers = 3\nper_person = 2").await;
        let eva = t.user(7, "Ева", "ru").await;
        model.set(ModelReply::Held);
        model.hold(true);
        for n in 0..6 {
            t.ask(&eva, &format!("/ask {n}?")).await;
        }
        let two = |model: &PretendModel| model.in_flight() == 2;
        model.wait_until("two calls", LIMIT, two).await.unwrap();
        t.ask(&t.admin, "/ask and I?").await;
        let third = |model: &PretendModel| model.calls().len() == 3;
        model.wait_until("the third", LIMIT, third).await.unwrap();
        assert_eq!(model.calls()[2].question, "and I?");
        assert_eq!(model.in_flight(), 3);
        model.hold(false);
        t.heard(ADMIN, &answer_to("and I?")).await;
        t.heard(7, &answer_to("5?")).await;
        t
    });
}

#[test]
fn a_group_that_gets_another_id_meanwhile_is_answered_there() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let eva = t.user(7, "Ева", "ru").await;
        let group = t.telegram.group(GROUP, "Смена");
        model.set(ModelReply::Held);
        model.hold(true);
        eva.writes_in(&group, "/ask почему?");
        t.heard(GROUP, "Думаю").await;
        let group = group.migrates_to(-1_009_876_543_210, "Смена");
        model.hold(false);
        t.heard(group.id(), &answer_to("почему?")).await;
        t.expect_refusals();
        t
    });
}

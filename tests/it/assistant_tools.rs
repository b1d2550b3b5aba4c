//! The assistant's tools: questions about accounts, runs, sites and cards are answered from the
//! database with the actor's own rights, in Telegram and over HTTP.

use std::time::Duration;

use serde_json::{Value, json};
use vakhta::testing::clock::days;
use vakhta::testing::demo::model::ModelCall;
use vakhta::testing::demo::{Behaviour, ModelReply, PretendModel};
use vakhta::testing::slices::watch::store;
use vakhta::testing::slices::watch::store::NewAccount;

use crate::chat::{Client, with_assistant};
use crate::harness::{self, ADMIN, LIMIT, Stage};

const EVA: i64 = 7;
const BOB: i64 = 8;

/// The age of an account that is two days overdue.
const LONG_AGO: Duration = days(32);

pub(crate) async fn add(t: &Stage, owner: i64, username: &str) -> i64 {
    let began = t.clock.now().minus(LONG_AGO);
    let new = NewAccount::new(owner, "github", username, 30);
    let added = t
        .app()
        .db()
        .write(move |tx| store::add(tx, began, &new))
        .await;
    match added.unwrap() {
        store::Added::New(id) => id,
        store::Added::Known(..) => panic!("it is there already"),
    }
}

/// The results of tools in the last call, as the model got them.
fn told(calls: &[ModelCall]) -> Value {
    let results = &calls.last().unwrap().results;
    serde_json::from_str(results.first().unwrap()).unwrap()
}

#[test]
fn what_is_overdue_this_week_is_answered_from_the_database() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "instructions = \"Be brief.\"").await;
        let eva = t.user(EVA, "Ева", "ru").await;
        t.user(BOB, "Bob", "en").await;
        add(&t, EVA, "octocat").await;
        let foreign = add(&t, BOB, "hubot").await;
        let week = json!({ "which": "overdue", "within": "this_week" });
        model.set(ModelReply::reads("list_accounts", &week));
        t.ask(&eva, "/ask что просрочено на этой неделе?").await;
        let answer = t.heard(EVA, "octocat").await;
        assert!(answer.text.contains("что просрочено на этой неделе?"));
        assert!(!answer.text.contains("hubot"), "{}", answer.text);
        let listed = told(&model.calls());
        assert_eq!(listed["data"]["total"], 1);
        let account = &listed["data"]["accounts"][0];
        assert_eq!(
            (&account["days_overdue"], &account["agreed_end"]),
            (&json!(2), &json!("2026-11-19T18:35:00+03:00"))
        );
        let system = &model.calls()[0].body["messages"][0]["content"];
        let system = system.as_str().unwrap();
        assert!(system.starts_with("Be brief.\n\n"), "{system}");
        assert!(system.contains("Saturday, in Europe/Moscow"), "{system}");

        // Other people's data does not exist, whatever the model asks for.
        let asked = [
            ("list_accounts", json!({ "everybody": true })),
            ("list_accounts", json!({ "owner": BOB })),
            ("account_history", json!({ "account": foreign })),
            ("account_history", json!({ "account": i64::MIN })),
            ("card_statistics", json!({})),
            ("set_role", json!({ "person": EVA, "role": "owner" })),
        ];
        for (number, (tool, arguments)) in asked.iter().enumerate() {
            model.set(ModelReply::reads(tool, arguments));
            t.ask(&eva, &format!("/ask question {number}?")).await;
            let answer = t.heard(EVA, &format!("question {number}?")).await;
            assert!(answer.text.contains("\"error\":"), "{}", answer.text);
            let refused = told(&model.calls());
            assert!(refused.get("data").is_none(), "{tool}: {refused}");
            let sent = model.calls().pop().unwrap().body.to_string();
            assert!(!sent.contains("hubot"), "{tool}: {sent}");
        }
        for words in ["octocat", "просрочено", "set_role"] {
            assert!(!t.log.contains(words), "{words} is in the log");
        }
        t
    });
}

#[test]
fn every_tool_answers_in_telegram() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "[cards]\nenabled = true").await;
        let eva = t.user(EVA, "Ева", "ru").await;
        let id = add(&t, EVA, "octocat").await;
        add(&t, EVA, "gone").await;
        t.site.set("github", "gone", Behaviour::Status(500));
        let panel = t.ask(&t.admin, "/admin").await;
        t.admin.presses_forged(panel.message_id, "run:check");
        t.heard(ADMIN, "завершена").await;
        for (who, tool, arguments, part) in [
            (
                &eva,
                "list_accounts",
                json!({ "which": "overdue" }),
                "could_not_look_because",
            ),
            (
                &eva,
                "account_history",
                json!({ "account": id }),
                "last_looks_oldest_first",
            ),
            (&eva, "recent_runs", json!({}), "\"could_not_look\":1"),
            (
                &eva,
                "sites_in_trouble",
                json!({}),
                "sites_of_own_accounts_not_looked_at",
            ),
            (&t.admin, "recent_runs", json!({}), "errors_by_site"),
            (
                &t.admin,
                "sites_in_trouble",
                json!({}),
                "more than every tenth look fails",
            ),
            (
                &t.admin,
                "list_accounts",
                json!({ "everybody": true }),
                "\"of\":\"Ева\"",
            ),
            (&t.admin, "card_statistics", json!({}), "people_who_checked"),
        ] {
            model.set(ModelReply::reads(tool, &arguments));
            t.ask(who, &format!("/ask {tool}?")).await;
            let answer = t.heard(who.id(), part).await;
            assert!(answer.text.contains("\"data\":"), "{}", answer.text);
        }
        t
    });
}

#[test]
fn who_leaves_between_two_rounds_ends_them() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let eva = t.user(EVA, "Ева", "ru").await;
        add(&t, EVA, "octocat").await;
        model.next([ModelReply::reads("list_accounts", &json!({}))]);
        model.set(ModelReply::SilentAfter(1));
        t.ask(&eva, "/ask что просрочено?").await;
        let second = |model: &PretendModel| model.calls().len() == 2;
        model
            .wait_until("a second round", LIMIT, second)
            .await
            .unwrap();
        let sure = t.ask(&eva, "/delete_me").await;
        eva.presses(&sure, "Да, удалить").unwrap();
        t.heard(EVA, "Всё ваше удалено").await;
        let hung_up = |model: &PretendModel| model.in_flight() == 0;
        model
            .wait_until("the call to end", LIMIT, hung_up)
            .await
            .unwrap();
        let left = t.app().db().read(|c| {
            let sql = "SELECT (SELECT count(*) FROM question) + (SELECT count(*) FROM account)";
            Ok(c.query_row(sql, [], |row| row.get::<_, i64>(0))?)
        });
        assert_eq!(left.await.unwrap(), 0);
        t
    });
}

#[test]
fn over_http_it_is_the_same() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, EVA).await;
        t.user(BOB, "Bob", "en").await;
        add(&t, EVA, "octocat").await;
        add(&t, BOB, "hubot").await;
        let week = json!({ "which": "overdue", "within": "this_week" });
        model.set(ModelReply::reads("list_accounts", &week));
        let id = client.ask("что просрочено на этой неделе?").await;
        let answer = client.completed(&id).await;
        assert!(
            answer.contains("octocat") && !answer.contains("hubot"),
            "{answer}"
        );
        let mut follower = client.follow(&id).await;
        follower.next().await.unwrap();
        assert_eq!(follower.next().await.unwrap().1["answer"], answer);
        t
    });
}

#[test]
fn what_leaves_the_machine_is_told_and_can_be_kept_in() {
    harness::run(async |mut t| {
        let eva = t.user(EVA, "Eva", "en").await;
        let told = t.ask(&eva, "/privacy").await;
        assert!(!told.text.contains("language model"));
        let model = with_assistant(&mut t, "tools = false").await;
        let told = t.ask(&eva, "/privacy").await;
        assert!(told.text.contains("processed by a language model server"));
        assert!(!told.text.contains("the model reads"));
        t.ask(&eva, "/ask what is overdue?").await;
        t.heard(EVA, "what is overdue?").await;
        assert!(model.calls()[0].body.get("tools").is_none());
        t.stop().await;
        t.reconfigure("tools = false", "tools = true");
        t.start().await;
        let told = t.ask(&eva, "/privacy").await;
        assert!(
            told.text
                .contains("the model reads what you see in the bot")
        );
        t.ask(&eva, "/ask and now?").await;
        t.heard(EVA, "and now?").await;
        let last = model.calls().pop().unwrap();
        assert_eq!(last.body["tools"].as_array().unwrap().len(), 4);
        t
    });
}

//! The assistant as operator and admins see it: `doctor`, `/status`, `/healthz`, `/metrics`.

use std::time::Duration;

use vakhta::testing::demo::model::{KEY, ModelCall};
use vakhta::testing::demo::{ModelReply, PretendModel};

use crate::chat::with_assistant;
use crate::harness::{self, LIMIT};
use crate::process::{self, Ground};

/// What `doctor` reports about the assistant, and its exit code.
async fn doctor(ground: &Ground, url: &str, key: &str, model: &str, code: i32) -> String {
    let end = ground
        .vakhta(&["doctor"])
        .env("VAKHTA_ASSISTANT_ENABLED", "true")
        .env("VAKHTA_ASSISTANT_URL", url)
        .env("VAKHTA_ASSISTANT_MODEL", model)
        .env("VAKHTA_ASSISTANT_API_KEY", key)
        .finish()
        .await;
    let said = end.demand(code).stdout.clone();
    assert!(!said.contains(key), "the key is printed");
    let line = said.lines().find(|line| line.contains("assistant"));
    line.unwrap().to_owned()
}

#[test]
fn doctor_says_whether_the_assistant_can_work() {
    process::run(async |ground| {
        let model = PretendModel::start().await.unwrap();
        let url = model.url();
        let said = doctor(&ground, &url, KEY, "first", 0).await;
        assert!(said.starts_with("ok   assistant"), "{said}");
        assert!(
            said.ends_with("1 of 2 models; the key has 7.50 USD left"),
            "{said}"
        );
        // One token shows whether the endpoint takes our requests at all.
        model.set(ModelReply::without(&["max_tokens", "stream_options"]));
        let said = doctor(&ground, &url, KEY, "first", 0).await;
        assert!(
            said.ends_with("; first is asked without max_tokens, stream_options"),
            "{said}"
        );
        assert_eq!(
            model.calls().last().unwrap().body["max_completion_tokens"],
            1
        );
        model.set(ModelReply::Thinks("reasoning", Some("length")));
        let said = doctor(&ground, &url, KEY, "first", 0).await;
        assert!(said.starts_with("ok   assistant"), "{said}");
        model.set(ModelReply::status(400));
        let said = doctor(&ground, &url, KEY, "second", 1).await;
        assert!(
            said.starts_with("FAIL assistant") && said.contains("second does not answer: rejected"),
            "{said}"
        );
        model.set(ModelReply::Stream);
        let asked = model.calls().len();
        let said = doctor(&ground, &url, KEY, "third", 0).await;
        assert!(
            said.starts_with("note assistant") && said.contains("does not list third"),
            "{said}"
        );
        let said = doctor(&ground, &url, "sk-wrong-key-of-somebody", "first", 1).await;
        assert!(
            said.starts_with("FAIL assistant") && said.contains("does not accept the key"),
            "{said}"
        );
        model.has_left(0.0);
        let said = doctor(&ground, &url, KEY, "first", 1).await;
        assert!(said.contains("no credit left"), "{said}");
        let elsewhere = url.replace("/v1", "/v2");
        let said = doctor(&ground, &elsewhere, KEY, "first", 1).await;
        assert!(
            said.starts_with("FAIL assistant") && said.contains("does not answer: no-model"),
            "{said}"
        );
        let said = doctor(&ground, "http://127.0.0.1:9/v1", KEY, "first", 1).await;
        assert!(said.contains("cannot be reached"), "{said}");
        assert_eq!(model.calls().len(), asked, "nothing was asked in vain");
        let token = |call: &ModelCall| {
            call.body["max_tokens"] == 1 || call.body["max_completion_tokens"] == 1
        };
        assert!(model.calls().iter().all(token), "one token each");
    });
}

#[test]
fn admins_and_machines_see_the_queue() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let eva = t.user(7, "Ева", "ru").await;
        let status = t.ask(&t.admin, "/status").await;
        assert!(
            status
                .text
                .contains("🤖 Вопросов ассистенту нет; без ответа за сутки: 0"),
            "{}",
            status.text
        );
        model.set(ModelReply::status(403));
        t.ask(&eva, "/ask плохо?").await;
        t.heard(7, "не хочет").await;
        model.set(ModelReply::Hang);
        t.ask(&eva, "/ask почему?").await;
        t.clock.advance(Duration::from_secs(120));
        t.ask(&eva, "/ask а?").await;
        let status = t.ask(&t.admin, "/status").await;
        let wanted = "🤖 Вопросов ассистенту: 2, старший ждёт 2 мин; без ответа за сутки: 1";
        assert!(status.text.contains(wanted), "{}", status.text);
        let own = t.ask(&eva, "/status").await;
        assert!(!own.text.contains("🤖"), "{}", own.text);
        let http = vakhta::testing::http_client::own_client(LIMIT).unwrap();
        let get = async |path: &str| {
            let url = format!("http://{}{path}", t.app().http().unwrap());
            http.get(url).send().await.unwrap().text().await.unwrap()
        };
        let health: serde_json::Value = serde_json::from_str(&get("/healthz").await).unwrap();
        let wanted = serde_json::json!({ "open": 2, "oldest_s": 120 });
        assert_eq!(health.get("assistant"), Some(&wanted));
        let metrics = get("/metrics").await;
        for line in [
            "vakhta_questions_open 2",
            "vakhta_questions_oldest_seconds 120",
        ] {
            assert!(metrics.contains(line), "{line}: {metrics}");
        }
        t
    });
}

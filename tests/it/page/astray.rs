//! The page in a real browser when something goes wrong: a reload, a sleeping tab, a killed server,
//! a lost network, streams that bring nothing. The question gets its answer, and is asked once.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use serde_json::json;
use vakhta::testing::demo::model::{KEY, answer_to};
use vakhta::testing::demo::{ModelReply, PretendModel};

use super::{ask, hold, is_answered, signed_in};
use crate::chat::{Client, with_assistant};
use crate::chromium::Browser;
use crate::harness::{self, ADMIN};
use crate::process::{self, Process};

#[test]
fn a_reload_in_mid_answer_goes_on_and_the_time_is_told() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let Some(mut page) = signed_in(&t, &client).await else {
            return t;
        };
        model.set(ModelReply::Hang);
        ask(&mut page, "why?").await;
        page.until("JSON.parse(sessionStorage.turns)[0].state === 'open'")
            .await;
        page.types("half a thought").await;
        page.reload().await;
        page.reads("#phase", "Думаю...").await;
        for (seconds, counted) in [(15, ""), (75, "· 7")] {
            let later =
                format!("window.real ??= Date.now; Date.now = () => real() + {seconds}000; 0");
            page.run(&later).await;
            page.reads("#phase", "Модель отвечает дольше обычного")
                .await;
            page.reads("#elapsed", counted).await;
        }
        assert_eq!(
            page.run("document.getElementById('message').value").await,
            json!("half a thought")
        );
        page.presses("Escape", 27, 0).await;
        page.reads("#alert", "Остановлено").await;
        page.reload().await;
        page.reads("#alert", "Остановлено").await;

        hold(&model);
        page.clicks("#again").await;
        page.reads("#draft", "You").await;
        page.reload().await;
        page.reads("#draft", "You").await;
        page.reload().await;
        model.hold(false);
        is_answered(&mut page, "why?").await;
        page.reload().await;
        is_answered(&mut page, "why?").await;
        assert_eq!(model.calls().len(), 2);

        // When the tab's storage is full, old turns make room for the new one.
        let full = "const put = Storage.prototype.setItem; Storage.prototype.setItem = function (name, value) { \
             if (value.length > 500) throw new DOMException('full'); put.call(this, name, value); }; 0";
        page.run(full).await;
        ask(&mut page, ", and?").await;
        is_answered(&mut page, "half a thought, and?").await;
        page.reload().await;
        is_answered(&mut page, "half a thought, and?").await;
        page.ends().await;
        t
    });
}

#[test]
fn a_tab_that_slept_finds_its_answer() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let Some(mut page) = signed_in(&t, &client).await else {
            return t;
        };
        hold(&model);
        ask(&mut page, "why?").await;
        page.reads("#draft", "You").await;
        let id = page.run("JSON.parse(sessionStorage.turns)[0].id").await;
        page.call("Page.setWebLifecycleState", json!({ "state": "frozen" }))
            .await;
        model.hold(false);
        client.completed(id.as_str().unwrap()).await;
        page.call("Page.setWebLifecycleState", json!({ "state": "active" }))
            .await;
        is_answered(&mut page, "why?").await;

        // After coming back, a dead stream is noticed long before its silence would show it.
        page.run(
            "window.EventSource = class { addEventListener() {} close() { window.closed_n = (window.closed_n ?? 0) + 1; } }; \
             Object.defineProperty(document, 'visibilityState', { value: 'visible' }); 0",
        )
        .await;
        let signs = [
            "document, 'visibilitychange'",
            "document, 'resume'",
            "window, 'pageshow'",
            "window, 'online'",
        ];
        for (before, sign) in signs.into_iter().enumerate() {
            let question = format!("and {before}?");
            ask(&mut page, &question).await;
            let is_open = format!(
                "JSON.parse(sessionStorage.turns)[{}].state === 'open'",
                before + 1
            );
            page.until(&is_open).await;
            let come_back = format!("((on, kind) => on.dispatchEvent(new Event(kind)))({sign})");
            page.run(&come_back).await;
            is_answered(&mut page, &question).await;
            assert_eq!(page.run("window.closed_n").await, json!(before + 1));
        }
        page.ends().await;
        t
    });
}

#[test]
fn without_a_network_a_question_waits_and_an_answer_is_not_lost() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let Some(mut page) = signed_in(&t, &client).await else {
            return t;
        };
        page.set_offline(true).await;
        ask(&mut page, "why?").await;
        page.reads("#phase", "Вопрос отправится, как только она появится")
            .await;
        // A person who does not want to wait can stop.
        page.presses("Escape", 27, 0).await;
        page.reads("#alert", "Остановлено").await;
        page.clicks("#again").await;
        page.reads("#phase", "Вопрос отправится").await;
        assert_eq!(model.calls().len(), 0);
        hold(&model);
        page.set_offline(false).await;
        page.reads("#draft", "You").await;

        page.set_offline(true).await;
        page.reads("#phase", "Ответ не потеряется").await;
        page.reads("#draft", "You").await;
        model.hold(false);
        page.set_offline(false).await;
        is_answered(&mut page, "why?").await;

        // The server's response is lost: the same question is sent again, and asked once.
        let lossy = "const real = fetch; let lost = 0; window.fetch = async (path, how) => { const answer = await real(path, how); \
             if (how.method === 'POST' && lost++ < 1) throw new TypeError('lost'); return answer; }; 0";
        page.run(lossy).await;
        ask(&mut page, "and?").await;
        is_answered(&mut page, "and?").await;
        assert_eq!(model.calls().len(), 2);
        assert_eq!(page.run("lost").await, json!(2));
        page.ends().await;
        t
    });
}

#[test]
fn a_stream_that_is_refused_or_silent_is_replaced_by_looking() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let Some(mut page) = signed_in(&t, &client).await else {
            return t;
        };
        hold(&model);
        let id = client.ask("who looks on?").await;
        let mut followers = Vec::new();
        // Each token follows eight at most.
        for _ in 0..16 {
            let other = Client::of(&t, ADMIN).await;
            for _ in 0..8 {
                followers.push(other.follow(&id).await);
            }
        }
        ask(&mut page, "why?").await;
        page.reads("#draft", "You").await;
        assert_eq!(page.run("fetch(`/api/chat-stream/${JSON.parse(sessionStorage.turns)[0].id}/`).then((answer) => answer.status)").await, json!(503));
        model.hold(false);
        is_answered(&mut page, "why?").await;
        drop(followers);

        // Twenty seconds pass in an instant.
        let silent = "window.EventSource = class { addEventListener() {} close() {} }; const real = setTimeout; \
             window.setTimeout = (act, ms) => real(act, ms === 20000 ? 1 : ms); 0";
        page.run(silent).await;
        ask(&mut page, "and?").await;
        is_answered(&mut page, "and?").await;
        page.ends().await;
        t
    });
}

/// A port that no other test gets by chance: the system assigns ports from 32768 on.
fn own_port() -> u16 {
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    std::iter::repeat_with(|| fastrand::u16(10_000..32_768))
        .find(free)
        .unwrap()
}

#[test]
fn a_restart_in_mid_answer_ends_in_the_answer() {
    harness::run(async |mut t| {
        let model = with_assistant(&mut t, "").await;
        t.stop().await;
        t.reconfigure("127.0.0.1:0", &format!("127.0.0.1:{}", own_port()));
        t.start().await;
        let client = Client::of(&t, ADMIN).await;
        let Some(mut page) = signed_in(&t, &client).await else {
            return t;
        };
        hold(&model);
        ask(&mut page, "why?").await;
        page.reads("#draft", "You").await;
        t.stop().await;
        page.reads("#phase", "Нет связи с сервером").await;
        model.hold(false);
        t.start().await;
        is_answered(&mut page, "why?").await;
        page.ends().await;
        t
    });
}

async fn lives(ground: &process::Ground) -> Process {
    let process = ground
        .vakhta(&["run"])
        .env("VAKHTA_ASSISTANT_API_KEY", KEY)
        .start();
    process.logged("the HTTP server listens").await;
    process
}

#[test]
fn a_server_killed_in_mid_answer_answers_when_it_is_back() {
    process::run(async |ground| {
        let model = PretendModel::start().await.unwrap();
        let address = format!("127.0.0.1:{}", own_port());
        ground.configure(&format!(
            "run_at_start = false\n[http]\nlisten = \"{address}\"\n[assistant]\nenabled = true\nurl = \"{}\"",
            model.url()
        ));
        let made = ground.vakhta(&["tokens", "add", "page", "--owner", &ADMIN.to_string()]);
        let made = made.finish().await;
        made.demand(0);
        let token = made.stdout.trim().to_owned();
        let link = format!("http://{address}/#{token}");
        let page = format!("http://{address}/#");
        assert!(made.stderr.contains(&page), "{}", made.stderr);
        let process = lives(&ground).await;
        let Some(mut page) = Browser::start("ru").await else {
            return;
        };
        page.go(&link).await;
        page.until("document.body.dataset.signedIn === 'true'")
            .await;
        hold(&model);
        ask(&mut page, "why?").await;
        page.reads("#draft", "You").await;
        let end = process.kill();
        assert!(
            !end.stderr.contains(&token) && !end.stderr.contains("why?"),
            "{}",
            end.stderr
        );
        page.reads("#phase", "Нет связи с сервером").await;
        model.set(ModelReply::Slow(Duration::from_millis(20)));
        let process = lives(&ground).await;
        is_answered(&mut page, "why?").await;
        // A question that reaches no server is sent when there is one.
        process.kill();
        ask(&mut page, "and?").await;
        page.reads("#phase", "Вопрос отправится").await;
        let process = lives(&ground).await;
        is_answered(&mut page, "and?").await;
        let answered = ground.column("SELECT answer FROM question ORDER BY id");
        assert_eq!(answered, ["why?", "and?"].map(answer_to));
        process.stop().await;
        page.ends().await;
    });
}

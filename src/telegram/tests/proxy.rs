//! The proxy between runtimes, and the secrets in everything that is sent.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::kit::{Reply, Seen, Server, Store, TOKEN, api, put, usual};
use crate::html::Html;
use crate::telegram::*;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn edit(chat_id: i64) -> MessageEdit {
    MessageEdit::new(chat_id, 5, Html::text("private words"), None)
}

#[tokio::test]
async fn an_edit_that_is_not_wanted_any_more_does_not_leave() {
    let t = Store::new();
    let server = Server::start(&Tasks::new(), usual).await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    let proxy = telegram.proxy();
    let edit = |chat, wanted| proxy.edit(edit(chat).only_if(std::future::ready(wanted)));
    assert_eq!(edit(1, false).await, Err(ProxyError::Unwanted));
    assert_eq!(edit(2, true).await, Ok(()));
    assert_eq!(server.calls("editMessageText").len(), 1);
}

#[test]
fn another_thread_speaks_through_the_main_runtime_and_never_hangs_when_it_is_gone() {
    let main = runtime();
    let (t, server, telegram) = main.block_on(async {
        let t = Store::new();
        let script = |seen: &Seen, before: usize| match seen.chat() {
            9 => Reply::Hang,
            _ => usual(seen, before),
        };
        let server = Server::start(&Tasks::new(), script).await;
        let telegram = Telegram::start_without_poller(t.setup(server.api()));
        (t, server, telegram)
    });
    let proxy = telegram.proxy();
    let (ready, at_work) = tokio::sync::oneshot::channel();
    let watch = std::thread::Builder::new()
        .spawn(move || {
            runtime().block_on(async {
                assert_eq!(proxy.edit(edit(1)).await, Ok(()));
                assert_eq!(proxy.edit(edit(2)).await, Ok(()));
                ready.send(()).unwrap();
                // This edit is on its way when the main runtime ends.
                assert_eq!(proxy.edit(edit(9)).await, Err(ProxyError::Gone));
                assert_eq!(proxy.edit(edit(1)).await, Err(ProxyError::Gone));
                proxy.ring();
            });
        })
        .unwrap();
    main.block_on(async {
        at_work.await.unwrap();
        server.until("editMessageText", 3).await;
    });
    main.shutdown_timeout(Duration::from_secs(1));
    watch.join().unwrap();
    drop((t, telegram));
}

#[tokio::test]
async fn the_drain_answers_what_was_asked_and_drops_what_hangs() {
    let t = Store::new();
    let server = Server::start(&Tasks::new(), |_, _| Reply::Hang).await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    let proxy = telegram.proxy();
    let asked = proxy.edit(edit(1));
    let end = async {
        server.until("editMessageText", 1).await;
        telegram.drain().await
    };
    let (asked, drained) = tokio::join!(asked, end);
    assert_eq!((asked, drained), (Err(ProxyError::Gone), true));
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_token_and_texts_of_people_are_in_no_error_and_no_log() {
    let captured = Captured::default();
    let writer = captured.clone();
    // Only the first subscriber can become the global one; this thread is captured in any case.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(std::io::sink)
        .try_init()
        .ok();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let t = Store::new();
    let faults = [
        Reply::Raw(502, "<html>private words</html>"),
        Reply::Raw(200, "{\"ok\":true,\"result\":\"private words"),
        Reply::Raw(302, ""),
        Reply::Refuse(
            400,
            "Bad Request: /bot123456789:AAsecretsecretsecretsecretsecret00/ is bad",
            Value::Null,
        ),
        Reply::Refuse(429, "Too Many Requests", json!({"retry_after": 1})),
        Reply::Refuse(401, "Unauthorized", Value::Null),
        Reply::Cut,
        Reply::Drop,
    ];
    let count = faults.len();
    let script = move |seen: &Seen, before: usize| match seen.method.as_str() {
        "sendMessage" | "editMessageText" | "getMe" => faults[before % count].clone(),
        _ => usual(seen, before),
    };
    let server = Server::start(&Tasks::new(), script).await;
    let mut said = String::new();
    let urls = [
        server.url.as_str(),
        "http://127.0.0.1:1",
        "http://no.such.host.invalid",
        "not a url",
    ];
    for url in urls {
        let api = api(url);
        said += &format!("{api:?}");
        for _ in 0..count {
            let err = api.introduce().await.unwrap_err();
            said += &format!("{err} {err:?} {:?}\n", anyhow::Error::from(err.clone()));
        }
    }
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    let proxy = telegram.proxy();
    for chat in 1..=8 {
        put(
            &t,
            &telegram,
            Outgoing::notice(chat, Html::text("private words")),
        )
        .await;
        let result = proxy.edit(edit(chat + 10)).await;
        said += &format!("{result:?}");
    }
    telegram.drain().await;
    said += &format!("{telegram:?} {proxy:?} {:?}", t.setup(server.api()));
    said += &String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(
        said.contains("TRACE") && said.contains("***"),
        "nothing was captured"
    );
    let secret = TOKEN.split(':').nth(1).unwrap();
    for forbidden in [secret, "private words"] {
        let line = said.lines().find(|l| l.contains(forbidden));
        assert_eq!(line, None);
    }
}

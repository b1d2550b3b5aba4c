//! Incoming and outgoing files, against a scripted server: made when they are due, fetched before
//! they are needed.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::kit::{Reply, Seen, Server, Store, put, usual};
use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::html::{CAPTION_LIMIT, Html};
use crate::telegram::*;

/// A store that knows the chat: rows of unknown chats are deleted once they are sent.
async fn store() -> Store {
    let t = Store::new();
    t.write(|tx| Ok(tx.execute("INSERT INTO chat (id) VALUES (1)", ())?))
        .await;
    t
}

fn letters(maker: &str, n: usize) -> Outgoing {
    let recipe = Recipe::document(maker, &n).unwrap();
    let keyboard = Keyboard::new().row([Button::callback("b", "d").unwrap()]);
    Outgoing::file(1, recipe, Html::text("<letters>")).keyboard(keyboard)
}

/// The parts of a form as text, by name.
fn form(call: &Seen) -> String {
    String::from_utf8_lossy(&call.raw).into_owned()
}

#[tokio::test]
async fn a_file_is_made_when_it_is_due_and_its_row_keeps_neither_text_nor_recipe() {
    let t = store().await;
    let server = Server::start(&Tasks::new(), usual).await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    put(&t, &telegram, letters("test", 5).silent()).await;
    let sent = form(&server.until("sendDocument", 1).await[0]);
    for part in [
        "name=\"document\"; filename=\"letters.txt\"",
        "\r\n\r\nxxxxx\r\n",
        "name=\"caption\"\r\n\r\n&lt;letters&gt;",
        "name=\"parse_mode\"\r\n\r\nHTML",
        "name=\"disable_notification\"\r\n\r\ntrue",
        "{\"inline_keyboard\":[[{\"text\":\"b\",\"callback_data\":\"d\"}]]}",
    ] {
        assert!(sent.contains(part), "{part} is not in {sent}");
    }
    t.until("SELECT count(*) = 1 FROM outbox WHERE state = 'sent' AND file = '' AND html = '' AND message_id = 100")
        .await;
    let recipe = Recipe::photo("test", &7).unwrap();
    put(&t, &telegram, Outgoing::file(1, recipe, Html::text("p"))).await;
    let sent = form(&server.until("sendPhoto", 1).await[0]);
    assert!(sent.contains("name=\"photo\""), "{sent}");
    assert!(telegram.drain().await);
}

/// A chat whose file cannot be sent gets these words instead, and later messages after them.
async fn words_instead(maker: &'static str, size: usize, answer: Option<Reply>) {
    let t = store().await;
    let server = Server::start(&Tasks::new(), move |seen, before| {
        let answer = answer.clone().filter(|_| seen.method == "sendDocument");
        answer.unwrap_or_else(|| usual(seen, before))
    })
    .await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    put(&t, &telegram, letters(maker, size).in_topic(Some(77))).await;
    put(&t, &telegram, Outgoing::notice(1, Html::text("next"))).await;
    let calls = server.until("sendMessage", 2).await;
    let texts: Vec<&str> = calls.iter().map(Seen::text).collect();
    assert_eq!(texts, ["[] no file", "next"], "{maker} {size}");
    assert_eq!(calls[0].params["message_thread_id"], 77, "{maker} {size}");
    assert_eq!(calls[1].params.get("message_thread_id"), None);
    t.until("SELECT count(*) = 1 FROM outbox WHERE state = 'dead' AND file = '' AND problem <> ''")
        .await;
    assert!(telegram.drain().await);
}

#[tokio::test]
async fn a_file_that_cannot_be_had_is_told_in_words() {
    let refused = |code, why| Some(Reply::Refuse(code, why, Value::Null));
    tokio::join!(
        words_instead("fails", 5, None),
        words_instead("panics", 5, None),
        words_instead("test", 0, None),
        words_instead("test", 51 * 1024 * 1024, None),
        words_instead("test", 5, refused(413, "Request Entity Too Large")),
        words_instead("test", 5, Some(Reply::Raw(413, "<html>too large</html>"))),
        words_instead("test", 5, refused(400, "Bad Request: IMAGE_PROCESS_FAILED")),
    );
}

#[tokio::test]
async fn a_busy_server_gets_the_file_again_and_a_lost_answer_does_not() {
    let t = store().await;
    let server = Server::start(&Tasks::new(), |seen, before| {
        match (seen.method.as_str(), before) {
            ("sendDocument", 0) => Reply::Raw(502, "<html>bad gateway</html>"),
            ("sendDocument", 2) => Reply::Drop,
            _ => usual(seen, before),
        }
    })
    .await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    put(&t, &telegram, letters("test", 5)).await;
    server.until("sendDocument", 1).await;
    t.until("SELECT count(*) = 1 FROM outbox WHERE state = 'pending'")
        .await;
    t.clock.advance(Duration::from_secs(300));
    telegram.bell().ring();
    t.until("SELECT count(*) = 1 FROM outbox WHERE state = 'sent'")
        .await;
    put(&t, &telegram, letters("test", 6)).await;
    t.until("SELECT count(*) = 1 FROM outbox WHERE state = 'unconfirmed'")
        .await;
    put(&t, &telegram, letters("test", 7)).await;
    let sent = form(&server.until("sendDocument", 4).await[3]);
    assert!(sent.contains("[] perhaps: &lt;letters&gt;"), "{sent}");
    assert!(telegram.drain().await);
}

#[tokio::test]
async fn a_crash_while_a_file_is_made_costs_nothing() {
    let t = store().await;
    t.write(|tx| {
        outbox::insert(tx, UnixMs(0), &letters("test", 5))?;
        outbox::claim(tx, UnixMs(1), &[1])
    })
    .await;
    t.until("SELECT state = 'making' FROM outbox").await;
    assert!(!t.read(|c| outbox::is_quiet(c, UnixMs(1))).await);
    let server = Server::start(&Tasks::new(), usual).await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    server.until("sendDocument", 1).await;
    t.until("SELECT state = 'sent' FROM outbox").await;
    assert!(telegram.drain().await);
}

#[tokio::test]
async fn a_caption_and_a_recipe_have_their_limits() {
    let t = store().await;
    let caption = |units: usize| {
        let recipe = Recipe::photo("test", &5).unwrap();
        Outgoing::file(1, recipe, Html::text(&"x".repeat(units)))
    };
    let long_order = Recipe::photo("test", &"x".repeat(2000)).unwrap();
    let put = |message: Outgoing| {
        let write =
            t.db.write(move |tx| outbox::insert(tx, UnixMs(0), &message));
        async { write.await.is_ok() }
    };
    assert!(put(caption(CAPTION_LIMIT)).await);
    assert!(!put(caption(CAPTION_LIMIT + 1)).await);
    assert!(!put(Outgoing::file(1, long_order, Html::text("x"))).await);
}

/// What a handler was given for an event.
type Given = Option<Result<Vec<u8>, FileFault>>;

/// Wants the file of every document and of every callback that says so, and records what it was
/// given.
#[derive(Clone, Default)]
struct Reader(Arc<Mutex<Vec<Given>>>);

impl Handler for Reader {
    fn wants(&self, _: &Connection, event: &Event) -> anyhow::Result<Option<Wanted>> {
        let file_id = match &event.kind {
            EventKind::Document(document) => document.file_id.clone(),
            EventKind::Callback { data, .. } if data == "fails" => {
                anyhow::bail!("as the test wants")
            }
            EventKind::Callback { data, .. } if data == "apply" => "kept".to_owned(),
            _ => return Ok(None),
        };
        let at_most = 10;
        Ok(Some(Wanted { file_id, at_most }))
    }

    fn handle(
        &self,
        _: &WriteTx<'_>,
        _: &Event,
        file: Option<&Fetched>,
    ) -> anyhow::Result<Reaction> {
        let file = file.map(|file| file.as_ref().map(|bytes| bytes.to_vec()).map_err(|f| *f));
        self.0.lock().unwrap().push(file);
        Ok(Reaction::default())
    }

    fn apologise(&self, _: &WriteTx<'_>, _: &Event) -> anyhow::Result<Reaction> {
        Ok(Reaction::default())
    }

    fn put_aside(&self, _: &WriteTx<'_>, _: i64, _: i64) -> anyhow::Result<()> {
        Ok(())
    }
}

fn document(update_id: i64, file_id: &str) -> Value {
    json!({"update_id": update_id, "message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"},
        "from": {"id": 7, "is_bot": false, "first_name": "x"}, "document": {"file_id": file_id, "file_name": "a.csv"}}})
}

fn callback(update_id: i64, data: &str) -> Value {
    json!({"update_id": update_id, "callback_query": {"id": format!("q{update_id}"), "data": data,
        "from": {"id": 7, "is_bot": false, "first_name": "x"},
        "message": {"message_id": 5, "date": 0, "chat": {"id": 7, "type": "private"}}}})
}

/// What a handler was given for these updates, if the server answers downloads this way.
async fn given(
    batch: Vec<Value>,
    script: impl Fn(&Seen, usize) -> Option<Reply> + Send + Sync + 'static,
) -> Vec<Given> {
    let t = Store::new();
    let server = Server::start(&Tasks::new(), move |seen, before| {
        match (seen.method.as_str(), before) {
            ("getUpdates", 0) => Reply::Result(Value::Array(batch.clone())),
            _ => script(seen, before).unwrap_or_else(|| usual(seen, before)),
        }
    })
    .await;
    let reader = Reader::default();
    let telegram = Telegram::start(t.setup(server.api()), Arc::new(reader.clone()));
    t.until("SELECT count(*) > 0 AND count(done_at) = count(*) FROM inbox")
        .await;
    t.tasks.stop();
    assert!(telegram.drain().await);
    let given = reader.0.lock().unwrap();
    given.clone()
}

#[tokio::test]
async fn a_wanted_file_is_there_when_its_event_is_handled() {
    let batch = vec![
        document(1, "f"),
        callback(2, "apply"),
        callback(3, "no"),
        callback(4, "fails"),
    ];
    let given = given(batch, |seen, before| match (seen.method.as_str(), before) {
        ("getFile", 0) => Some(Reply::Raw(502, "<html>bad gateway</html>")),
        ("file_7.csv", 0) => Some(Reply::Drop),
        ("file_7.csv", _) => Some(Reply::Raw(200, "a;b")),
        _ => None,
    })
    .await;
    let there = || Some(Ok(b"a;b".to_vec()));
    assert_eq!(
        given,
        [there(), there(), None, Some(Err(FileFault::OutOfReach))]
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_fetched_is_a_value() {
    let refuse = |what| Reply::Refuse(400, what, Value::Null);
    let place = |path: &str| Reply::Result(json!({"file_id": "f", "file_path": path}));
    for (answer, fault) in [
        (refuse("Bad Request: file is too big"), FileFault::TooLarge),
        (refuse("Bad Request: invalid file_id"), FileFault::Gone),
        (place("../bot1/getMe"), FileFault::Gone),
        (place("/srv/telegram/documents/file_7.csv"), FileFault::Gone),
        (Reply::Result(json!({"file_id": "f"})), FileFault::Gone),
        (
            Reply::Result(json!({"file_size": 11, "file_path": "documents/file_7.csv"})),
            FileFault::TooLarge,
        ),
        (place("documents/large.csv"), FileFault::TooLarge),
        (place("documents/gone.csv"), FileFault::Gone),
    ] {
        let given = given(vec![document(1, "f")], move |seen, _| {
            match seen.method.as_str() {
                "getFile" => Some(answer.clone()),
                "large.csv" => Some(Reply::Raw(200, "more than ten bytes")),
                "gone.csv" => Some(Reply::Refuse(404, "Not Found", Value::Null)),
                _ => None,
            }
        })
        .await;
        assert_eq!(given, [Some(Err(fault))]);
    }
}

#[tokio::test]
async fn a_stop_while_a_file_is_fetched_leaves_the_update_for_the_next_start() {
    let t = Store::new();
    let server = Server::start(&Tasks::new(), |seen, before| {
        match (seen.method.as_str(), before) {
            ("getUpdates", 0) => Reply::Result(json!([document(1, "f")])),
            ("file_7.csv", 0) => Reply::Hang,
            ("file_7.csv", _) => Reply::Raw(200, "a;b"),
            _ => usual(seen, before),
        }
    })
    .await;
    let reader = Reader::default();
    let telegram = Telegram::start(t.setup(server.api()), Arc::new(reader.clone()));
    server.until("file_7.csv", 1).await;
    t.tasks.stop();
    assert!(telegram.drain().await);
    assert_eq!(*reader.0.lock().unwrap(), []);
    let setup = Setup {
        tasks: Tasks::new(),
        ..t.setup(server.api())
    };
    let tasks = setup.tasks.clone();
    let again = Telegram::start(setup, Arc::new(reader.clone()));
    t.until("SELECT count(*) = 1 FROM inbox WHERE done_at IS NOT NULL")
        .await;
    tasks.stop();
    assert!(again.drain().await);
    assert_eq!(*reader.0.lock().unwrap(), [Some(Ok(b"a;b".to_vec()))]);
}

#[tokio::test]
async fn a_file_takes_the_place_of_a_message_and_of_another_file() {
    let t = store().await;
    let server = Server::start(&Tasks::new(), |seen, before| match seen.method.as_str() {
        "editMessageMedia" => Reply::Result(json!({"message_id": 7, "photo": [{"file_id": "P"}]})),
        _ => usual(seen, before),
    })
    .await;
    let telegram = Telegram::start_without_poller(t.setup(server.api()));
    let recipe = |kind: fn(&str, &i32) -> anyhow::Result<Recipe>| kind("test", &5).unwrap();
    let kinds: [(&str, Recipe); 2] = [
        ("photo", recipe(Recipe::photo)),
        ("document", recipe(Recipe::document)),
    ];
    for (n, (kind, recipe)) in kinds.into_iter().enumerate() {
        let edit = Outgoing::file(1, recipe, Html::text("<now>")).in_place_of(7);
        let keyboard = Keyboard::new().row([Button::callback("b", "d").unwrap()]);
        put(&t, &telegram, edit.keyboard(keyboard)).await;
        let sent = form(&server.until("editMessageMedia", n + 1).await[n]);
        for part in [
            "name=\"message_id\"\r\n\r\n7".to_owned(),
            format!("name=\"{kind}\"; filename="),
            format!("\"media\":\"attach://{kind}\""),
            format!("\"type\":\"{kind}\""),
            "\"caption\":\"&lt;now&gt;\"".to_owned(),
            "{\"inline_keyboard\":[[{\"text\":\"b\",\"callback_data\":\"d\"}]]}".to_owned(),
        ] {
            assert!(sent.contains(&part), "{part} is not in {sent}");
        }
    }
    assert!(server.calls("sendPhoto").is_empty());
    assert!(telegram.drain().await);
}

//! Shared by the tests of this folder: a database on a temp file, and a scripted server.

use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use tokio::sync::watch;

use crate::clock::{Clock, UnixMs};
use crate::db::{WriteTx, testing};
use crate::people;
use crate::tasks::Tasks;

use crate::html::Html;
use crate::telegram::{
    Api, FileMakers, Made, Outgoing, Pace, Recipe, Remark, Setup, Telegram, outbox,
};

/// Long enough for a busy machine, short enough to notice a hang.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// The argument of a read, under its own name only in `inbox.rs` and `outbox.rs`.
type Connection = <WriteTx<'static> as Deref>::Target;

pub(crate) const TOKEN: &str = "123456789:AAsecretsecretsecretsecretsecret00";

pub(crate) struct Store {
    store: testing::Store,
    pub(crate) clock: Clock,
}

impl Deref for Store {
    type Target = testing::Store;

    fn deref(&self) -> &testing::Store {
        &self.store
    }
}

impl Store {
    pub(crate) fn new() -> Self {
        Self {
            store: testing::Store::new(),
            clock: Clock::set_to(UnixMs(1_000_000)),
        }
    }

    /// Waits until a query returns true.
    pub(crate) async fn until(&self, sql: &'static str) {
        // Twenty tests that query without a pause would starve the code they wait for.
        let mut look = tokio::time::interval(Duration::from_millis(5));
        let wait = async {
            loop {
                look.tick().await;
                let yes: Option<bool> = self
                    .read(move |c| Ok(c.query_row(sql, (), |row| row.get(0))?))
                    .await;
                if yes == Some(true) {
                    return;
                }
            }
        };
        let done = tokio::time::timeout(LIMIT, wait).await;
        assert!(done.is_ok(), "never true: {sql}");
    }

    /// Everything of Telegram, against this server.
    pub(crate) fn setup(&self, api: Api) -> Setup {
        Setup {
            api,
            db: self.db.clone(),
            clock: self.clock.clone(),
            tasks: self.tasks.clone(),
            remark: Arc::new(|language, remark| match remark {
                Remark::Unconfirmed(summaries) => {
                    Html::text(&format!("[{language}] perhaps: {}", summaries.join("; ")))
                }
                Remark::TopicGone => Html::text(&format!("[{language}] no topic")),
            }),
            file_makers: Arc::new(Letters),
            chat_moved: Arc::new(people::move_chat),
            tell_pause: Arc::new(|_, _, _| Ok(())),
            me: None,
            pace: Pace::default(),
        }
    }
}

/// Makes files of as many letters as asked; fails or panics on request.
struct Letters;

impl FileMakers for Letters {
    fn make(&self, _: &Connection, recipe: &Recipe) -> anyhow::Result<Made> {
        match recipe.maker() {
            "fails" => anyhow::bail!("as the test wants"),
            "panics" => panic!("as the test wants"),
            _ => {
                let bytes = vec![b'x'; recipe.order::<usize>()?].into();
                let name = "letters.txt".to_owned();
                Ok(Made { name, bytes })
            }
        }
    }

    fn sorry(&self, language: &str) -> Html {
        Html::text(&format!("[{language}] no file"))
    }

    fn put_aside(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        row: i64,
        chat_id: i64,
    ) -> anyhow::Result<()> {
        let words = Html::text(&format!("row {row} of {chat_id} is put aside"));
        outbox::insert(tx, now, &Outgoing::notice(1, words))?;
        Ok(())
    }
}

/// One call that the scripted server got.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// The parameters; null when they were a form.
    pub(crate) params: Value,
    /// The body as it came, for forms.
    pub(crate) raw: Vec<u8>,
}

impl Seen {
    pub(crate) fn chat(&self) -> i64 {
        self.params["chat_id"].as_i64().unwrap_or(0)
    }

    pub(crate) fn text(&self) -> &str {
        self.params["text"].as_str().unwrap_or_default()
    }
}

/// What the scripted server does with a call.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Result(Value),
    Refuse(u16, &'static str, Value),
    Raw(u16, &'static str),
    /// Success, cut in the middle.
    Cut,
    /// The connection is closed after the call was taken.
    Drop,
    /// No answer, ever.
    Hang,
}

/// A server that answers as its script says and remembers the calls.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    count: watch::Sender<usize>,
}

type Script = Arc<dyn Fn(&Seen, usize) -> Reply + Send + Sync>;

impl Server {
    /// `script` gets a call and the number of earlier calls of its method.
    pub(crate) async fn start(
        tasks: &Tasks,
        script: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            seen: Arc::default(),
            count: watch::channel(0).0,
        };
        let (state, script): (_, Script) = (server.clone(), Arc::new(script));
        let router = axum::Router::new().fallback(move |uri: Uri, body: Bytes| {
            let (state, script) = (state.clone(), Arc::clone(&script));
            async move { state.answer(&uri, &body, &script).await }
        });
        tasks.spawn("scripted-server", async move {
            axum::serve(listener, router).await.ok();
        });
        server
    }

    async fn answer(&self, uri: &Uri, body: &Bytes, script: &Script) -> Response {
        let seen = Seen {
            method: uri.path().rsplit('/').next().unwrap_or_default().to_owned(),
            params: serde_json::from_slice(body).unwrap_or_default(),
            raw: body.to_vec(),
        };
        let before = self.calls(&seen.method).len();
        self.seen.lock().unwrap().push(seen.clone());
        self.count.send_modify(|n| *n += 1);
        let json = |status: u16, value: Value| {
            let status = StatusCode::from_u16(status).unwrap();
            (status, value.to_string()).into_response()
        };
        match script(&seen, before) {
            Reply::Result(value) => json(200, serde_json::json!({"ok": true, "result": value})),
            Reply::Refuse(code, description, parameters) => json(
                code,
                serde_json::json!({"ok": false, "error_code": code, "description": description, "parameters": parameters}),
            ),
            Reply::Raw(status, text) => {
                (StatusCode::from_u16(status).unwrap(), text).into_response()
            }
            Reply::Cut => {
                let start = Bytes::from_static(br#"{"ok":true,"result":{"mess"#);
                let parts = [Ok(start), Err(std::io::Error::other("cut"))];
                axum::body::Body::from_stream(futures_util::stream::iter(parts)).into_response()
            }
            // Ends the connection's task without a word on stderr.
            Reply::Drop => std::panic::resume_unwind(Box::new(())),
            Reply::Hang => std::future::pending().await,
        }
    }

    /// The calls of one method so far.
    pub(crate) fn calls(&self, method: &str) -> Vec<Seen> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .filter(|s| s.method == method)
            .cloned()
            .collect()
    }

    /// Waits until a method was called that often, and returns the calls.
    pub(crate) async fn until(&self, method: &str, times: usize) -> Vec<Seen> {
        let mut count = self.count.subscribe();
        let wait = async {
            while self.calls(method).len() < times {
                count.changed().await.unwrap();
            }
        };
        let arrived = tokio::time::timeout(LIMIT, wait).await;
        let calls = self.calls(method);
        assert!(arrived.is_ok(), "{method} {times} times, but: {calls:#?}");
        calls
    }

    pub(crate) fn api(&self) -> Api {
        api(&self.url)
    }
}

pub(crate) fn api(url: &str) -> Api {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    Api::new(http, url, TOKEN.into())
}

/// The default answer to a method, for everything the script does not handle.
pub(crate) fn usual(seen: &Seen, before: usize) -> Reply {
    Reply::Result(match seen.method.as_str() {
        "getMe" => {
            serde_json::json!({"id": 1, "is_bot": true, "first_name": "V", "username": "VakhtaBot"})
        }
        "getUpdates" => return Reply::Hang,
        "getFile" => serde_json::json!({"file_id": "f", "file_path": "documents/file_7.csv"}),
        "sendMessage" | "sendPhoto" | "sendDocument" => {
            serde_json::json!({"message_id": 100 + before})
        }
        _ => Value::Bool(true),
    })
}

/// Makes a message durable and rings for it.
pub(crate) async fn put(t: &Store, telegram: &Telegram, message: Outgoing) {
    let now = t.clock.now();
    t.write(move |tx| outbox::insert(tx, now, &message))
        .await
        .unwrap();
    telegram.bell().ring();
}

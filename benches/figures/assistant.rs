//! Two hundred questions at once over HTTP, idle and during a run over 100,000 accounts; and how
//! long people wait for `/status` meanwhile.
//!
//! Each question has a connection and a token of its own, as from the programs of two hundred
//! people. Its time is from the first byte of the request to the last byte of the response. A
//! pretend endpoint answers the questions. It shares one thread of this process with the clients,
//! Telegram has another, and both take processor time from the program. The same crowd at a bare
//! server, which takes a question and forgets it, shows how much of the wait is only that.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use axum::http::StatusCode;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use vakhta::testing::app::{App, Options};
use vakhta::testing::clock::Clock;
use vakhta::testing::config::{Config, Source};
use vakhta::testing::db::Db;
use vakhta::testing::demo::PretendModel;
use vakhta::testing::demo::model::KEY;
use vakhta::testing::http_client;
use vakhta::testing::http_server::tokens;
use vakhta::testing::http_server::tokens::Scope;
use vakhta::testing::people;

use crate::roles::main_runtime;
use crate::status::{samples, telegram};
use crate::table::{self, ms, quantile, row};
use crate::world::{self, Site};

const ACCOUNTS: usize = 100_000;

/// Questions at once.
const AT_ONCE: i64 = 200;

/// The first of the people whose programs ask: each has a person and a token of its own.
const FIRST_PERSON: i64 = 50_000;

/// The crowds come again and again for as long as [`samples`] takes.
const LASTS: Duration = Duration::from_secs(60);

/// Between two crowds.
const PAUSE: Duration = Duration::from_millis(500);

/// The longest wait for an answer.
const LIMIT: Duration = Duration::from_secs(30);

pub(crate) fn measure() -> anyhow::Result<()> {
    let site = Site::start(ACCOUNTS)?;
    let (pretend, telegram, people) = telegram()?;
    let programs = programs()?;
    let model = programs.block_on(PretendModel::start())?;
    let mut rows = vec![row([&"", &"samples", &"p50", &"p99"])];
    main_runtime()?.block_on(async {
        let folder = world::folder()?;
        world::settle(folder.path(), 3, &site.url, &telegram.api_url())?;
        let config = config(folder.path(), telegram.token(), &model)?;
        let app = App::start(config, Options::bot(false)).await?;
        let db = app.db().clone();
        world::fill(&db, ACCOUNTS).await?;
        let tokens = tokens_of_programs(&db).await?;
        let address = app.http().context("the server listens")?;
        let ours = format!("http://{address}/api/chat/");
        let (bare, _serves) = bare_server().await?;

        let status = pretend.spawn(samples(people.clone())).await??;
        show(&mut rows, "/status, idle", status);
        let taken = programs
            .spawn(crowds(ours.clone(), Arc::clone(&tokens)))
            .await??;
        show(&mut rows, "200 questions at once, idle", taken);
        for (where_to, url) in [("a bare server", bare), ("Vakhta", ours)] {
            let asking = programs.spawn(crowds(url, Arc::clone(&tokens)));
            let status = pretend.spawn(samples(people.clone()));
            while !(asking.is_finished() && status.is_finished()) {
                world::run_everything(&db, || app.ring_watch()).await?;
            }
            let who = format!("sweep, 200 questions to {where_to}");
            show(&mut rows, &who, asking.await??);
            show(&mut rows, "/status meanwhile", status.await??);
        }
        drop(db);
        app.run_until(std::future::ready(())).await;
        anyhow::Ok(())
    })?;
    table::print(
        "Questions over HTTP are taken (promised: p99 within 50 ms)",
        &rows,
    );
    Ok(())
}

/// The runtime of the clients and the endpoint.
fn programs() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
}

/// A server beside the bot, on its runtime, that takes every question and does nothing: its
/// address, and what ends it.
async fn bare_server() -> anyhow::Result<(String, JoinSet<std::io::Result<()>>)> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let taken = axum::routing::post(async || StatusCode::ACCEPTED);
    let routes = axum::Router::new().route("/", taken);
    let mut serves = JoinSet::new();
    serves.spawn(axum::serve(listener, routes).into_future());
    Ok((format!("http://{address}/"), serves))
}

/// A token for each program.
async fn tokens_of_programs(db: &Db) -> anyhow::Result<Arc<[String]>> {
    let made = db.write(|tx| {
        let now = Clock::system().now();
        let people = FIRST_PERSON..FIRST_PERSON + AT_ONCE;
        people
            .map(|person| {
                people::admit(tx, now, person)?;
                let token = tokens::make()?;
                tokens::add(tx, now, &token, "bench", person, &[Scope::Chat])?;
                Ok(token)
            })
            .collect()
    });
    made.await
}

fn show(rows: &mut Vec<Vec<String>>, what: &str, mut samples: Vec<Duration>) {
    let (p50, p99) = (quantile(&mut samples, 0.5), quantile(&mut samples, 0.99));
    rows.push(row([&what, &samples.len(), &ms(p50), &ms(p99)]));
}

/// What [`world::settle`] wrote, plus the assistant.
fn config(folder: &Path, token: &str, model: &PretendModel) -> anyhow::Result<Config> {
    let path = folder.join("bot.toml");
    let text = std::fs::read_to_string(&path)?;
    let further = format!(
        "[http]\nlisten = \"127.0.0.1:0\"\n[assistant]\nenabled = true\nurl = \"{}\"\nmost_open = 10000\nper_person = 4\nper_minute = 100000\n\
         daily_tokens = 0\ndaily_cents = 0\n",
        model.url()
    );
    let source = Source {
        path,
        text: text + &further,
        environment: [
            ("TELEGRAM_TOKEN".to_owned(), token.to_owned()),
            ("ASSISTANT_API_KEY".to_owned(), KEY.to_owned()),
        ]
        .into(),
    };
    Config::load(&source)
        .map_err(|problems| anyhow::anyhow!("{:?}", problems.iter().collect::<Vec<_>>()))
}

/// Two hundred at once, again and again; how long each question waited to be accepted.
async fn crowds(url: String, tokens: Arc<[String]>) -> anyhow::Result<Vec<Duration>> {
    let client = http_client::own_client(LIMIT)?;
    let mut waited = Vec::new();
    let mut pace = tokio::time::interval(PAUSE);
    let began = Instant::now();
    while began.elapsed() < LASTS {
        pace.tick().await;
        let mut asked = JoinSet::new();
        for token in tokens.iter() {
            let request = client
                .post(&url)
                .bearer_auth(token)
                .body("{\"message\": \"Why is the sea salt?\"}");
            asked.spawn(async move {
                let began = Instant::now();
                let answer = request.send().await?;
                let status = answer.status();
                answer.bytes().await?;
                anyhow::ensure!(status == 202, "a question was not taken: {status}");
                Ok(began.elapsed())
            });
        }
        for one in asked.join_all().await {
            waited.push(one?);
        }
    }
    Ok(waited)
}

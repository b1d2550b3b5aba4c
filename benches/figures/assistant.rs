//! Two hundred questions at once over HTTP, idle and while a sweep over 100,000 accounts runs; and how long people wait for
//! `/status` meanwhile.
//!
//! Each question comes on a connection of its own, as from two hundred programs, and counts from the first byte of the request
//! to the last of the answer. A pretend endpoint answers the questions; it and the clients are on one thread of this process,
//! Telegram is on another, and both take processor time from the program. What of a longer wait is only that shows the same
//! crowd at a bare server that takes a question and forgets it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use axum::http::StatusCode;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use vakhta::app::{App, Options};
use vakhta::config::{Config, Source};
use vakhta::demo::PretendModel;
use vakhta::demo::model::KEY;
use vakhta::http;
use vakhta::web::tokens::{self, Scope};

use crate::roles::main_runtime;
use crate::status::{samples, telegram};
use crate::table::{self, ms, quantile, row};
use crate::world::{self, Site};

const ACCOUNTS: usize = 100_000;

/// Questions at once.
const AT_ONCE: usize = 200;

/// How long so many come again and again: as long as [`samples`] takes.
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
        let made = db.write(|tx| {
            let now = vakhta::clock::Clock::system().now();
            tokens::add(tx, now, "bench", world::ADMIN, &[Scope::Chat])
        });
        let (_, token) = made.await?;
        let address = app.http().context("the server listens")?;
        let ours = format!("http://{address}/api/chat/");
        let (bare, _serves) = bare_server().await?;

        let status = pretend.spawn(samples(people.clone())).await??;
        show(&mut rows, "/status, idle", status);
        let taken = programs
            .spawn(crowds(ours.clone(), token.clone()))
            .await??;
        show(&mut rows, "200 questions at once, idle", taken);
        for (where_to, url) in [("a bare server", bare), ("Vakhta", ours)] {
            let asking = programs.spawn(crowds(url, token.clone()));
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

/// Where the clients and the endpoint are.
fn programs() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
}

/// A server beside the bot on its runtime that takes every question and does nothing with it: its address, and what ends it.
async fn bare_server() -> anyhow::Result<(String, JoinSet<std::io::Result<()>>)> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let taken = axum::routing::post(async || StatusCode::ACCEPTED);
    let routes = axum::Router::new().route("/", taken);
    let mut serves = JoinSet::new();
    serves.spawn(axum::serve(listener, routes).into_future());
    Ok((format!("http://{address}/"), serves))
}

fn show(rows: &mut Vec<Vec<String>>, what: &str, mut samples: Vec<Duration>) {
    let (p50, p99) = (quantile(&mut samples, 0.5), quantile(&mut samples, 0.99));
    rows.push(row([&what, &samples.len(), &ms(p50), &ms(p99)]));
}

/// What [`world::settle`] wrote, with the assistant.
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

/// Two hundred at once, again and again; how long each question waited until it was taken.
async fn crowds(url: String, token: String) -> anyhow::Result<Vec<Duration>> {
    let client = http::own_client(LIMIT)?;
    let mut waited = Vec::new();
    let mut pace = tokio::time::interval(PAUSE);
    let began = Instant::now();
    while began.elapsed() < LASTS {
        pace.tick().await;
        let mut asked = JoinSet::new();
        for number in 0..AT_ONCE {
            let request = client
                .post(&url)
                .bearer_auth(&token)
                .body(format!("{{\"message\": \"question {number}\"}}"));
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

//! Two hundred questions at once over HTTP, idle and while a sweep over 100,000 accounts runs; and how long people wait for
//! `/status` meanwhile.
//!
//! Each question comes on a connection of its own, as from two hundred programs, and counts from the first byte of the request
//! to the last of the answer. A pretend endpoint answers the questions; it, Telegram and the clients are on a thread of their
//! own in this process, whose work is part of what is waited for.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
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

/// How often so many come.
const ROUNDS: usize = 10;

/// Between two rounds.
const PAUSE: Duration = Duration::from_millis(500);

/// The longest wait for an answer.
const LIMIT: Duration = Duration::from_secs(30);

pub(crate) fn measure() -> anyhow::Result<()> {
    let site = Site::start(ACCOUNTS)?;
    let (pretend, telegram, people) = telegram()?;
    let model = pretend.block_on(PretendModel::start())?;
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
        let url = format!("http://{address}/api/chat/");

        let status = pretend.spawn(samples(people.clone())).await??;
        show(&mut rows, "/status, idle", status);
        let accepted = pretend.spawn(rounds(url.clone(), token.clone())).await??;
        show(&mut rows, "200 questions at once, idle", accepted);
        let asking = pretend.spawn(rounds(url, token));
        let status = pretend.spawn(samples(people));
        while !(asking.is_finished() && status.is_finished()) {
            world::run_everything(&db, || app.ring_watch()).await?;
        }
        show(&mut rows, "200 questions at once, sweep", asking.await??);
        show(&mut rows, "/status, sweep and questions", status.await??);
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

fn show(rows: &mut Vec<Vec<String>>, what: &str, mut samples: Vec<Duration>) {
    let (p50, p99) = (quantile(&mut samples, 0.5), quantile(&mut samples, 0.99));
    rows.push(row([&what, &samples.len(), &ms(p50), &ms(p99)]));
}

/// What [`world::settle`] wrote, with the assistant.
fn config(folder: &Path, token: &str, model: &PretendModel) -> anyhow::Result<Config> {
    let path = folder.join("bot.toml");
    let text = std::fs::read_to_string(&path)?;
    let further = format!(
        "[http]\nlisten = \"127.0.0.1:0\"\n[assistant]\nenabled = true\nurl = \"{}\"\nmost_open = 10000\nper_minute = 100000\n\
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

/// How long each question waited until it was taken.
async fn rounds(url: String, token: String) -> anyhow::Result<Vec<Duration>> {
    let client = http::own_client(LIMIT)?;
    let mut waited = Vec::new();
    let mut pace = tokio::time::interval(PAUSE);
    for _ in 0..ROUNDS {
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

//! How long a person waits for the reply to `/status`, idle and during a run over 100,000 accounts.
//!
//! People ask one after the other at a steady pace below Telegram's own limits, each in a private
//! chat. The bare loop beside it (long poll, send, nothing stored) shows what the protocol costs.
//! With a bare checking loop on a thread of the same process, it also shows how much of the
//! difference is only a busy processor.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use vakhta::testing::app::{App, Options};
use vakhta::testing::demo::{Person, PretendTelegram};
use vakhta::testing::http_client;

use crate::roles::{ask_all, main_runtime};
use crate::table::{self, ms, quantile, row};
use crate::world::{self, Site};

const ACCOUNTS: usize = 100_000;

/// The default, and so many that the processor is the limit.
const WORKERS: [usize; 2] = [3, 32];

/// Time between two requests: 16 a second, where Telegram allows 25 messages, so that Telegram's
/// rate is not what is measured.
const PACE: Duration = Duration::from_millis(62);

/// Requests of each person: enough for the slowest hundredth to be ten replies.
const ROUNDS: usize = 3;

/// The longest wait for an answer.
const LIMIT: Duration = Duration::from_secs(30);

pub(crate) fn measure() -> anyhow::Result<()> {
    let site = Site::start(ACCOUNTS)?;
    let mut rows = vec![row([
        &"answers to /status",
        &"samples",
        &"p50",
        &"p99",
        &"p99 to idle",
    ])];
    for workers in WORKERS {
        let (idle, busy) = bot(&site, workers)?;
        show(&mut rows, &format!("Vakhta, {workers} workers"), idle, busy);
        let (idle, busy) = bare(&site, workers)?;
        show(
            &mut rows,
            &format!("bare loop, {workers} workers"),
            idle,
            busy,
        );
    }
    table::print(
        &format!("/status, idle and while a sweep over {ACCOUNTS} accounts runs"),
        &rows,
    );
    Ok(())
}

fn show(rows: &mut Vec<Vec<String>>, who: &str, mut idle: Vec<Duration>, mut busy: Vec<Duration>) {
    let limit = quantile(&mut idle, 0.99);
    for (when, samples) in [("idle", &mut idle), ("sweep", &mut busy)] {
        let (p50, p99) = (quantile(samples, 0.5), quantile(samples, 0.99));
        let ratio = p99.as_secs_f64() / limit.as_secs_f64();
        rows.push(row([
            &format!("{who}: {when}"),
            &samples.len(),
            &ms(p50),
            &ms(p99),
            &format!("{ratio:.2}"),
        ]));
    }
}

/// The whole bot, idle and during a run.
fn bot(site: &Site, workers: usize) -> anyhow::Result<(Vec<Duration>, Vec<Duration>)> {
    let (pretend, telegram, people) = telegram()?;
    main_runtime()?.block_on(async {
        let folder = world::folder()?;
        world::settle(folder.path(), workers, &site.url, &telegram.api_url())?;
        let config = world::config(folder.path(), Some(telegram.token()))?;
        let app = App::start(config, Options::bot(false)).await?;
        let db = app.db().clone();
        world::fill(&db, ACCOUNTS).await?;
        let idle = pretend.spawn(samples(people.clone())).await??;
        let asking = pretend.spawn(samples(people));
        while !asking.is_finished() {
            world::run_everything(&db, || app.ring_watch()).await?;
        }
        let busy = asking.await??;
        drop(db);
        app.run_until(std::future::ready(())).await;
        Ok((idle, busy))
    })
}

/// A bot that only replies, idle and beside a checking loop on a thread of its own.
fn bare(site: &Site, workers: usize) -> anyhow::Result<(Vec<Duration>, Vec<Duration>)> {
    let (pretend, telegram, people) = telegram()?;
    let answers = main_runtime()?;
    answers.spawn(answer(format!(
        "{}/bot{}",
        telegram.api_url(),
        telegram.token()
    )));
    let idle = pretend.block_on(samples(people.clone()))?;
    let asking = pretend.spawn(samples(people));
    let url = site.url.clone();
    let checks = std::thread::Builder::new()
        .name("checks".to_owned())
        .spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            while !asking.is_finished() {
                runtime.block_on(ask_all(ACCOUNTS, workers, &url))?;
            }
            anyhow::Ok(asking)
        })?;
    let asking = checks
        .join()
        .map_err(|_| anyhow::anyhow!("the checks panicked"))??;
    let busy = pretend.block_on(asking)??;
    answers.shutdown_background();
    Ok((idle, busy))
}

/// A pretend Telegram on a thread of its own, and the people in it.
pub(crate) fn telegram() -> anyhow::Result<(Runtime, PretendTelegram, Vec<Person>)> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let telegram = runtime.block_on(PretendTelegram::start())?;
    telegram.person(world::ADMIN, "Admin", "en").knows_bot();
    let people = world::owners()
        .map(|id| telegram.person(id, "Owner", "en"))
        .collect::<Vec<_>>();
    people.iter().for_each(Person::knows_bot);
    Ok((runtime, telegram, people))
}

/// Everybody asks three times, one after the other; how long each waited.
pub(crate) async fn samples(people: Vec<Person>) -> anyhow::Result<Vec<Duration>> {
    let mut asked = JoinSet::new();
    let mut pace = tokio::time::interval(PACE);
    for person in std::iter::repeat_n(people, ROUNDS).flatten() {
        pace.tick().await;
        asked.spawn(async move {
            person.skips_unread();
            let began = Instant::now();
            person.writes("/status");
            person.next_reply(LIMIT).await.map(|_| began.elapsed())
        });
    }
    asked.join_all().await.into_iter().collect()
}

/// Answers everything with a few words, until it is dropped.
async fn answer(api: String) -> anyhow::Result<()> {
    let client = http_client::telegram_client()?;
    let mut offset = 0;
    loop {
        let poll = json!({ "offset": offset, "timeout": 25 });
        let batch: Value = client
            .post(format!("{api}/getUpdates"))
            .json(&poll)
            .send()
            .await?
            .json()
            .await?;
        for update in batch
            .get("result")
            .and_then(Value::as_array)
            .context("updates")?
        {
            offset = update
                .get("update_id")
                .and_then(Value::as_i64)
                .context("its number")?
                + 1;
            let chat = update.pointer("/message/chat/id");
            let reply = json!({ "chat_id": chat, "text": "status" });
            client
                .post(format!("{api}/sendMessage"))
                .json(&reply)
                .send()
                .await?
                .text()
                .await?;
        }
    }
}

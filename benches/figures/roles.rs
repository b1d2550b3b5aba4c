//! What this program does as a separate process: the pretend site, the watch, the bare loop, the
//! bare start.

use std::io::Read as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use vakhta::testing::app::{App, Options};
use vakhta::testing::db::InstanceLock;
use vakhta::testing::demo::{Behaviour, PretendSite};
use vakhta::testing::http_client;
use vakhta::testing::http_client::SiteClientConfig;

use crate::{process, world};

/// Serves the pretend site until standard input ends.
pub(crate) fn site(accounts: usize) -> anyhow::Result<()> {
    // One thread serves, and this one waits.
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let site = runtime.block_on(PretendSite::start())?;
    site.record(false);
    for number in (0..accounts).filter(|number| world::is_found(*number)) {
        site.set(world::SITE, &world::username(number), Behaviour::Exists);
    }
    println!("{}", site.url());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// One run of the whole program without Telegram.
pub(crate) fn watch(accounts: usize, workers: usize, site: &str) -> anyhow::Result<()> {
    main_runtime()?.block_on(async {
        let folder = world::folder()?;
        world::settle(folder.path(), workers, site, "http://127.0.0.1:1")?;
        let config = world::config(folder.path(), None)?;
        let lock = InstanceLock::take(&config.database)?.context("take the database")?;
        let app = App::start(config, Options::one_run(lock)).await?;
        let db = app.db().clone();
        world::fill(&db, accounts).await?;
        let spent = Spent::begin()?;
        let run = world::run_everything(&db, || app.ring_watch()).await?;
        spent.tell()?;
        let checked = usize::try_from(run.counts.checked())?;
        anyhow::ensure!(
            checked == accounts,
            "{checked} of {accounts} accounts were checked"
        );
        drop(db);
        app.run_until(std::future::ready(())).await;
        Ok(())
    })
}

/// The same requests with nothing around them.
pub(crate) fn bare_loop(accounts: usize, workers: usize, site: &str) -> anyhow::Result<()> {
    Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let spent = Spent::begin()?;
            ask_all(accounts, workers, site).await?;
            spent.tell()
        })
}

/// Requests every account with this many workers, as often as the watch does.
pub(crate) async fn ask_all(accounts: usize, workers: usize, site: &str) -> anyhow::Result<()> {
    let client = http_client::site_client(&SiteClientConfig {
        timeout: Duration::from_secs(10),
        allow_private_targets: true,
        user_agent: http_client::DEFAULT_USER_AGENT.to_owned(),
    })?;
    let next = Arc::new(AtomicUsize::new(0));
    let mut running = JoinSet::new();
    for _ in 0..workers {
        let (client, next, site) = (client.clone(), Arc::clone(&next), site.to_owned());
        running.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= accounts {
                    return anyhow::Ok(());
                }
                // A found account is requested twice, because the watch confirms it.
                for _ in 0..if world::is_found(number) { 2 } else { 1 } {
                    let url = format!("{site}/{}/{}", world::SITE, world::username(number));
                    let answer = client.get(url).send().await?;
                    answer.text().await?;
                }
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    Ok(())
}

/// The least that a bot can do before its first `getUpdates`: a runtime, a client, one call.
pub(crate) fn bare_start(api: &str) -> anyhow::Result<()> {
    main_runtime()?.block_on(async {
        let client = http_client::telegram_client()?;
        client
            .post(format!("{api}/getMe"))
            .json(&json!({}))
            .send()
            .await?;
        client
            .post(format!("{api}/getUpdates"))
            .json(&json!({ "timeout": 50 }))
            .send()
            .await?;
        Ok(())
    })
}

/// The main runtime as the program makes it.
pub(crate) fn main_runtime() -> std::io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(4)
        .enable_all()
        .build()
}

/// Time, processor time and memory between two moments of this process.
struct Spent {
    began: Instant,
    cpu: Duration,
}

impl Spent {
    fn begin() -> anyhow::Result<Self> {
        process::forget_peak(std::process::id());
        Ok(Self {
            began: Instant::now(),
            cpu: process::cpu(std::process::id())?,
        })
    }

    fn tell(&self) -> anyhow::Result<()> {
        let took = self.began.elapsed().as_secs_f64();
        let cpu = process::cpu(std::process::id())?
            .saturating_sub(self.cpu)
            .as_secs_f64();
        println!("{took} {cpu} {}", process::peak(std::process::id())?);
        Ok(())
    }
}

//! The world of the figures: a folder on a real disk, accounts, and a pretend site in a separate
//! process.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use vakhta::testing::clock::{Clock, UnixMs};
use vakhta::testing::config::{Config, Source};
use vakhta::testing::db::Db;
use vakhta::testing::demo::world;
use vakhta::testing::people;
use vakhta::testing::slices::watch::model::account::{RunScope, RunState};
use vakhta::testing::slices::watch::store;
use vakhta::testing::slices::watch::store::{NewAccount, RunProgress};

pub(crate) const SITE: &str = "bench";

/// The admin, who is told about every run.
pub(crate) const ADMIN: i64 = 100;

/// The first owner of accounts; the others follow.
pub(crate) const FIRST_OWNER: i64 = 1_000;

/// Owners of the accounts; they also ask for the status.
pub(crate) const OWNERS: usize = 320;

/// One account in this many exists.
const FOUND_EVERY: usize = 100;

/// Accounts added in one transaction.
const PORTION: usize = 2_000;

/// The shortest and the longest pause between two checks whether a run is over. Each check costs
/// the program as much as a few probes.
const PAUSES: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(100));

pub(crate) fn username(number: usize) -> String {
    format!("name_{number:06}")
}

/// Whether an account exists.
pub(crate) fn is_found(number: usize) -> bool {
    number.is_multiple_of(FOUND_EVERY)
}

/// A new folder beside the build, which is on a disk; /tmp may be memory.
pub(crate) fn folder() -> anyhow::Result<tempfile::TempDir> {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).context("make a folder")
}

/// Writes the catalogue and the configuration: no pauses between requests, so that the program is
/// measured, and no schedule that would interfere.
pub(crate) fn settle(folder: &Path, workers: usize, site: &str, api: &str) -> anyhow::Result<()> {
    let catalogue = format!(
        "[[site]]\nkey = \"{SITE}\"\nname = \"Bench\"\nurl = \"https://bench.example/{{name}}\"\n\
         probe = \"{site}/{SITE}/{{name}}\"\nname_pattern = \"[a-z0-9_]{{1,32}}\"\n\
         exists = {{ status = [200], text = [\"profile of\"] }}\nmissing = {{ status = [404], text = [] }}\n\
         control = \"{}\"\n",
        username(0)
    );
    let schedule = &*world::QUIET_SCHEDULE;
    let config = format!(
        "[telegram]\napi_url = \"{api}\"\nadmins = [{ADMIN}]\n[database]\npath = \"bench.db\"\n\
         [watch]\nschedule = \"{schedule}\"\nrun_at_start = false\nworkers = {workers}\nper_site = {workers}\n\
         min_gap = \"0s\"\nconfirmations = 2\nconfirm_delay = \"0s\"\n\
         [sites]\ncatalogues = [\"sites.toml\"]\nallow_private_targets = true\n[log]\nlevel = \"warn\"\n"
    );
    std::fs::write(folder.join("sites.toml"), catalogue)?;
    std::fs::write(folder.join("bot.toml"), config)?;
    Ok(())
}

/// The configuration [`settle`] wrote.
pub(crate) fn config(folder: &Path, token: Option<&str>) -> anyhow::Result<Config> {
    let path = folder.join("bot.toml");
    let token = token.map(|token| ("TELEGRAM_TOKEN".to_owned(), token.to_owned()));
    let source = Source {
        text: std::fs::read_to_string(&path)?,
        path,
        environment: token.into_iter().collect(),
    };
    Config::load(&source)
        .map_err(|problems| anyhow::anyhow!("{:?}", problems.iter().collect::<Vec<_>>()))
}

/// Adds pending accounts, spread among the owners.
pub(crate) async fn fill(db: &Db, accounts: usize) -> anyhow::Result<()> {
    let now = Clock::system().now();
    db.write(move |tx| owners().try_for_each(|owner| people::admit(tx, now, owner)))
        .await?;
    for first in (0..accounts).step_by(PORTION) {
        let numbers = first..accounts.min(first + PORTION);
        db.write(move |tx| {
            numbers
                .into_iter()
                .try_for_each(|number| add(tx, now, number))
        })
        .await?;
    }
    Ok(())
}

fn add(tx: &vakhta::testing::db::WriteTx<'_>, now: UnixMs, number: usize) -> anyhow::Result<()> {
    let owner_id = owners().nth(number % OWNERS).context("there are owners")?;
    let new = NewAccount::new(owner_id, SITE, &username(number), 30);
    store::add(tx, now, &new)?;
    Ok(())
}

/// The numbers of the owners.
pub(crate) fn owners() -> impl Iterator<Item = i64> {
    (FIRST_OWNER..).take(OWNERS)
}

/// Asks for a run over everything, rings for it and waits for its end.
pub(crate) async fn run_everything(db: &Db, ring: impl FnOnce()) -> anyhow::Result<RunProgress> {
    let now = Clock::system().now();
    let request = db
        .write(move |tx| store::ask(tx, now, RunScope::All, None))
        .await?;
    ring();
    let began = Instant::now();
    loop {
        let progress = db.read(move |c| {
            let run = store::request_run(c, request)?;
            run.map(|run| store::progress(c, run)).transpose()
        });
        let progress = progress.await?;
        if let Some(progress) = progress.as_ref().filter(|run| run.ended_at.is_some()) {
            anyhow::ensure!(progress.state == RunState::Done, "the run was cut short");
            anyhow::ensure!(
                progress.counts.errors == 0,
                "the run had errors: {progress:?}"
            );
            return Ok(progress.clone());
        }
        // Half of the estimated time left.
        let (checked, total) = progress.map_or((0, 1), |run| (run.counts.checked(), run.total));
        let left = total.saturating_sub(checked) as f64 / checked.max(1) as f64 / 2.0;
        let pause = began.elapsed().mul_f64(left).clamp(PAUSES.0, PAUSES.1);
        tokio::time::sleep(pause).await;
    }
}

/// This program again, in another role.
pub(crate) fn role(words: &[&str]) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("role").args(words);
    Ok(command)
}

/// The pretend site in a separate process, so that its work does not count as ours. It ends when
/// this value is dropped.
pub(crate) struct Site {
    pub(crate) url: String,
    child: Child,
    stdin: Option<ChildStdin>,
}

impl Site {
    pub(crate) fn start(accounts: usize) -> anyhow::Result<Self> {
        let mut command = role(&["site", &accounts.to_string()])?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = child.stdin.take();
        let mut url = String::new();
        BufReader::new(child.stdout.take().context("hear of the site")?).read_line(&mut url)?;
        Ok(Self {
            url: url.trim().to_owned(),
            child,
            stdin,
        })
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // The site ends when its standard input does.
        self.stdin.take();
        self.child.wait().ok();
    }
}

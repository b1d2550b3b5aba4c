//! Start, memory and processor time of the real program against a pretend Telegram.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::runtime::{Builder, Runtime};
use vakhta::testing::db::Db;
use vakhta::testing::demo::PretendTelegram;
use vakhta::testing::tasks::Tasks;

use crate::table::{self, mb, median, row};
use crate::world::{self, Site};
use crate::{process, roles};

const ACCOUNTS: usize = 10_000;

/// Workers of the run: more than the default, so that it ends soon.
const WORKERS: usize = 32;

const STARTS: usize = 20;

/// Work after the start (menus, the first checkpoint of the database) is over by then.
const SETTLED: Duration = Duration::from_secs(5);

const IDLE: Duration = Duration::from_secs(30);

const LIMIT: Duration = Duration::from_secs(30);

pub(crate) fn measure() -> anyhow::Result<()> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let site = Site::start(ACCOUNTS)?;
    let folder = world::folder()?;
    world::settle(folder.path(), WORKERS, &site.url, "http://127.0.0.1:1")?;
    fill(&world::config(folder.path(), None)?.database)?;

    let mut starts = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let (program, took) = Program::start(&runtime, folder.path(), &site, What::Usual)?;
        drop(program);
        starts.0.push(took);
        let (bare, took) = Program::start(&runtime, folder.path(), &site, What::Bare)?;
        drop(bare);
        starts.1.push(took);
    }
    let mut rows = vec![row([&"", &"promised", &"Vakhta", &"bare client"])];
    let (start, bare) = (median(starts.0), median(starts.1));
    let ms = |seconds: f64| format!("{:.1} ms", seconds * 1_000.0);
    rows.push(row([
        &"start to the first getUpdates, median of 20",
        &"50 ms",
        &ms(start),
        &ms(bare),
    ]));

    let (bare, _) = Program::start(&runtime, folder.path(), &site, What::Bare)?;
    let (program, _) = Program::start(&runtime, folder.path(), &site, What::Usual)?;
    pause(SETTLED);
    let memory = |of: &Program| process::resident(of.pid()).map(mb);
    rows.push(row([
        &"memory, idle",
        &"15 MB",
        &memory(&program)?,
        &memory(&bare)?,
    ]));
    drop(program);
    let (with_cards, _) = Program::start(&runtime, folder.path(), &site, What::Cards)?;
    pause(SETTLED);
    rows.push(row([
        &"memory, idle, with product cards",
        &"15 MB",
        &memory(&with_cards)?,
        &"",
    ]));
    drop(with_cards);
    let (program, _) = Program::start(&runtime, folder.path(), &site, What::Usual)?;
    pause(SETTLED);
    rows.push(row([
        &"threads",
        &"",
        &process::thread_count(program.pid())?,
        &process::thread_count(bare.pid())?,
    ]));
    let before = [
        process::threads(program.pid())?,
        process::threads(bare.pid())?,
    ];
    pause(IDLE);
    let after = [
        process::threads(program.pid())?,
        process::threads(bare.pid())?,
    ];
    let [(cpu, wakes), (bare_cpu, bare_wakes)] = [0, 1].map(|of| used(&before, &after, of));
    rows.push(row([
        &"processor, idle",
        &"not measurable",
        &cpu,
        &bare_cpu,
    ]));
    rows.push(row([&"wake-ups, idle", &"", &wakes, &bare_wakes]));

    program.check_now(folder.path())?;
    pause(SETTLED);
    rows.push(row([
        &"memory after a sweep over 10,000",
        &"25 MB",
        &memory(&program)?,
        &"",
    ]));
    rows.push(row([
        &"most memory in it",
        &"",
        &mb(process::peak(program.pid())?),
        &"",
    ]));
    table::print("The real program", &rows);
    Ok(())
}

/// A share of one processor and wake-ups per second.
fn used(
    before: &[(Duration, u64); 2],
    after: &[(Duration, u64); 2],
    of: usize,
) -> (String, String) {
    let ((cpu_then, wakes_then), (cpu, wakes)) = match of {
        0 => (before[0], after[0]),
        _ => (before[1], after[1]),
    };
    let share = cpu.saturating_sub(cpu_then).as_secs_f64() / IDLE.as_secs_f64();
    let wakes = wakes.saturating_sub(wakes_then) as f64 / IDLE.as_secs_f64();
    (format!("{:.3} %", share * 100.0), format!("{wakes:.1}/s"))
}

/// The program has to idle for a while, so this is a wait and not a condition.
#[expect(
    clippy::disallowed_methods,
    reason = "doing nothing for a while is what is measured"
)]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

fn fill(database: &Path) -> anyhow::Result<()> {
    roles::main_runtime()?.block_on(async {
        let (db, end) = Db::open(database, &Tasks::new())?;
        world::fill(&db, ACCOUNTS).await?;
        drop(db);
        end.wait(LIMIT).await;
        Ok(())
    })
}

/// What is started.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// The program without a configuration of its own.
    Usual,
    /// With product cards.
    Cards,
    /// A client that only polls.
    Bare,
}

/// A running program with a pretend Telegram of its own; stopped in order at the end.
struct Program {
    child: Child,
    token: String,
    _telegram: PretendTelegram,
}

impl Program {
    /// Starts it; how long until it polls for updates.
    fn start(
        runtime: &Runtime,
        folder: &Path,
        site: &Site,
        what: What,
    ) -> anyhow::Result<(Self, f64)> {
        let telegram = runtime.block_on(PretendTelegram::start())?;
        telegram.person(world::ADMIN, "Admin", "en").knows_bot();
        let token = telegram.token().to_owned();
        let mut command = if what == What::Bare {
            world::role(&["start", &format!("{}/bot{token}", telegram.api_url())])?
        } else {
            world::settle(folder, WORKERS, &site.url, &telegram.api_url())?;
            vakhta(folder, &token)
        };
        if what == What::Cards {
            command.env("VAKHTA_CARDS_ENABLED", "true");
        }
        command.stdout(Stdio::null());
        let began = Instant::now();
        let child = command.spawn()?;
        let polled = telegram.wait_until("the first getUpdates", LIMIT, PretendTelegram::is_polled);
        runtime.block_on(polled)?;
        Ok((
            Self {
                child,
                token,
                _telegram: telegram,
            },
            began.elapsed().as_secs_f64(),
        ))
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Starts a run from the command line, as an operator would.
    fn check_now(&self, folder: &Path) -> anyhow::Result<()> {
        let status = vakhta(folder, &self.token)
            .arg("--check-now")
            .stdout(Stdio::null())
            .status()?;
        anyhow::ensure!(status.success(), "the check failed");
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.pid()).ok().and_then(Pid::from_raw) {
            kill_process(pid, Signal::TERM).ok();
        }
        self.child.wait().ok();
    }
}

/// The real program, not yet started.
pub(crate) fn vakhta(folder: &Path, token: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vakhta"));
    command
        .arg("--config")
        .arg(folder.join("bot.toml"))
        .env("VAKHTA_TELEGRAM_TOKEN", token);
    command
}

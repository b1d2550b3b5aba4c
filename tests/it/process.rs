//! Runs the real binary as a child process, against a pretend Telegram and a pretend site in this
//! process.
//!
//! A child inherits only the environment variables in [`TAKEN_OVER`]. No child outlives its test: a
//! dropped [`Process`] is killed.

#![expect(clippy::panic, reason = "a wait in vain is a failed test")]

use std::future::Future;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::watch;
use vakhta::testing::demo::{Person, PretendSite, PretendTelegram, world};

use crate::harness::{ADMIN, LIMIT};

/// The variables a child inherits: the search path, and the clock and zone of `.ci/moved-clock`.
const TAKEN_OVER: [&str; 4] = ["PATH", "LD_PRELOAD", "WALL_CLOCK_OFFSET", "TZ"];

/// How often a child and the database are polled if nothing announces a change.
const LOOK_PERIOD: Duration = Duration::from_millis(5);

/// Runs an async test; the pretend services live on its runtime.
pub(crate) fn run<F: Future<Output = ()>>(test: impl FnOnce(Ground) -> F) {
    // Two threads: the services must answer while the test waits for a child.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async { test(Ground::new().await).await });
}

/// The surroundings of a process: a folder with its configuration, and the pretend services.
pub(crate) struct Ground {
    pub(crate) telegram: PretendTelegram,
    pub(crate) site: PretendSite,
    pub(crate) admin: Person,
    pub(crate) folder: tempfile::TempDir,
}

impl Ground {
    async fn new() -> Self {
        let telegram = PretendTelegram::start().await.unwrap();
        let site = PretendSite::start().await.unwrap();
        let admin = telegram.person(ADMIN, "Ольга", "ru");
        admin.knows_bot();
        let folder = tempfile::tempdir().unwrap();
        let ground = Self {
            telegram,
            site,
            admin,
            folder,
        };
        ground.write("sites.toml", &world::catalogue(&ground.site.url()));
        ground.configure("");
        ground
    }

    /// Writes the configuration. The lines are added at the end of `[watch]`, and may begin further
    /// sections.
    pub(crate) fn configure(&self, further: &str) {
        // A tick of the usual schedule would disturb every test running in that minute.
        let schedule = match further.contains("schedule = ") {
            true => "",
            false => &format!("schedule = \"{}\"\n", *world::QUIET_SCHEDULE),
        };
        let text = format!(
            "[telegram]\napi_url = \"{}\"\nadmins = [{ADMIN}]\n\
             [database]\npath = \"v.db\"\n\
             [sites]\ncatalogues = [\"sites.toml\"]\nallow_private_targets = true\n\
             [watch]\nmin_gap = \"0s\"\nconfirm_delay = \"0s\"\n{schedule}{further}\n",
            self.telegram.api_url()
        );
        self.write("bot.toml", &text);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// A command line for the binary, with the token in its environment.
    pub(crate) fn vakhta(&self, arguments: &[&str]) -> Invocation {
        self.command(Path::new(env!("CARGO_BIN_EXE_vakhta")), arguments)
    }

    /// The same with another program.
    pub(crate) fn command(&self, program: &Path, arguments: &[&str]) -> Invocation {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("VAKHTA_TELEGRAM_TOKEN", self.telegram.token())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for name in TAKEN_OVER {
            #[expect(clippy::disallowed_methods, reason = "it is handed on, not read")]
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        Invocation(command)
    }

    /// Imports accounts for an owner and demands success.
    pub(crate) async fn import(&self, owner: i64, accounts: &[(&str, &str)]) {
        let rows: String = accounts
            .iter()
            .map(|(site, name)| format!("{site},{name},9\n"))
            .collect();
        let file = format!("{owner}.csv");
        self.write(&file, &format!("site,username,days\n{rows}"));
        let owner = owner.to_string();
        let end = self
            .vakhta(&["accounts", "import", &file, "--owner", &owner])
            .finish()
            .await;
        end.demand(0);
    }

    /// A reading connection. It never checkpoints, so what a crash left stays as it is.
    pub(crate) fn db(&self) -> Connection {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(self.path("v.db"), flags).unwrap();
        connection.busy_timeout(LIMIT).unwrap();
        connection
    }

    /// The single number that a query returns.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.db().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// The first column of every row, as text.
    pub(crate) fn column(&self, sql: &str) -> Vec<String> {
        let db = self.db();
        let mut statement = db.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    /// Waits until a query returns something other than 0.
    pub(crate) async fn wait_db(&self, what: &str, sql: &str) {
        wait_for(&format!("{what}: {sql}"), LIMIT, || self.number(sql) != 0).await;
    }

    /// Waits for a message of the bot with a text.
    pub(crate) async fn heard(&self, chat: i64, text: &str) {
        let found = |telegram: &PretendTelegram| {
            telegram
                .messages(chat)
                .iter()
                .any(|message| message.from_bot && message.text.contains(text))
        };
        self.telegram
            .wait_until(&format!("a message with {text:?}"), LIMIT, found)
            .await
            .unwrap();
    }
}

/// Polls until a condition holds.
pub(crate) async fn wait_for(what: &str, limit: Duration, mut condition: impl FnMut() -> bool) {
    let mut period = tokio::time::interval(LOOK_PERIOD);
    let waited = tokio::time::timeout(limit, async {
        while !condition() {
            period.tick().await;
        }
    });
    assert!(waited.await.is_ok(), "waited {limit:?} in vain for: {what}");
}

/// A command line not started yet.
pub(crate) struct Invocation(Command);

impl Invocation {
    pub(crate) fn env(mut self, key: &str, value: &str) -> Self {
        self.0.env(key, value);
        self
    }

    pub(crate) fn without_token(mut self) -> Self {
        self.0.env_remove("VAKHTA_TELEGRAM_TOKEN");
        self
    }

    pub(crate) fn stdin(mut self, file: PathBuf) -> Self {
        self.0.stdin(std::fs::File::open(file).unwrap());
        self
    }

    pub(crate) fn start(mut self) -> Process {
        let mut child = self.0.spawn().unwrap();
        let changes = watch::Sender::new(0);
        let stdout = Stream::follow(child.stdout.take().unwrap(), &changes);
        let stderr = Stream::follow(child.stderr.take().unwrap(), &changes);
        Process {
            child,
            changes,
            stdout,
            stderr,
        }
    }

    /// Starts it and waits for its end.
    pub(crate) async fn finish(self) -> Ended {
        self.start().end(LIMIT).await
    }
}

/// The output of a child on one stream.
struct Stream {
    lines: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Stream {
    fn follow(from: impl Read + Send + 'static, changes: &watch::Sender<u64>) -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (into, changes) = (Arc::clone(&lines), changes.clone());
        let reader = std::thread::Builder::new()
            .spawn(move || {
                for line in BufReader::new(from).lines().map_while(Result::ok) {
                    into.lock().unwrap().push(line);
                    changes.send_modify(|version| *version += 1);
                }
            })
            .unwrap();
        Self {
            lines,
            reader: Some(reader),
        }
    }

    fn text(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }

    fn line_with(&self, text: &str) -> Option<String> {
        let lines = self.lines.lock().unwrap();
        lines.iter().find(|line| line.contains(text)).cloned()
    }

    /// Everything, after the child's end.
    fn rest(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.text()
    }
}

/// A running child.
pub(crate) struct Process {
    child: Child,
    changes: watch::Sender<u64>,
    stdout: Stream,
    stderr: Stream,
}

impl Process {
    /// Waits until standard error has a line with this text.
    pub(crate) async fn logged(&self, text: &str) -> String {
        self.wrote(&self.stderr, text).await
    }

    /// Waits until standard output has a line with this text.
    pub(crate) async fn printed(&self, text: &str) -> String {
        self.wrote(&self.stdout, text).await
    }

    async fn wrote(&self, stream: &Stream, text: &str) -> String {
        self.found(stream, text, |stream| stream.line_with(text))
            .await
    }

    /// Waits until something can be read out of standard error.
    pub(crate) async fn shown<T>(&self, what: &str, read: impl Fn(&str) -> Option<T>) -> T {
        self.found(&self.stderr, what, |stream| read(&stream.text()))
            .await
    }

    async fn found<T>(
        &self,
        stream: &Stream,
        text: &str,
        find: impl Fn(&Stream) -> Option<T>,
    ) -> T {
        let mut changes = self.changes.subscribe();
        let waited = tokio::time::timeout(LIMIT, async {
            loop {
                if let Some(found) = find(stream) {
                    return found;
                }
                changes.changed().await.unwrap();
            }
        });
        let Ok(found) = waited.await else {
            panic!(
                "waited in vain for a line with {text:?} in:\n{}",
                stream.text()
            );
        };
        found
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// `kill -9`, and waits until it is gone.
    pub(crate) fn kill(mut self) -> Ended {
        // The child may have ended by itself a moment ago.
        self.child.kill().ok();
        let status = self.child.wait().unwrap();
        self.ended(status)
    }

    /// Sends SIGTERM, and demands an orderly end within the promised 10 seconds.
    pub(crate) async fn stop(self) -> Ended {
        self.signal(Signal::TERM);
        let end = self.end(Duration::from_secs(10)).await;
        end.demand(0);
        end
    }

    /// Waits for its end.
    pub(crate) async fn end(mut self, limit: Duration) -> Ended {
        let mut period = tokio::time::interval(LOOK_PERIOD);
        let waited = tokio::time::timeout(limit, async {
            loop {
                if let Some(status) = self.child.try_wait().unwrap() {
                    return status;
                }
                period.tick().await;
            }
        });
        let Ok(status) = waited.await else {
            panic!(
                "the process did not end within {limit:?}:\n{}",
                self.stderr.text()
            );
        };
        self.ended(status)
    }

    fn ended(&mut self, status: ExitStatus) -> Ended {
        Ended {
            code: status.code(),
            stdout: self.stdout.rest(),
            stderr: self.stderr.rest(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Usually the child has already ended.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The result of a finished child.
#[derive(Debug)]
pub(crate) struct Ended {
    /// None if a signal ended the child.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Demands an exit code, and that it neither panicked nor logged an error.
    pub(crate) fn demand(&self, code: i32) -> &Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        for sign in ["panicked at", " ERROR "] {
            assert!(!self.stderr.contains(sign), "{}", self.stderr);
        }
        self
    }

    /// Demands that each of these texts is on standard error.
    pub(crate) fn says(&self, texts: &[&str]) -> &Self {
        for text in texts {
            assert!(
                self.stderr.contains(text),
                "{text:?} is not in:\n{}",
                self.stderr
            );
        }
        self
    }
}

//! The command line: one file per command.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 the work
//! failed, 2 bad usage or configuration.

mod accounts;
mod backup;
mod check_now;
mod demo;
mod doctor;
mod output;
mod run;
mod secrets;
mod shell;
mod sites;
mod sites_import;
mod sites_probe;
mod telegram;
mod tokens;

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use rustix::process::Signal;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::{LevelFilter, Targets};

pub use self::accounts::accounts_of_csv;
use crate::config::{Config, Source};
use crate::i18n::Lang;
use crate::logging;
use crate::settings::Problems;

/// Blocking threads of the main runtime: mostly database reads. Tokio's own limit of 512 would let
/// a burst of readers start hundreds of threads.
const BLOCKING_THREADS: usize = 4;

/// Worker threads of the main runtime: most of the work is waiting for Telegram.
const WORKER_THREADS: usize = 2;

/// Keeps watch over accounts and reports to Telegram.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Arguments {
    /// Configuration file [default: ./bot.toml, or `VAKHTA_CONFIG`]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    check: CheckArguments,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Args)]
struct CheckArguments {
    /// Check all pending accounts now: by the running bot if there is one, otherwise by this
    /// process
    #[arg(long)]
    check_now: bool,
    /// With --check-now: print the result as one JSON object on standard output
    #[arg(long, requires = "check_now")]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the bot (also without any command)
    Run {
        /// Make the first run at once even if `run_at_start` is false
        #[arg(long)]
        check_now: bool,
    },
    /// Try the bot without a token: a pretend Telegram and a pretend site inside this process
    Demo {
        /// Make one run over 137 accounts, print the chat and exit
        #[arg(long)]
        once: bool,
        /// Language of the chat
        #[arg(long, value_enum, default_value = "ru")]
        lang: LanguageArgument,
    },
    /// Check configuration, token, clock, database, sites, HTTP server and disk, and say what to do
    Doctor,
    /// Accounts in the database
    #[command(subcommand)]
    Accounts(accounts::Command),
    /// Sites in the catalogues
    #[command(subcommand)]
    Sites(sites::Command),
    /// Tokens that programs use with the HTTP server
    #[command(subcommand)]
    Tokens(tokens::Command),
    /// The key of what is stored sealed
    #[command(subcommand)]
    Secrets(secrets::Command),
    /// Linked Telegram accounts
    #[command(subcommand)]
    Telegram(telegram::Command),
    /// Write a consistent copy of a live database
    Backup {
        /// The new file; it must not exist yet
        path: PathBuf,
    },
    /// Print a script that completes commands and options in a shell
    Completions {
        /// The shell it is for
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write the pages of all commands to a folder
    Man {
        /// The folder; it is created if it is missing
        folder: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LanguageArgument {
    Ru,
    En,
}

impl From<LanguageArgument> for Lang {
    fn from(argument: LanguageArgument) -> Self {
        match argument {
            LanguageArgument::Ru => Self::Ru,
            LanguageArgument::En => Self::En,
        }
    }
}

/// Why a command failed, as an exit code.
#[derive(Debug)]
pub enum Failure {
    /// The work failed: 1.
    Work(anyhow::Error),
    /// Usage or configuration: 2.
    Usage(anyhow::Error),
    /// Everything has been reported already: 1.
    Said,
}

impl From<anyhow::Error> for Failure {
    fn from(err: anyhow::Error) -> Self {
        Self::Work(err)
    }
}

/// Reads the command line; prints help, the version, and what is wrong with it.
///
/// # Errors
/// The exit code, when that was all there is to do.
pub fn parse() -> Result<Arguments, ExitCode> {
    Arguments::try_parse().map_err(|message| {
        // A closed reader (`| head`) has seen what it wanted.
        let lost = |err: &io::Error| err.kind() != io::ErrorKind::BrokenPipe;
        match message.print().err().filter(lost) {
            _ if message.use_stderr() => ExitCode::from(2),
            Some(err) => {
                output::complain(&format!(
                    "vakhta: write the result to standard output: {err}"
                ));
                ExitCode::from(1)
            }
            None => ExitCode::SUCCESS,
        }
    })
}

#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKER_THREADS)
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(dispatch(arguments));
            // Blocking work has been told to end; a hanging thread must not delay the exit.
            runtime.shutdown_timeout(std::time::Duration::from_secs(1));
            result
        }
        Err(err) => Err(Failure::Work(err.into())),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Work(err)) => {
            output::complain(&format!("vakhta: {err:#}"));
            ExitCode::from(1)
        }
        Err(Failure::Usage(err)) => {
            output::complain(&format!("vakhta: {err:#}"));
            ExitCode::from(2)
        }
        Err(Failure::Said) => ExitCode::from(1),
    }
}

async fn dispatch(arguments: Arguments) -> Result<(), Failure> {
    survive_file_limits();
    if arguments.check.check_now && arguments.command.is_some() {
        return Err(Failure::Usage(anyhow::anyhow!(
            "--check-now takes no command; to start the bot with an immediate run, use vakhta run --check-now"
        )));
    }
    // These need no configuration.
    match &arguments.command {
        Some(Command::Demo { once, lang }) => {
            let demo = demo::run(*once, (*lang).into());
            return demo.await.map_err(Failure::Work);
        }
        Some(Command::Completions { shell }) => {
            return shell::completions(*shell);
        }
        Some(Command::Man { folder }) => return shell::man(folder.as_deref()),
        _ => {}
    }
    let source =
        Source::read(arguments.config.as_deref()).map_err(|problems| usage("", &problems))?;
    let config = Config::load(&source).map_err(|problems| {
        let place = match problems.is_file_wrong() {
            true => format!(", see {}", source.path.display()),
            false => String::new(),
        };
        usage(&place, &problems)
    })?;
    output::hide(config.secrets().chain(&crate::config::proxy_passwords()));
    let mut log = config.log.clone();
    if matches!(arguments.command, Some(Command::Doctor)) {
        // The caller may be another user than the log file's owner.
        log.file = None;
    }
    if matches!(arguments.command, Some(Command::Telegram(_))) && io::stderr().is_terminal() {
        // Somebody reads a code there, and types.
        log.level = Targets::new().with_default(LevelFilter::WARN);
    }
    logging::start(
        &log,
        config.secrets().chain(&crate::config::proxy_passwords()),
    );
    match arguments.command {
        None if arguments.check.check_now => check_now::run(config, arguments.check.json).await,
        None => run::run(config, false).await,
        Some(Command::Run { check_now }) => run::run(config, check_now).await,
        Some(Command::Demo { .. } | Command::Completions { .. } | Command::Man { .. }) => Ok(()),
        Some(Command::Doctor) => doctor::run(&config).await,
        Some(Command::Accounts(command)) => accounts::run(&config, command).await,
        Some(Command::Sites(command)) => sites::run(&config, command).await,
        Some(Command::Tokens(command)) => tokens::run(&config, command).await,
        Some(Command::Secrets(command)) => secrets::run(&config, command).await,
        Some(Command::Telegram(command)) => telegram::run(&config, command).await,
        Some(Command::Backup { path }) => backup::run(&config, &path),
    }
}

/// A file that would pass the limit of file sizes is then an error of the write; without this, the
/// signal ends the process.
fn survive_file_limits() {
    let too_large = SignalKind::from_raw(Signal::XFSZ.as_raw());
    // Taken over once, the signal never gets its usual effect back.
    if let Err(err) = signal(too_large) {
        output::complain(&format!("vakhta: SIGXFSZ will end the process: {err}"));
    }
}

fn usage(place: &str, problems: &Problems) -> Failure {
    let lines: Vec<&str> = problems.iter().collect();
    Failure::Usage(anyhow::anyhow!(
        "the configuration is invalid{place}:\n  {}",
        lines.join("\n  ")
    ))
}

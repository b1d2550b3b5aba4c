//! `vakhta doctor`: what is wrong, and what to do.
//!
//! # Invariants
//! - Every file it creates belongs to the database's owner, so root may run it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

use super::{Failure, output};
use crate::app;
use crate::clock::{Clock, UnixMs};
use crate::config::Config;
use crate::db::{self, Db, SCHEMA_VERSION};
use crate::http_client;
use crate::http_server::Server;
use crate::logging;
use crate::people;
use crate::slice::Finding::{self, Notice, Well, Wrong};
use crate::slice::Slices;
use crate::slices::watch::{Catalogue, load_catalogue};
use crate::tasks::Tasks;
use crate::telegram::{Api, outbox};

/// Less free space than this endangers the database.
const LITTLE_SPACE: u64 = 200 * 1024 * 1024;

/// A clock that is further off shows wrong times and fails TLS sooner or later.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);

/// Longest wait for Telegram.
const TELEGRAM_LIMIT: Duration = Duration::from_secs(10);

/// Longest wait for the HTTP server of a running bot.
const OWN_SERVER_LIMIT: Duration = Duration::from_secs(5);

pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let (telegram, clock) = telegram(config).await;
    let database = database(config).await;
    let (sites, slices) = slices(config).await;
    let mut findings = vec![
        ("config", Well("valid".to_owned())),
        ("telegram", telegram),
        ("clock", clock),
        (
            "database",
            database.unwrap_or_else(|err| Wrong(format!("{err:#}"))),
        ),
        ("sites", sites),
    ];
    findings.extend(slices);
    findings.extend([
        ("http", http_server(config.http.listen).await),
        ("disk", disk(&config.database)),
        ("log", log_file(config)),
    ]);
    let mut wrong = false;
    for (what, finding) in findings {
        let (mark, text) = match finding {
            Well(text) => ("ok  ", text),
            Notice(text) => ("note", text),
            Wrong(text) => {
                wrong = true;
                ("FAIL", text)
            }
        };
        output::say(&format!("{mark} {what:<9} {text}"))?;
    }
    if wrong { Err(Failure::Said) } else { Ok(()) }
}

async fn telegram(config: &Config) -> (Finding, Finding) {
    let no_clock = |why: &str| Notice(format!("not compared: {why}"));
    let Some(token) = config.telegram.token.clone() else {
        let advice = "no token; get one from @BotFather and set VAKHTA_TELEGRAM_TOKEN or telegram.token_file";
        return (Wrong(advice.to_owned()), no_clock("no token"));
    };
    let client = match http_client::telegram_client() {
        Ok(client) => client,
        Err(err) => return (Wrong(format!("{err:#}")), no_clock("no HTTP client")),
    };
    let clock = server_clock(&client, &config.telegram.api_url).await;
    let api = Api::new(client, &config.telegram.api_url, token);
    let me = tokio::time::timeout(TELEGRAM_LIMIT, api.introduce()).await;
    let finding = match me {
        Ok(Ok(me)) => Well(format!(
            "@{} (id {}) at {}",
            me.username, me.id, config.telegram.api_url
        )),
        Ok(Err(err)) if err.is_unauthorized() => {
            Wrong("Telegram does not accept this token; copy it again from @BotFather".to_owned())
        }
        Ok(Err(err)) => Wrong(format!(
            "{} does not answer: {err}",
            config.telegram.api_url
        )),
        Err(_) => Wrong(format!(
            "{} did not answer within {} s; is a proxy needed (HTTPS_PROXY)?",
            config.telegram.api_url,
            TELEGRAM_LIMIT.as_secs()
        )),
    };
    (finding, clock)
}

/// Compares our clock with the `Date` of Telegram's server. The requested address contains no
/// token.
async fn server_clock(client: &reqwest::Client, api_url: &str) -> Finding {
    let answer = client.get(api_url).timeout(TELEGRAM_LIMIT).send().await;
    let date = match &answer {
        Ok(answer) => answer
            .headers()
            .get("date")
            .and_then(|date| date.to_str().ok()),
        Err(_) => None,
    };
    let Some(server) = date.and_then(http_date) else {
        return Notice("not compared: the server sent no date".to_owned());
    };
    let ours = Clock::system().now();
    let apart = ours.since(server).max(server.since(ours));
    if apart > CLOCK_TOLERANCE {
        Wrong(format!(
            "{} s off from Telegram's; turn time synchronisation on",
            apart.as_secs()
        ))
    } else {
        Well(format!(
            "within {} s of Telegram's",
            CLOCK_TOLERANCE.as_secs()
        ))
    }
}

/// The date of an HTTP header, in the format of RFC 2822.
fn http_date(text: &str) -> Option<UnixMs> {
    let date = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(UnixMs(date.timestamp().as_millisecond()))
}

async fn database(config: &Config) -> anyhow::Result<Finding> {
    let path = &config.database;
    if !path.exists() {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        anyhow::ensure!(
            folder.is_dir(),
            "{} is missing; create the folder",
            folder.display()
        );
        return Ok(Notice(format!(
            "{} will be created at the first start",
            path.display()
        )));
    }
    let running = db::is_held(path)?;
    let tasks = Tasks::new();
    let (db, _end) = Db::open(path, &tasks)?;
    let (counts, admins, integrity, bytes) = db
        .read(|c| {
            let now = Clock::system().now();
            Ok((
                outbox::counts(c, now)?,
                people::has_admin(c)?,
                db::quick_check(c)?,
                db::size_bytes(c)?,
            ))
        })
        .await
        .context("read the database")?;
    anyhow::ensure!(
        integrity == "ok",
        "{} is damaged: {integrity}; restore a backup",
        path.display()
    );
    let state = if running {
        "a bot is using it"
    } else {
        "no bot is using it"
    };
    let summary = format!(
        "{}, {} KB, schema {SCHEMA_VERSION}, {state}; messages waiting {}, unconfirmed {}, undeliverable {}",
        path.display(),
        bytes / 1024,
        counts.pending,
        counts.unconfirmed,
        counts.dead
    );
    if !admins && config.people.admins.is_empty() {
        return Ok(Notice(format!(
            "{summary}; nobody manages the bot yet: `vakhta run` prints a link to become its owner"
        )));
    }
    if others_can_read(path) {
        return Ok(Notice(format!(
            "{summary}; other users of this machine can read it: run chmod 600 on it"
        )));
    }
    Ok(Well(summary))
}

fn others_can_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

/// What is found about the sites, and what the slices find, by their names.
async fn slices(config: &Config) -> (Finding, Vec<(&'static str, Finding)>) {
    let (sites, catalogue) = match load_catalogue(&config.watch) {
        Ok(catalogue) => (sites(&catalogue), Ok(catalogue)),
        Err(problems) => (Wrong(problems.to_string()), Catalogue::built_in()),
    };
    let slices = catalogue.map(|catalogue| app::slices(config, catalogue));
    let mut findings = Vec::new();
    for slice in slices.iter().flat_map(Slices::iter) {
        let finding = slice.doctor().await;
        findings.extend(finding.map(|finding| (slice.about().name, finding)));
    }
    (sites, findings)
}

fn sites(catalogue: &Catalogue) -> Finding {
    let n = catalogue.iter().count();
    let notes = [catalogue.warnings(), catalogue.notes()].concat();
    if notes.is_empty() {
        Well(format!("{n} sites; probe them with `vakhta sites test`"))
    } else {
        Notice(format!("{n} sites; {}", notes.join("; ")))
    }
}

/// Whether the address can be listened on; if a bot already listens there, its health.
async fn http_server(listen: Option<SocketAddr>) -> Finding {
    let Some(address) = listen else {
        return Well("off".to_owned());
    };
    match Server::bind(address).await {
        Ok(_) if address.ip().is_loopback() => Well(format!("{address} is free")),
        Ok(_) => Notice(format!(
            "{address} is free and can be reached from other machines; /healthz and /metrics ask for no password"
        )),
        Err(why) => match health_at(address).await {
            None => Wrong(why),
            Some(failing) if failing.is_empty() => {
                Well(format!("the bot at {address} reports that all is well"))
            }
            Some(failing) => Wrong(format!(
                "the bot at {address} reports failures: {}",
                failing.join(", ")
            )),
        },
    }
}

/// The failing parts of a running bot; `None` if no bot answers there.
async fn health_at(mut address: SocketAddr) -> Option<Vec<String>> {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    let client = http_client::own_client(OWN_SERVER_LIMIT).ok()?;
    let asked = client.get(format!("http://{address}/healthz")).send().await;
    let health: serde_json::Value = asked.ok()?.json().await.ok()?;
    let failing = health.get("failing")?.as_array()?.iter();
    Some(
        failing
            .filter_map(|part| part.as_str().map(str::to_owned))
            .collect(),
    )
}

fn disk(database: &Path) -> Finding {
    match db::free_bytes(database) {
        Err(err) => Wrong(format!("beside {}: {err}", database.display())),
        Ok(free) => {
            let text = format!("{} MB free for {}", free / 1024 / 1024, database.display());
            if free < LITTLE_SPACE {
                Wrong(format!("only {text}; free some space"))
            } else {
                Well(text)
            }
        }
    }
}

fn log_file(config: &Config) -> Finding {
    let Some(path) = &config.log.file else {
        return Well("to standard error".to_owned());
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match logging::append_at_once().open(path) {
        Err(err)
            if err.kind() == std::io::ErrorKind::NotFound
                && folder.unwrap_or(Path::new(".")).is_dir() =>
        {
            Well(format!(
                "to standard error and {}, which is created at the start",
                path.display()
            ))
        }
        Ok(_) => Well(format!("to standard error and {}", path.display())),
        Err(err) => Notice(format!(
            "{} cannot be written ({err}); the log goes to standard error only",
            path.display()
        )),
    }
}

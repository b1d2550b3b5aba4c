//! The configuration: `bot.toml`, the environment, and the secrets.
//!
//! Each slice reads its own section ([`crate::settings`]); this file puts the sections together.
//!
//! # Invariants
//! - No other file reads the environment.
//! - Every problem is named before anything starts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use toml::Table;

use crate::http_server::HttpConfig;
use crate::i18n::Lang;
use crate::logging::LogConfig;
use crate::people::{Access, PeopleConfig};
use crate::secrets::SecretsConfig;
use crate::settings::{self, Problems, Section};
use crate::slices::assistant::AssistantConfig;
use crate::slices::cards::CardsConfig;
use crate::slices::mtproto::MtprotoConfig;
use crate::slices::watch::WatchConfig;
use crate::suggest;

/// The default path of the configuration.
const DEFAULT_FILE: &str = "bot.toml";

/// The prefix of our environment variables.
const PREFIX: &str = "VAKHTA_";

/// The variable that names the file; no section has it.
const CONFIG: &str = "CONFIG";

/// Values that only the environment may give, as section and key; the file has no such keys.
const SECRETS: [(&str, &str); 4] = [
    ("telegram", "token"),
    ("assistant", "api_key"),
    ("mtproto", "api_hash"),
    ("secrets", "key"),
];

/// The name other programs use for the assistant's key.
const OPENROUTER_KEY: &str = "OPENROUTER_API_KEY";

/// The whole configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    pub telegram: TelegramConfig,
    /// Owners, and what strangers may do.
    pub people: PeopleConfig,
    pub database: PathBuf,
    pub watch: WatchConfig,
    pub cards: CardsConfig,
    pub assistant: AssistantConfig,
    pub mtproto: MtprotoConfig,
    /// The key that seals what opens doors.
    pub secrets: SecretsConfig,
    pub http: HttpConfig,
    pub log: LogConfig,
}

/// Section `[telegram]`, the part about the connection.
#[derive(Debug, Clone)]
pub struct TelegramConfig {
    /// Base address of the Bot API, without a trailing slash.
    pub api_url: String,
    /// The bot's token; commands other than `run` work without one.
    pub token: Option<SecretString>,
}

/// The sources of values: the file's text and the environment.
#[derive(Debug)]
pub struct Source {
    /// The file's path, for relative paths and messages.
    pub path: PathBuf,
    /// The file's text; empty if there is no file.
    pub text: String,
    /// Environment variables that begin with `VAKHTA_`, without that prefix. `OPENROUTER_API_KEY`
    /// is an alias for `ASSISTANT_API_KEY`.
    pub environment: BTreeMap<String, String>,
}

impl Source {
    /// Reads the file named on the command line or by `VAKHTA_CONFIG`, else `./bot.toml`.
    ///
    /// # Errors
    /// When a named file cannot be read. If no file is named and `./bot.toml` is missing, all
    /// defaults apply.
    pub fn read(named: Option<&Path>) -> Result<Self, Problems> {
        let environment = environment()?;
        let from_environment = environment.get(CONFIG).map(PathBuf::from);
        let named = named.map(Path::to_owned).or(from_environment);
        let path = named.clone().unwrap_or_else(|| DEFAULT_FILE.into());
        let text = match settings::open_file(&path).and_then(std::io::read_to_string) {
            Ok(text) => text,
            Err(err) if err.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
                String::new()
            }
            Err(err) => {
                let mut problems = Problems::default();
                problems.add(format!("{}: cannot be read: {err}", path.display()));
                return Err(problems);
            }
        };
        Ok(Self {
            path,
            text,
            environment,
        })
    }
}

impl Config {
    /// Reads and checks everything.
    ///
    /// # Errors
    /// All problems at once.
    pub fn load(source: &Source) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let mut file: Table = source.text.parse().unwrap_or_else(|err| {
            problems.add(format!("{}: {err}", source.path.display()));
            Table::new()
        });
        let folder = source.path.parent().unwrap_or(Path::new("")).to_owned();
        let mut reader = Reader {
            file: &mut file,
            folder: &folder,
            environment: &source.environment,
            sections: Vec::new(),
            problems: &mut problems,
        };

        let (telegram, people) = reader.section("telegram", |section| {
            (read_telegram(section), read_people(section))
        });
        let database = reader.section("database", |section| section.path("path", "vakhta.db"));
        let mut watch = reader.section("watch", WatchConfig::read);
        reader.section("sites", |section| {
            WatchConfig::read_sites(watch.as_mut(), section);
        });
        let cards = reader.section("cards", CardsConfig::read);
        let assistant = reader.section("assistant", AssistantConfig::read);
        let mtproto = reader.section("mtproto", MtprotoConfig::read);
        let secrets = reader.section("secrets", |section| section.path("key_file", ""));
        let http = reader.section("http", HttpConfig::read);
        let log = reader.section("log", LogConfig::read);
        let token = reader.token(&telegram);
        let assistant = assistant.with_key(reader.assistant_key());
        if let Some(problem) = assistant.problem() {
            reader.blame("assistant", "enabled", problem);
        }
        let mtproto = mtproto.with_hash(reader.secret("MTPROTO_API_HASH"));
        let key = reader.secret("SECRETS_KEY");

        let sections = reader.sections;
        for name in file.keys() {
            let meant = suggest::meant(name, sections.iter().copied());
            let meant = meant.map_or_else(String::new, |name| {
                settings::did_you_mean(&format!("[{name}]"))
            });
            problems.add(format!("[{name}]: there is no such section{meant}"));
        }
        for problem in misspelt_sections(&source.environment, &sections) {
            problems.add_of_environment(problem);
        }
        let (Some(watch), true) = (watch, problems.is_empty()) else {
            return Err(problems);
        };
        let database = database.unwrap_or_else(|| folder.join("vakhta.db"));
        Ok(Self {
            telegram: TelegramConfig {
                api_url: telegram.api_url,
                token,
            },
            people,
            secrets: SecretsConfig::new(key, secrets, &database),
            database,
            watch,
            cards,
            assistant,
            mtproto,
            http,
            log,
        })
    }

    /// Everything that must never be logged.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        let secrets = [
            self.telegram.token.as_ref(),
            self.assistant.endpoint.key.as_ref(),
            self.mtproto.hash(),
            self.secrets.given(),
        ];
        secrets.into_iter().flatten()
    }
}

struct Reader<'a> {
    file: &'a mut Table,
    folder: &'a Path,
    environment: &'a BTreeMap<String, String>,
    // Every section that was read.
    sections: Vec<&'static str>,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn section<T>(&mut self, name: &'static str, read: impl FnOnce(&mut Section<'_>) -> T) -> T {
        self.sections.push(name);
        let values = match self.file.remove(name) {
            None => Table::new(),
            Some(toml::Value::Table(table)) => table,
            Some(_) => {
                self.problems
                    .add(format!("{name}: is a section, write [{name}]"));
                Table::new()
            }
        };
        let prefix = format!("{}_", name.to_uppercase());
        let overrides = self
            .environment
            .iter()
            .filter_map(|(key, value)| {
                let key = key.strip_prefix(&prefix)?;
                Some((key.to_lowercase(), value.clone()))
            })
            .filter(|(key, _)| !SECRETS.contains(&(name, key.as_str())))
            .collect();
        let mut section = Section::new(name, self.folder, values, overrides, self.problems);
        let value = read(&mut section);
        section.finish();
        value
    }

    fn token(&mut self, telegram: &TelegramKeys) -> Option<SecretString> {
        let given = match self.environment.get("TELEGRAM_TOKEN") {
            Some(token) => Some(token.trim().to_owned()),
            None => self.token_from_file(telegram.token_file.as_deref()?),
        }?;
        if given.is_empty() {
            return None;
        }
        // The token becomes part of an address; a bad character would fail later and less clearly.
        let lawful = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-');
        if !given.chars().all(lawful) {
            let key = match self.environment.contains_key("TELEGRAM_TOKEN") {
                true => "token",
                false => "token_file",
            };
            let problem =
                "the bot token has characters that no token has; copy it again from @BotFather";
            self.blame("telegram", key, problem);
            return None;
        }
        Some(SecretString::from(given))
    }

    fn assistant_key(&mut self) -> Option<SecretString> {
        let given = self.environment.get("ASSISTANT_API_KEY")?.trim();
        // The key goes into a header; a bad character would fail later and less clearly.
        if !given.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.problems.add_of_environment(
                "the key of the assistant (VAKHTA_ASSISTANT_API_KEY) has characters that no key has; copy it again",
            );
        }
        (!given.is_empty()).then(|| SecretString::from(given))
    }

    /// A secret that only the environment gives; `None` if it is empty.
    fn secret(&self, variable: &str) -> Option<SecretString> {
        let given = self.environment.get(variable)?.trim();
        (!given.is_empty()).then(|| SecretString::from(given))
    }

    fn token_from_file(&mut self, path: &Path) -> Option<String> {
        match settings::read_private(path) {
            Ok(text) => Some(text.trim().to_owned()),
            Err(why) => {
                let problem = format!("{}: {why}", path.display());
                self.blame("telegram", "token_file", &problem);
                None
            }
        }
    }

    /// Notes what is wrong with a value that its section took.
    fn blame(&mut self, section: &str, key: &str, problem: &str) {
        let variable = format!("{section}_{key}").to_uppercase();
        if self.environment.contains_key(&variable) {
            self.problems
                .add_of_environment(format!("{PREFIX}{variable}: {problem}"));
        } else {
            self.problems.add(format!("{section}.{key}: {problem}"));
        }
    }
}

/// Variables whose section is nearly one of ours, or that are nearly [`CONFIG`]. Others may be of
/// something else: orchestrators set variables with the names of services, such as `VAKHTA_PORT`.
fn misspelt_sections<'a>(
    environment: &'a BTreeMap<String, String>,
    sections: &'a [&str],
) -> impl Iterator<Item = String> + 'a {
    environment.keys().filter_map(|name| {
        let Some((section, key)) = name.split_once('_') else {
            let meant = suggest::meant(name, [CONFIG]).filter(|meant| meant != name)?;
            let meant = settings::did_you_mean(&format!("{PREFIX}{meant}"));
            return Some(format!("{PREFIX}{name}: there is no such variable{meant}"));
        };
        let section = section.to_lowercase();
        let meant = suggest::meant(&section, sections.iter().copied())?;
        (meant != section).then(|| {
            let meant = format!("{PREFIX}{}_{key}", meant.to_uppercase());
            format!(
                "{PREFIX}{name}: there is no section [{section}]{}",
                settings::did_you_mean(&meant)
            )
        })
    })
}

struct TelegramKeys {
    api_url: String,
    token_file: Option<PathBuf>,
}

fn read_telegram(section: &mut Section<'_>) -> TelegramKeys {
    section.refuse(
        "token",
        "a secret does not belong in this file; set VAKHTA_TELEGRAM_TOKEN or name a token_file",
    );
    let api_url = section.parsed("api_url", "https://api.telegram.org", |text| {
        let url = url::Url::parse(text).map_err(|_| "an http or https address")?;
        match url.scheme() {
            "http" | "https" => Ok(text.trim_end_matches('/').to_owned()),
            _ => Err("an http or https address"),
        }
    });
    TelegramKeys {
        api_url: api_url.unwrap_or_default(),
        token_file: section.path("token_file", ""),
    }
}

fn read_people(section: &mut Section<'_>) -> PeopleConfig {
    PeopleConfig {
        admins: section.integers("admins"),
        access: section.choice("access", Access::Request, Access::WORDS),
        language: section.choice("language", Lang::Ru, Lang::WORDS),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn environment() -> Result<BTreeMap<String, String>, Problems> {
    let mut found = BTreeMap::new();
    let mut problems = Problems::default();
    for (name, value) in std::env::vars_os() {
        // A name that is no text is not one of ours.
        let Ok(name) = name.into_string() else {
            continue;
        };
        let key = name.strip_prefix(PREFIX);
        if key.is_none() && name != OPENROUTER_KEY {
            continue;
        }
        match (key, value.into_string()) {
            (_, Err(_)) => problems.add_of_environment(format!("{name}: is not UTF-8")),
            (Some(key), Ok(value)) => {
                found.insert(key.to_uppercase(), value);
            }
            // Our own name for the key takes precedence, wherever it is set.
            (None, Ok(value)) => {
                found.entry("ASSISTANT_API_KEY".to_owned()).or_insert(value);
            }
        }
    }
    match problems.is_empty() {
        true => Ok(found),
        false => Err(problems),
    }
}

/// The passwords of proxies that the environment names for HTTP clients. Errors of a proxy may
/// repeat them.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
pub(crate) fn proxy_passwords() -> Vec<SecretString> {
    let addresses = std::env::vars_os().filter_map(|(name, address)| {
        let name = name.to_str()?.to_lowercase();
        let is_proxy = name.ends_with("_proxy") && name != "no_proxy";
        address.into_string().ok().filter(|_| is_proxy)
    });
    addresses.filter_map(|address| password(&address)).collect()
}

/// The password in an address, without its escapes.
fn password(address: &str) -> Option<SecretString> {
    let url = url::Url::parse(address).ok()?;
    // Escapes are those of a form, except for the plus, which is a space there.
    let form = format!("={}", url.password()?.replace('+', "%2B"));
    let (_, password) = url::form_urlencoded::parse(form.as_bytes()).next()?;
    Some(SecretString::from(password.into_owned()))
}

#[cfg(test)]
#[path = "tests/config.rs"]
mod tests;

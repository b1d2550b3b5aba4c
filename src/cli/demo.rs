//! `vakhta demo`: the real bot, with this terminal as the chat.
//!
//! Lines go in as messages, a number presses a button, the bot's messages and edits come out.
//! `--once` prints one run and ends. Every probe of the pretend site moves its clock, so the output
//! is the same every time.

use std::collections::HashMap;
use std::io::BufRead as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::mpsc;

use super::output::{complain, say};
use super::run::stop_signal;
use crate::app::{App, Options};
use crate::clock::{Clock, UnixMs, days};
use crate::config::{Config, Source};
use crate::db::Db;
use crate::demo::{ChatMessage, Person, PretendSite, PretendTelegram, world};
use crate::i18n::Lang;
use crate::logging;
use crate::people;
use crate::slices::watch::{Schedule, store};
use crate::tasks::Tasks;
use crate::telegram::{inbox_counts, outbox};

/// The person at the terminal.
const PERSON: i64 = 1;

/// When the pretend clock of `--once` starts: 21 November 2026, 18:35:00 in Moscow.
const ONCE_START: UnixMs = UnixMs(1_795_275_300_000);

/// Duration of one probe on that clock. There are 173 probes: 137 accounts, 12 confirmations and
/// six controls at each of four sites. They end just before the next tick.
const ONCE_LOOK: Duration = Duration::from_millis(1_723);

/// The longest wait for the one run.
const ONCE_LIMIT: Duration = Duration::from_secs(120);

/// The response time of a pretend page, so that the live bar can be watched.
const PAGE_DELAY: Duration = Duration::from_millis(120);

/// How long the bot may take to finish answering after the end of the input.
const LAST_ANSWERS: Duration = Duration::from_secs(60);

/// Maximum number of lines typed ahead; the terminal waits then.
const TYPED_AHEAD: usize = 64;

/// # Errors
/// When a part cannot be started, or `--once` does not end in time.
pub(super) async fn run(once: bool, lang: Lang) -> anyhow::Result<()> {
    let telegram = PretendTelegram::start()
        .await
        .context("start the pretend Telegram")?;
    let site = PretendSite::start()
        .await
        .context("start the pretend site")?;
    let name = match lang {
        Lang::Ru => "Ева",
        Lang::En => "Eve",
    };
    let person = telegram.person(PERSON, name, lang.word());
    person.knows_bot();
    let folder = tempfile::tempdir().context("make a folder for the demo's database")?;
    let clock = if once {
        Clock::set_to(ONCE_START)
    } else {
        Clock::system()
    };
    let config = config(folder.path(), &telegram, &site, lang, once)?;
    logging::start(&config.log, config.telegram.token.as_ref());
    seed(&config, &site, &clock).await?;
    if once {
        let clock = clock.clone();
        site.on_request(Box::new(move || clock.advance(ONCE_LOOK)));
    } else {
        site.set_delay(PAGE_DELAY);
    }
    let options = Options {
        clock,
        ..Options::bot(true)
    };
    let app = App::start(config, options).await?;
    let chatted = if once {
        one_run(&telegram).await
    } else {
        chat(&app, &telegram, &person).await
    };
    app.run_until(std::future::ready(())).await;
    chatted
}

fn config(
    folder: &Path,
    telegram: &PretendTelegram,
    site: &PretendSite,
    lang: Lang,
    once: bool,
) -> anyhow::Result<Config> {
    std::fs::write(folder.join("sites.toml"), world::catalogue(&site.url()))?;
    let language = lang.word();
    // The run must not depend on this machine's speed or clock, so the schedule ticks once a year,
    // just after the run. The chat should show its bar.
    let (confirm_delay, min_gap, schedule) = if once {
        ("0s", "0s", "0 40 18 21 11 *")
    } else {
        ("1s", "100ms", Schedule::EVERY_FIVE_MINUTES)
    };
    let text = format!(
        "[telegram]\napi_url = \"{}\"\nadmins = [{PERSON}]\nlanguage = \"{language}\"\n\
         [database]\npath = \"demo.db\"\n\
         [watch]\nschedule = \"{schedule}\"\nconfirm_delay = \"{confirm_delay}\"\nmin_gap = \"{min_gap}\"\nper_site = 3\n\
         [sites]\ncatalogues = [\"sites.toml\"]\nallow_private_targets = true\n\
         [log]\nlevel = \"error\"\n",
        telegram.api_url()
    );
    let source = Source {
        path: folder.join("bot.toml"),
        text,
        environment: [("TELEGRAM_TOKEN".to_owned(), telegram.token().to_owned())].into(),
    };
    Config::load(&source).map_err(|problems| {
        let lines: Vec<&str> = problems.iter().collect();
        anyhow::anyhow!("the demo's configuration is invalid: {}", lines.join("; "))
    })
}

/// Stores the accounts before the bot starts, as if they had been there for nine days.
async fn seed(config: &Config, site: &PretendSite, clock: &Clock) -> anyhow::Result<()> {
    let tasks = Tasks::new();
    let (db, end) = Db::open(&config.database, &tasks)?;
    let accounts = world::accounts(site, PERSON);
    let began = clock.now().minus(days(9));
    db.write(move |tx| {
        people::admit(tx, began, PERSON)?;
        for account in &accounts {
            store::add(tx, began, account)?;
        }
        Ok(())
    })
    .await?;
    drop(db);
    end.wait(Duration::from_secs(5)).await;
    Ok(())
}

/// Waits for the end of the one run and prints the chat as the messages arrived.
async fn one_run(telegram: &PretendTelegram) -> anyhow::Result<()> {
    let last =
        |message: &ChatMessage| message.from_bot && !message.silent && message.text.contains("137");
    telegram
        .wait_until("the end of the run", ONCE_LIMIT, |telegram| {
            telegram
                .messages(PERSON)
                .iter()
                .any(|message| last(message))
        })
        .await?;
    for message in telegram.messages(PERSON) {
        let text = message.earlier_texts.first().unwrap_or(&message.text);
        say(&format!("{text}\n"))?;
    }
    Ok(())
}

/// The chat in this terminal, until the input ends.
async fn chat(app: &App, telegram: &PretendTelegram, person: &Person) -> anyhow::Result<()> {
    complain(
        "This is the real bot with a pretend Telegram and pretend sites. Type messages (/help) or the number of a button; Ctrl-D ends.\n",
    );
    let mut typed = read_lines()?;
    let mut shown = Shown::default();
    let mut changes = telegram.changes();
    let stop = stop_signal();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            line = typed.recv() => match line {
                Some(line) => shown.enter(person, line.trim())?,
                None => break,
            },
            _ = changes.changed() => {}
            () = &mut stop => return Ok(()),
        }
        shown.print_news(telegram)?;
    }
    // The last input still needs its answer.
    let answered = tokio::time::timeout(LAST_ANSWERS, quiet(app, telegram));
    tokio::pin!(answered);
    loop {
        tokio::select! {
            ended = &mut answered => {
                shown.print_news(telegram)?;
                return ended.context("the bot is still busy with the last input").and_then(|quiet| quiet);
            }
            _ = changes.changed() => shown.print_news(telegram)?,
        }
    }
}

/// Waits until every update is handled and every answer delivered.
async fn quiet(app: &App, telegram: &PretendTelegram) -> anyhow::Result<()> {
    let clock = Clock::system();
    let mut period = tokio::time::interval(Duration::from_millis(50));
    loop {
        period.tick().await;
        let now = clock.now();
        let idle = app
            .db()
            .read(move |c| Ok(inbox_counts(c)?.waiting == 0 && outbox::is_quiet(c, now)?))
            .await?;
        if idle && telegram.undelivered_updates() == 0 {
            return Ok(());
        }
    }
}

fn read_lines() -> anyhow::Result<mpsc::Receiver<String>> {
    let (sender, typed) = mpsc::channel(TYPED_AHEAD);
    std::thread::Builder::new()
        .name("terminal".to_owned())
        .spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                if sender.blocking_send(line).is_err() {
                    return;
                }
            }
        })
        .context("start reading the terminal")?;
    Ok(typed)
}

/// What the terminal already shows.
#[derive(Default)]
struct Shown {
    texts: HashMap<i64, (String, usize)>,
    with_buttons: Option<Arc<ChatMessage>>,
}

impl Shown {
    /// A line from the person: a number presses a button, anything else is a message.
    fn enter(&mut self, person: &Person, line: &str) -> anyhow::Result<()> {
        if line.is_empty() {
            return Ok(());
        }
        let Ok(number) = line.parse::<usize>() else {
            person.writes(line);
            return Ok(());
        };
        let Some(message) = &self.with_buttons else {
            complain("there are no buttons yet");
            return Ok(());
        };
        let buttons = message.buttons();
        let pressed = number.checked_sub(1).and_then(|index| buttons.get(index));
        match pressed.and_then(|button| button.data.as_deref()) {
            Some(data) => person.presses(message, data).map(|_| ()),
            None => {
                complain(&format!("there is no button {number}"));
                Ok(())
            }
        }
    }

    /// Prints new and edited messages.
    fn print_news(&mut self, telegram: &PretendTelegram) -> anyhow::Result<()> {
        for message in telegram
            .messages(PERSON)
            .into_iter()
            .filter(|message| message.from_bot)
        {
            let markup = message
                .reply_markup
                .as_ref()
                .map_or(0, |markup| markup.to_string().len());
            let now = (message.text.clone(), markup);
            let before = self.texts.insert(message.message_id, now.clone());
            if before.as_ref() == Some(&now) {
                continue;
            }
            let mark = if before.is_some() { " (edited)" } else { "" };
            say(&format!("── Vakhta{mark}\n{}", message.text))?;
            let buttons = message.buttons();
            for (number, button) in buttons.iter().enumerate() {
                say(&format!("   [{}] {}", number + 1, button.text))?;
            }
            say("")?;
            if !buttons.is_empty() {
                self.with_buttons = Some(message);
            }
        }
        Ok(())
    }
}

//! A person who types commands and presses buttons, one at a time, and waits for the reply.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use vakhta::testing::demo::{ChatMessage, Person};
use vakhta::testing::i18n::{Lang, label};
use vakhta::testing::people::{self, Role};
use vakhta::testing::slices::watch::model::account::Until;
use vakhta::testing::slices::watch::store;
use vakhta::testing::slices::watch::store::NewAccount;

use super::HOSTILE;
use super::known::{Known, button, is_of_answer, kind};
use super::ways_back::BACK;
use crate::harness::{LIMIT, Stage};

/// How often a walker checks whether the bot is done. A chat gets one message a second, so checking
/// more often only costs time.
const LOOK: Duration = Duration::from_millis(50);

/// Tries for a way whose buttons may be gone because somebody else pressed one.
const TRIES: usize = 2;

pub(super) struct Walker {
    pub(super) person: Person,
    pub(super) role: Role,
    pub(super) screen: Option<Arc<ChatMessage>>,
    pub(super) way: Vec<String>,
}

impl Walker {
    pub(super) fn new(person: Person, role: Role) -> Self {
        Self {
            person,
            role,
            screen: None,
            way: Vec::new(),
        }
    }

    /// Lets the person in and gives them their role and some accounts, even after a button took
    /// these away.
    pub(super) async fn settle(&self, t: &Stage) {
        let (id, role, now) = (self.person.id(), self.role, t.clock.now());
        let settle = t.app().db().write(move |tx| {
            people::admit(tx, now, id)?;
            people::set_role(tx, id, role)?;
            for (n, name) in HOSTILE.iter().enumerate() {
                for site in ["github", "vk", "gone-site"] {
                    let account = NewAccount {
                        owner_id: id,
                        site: site.to_owned(),
                        username: (*name).to_owned(),
                        period_days: u32::try_from(n)? + 1,
                        until: Until::default(),
                        note: (*name).to_owned(),
                    };
                    store::add(tx, now, &account)?;
                }
            }
            Ok(())
        });
        settle.await.unwrap();
    }

    /// Waits until no reply is on its way to this chat. Notices may take their time.
    pub(super) async fn quiet(&self, t: &Stage) {
        let (chat, mut look) = (self.person.id(), tokio::time::interval(LOOK));
        let now = t.clock.now().0;
        let quiet = async {
            loop {
                look.tick().await;
                let open = t.app().db().read(move |c| {
                    let sql = "SELECT count(*) FROM outbox WHERE chat_id = ?1 AND due_at <= ?2
                               AND priority < 2 AND state IN ('pending', 'making', 'sending')";
                    Ok(c.query_row(sql, (chat, now), |row| row.get::<_, i64>(0))?)
                });
                if open.await.unwrap() == 0 {
                    return;
                }
            }
        };
        let limited = tokio::time::timeout(3 * LIMIT, quiet).await;
        assert!(limited.is_ok(), "{:?} stays without an answer", self.way);
    }

    /// Presses a button of the screen; false when it is not there.
    pub(super) async fn press(&mut self, t: &Stage, of: &str) -> bool {
        let Some(screen) = self.screen.take() else {
            return false;
        };
        let (chat, id) = (screen.chat_id, screen.message_id);
        let Some(before) = t.telegram.message(chat, id) else {
            return false;
        };
        let Some(data) = button(&before, of) else {
            return false;
        };
        let newest = t.telegram.last_reply(chat).map_or(0, |m| m.order);
        let callback = self.person.presses(&before, &data).unwrap();
        t.note(&self.person, &callback).await;
        self.quiet(t).await;
        let after = t.telegram.message(chat, id);
        let edited = after.filter(|after| after.edits > before.edits);
        let later = t.telegram.messages(chat).into_iter().rev();
        let mut later = later.filter(|m| m.from_bot && m.order > newest && !m.buttons().is_empty());
        let shown = edited.or_else(|| later.next());
        let is_new = shown.is_some();
        self.screen = shown.or(Some(before));
        if of == "bot:home" {
            self.way = vec!["/start".to_owned()];
        } else if let Some(place) = self.way.iter().position(|step| step == of) {
            self.way.truncate(place + 1);
        } else if is_new {
            self.way.push(of.to_owned());
        }
        true
    }

    /// Types a command; its screen begins new ways.
    pub(super) async fn say(&mut self, t: &Stage, text: &str) {
        self.settle(t).await;
        self.writes(t, text).await;
        self.way = vec![text.to_owned()];
    }

    /// Writes and reads the reply: the newest message with buttons, or the newest.
    pub(super) async fn writes(&mut self, t: &Stage, text: &str) {
        self.acts(t, text, |person| person.writes(text)).await;
    }

    /// Sends a file and reads the reply in the same way.
    pub(super) async fn sends(&mut self, t: &Stage, name: &str, bytes: &[u8]) {
        self.acts(t, name, |person| person.sends_document(name, bytes, ""))
            .await;
    }

    /// Sends a photo and reads the reply in the same way.
    pub(super) async fn sends_photo(&mut self, t: &Stage, bytes: &[u8]) {
        self.acts(t, "a photo", |person| person.sends_photo(bytes, ""))
            .await;
    }

    async fn acts(&mut self, t: &Stage, what: &str, act: impl FnOnce(&Person) -> i64) {
        let chat = self.person.id();
        let handled = async || {
            let newest = t.app().db().read(move |c| {
                let sql =
                    "SELECT max(update_id) FROM inbox WHERE chat_id = ?1 AND done_at IS NOT NULL";
                Ok(c.query_row(sql, [chat], |row| row.get::<_, Option<i64>>(0))?)
            });
            newest.await.unwrap()
        };
        let (before, order) = (
            handled().await,
            t.telegram.last_reply(chat).map_or(0, |m| m.order),
        );
        act(&self.person);
        let mut look = tokio::time::interval(LOOK);
        let done = async {
            while handled().await <= before {
                look.tick().await;
            }
        };
        let limited = tokio::time::timeout(3 * LIMIT, done).await;
        assert!(limited.is_ok(), "{what:?} stays without an effect");
        self.quiet(t).await;
        let messages = t.telegram.messages(chat).into_iter().rev();
        let mut new = messages.filter(|m| m.from_bot && m.order > order);
        let newest = new.next();
        assert!(newest.is_some(), "no answer to {what:?}");
        let with_buttons = newest
            .iter()
            .cloned()
            .chain(new)
            .find(|m| !m.buttons().is_empty());
        self.screen = with_buttons.or(newest);
    }

    /// Opens the screen of a button seen earlier.
    pub(super) async fn show(&mut self, t: &Stage, data: &str) {
        self.writes(t, "/start").await;
        let home = self.screen.clone().unwrap();
        let callback = self.person.presses_forged(home.message_id, data);
        t.note(&self.person, &callback).await;
        self.quiet(t).await;
        self.screen = t.telegram.message(home.chat_id, home.message_id);
    }

    /// The kinds of the screen's buttons.
    pub(super) fn kinds(&self) -> Vec<String> {
        let buttons = self.screen.iter().flat_map(|screen| screen.buttons());
        buttons
            .filter_map(|button| button.data.as_deref().map(kind))
            .collect()
    }

    /// Follows a way from its beginning; false when a button on it is gone.
    pub(super) async fn go(&mut self, t: &Stage, way: &[String]) -> bool {
        let Some((command, presses)) = way.split_first() else {
            return false;
        };
        self.say(t, command).await;
        for of in presses {
            if !self.press(t, of).await {
                return false;
            }
        }
        true
    }

    /// The row of the open dialogue.
    pub(super) async fn row(&self, t: &Stage) -> Option<BTreeMap<String, serde_json::Value>> {
        let chat = self.person.id();
        let step = t.app().db().read(move |c| {
            let sql = "SELECT max(step) FROM dialogue WHERE chat_id = ?1";
            Ok(c.query_row(sql, [chat], |row| row.get::<_, Option<String>>(0))?)
        });
        serde_json::from_str(&step.await.unwrap()?).unwrap()
    }

    /// The step of the open dialogue: its row without the person's input.
    pub(super) async fn step(&self, t: &Stage) -> Option<String> {
        let fields = self.row(t).await?;
        let is_word = |c: char| c.is_ascii_lowercase() || c == '-';
        let parts = fields
            .into_iter()
            .map(|(field, value)| match value.as_str() {
                Some(word) if !word.is_empty() && word.chars().all(is_word) => {
                    format!("{field}={word}")
                }
                _ => field,
            });
        Some(parts.collect::<Vec<_>>().join(" "))
    }

    /// Presses buttons nobody has pressed yet, until none is left.
    pub(super) async fn walk(mut self, t: &Stage, known: &RefCell<Known>) {
        loop {
            let next = known.borrow_mut().next(self.screen.as_deref());
            let Some((way, tries)) = next else {
                return;
            };
            let (last, before) = way.split_last().unwrap();
            let shown = self
                .screen
                .as_ref()
                .is_some_and(|s| button(s, last).is_some());
            let went = if before.is_empty() {
                self.say(t, last).await;
                true
            } else if shown {
                self.press(t, last).await
            } else {
                self.go(t, &way).await
            };
            if went {
                known.borrow_mut().pressed.insert(last.clone());
                self.look(t, known).await;
            } else {
                let mut known = known.borrow_mut();
                if tries < TRIES {
                    known.ahead.push_back((way, tries + 1));
                } else {
                    // The next walker who finds the button on another way may press it, but only
                    // once, or the walk would not end.
                    if known.lost.insert(last.clone()) {
                        known.found.remove(last);
                    }
                }
            }
        }
    }

    /// Records the screen.
    pub(super) async fn look(&self, t: &Stage, known: &RefCell<Known>) {
        let step = self.step(t).await;
        let Some(screen) = &self.screen else {
            return;
        };
        let mut known = known.borrow_mut();
        // A message may also name the command that continues; a screen only at its end.
        let last = screen.text.rsplit(' ').next().unwrap_or_default();
        let goes_on = last.starts_with('/') || screen.edits == 0 && screen.text.contains(" /");
        if screen.buttons().is_empty() && !goes_on && self.way.len() > 1 {
            let problem = format!("a dead end after {:?}: {:?}", self.way, screen.text);
            known.wrong.push(problem);
        }
        // Home is where everybody begins; a question may also be the reply to a command.
        let is_home = self.way == ["/start"];
        let may_be_stuck = self.way.len() > 1 || step.is_some() && !is_home;
        let is_answer = self.kinds().iter().all(|kind| is_of_answer(kind));
        if may_be_stuck && !is_answer && !screen.buttons().is_empty() && !leads_back(screen) {
            let problem = format!("no way back after {:?}: {:?}", self.way, screen.text);
            known.wrong.push(problem);
        }
        known.see(&self.way, screen);
        if let Some(step) = step {
            known
                .dialogues
                .entry(step)
                .or_insert_with(|| self.way.clone());
        }
    }
}

/// Whether a button leads back.
pub(super) fn leads_back(screen: &ChatMessage) -> bool {
    let labels = |lang| BACK.map(|key| label(lang, key));
    let mut back = [Lang::Ru, Lang::En].into_iter().flat_map(labels);
    let buttons = screen.buttons();
    back.any(|text| buttons.iter().any(|button| button.text == text))
}

//! `/settings`: how a chat wants to be spoken to.
//!
//! Every chat has its own: a person's, and a group's, where only admins come here. Buttons carry
//! `set:<what>:<value>`, the value itself and no change of it, so that pressing one twice, or by
//! two people, does the same as pressing it once.

use super::Settings;
use super::groups;
use super::parts::{back, is_private, spoken_zone};
use crate::db::{Connection, WriteTx};
use crate::dialogue;
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::navigation::home_button;
use crate::people::{self, Actor, Notify, Preference, Preferences, Quiet, QuietHours};
use crate::telegram::{Answer, Button, Keyboard, Screen};

const HOURS_IN_ROW: usize = 6;

/// Quiet hours offered at once.
const NIGHTS: [(i8, i8); 3] = [(22, 8), (23, 8), (0, 9)];

impl Settings {
    /// The first screen of the settings.
    pub(super) fn settings(
        &self,
        connection: &Connection,
        actor: &Actor,
    ) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        let preferences = people::preferences(connection, actor.chat_id)?;
        let notify = people::notify_of(connection, actor.chat_id)?;
        let mut lines = vec![
            i18n::html(
                lang,
                "settings",
                &Args::new().text("language", lang.own_name()),
            ),
            self.zone_line(actor),
        ];
        let line = |key: &str, value: &str| i18n::html(lang, key, &Args::new().text("is", value));
        let choice = |yes: bool, key: &str| label(lang, &format!("{key}-{}", word(yes)));
        let mut wants_digest = notify == Some(Notify::Digest);
        if actor.role.is_admin() {
            let chosen = notify.unwrap_or(self.notify);
            wants_digest = chosen == Notify::Digest;
            let spoken = label(lang, &format!("notify-{}", chosen.word()));
            lines.push(i18n::html(
                lang,
                "settings-notify",
                &Args::new().text("notify", &spoken),
            ));
            lines.push(line(
                "settings-starts",
                &choice(preferences.run_starts, "starts"),
            ));
        }
        let hour = wants_digest.then(|| full_hour(preferences.digest_hour));
        lines.push(line(
            "settings-digest",
            &hour.unwrap_or_else(|| label(lang, "settings-none")),
        ));
        lines.push(line(
            "settings-quiet",
            &spoken_quiet(lang, preferences.quiet),
        ));
        if is_private(actor) {
            lines.push(line(
                "settings-reminders",
                &choice(preferences.reminders, "reminders"),
            ));
        }
        let keyboard = settings_buttons(actor, &preferences, wants_digest)?;
        Ok(Answer::screen(Screen::new(
            Html::join(&lines, "\n"),
            keyboard,
        )))
    }

    /// A pressed button; `data` is what stands after `set:`. In a group only admins come here.
    pub(super) fn settings_callback(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        data: &str,
    ) -> anyhow::Result<Answer> {
        let (what, value) = data.split_once(':').unwrap_or((data, ""));
        let (chat, now) = (actor.chat_id, actor.now);
        match what {
            "zones" => return self.zones(tx, actor),
            "quiet-hours" => return self.quiet_screen(tx, actor),
            "hours" => return hours_screen(actor),
            "groups" if actor.role.is_admin() => return groups::screen(tx, actor),
            "unbind" if actor.role.is_admin() => return groups::unbind_callback(tx, actor, value),
            "language" => return self.choose_language(tx, actor, value),
            "zone" => return self.choose_zone(tx, actor, value),
            "quiet" => {
                if let Some(quiet) = parse_quiet(value) {
                    people::set_preference(
                        tx,
                        now,
                        chat,
                        Preference::Quiet(quiet, self.zone_of(actor)),
                    )?;
                }
                return self.quiet_screen(tx, actor);
            }
            "notify" => {
                let notify = Notify::from_word(value);
                let may = actor.role.is_admin() || notify.is_none_or(|n| n == Notify::Digest);
                if may && (notify.is_some() || value == "none") {
                    people::set_notify(tx, now, chat, notify)?;
                }
            }
            "digest-hour" => {
                if let Some(hour) = parse_hour(value) {
                    people::set_preference(tx, now, chat, Preference::DigestHour(hour))?;
                }
            }
            "starts" => {
                people::set_preference(tx, now, chat, Preference::RunStarts(value == "yes"))?;
            }
            "reminders" => {
                people::set_preference(tx, now, chat, Preference::Reminders(value == "yes"))?;
            }
            // Also the way back from a screen where something could be typed.
            "all" => {
                dialogue::end(tx, actor)?;
            }
            _ => {
                let stale = label(actor.lang, "stale-button");
                return Ok(self.settings(tx, actor)?.toast(stale));
            }
        }
        self.settings(tx, actor)
    }

    fn choose_language(
        &self,
        tx: &WriteTx<'_>,
        actor: &Actor,
        code: &str,
    ) -> anyhow::Result<Answer> {
        let mut actor = actor.clone();
        if let Some(lang) = Lang::from_word(code) {
            people::set_preference(tx, actor.now, actor.chat_id, Preference::Language(lang))?;
            actor.lang = lang;
        }
        Ok(self.settings(tx, &actor)?.ring(&self.menus))
    }

    fn quiet_screen(&self, connection: &Connection, actor: &Actor) -> anyhow::Result<Answer> {
        let lang = actor.lang;
        let stored = people::preferences(connection, actor.chat_id)?.quiet;
        let is = spoken_quiet(lang, stored);
        let args = Args::new()
            .text("is", &is)
            .text("zone", &spoken_zone(self.zone_of(actor), actor));
        let text = i18n::html(lang, "quiet-hours", &args);
        let now = stored.unwrap_or(QuietHours {
            how: Quiet::Hold,
            from: 23,
            to: 8,
        });
        let button = |text: &str, how: Quiet, from: i8, to: i8| {
            let (from, to) = (from.rem_euclid(24), to.rem_euclid(24));
            Button::callback(text, format!("set:quiet:{}:{from}:{to}", how.word()))
        };
        let moved = |key: &str, from: i8, to: i8| {
            let hour = if from == now.from { to } else { from };
            let args = Args::new().text("hour", &full_hour(hour.rem_euclid(24)));
            button(&i18n::plain(lang, key, &args), now.how, from, to)
        };
        let nights = NIGHTS.map(|(from, to)| {
            let text = format!("🌙 {}–{}", full_hour(from), full_hour(to));
            button(&text, now.how, from, to)
        });
        let mut keyboard = Keyboard::new()
            .row(nights.into_iter().collect::<anyhow::Result<Vec<_>>>()?)
            .row([
                moved("button-quiet-from", now.from - 1, now.to)?,
                moved("button-quiet-from", now.from + 1, now.to)?,
                moved("button-quiet-to", now.from, now.to - 1)?,
                moved("button-quiet-to", now.from, now.to + 1)?,
            ]);
        for (word, how) in Quiet::WORDS {
            let text = label(lang, &format!("button-quiet-{word}"));
            keyboard = keyboard.row([button(&text, *how, now.from, now.to)?]);
        }
        if stored.is_some() {
            let off = Button::labelled(lang, "button-quiet-off", "set:quiet:off")?;
            keyboard = keyboard.row([off]);
        }
        Ok(Answer::screen(Screen::new(
            text,
            keyboard.row([back(lang)?]),
        )))
    }
}

fn settings_buttons(
    actor: &Actor,
    preferences: &Preferences,
    wants_digest: bool,
) -> anyhow::Result<Keyboard> {
    let lang = actor.lang;
    let button = |key: &str, data: &str| Button::labelled(lang, key, data);
    let mut languages = Vec::new();
    for other in Lang::ALL {
        let data = format!("set:language:{}", other.word());
        languages.push(Button::callback(other.own_name(), data)?);
    }
    let mut keyboard = Keyboard::new().row(languages);
    // The buttons name the effect of pressing them, so each is shown only if it has an effect.
    let toggle = |yes: bool, what: &str| {
        let value = word(!yes);
        button(
            &format!("button-{what}-{value}"),
            &format!("set:{what}:{value}"),
        )
    };
    if actor.role.is_admin() {
        let choices = Notify::WORDS.iter().map(|(word, _)| {
            let spoken = label(lang, &format!("notify-{word}"));
            Button::callback(&spoken, format!("set:notify:{word}"))
        });
        keyboard = keyboard
            .row(choices.collect::<anyhow::Result<Vec<_>>>()?)
            .row([toggle(preferences.run_starts, "starts")?]);
    } else if wants_digest {
        keyboard = keyboard.row([button("button-digest-no", "set:notify:none")?]);
    } else {
        keyboard = keyboard.row([button("button-digest-yes", "set:notify:digest")?]);
    }
    if wants_digest {
        keyboard = keyboard.row([button("button-digest-hour", "set:hours")?]);
    }
    keyboard = keyboard.row([
        button("button-quiet-hours", "set:quiet-hours")?,
        button("button-zone", "set:zones")?,
    ]);
    if !is_private(actor) {
        return Ok(keyboard);
    }
    keyboard = keyboard.row([toggle(preferences.reminders, "reminders")?]);
    if actor.role.is_admin() {
        keyboard = keyboard.row([button("button-groups", "set:groups")?]);
    }
    Ok(keyboard.row([home_button(lang)?]))
}

fn hours_screen(actor: &Actor) -> anyhow::Result<Answer> {
    let lang = actor.lang;
    let mut keyboard = Keyboard::new();
    let hours: Vec<i8> = (0..24).collect();
    for row in hours.chunks(HOURS_IN_ROW) {
        let buttons = row
            .iter()
            .map(|hour| Button::callback(&full_hour(*hour), format!("set:digest-hour:{hour}")));
        keyboard = keyboard.row(buttons.collect::<anyhow::Result<Vec<_>>>()?);
    }
    Ok(Answer::screen(Screen::new(
        i18n::text(lang, "digest-hour-ask"),
        keyboard.row([back(lang)?]),
    )))
}

fn word(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn full_hour(hour: i8) -> String {
    format!("{hour}:00")
}

fn parse_hour(text: &str) -> Option<i8> {
    text.parse().ok().filter(|hour| (0..24).contains(hour))
}

/// `off`, or what becomes of news and two hours; none when it is neither.
fn parse_quiet(text: &str) -> Option<Option<QuietHours>> {
    if text == "off" {
        return Some(None);
    }
    let mut parts = text.split(':');
    let how = Quiet::from_word(parts.next()?)?;
    let (from, to) = (parse_hour(parts.next()?)?, parse_hour(parts.next()?)?);
    Some(Some(QuietHours { how, from, to }))
}

fn spoken_quiet(lang: Lang, quiet: Option<QuietHours>) -> String {
    let Some(QuietHours { how, from, to }) = quiet else {
        return label(lang, "settings-none");
    };
    let how = label(lang, &format!("quiet-{}", how.word()));
    format!("{}–{}, {how}", full_hour(from), full_hour(to))
}

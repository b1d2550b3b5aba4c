//! `/settings`: how a chat wants to be spoken to.
//!
//! Every chat has its own: a person's, and a group's, where only admins come here. Buttons carry `set:<what>:<value>`, the
//! value itself and no change of it, so that pressing one twice, or by two people, does the same as pressing it once.

use super::Bot;
use super::home::home_row;
use super::zones::spoken_zone;
use crate::db::{Connection, WriteTx};
use crate::dialogue;
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::people::{self, Asker, Manners, Quiet, QuietHours, Wish};
use crate::slices::watch::Notify;
use crate::slices::watch::store as watch_store;
use crate::telegram::{Answer, Button, Keyboard, Screen};

/// Hour buttons in a row.
const HOURS_IN_ROW: usize = 6;

/// Quiet hours offered at once.
const NIGHTS: [(i8, i8); 3] = [(22, 8), (23, 8), (0, 9)];

impl Bot {
    /// The first screen of the settings.
    pub(super) fn settings(
        &self,
        connection: &Connection,
        asker: &Asker,
    ) -> anyhow::Result<Answer> {
        let lang = asker.lang;
        let manners = people::manners(connection, asker.chat_id)?;
        let notify = watch_store::notify_of(connection, asker.chat_id)?;
        let mut lines = vec![
            i18n::html(
                lang,
                "settings",
                &Args::new().text("language", lang.own_name()),
            ),
            self.zone_line(asker),
        ];
        let line = |key: &str, value: &str| i18n::html(lang, key, &Args::new().text("is", value));
        let choice = |yes: bool, key: &str| label(lang, &format!("{key}-{}", word(yes)));
        let mut wants_digest = notify == Some(Notify::Digest);
        if asker.role.is_admin() {
            let chosen = notify.unwrap_or(self.watch.default_notify());
            wants_digest = chosen == Notify::Digest;
            let spoken = label(lang, &format!("notify-{}", chosen.word()));
            lines.push(i18n::html(
                lang,
                "settings-notify",
                &Args::new().text("notify", &spoken),
            ));
            lines.push(line(
                "settings-starts",
                &choice(manners.run_starts, "starts"),
            ));
        }
        let hour = wants_digest.then(|| full_hour(manners.digest_hour));
        lines.push(line(
            "settings-digest",
            &hour.unwrap_or_else(|| label(lang, "settings-none")),
        ));
        lines.push(line("settings-quiet", &spoken_quiet(lang, manners.quiet)));
        if is_private(asker) {
            lines.push(line(
                "settings-reminders",
                &choice(manners.reminders, "reminders"),
            ));
        }
        let keyboard = settings_buttons(asker, &manners, wants_digest)?;
        Ok(Answer::screen(Screen::new(
            Html::join(&lines, "\n"),
            keyboard,
        )))
    }

    /// A pressed button; `data` is what stands after `set:`. In a group only admins come here.
    pub(super) fn settings_tap(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        data: &str,
    ) -> anyhow::Result<Answer> {
        let (what, value) = data.split_once(':').unwrap_or((data, ""));
        let (chat, now) = (asker.chat_id, asker.now);
        match what {
            "zones" => return self.zones(tx, asker),
            "quiet-hours" => return self.quiet_screen(tx, asker),
            "hours" => return hours_screen(asker),
            "groups" if asker.role.is_admin() => return groups_screen(tx, asker),
            "unbind" if asker.role.is_admin() => return self.unbind_tap(tx, asker, value),
            "language" => return self.choose_language(tx, asker, value),
            "zone" => return self.choose_zone(tx, asker, value),
            "quiet" => {
                if let Some(quiet) = parse_quiet(value) {
                    people::wish(tx, now, chat, Wish::Quiet(quiet, self.zone_of(asker)))?;
                }
                return self.quiet_screen(tx, asker);
            }
            "notify" => {
                let notify = Notify::from_word(value);
                let may = asker.role.is_admin() || notify.is_none_or(|n| n == Notify::Digest);
                if may && (notify.is_some() || value == "none") {
                    watch_store::set_notify(tx, now, chat, notify)?;
                }
            }
            "digest-hour" => {
                if let Some(hour) = parse_hour(value) {
                    people::wish(tx, now, chat, Wish::DigestHour(hour))?;
                }
            }
            "starts" => people::wish(tx, now, chat, Wish::RunStarts(value == "yes"))?,
            "reminders" => people::wish(tx, now, chat, Wish::Reminders(value == "yes"))?,
            // Also the way back from a screen where something could be typed.
            "all" => {
                dialogue::end(tx, asker)?;
            }
            _ => {
                let stale = label(asker.lang, "stale-button");
                return Ok(self.settings(tx, asker)?.toast(stale));
            }
        }
        self.settings(tx, asker)
    }

    fn choose_language(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        code: &str,
    ) -> anyhow::Result<Answer> {
        let mut asker = asker.clone();
        if let Some(lang) = Lang::from_code(code) {
            people::wish(tx, asker.now, asker.chat_id, Wish::Language(lang))?;
            asker.lang = lang;
        }
        Ok(self.settings(tx, &asker)?.ring(&self.menus))
    }

    fn quiet_screen(&self, connection: &Connection, asker: &Asker) -> anyhow::Result<Answer> {
        let lang = asker.lang;
        let stored = people::manners(connection, asker.chat_id)?.quiet;
        let is = spoken_quiet(lang, stored);
        let args = Args::new()
            .text("is", &is)
            .text("zone", &spoken_zone(self.zone_of(asker), asker));
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
            let off = label(lang, "button-quiet-off");
            keyboard = keyboard.row([Button::callback(&off, "set:quiet:off")?]);
        }
        Ok(Answer::screen(Screen::new(
            text,
            keyboard.row([back(lang)?]),
        )))
    }
}

fn settings_buttons(
    asker: &Asker,
    manners: &Manners,
    wants_digest: bool,
) -> anyhow::Result<Keyboard> {
    let lang = asker.lang;
    let button = |key: &str, data: &str| Button::callback(&label(lang, key), data);
    let mut languages = Vec::new();
    for other in Lang::ALL {
        let data = format!("set:language:{}", other.code());
        languages.push(Button::callback(other.own_name(), data)?);
    }
    let mut keyboard = Keyboard::new().row(languages);
    // The buttons name what pressing them brings, so each is there only where it brings something.
    let toggle = |yes: bool, what: &str| {
        let value = word(!yes);
        button(
            &format!("button-{what}-{value}"),
            &format!("set:{what}:{value}"),
        )
    };
    if asker.role.is_admin() {
        let choices = Notify::WORDS.iter().map(|(word, _)| {
            let spoken = label(lang, &format!("notify-{word}"));
            Button::callback(&spoken, format!("set:notify:{word}"))
        });
        keyboard = keyboard
            .row(choices.collect::<anyhow::Result<Vec<_>>>()?)
            .row([toggle(manners.run_starts, "starts")?]);
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
    if !is_private(asker) {
        return Ok(keyboard);
    }
    keyboard = keyboard.row([toggle(manners.reminders, "reminders")?]);
    if asker.role.is_admin() {
        keyboard = keyboard.row([button("button-groups", "set:groups")?]);
    }
    Ok(keyboard.row(home_row(lang)?))
}

fn hours_screen(asker: &Asker) -> anyhow::Result<Answer> {
    let lang = asker.lang;
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

/// The groups that hear of runs, with how to add one.
pub(super) fn groups_screen(connection: &Connection, asker: &Asker) -> anyhow::Result<Answer> {
    let lang = asker.lang;
    let groups = people::bound(connection)?;
    let mut keyboard = Keyboard::new();
    for group in &groups {
        let args = Args::new().text("title", &crate::html::cut(&group.title, 40));
        let text = i18n::plain(lang, "button-unbind", &args);
        keyboard = keyboard.row([Button::callback(
            &text,
            format!("set:unbind:{}", group.chat_id),
        )?]);
    }
    let text = i18n::html(lang, "groups", &Args::new().number("n", groups.len()));
    Ok(Answer::screen(Screen::new(
        text,
        keyboard.row([back(lang)?]),
    )))
}

pub(super) fn is_private(asker: &Asker) -> bool {
    asker.chat_id == asker.id
}

pub(super) fn back(lang: Lang) -> anyhow::Result<Button> {
    Button::callback(&label(lang, "button-back"), "set:all")
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

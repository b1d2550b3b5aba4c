//! `/settings`: how a chat wants to be spoken to.
//!
//! Every chat has its own: a person's, and a group's, where only admins come here. Buttons carry `set:<what>:<value>`, the
//! value itself and no change of it, so that pressing one twice, or by two people, does the same as pressing it once.

use serde::{Deserialize, Serialize};

use super::Bot;
use super::home::home_row;
use crate::db::{Connection, WriteTx};
use crate::dialogue;
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::people::{self, Asker, Manners, Quiet, QuietHours, Wish};
use crate::telegram::{Answer, Button, Keyboard, Screen};
use crate::watch::Notify;
use crate::watch::store as watch_store;
use crate::zone::Zone;

/// Zones offered as buttons, with the key of their label; any other can be typed.
const ZONES: &[(&str, &str)] = &[
    ("Europe/Kaliningrad", "city-kaliningrad"),
    ("Europe/Moscow", "city-moscow"),
    ("Europe/Samara", "city-samara"),
    ("Asia/Yekaterinburg", "city-yekaterinburg"),
    ("Asia/Omsk", "city-omsk"),
    ("Asia/Novosibirsk", "city-novosibirsk"),
    ("Asia/Irkutsk", "city-irkutsk"),
    ("Asia/Yakutsk", "city-yakutsk"),
    ("Asia/Vladivostok", "city-vladivostok"),
    ("Asia/Magadan", "city-magadan"),
    ("Asia/Kamchatka", "city-kamchatka"),
    ("Asia/Almaty", "city-almaty"),
    ("Asia/Tbilisi", "city-tbilisi"),
    ("Europe/London", "city-london"),
    ("Europe/Berlin", "city-berlin"),
    ("America/New_York", "city-new-york"),
    ("UTC", "city-utc"),
];

/// Zone buttons in a row.
const ZONES_IN_ROW: usize = 3;

/// Hour buttons in a row.
const HOURS_IN_ROW: usize = 6;

/// Quiet hours offered at once.
const NIGHTS: [(i8, i8); 3] = [(22, 8), (23, 8), (0, 9)];

/// Where a dialogue of the settings stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "settings", rename_all = "kebab-case")]
pub(super) enum SettingsStep {
    /// A time zone may be typed.
    Zone,
}

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

    /// The time zone of the chat, by a button or as typed.
    fn choose_zone(&self, tx: &WriteTx<'_>, asker: &Asker, name: &str) -> anyhow::Result<Answer> {
        let Some(zone) = read_zone(name) else {
            return Ok(Answer::text(i18n::text(asker.lang, "zone-unknown")));
        };
        dialogue::end(tx, asker)?;
        people::wish(tx, asker.now, asker.chat_id, Wish::Zone(zone))?;
        let asker = Asker {
            zone: Some(zone),
            ..asker.clone()
        };
        self.settings(tx, &asker)
    }

    /// What was typed in a dialogue of the settings.
    pub(super) fn settings_step(
        &self,
        tx: &WriteTx<'_>,
        asker: &Asker,
        step: SettingsStep,
        text: &str,
    ) -> anyhow::Result<Answer> {
        match step {
            SettingsStep::Zone => self.choose_zone(tx, asker, text),
        }
    }

    fn zone_of<'a>(&'a self, asker: &Asker) -> &'a Zone {
        asker.zone.unwrap_or(self.watch.zone())
    }

    fn zone_line(&self, asker: &Asker) -> Html {
        let zone = self.zone_of(asker);
        let time = zone.civil(asker.now).strftime("%H:%M").to_string();
        let args = Args::new()
            .text("zone", &spoken_zone(zone, asker))
            .text("time", &time);
        i18n::html(asker.lang, "settings-zone", &args)
    }

    fn zones(&self, tx: &WriteTx<'_>, asker: &Asker) -> anyhow::Result<Answer> {
        let lang = asker.lang;
        let mut text = vec![self.zone_line(asker), Html::default()];
        // In a group there are no dialogues.
        if is_private(asker) {
            dialogue::set(tx, asker, &SettingsStep::Zone)?;
            text.push(i18n::text(lang, "zone-ask"));
        } else {
            text.push(i18n::text(lang, "zone-choose"));
        }
        let mut keyboard = Keyboard::new();
        for row in ZONES.chunks(ZONES_IN_ROW) {
            let buttons = row.iter().map(|(name, key)| {
                let offset = Zone::named(name).map_or(0, |zone| zone.offset_seconds(asker.now));
                let text = format!("{} {}", label(lang, key), spoken_offset(offset));
                Button::callback(&text, format!("set:zone:{name}"))
            });
            keyboard = keyboard.row(buttons.collect::<anyhow::Result<Vec<_>>>()?);
        }
        Ok(Answer::screen(Screen::new(
            Html::join(&text, "\n"),
            keyboard.row([back(lang)?]),
        )))
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

fn back(lang: Lang) -> anyhow::Result<Button> {
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

/// A zone by its name, or by its distance from UTC in whole hours: `+3`, `UTC-5`.
fn read_zone(text: &str) -> Option<&'static Zone> {
    let text = text.trim();
    let upper = text.to_uppercase();
    let offset = upper.strip_prefix("UTC").or(upper.strip_prefix("GMT"));
    let offset = offset.unwrap_or(&upper).trim();
    if offset.starts_with(['+', '-', '−']) {
        let hours: i8 = offset.replace('−', "-").parse().ok()?;
        // The database counts these the other way round, to the west.
        return Zone::named(&format!("Etc/GMT{:+}", hours.checked_neg()?));
    }
    Zone::named(text)
}

fn spoken_zone(zone: &Zone, asker: &Asker) -> String {
    let offset = spoken_offset(zone.offset_seconds(asker.now));
    if zone.name().starts_with("Etc/") || zone.name() == "UTC" {
        return offset;
    }
    format!("{} ({offset})", zone.name())
}

/// `UTC+3`, `UTC+5:30`.
fn spoken_offset(seconds: i32) -> String {
    let minutes = seconds / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_read_by_name_and_by_distance() {
        let name = |text: &str| read_zone(text).map(Zone::name);
        assert_eq!(name(" europe/berlin "), Some("Europe/Berlin"));
        for text in ["+3", "UTC+3", "gmt +3"] {
            assert_eq!(name(text), Some("Etc/GMT-3"), "{text}");
        }
        assert_eq!(name("−5"), Some("Etc/GMT+5"));
        assert_eq!(name("UTC"), Some("UTC"));
        for text in ["", "+99", "-128", "Марс", "+3:30"] {
            assert_eq!(name(text), None, "{text}");
        }
        for (name, _) in ZONES {
            assert!(Zone::named(name).is_some(), "{name}");
        }
    }

    #[test]
    fn distances_are_spoken_shortly() {
        assert_eq!(spoken_offset(0), "UTC");
        assert_eq!(spoken_offset(10_800), "UTC+3");
        assert_eq!(spoken_offset(-12_600), "UTC-3:30");
    }
}

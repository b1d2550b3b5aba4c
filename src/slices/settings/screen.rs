//! `/settings`: how a chat wants to be spoken to.
//!
//! Every chat has its own: a person's, and a group's, where only admins come here.

use super::Settings;
use super::callback::SettingsCallback;
use super::groups;
use super::parts::{back, is_private, spoken_zone};
use crate::dialogue;
use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::navigation::home_button;
use crate::people::{self, Actor, Notify, Preference, Preferences, Quiet, QuietHours};
use crate::slice::Context;
use crate::telegram::{Answer, Button, Keyboard};
use crate::words::yes_or_no;

const HOURS_IN_ROW: usize = 6;

/// Quiet hours offered at once.
const NIGHTS: [(i8, i8); 3] = [(22, 8), (23, 8), (0, 9)];

impl Settings {
    /// The first screen of the settings.
    pub(super) fn settings(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let lang = actor.lang;
        let preferences = people::preferences(tx, actor.chat_id)?;
        let notify = people::notify_of(tx, actor.chat_id)?;
        let mut lines = vec![
            i18n::html(
                lang,
                "settings",
                &Args::new().text("language", lang.own_name()),
            ),
            self.zone_line(actor),
        ];
        let line = |key: &str, value: &str| i18n::html(lang, key, &Args::new().text("is", value));
        let choice = |yes: bool, key: &str| label(lang, &format!("{key}-{}", yes_or_no(yes)));
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
        Ok(Answer::screen(Html::join(&lines, "\n"), keyboard))
    }

    /// A choice; none is a button that cannot be read. In a group only admins come here.
    pub(super) fn settings_callback(
        &self,
        cx: &Context<'_>,
        choice: Option<SettingsCallback<'_>>,
    ) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let set = |preference| people::set_preference(tx, actor.now, actor.chat_id, preference);
        let is_admin = actor.role.is_admin();
        match choice {
            Some(SettingsCallback::Zones) => return self.zones(cx),
            Some(SettingsCallback::QuietHours) => return self.quiet_screen(cx),
            Some(SettingsCallback::Hours) => return hours_screen(actor),
            Some(SettingsCallback::Groups) if is_admin => return groups::screen(cx),
            Some(SettingsCallback::Unbind(group)) if is_admin => {
                return groups::unbind_callback(cx, group);
            }
            Some(SettingsCallback::Language(lang)) => {
                return self.choose_language(cx, lang);
            }
            Some(SettingsCallback::Zone(name)) => return self.choose_zone(cx, name),
            Some(SettingsCallback::SetQuiet(quiet)) => {
                set(Preference::Quiet(Some(quiet), &actor.zone))?;
                return self.quiet_screen(cx);
            }
            Some(SettingsCallback::QuietOff) => {
                set(Preference::Quiet(None, &actor.zone))?;
                return self.quiet_screen(cx);
            }
            Some(SettingsCallback::Notify(notify)) => {
                if is_admin || notify == Notify::Digest {
                    people::set_notify(tx, actor.now, actor.chat_id, Some(notify))?;
                }
            }
            Some(SettingsCallback::UsualNotify) => {
                people::set_notify(tx, actor.now, actor.chat_id, None)?;
            }
            Some(SettingsCallback::DigestHour(hour)) => set(Preference::DigestHour(hour))?,
            Some(SettingsCallback::RunStarts(yes)) => set(Preference::RunStarts(yes))?,
            Some(SettingsCallback::Reminders(yes)) => set(Preference::Reminders(yes))?,
            // Also the way back from a screen where something could be typed.
            Some(SettingsCallback::All) => {
                dialogue::end(tx, actor)?;
            }
            _ => {
                let stale = label(actor.lang, "stale-button");
                return Ok(self.settings(cx)?.toast(stale));
            }
        }
        self.settings(cx)
    }

    fn choose_language(&self, cx: &Context<'_>, lang: Lang) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        people::set_preference(tx, actor.now, actor.chat_id, Preference::Language(lang))?;
        let actor = &Actor {
            lang,
            ..actor.clone()
        };
        Ok(self.settings(&Context { actor, ..*cx })?.ring(&self.menus))
    }

    fn quiet_screen(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let lang = actor.lang;
        let stored = people::preferences(cx.tx, actor.chat_id)?.quiet;
        let is = spoken_quiet(lang, stored);
        let args = Args::new()
            .text("is", &is)
            .text("zone", &spoken_zone(actor));
        let text = i18n::html(lang, "quiet-hours", &args);
        let now = stored.unwrap_or(QuietHours {
            how: Quiet::Hold,
            from: 23,
            to: 8,
        });
        let button = |text: &str, how: Quiet, from: i8, to: i8| {
            let (from, to) = (from.rem_euclid(24), to.rem_euclid(24));
            let hours = QuietHours { how, from, to };
            Button::callback(text, SettingsCallback::SetQuiet(hours))
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
            let off = Button::labelled(lang, "button-quiet-off", SettingsCallback::QuietOff)?;
            keyboard = keyboard.row([off]);
        }
        Ok(Answer::screen(text, keyboard.row([back(lang)?])))
    }
}

fn settings_buttons(
    actor: &Actor,
    preferences: &Preferences,
    wants_digest: bool,
) -> anyhow::Result<Keyboard> {
    let lang = actor.lang;
    let button = |key: &str, data| Button::labelled(lang, key, data);
    let mut languages = Vec::new();
    for other in Lang::ALL {
        let choose = SettingsCallback::Language(other);
        languages.push(Button::callback(other.own_name(), choose)?);
    }
    let mut keyboard = Keyboard::new().row(languages);
    // The buttons name the effect of pressing them, so each is shown only if it has an effect.
    let toggle = |yes: bool, what: &str, data: fn(bool) -> SettingsCallback<'static>| {
        button(&format!("button-{what}-{}", yes_or_no(!yes)), data(!yes))
    };
    if actor.role.is_admin() {
        let choices = Notify::WORDS.iter().map(|(word, notify)| {
            let spoken = label(lang, &format!("notify-{word}"));
            Button::callback(&spoken, SettingsCallback::Notify(*notify))
        });
        keyboard = keyboard
            .row(choices.collect::<anyhow::Result<Vec<_>>>()?)
            .row([toggle(
                preferences.run_starts,
                "starts",
                SettingsCallback::RunStarts,
            )?]);
    } else if wants_digest {
        keyboard = keyboard.row([button("button-digest-no", SettingsCallback::UsualNotify)?]);
    } else {
        let digest = SettingsCallback::Notify(Notify::Digest);
        keyboard = keyboard.row([button("button-digest-yes", digest)?]);
    }
    if wants_digest {
        keyboard = keyboard.row([button("button-digest-hour", SettingsCallback::Hours)?]);
    }
    keyboard = keyboard.row([
        button("button-quiet-hours", SettingsCallback::QuietHours)?,
        button("button-zone", SettingsCallback::Zones)?,
    ]);
    if !is_private(actor) {
        return Ok(keyboard);
    }
    keyboard = keyboard.row([toggle(
        preferences.reminders,
        "reminders",
        SettingsCallback::Reminders,
    )?]);
    if actor.role.is_admin() {
        keyboard = keyboard.row([button("button-groups", SettingsCallback::Groups)?]);
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
            .map(|hour| Button::callback(&full_hour(*hour), SettingsCallback::DigestHour(*hour)));
        keyboard = keyboard.row(buttons.collect::<anyhow::Result<Vec<_>>>()?);
    }
    Ok(Answer::screen(
        i18n::text(lang, "digest-hour-ask"),
        keyboard.row([back(lang)?]),
    ))
}

fn full_hour(hour: i8) -> String {
    format!("{hour}:00")
}

fn spoken_quiet(lang: Lang, quiet: Option<QuietHours>) -> String {
    let Some(QuietHours { how, from, to }) = quiet else {
        return label(lang, "settings-none");
    };
    let how = label(lang, &format!("quiet-{}", how.word()));
    format!("{}–{}, {how}", full_hour(from), full_hour(to))
}

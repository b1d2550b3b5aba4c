//! The time zone of a chat: chosen from some cities, or typed.

use serde::{Deserialize, Serialize};

use super::Settings;
use super::callback::SettingsCallback;
use super::parts::{back, is_private, spoken_offset, spoken_zone};
use crate::dialogue;
use crate::html::Html;
use crate::i18n::{self, Args, label};
use crate::people::{self, Actor, Preference};
use crate::slice::Context;
use crate::telegram::{Answer, Button, Keyboard};
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

/// The longest name that is looked up, in bytes: no zone's name exceeds 32.
const LONGEST_NAME: usize = 64;

/// A step of a settings dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "settings", rename_all = "kebab-case")]
pub(super) enum SettingsStep {
    /// A time zone may be typed.
    Zone,
}

impl Settings {
    /// Sets the chat's time zone, chosen by a button or typed.
    pub(super) fn choose_zone(&self, cx: &Context<'_>, name: &str) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let Some(zone) = read_zone(name) else {
            return Ok(Answer::screen(
                i18n::text(actor.lang, "zone-unknown"),
                Keyboard::new().row([back(actor.lang)?]),
            ));
        };
        dialogue::end(tx, actor)?;
        people::set_preference(tx, actor.now, actor.chat_id, Preference::Zone(zone))?;
        let actor = &Actor {
            zone: zone.clone(),
            ..actor.clone()
        };
        self.settings(&Context { actor, ..*cx })
    }

    /// Handles a text typed in a dialogue of the settings.
    pub(super) fn settings_step(
        &self,
        cx: &Context<'_>,
        step: SettingsStep,
        text: &str,
    ) -> anyhow::Result<Answer> {
        match step {
            SettingsStep::Zone => self.choose_zone(cx, text),
        }
    }

    pub(super) fn zone_line(&self, actor: &Actor) -> Html {
        let time = actor.zone.civil(actor.now).strftime("%H:%M").to_string();
        let args = Args::new()
            .text("zone", &spoken_zone(actor))
            .text("time", &time);
        i18n::html(actor.lang, "settings-zone", &args)
    }

    pub(super) fn zones(&self, cx: &Context<'_>) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let lang = actor.lang;
        let mut text = vec![self.zone_line(actor), Html::default()];
        // There are no dialogues in a group.
        if is_private(actor) {
            dialogue::set(cx.tx, actor, &SettingsStep::Zone)?;
            text.push(i18n::text(lang, "zone-ask"));
        } else {
            text.push(i18n::text(lang, "zone-choose"));
        }
        let mut keyboard = Keyboard::new();
        for row in ZONES.chunks(ZONES_IN_ROW) {
            let buttons = row.iter().map(|(name, key)| {
                let offset = Zone::named(name).map_or(0, |zone| zone.offset_seconds(actor.now));
                let text = format!("{} {}", label(lang, key), spoken_offset(offset));
                Button::callback(&text, SettingsCallback::Zone(name))
            });
            keyboard = keyboard.row(buttons.collect::<anyhow::Result<Vec<_>>>()?);
        }
        Ok(Answer::screen(
            Html::join(&text, "\n"),
            keyboard.row([back(lang)?]),
        ))
    }
}

/// A zone by its name, or by its offset from UTC in whole hours: `+3`, `UTC-5`.
fn read_zone(text: &str) -> Option<&'static Zone> {
    let text = text.trim();
    if text.len() > LONGEST_NAME {
        return None;
    }
    let upper = text.to_uppercase();
    let offset = upper.strip_prefix("UTC").or(upper.strip_prefix("GMT"));
    let offset = offset.unwrap_or(&upper).trim();
    if offset.starts_with(['+', '-', '−']) {
        let hours: i8 = offset.replace('−', "-").parse().ok()?;
        // The database counts these offsets the other way round, to the west.
        return Zone::named(&format!("Etc/GMT{:+}", hours.checked_neg()?));
    }
    Zone::named(text)
}

#[cfg(test)]
#[path = "tests/zones.rs"]
mod tests;

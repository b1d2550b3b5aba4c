//! Shared by the screens of the settings.

use super::callback::SettingsCallback;
use crate::i18n::Lang;
use crate::people::Actor;
use crate::telegram::Button;

pub(super) fn is_private(actor: &Actor) -> bool {
    actor.chat_id == actor.id
}

pub(super) fn back(lang: Lang) -> anyhow::Result<Button> {
    Button::labelled(lang, "button-back", SettingsCallback::All)
}

pub(super) fn spoken_zone(actor: &Actor) -> String {
    let zone = &actor.zone;
    let offset = spoken_offset(zone.offset_seconds(actor.now));
    if zone.name().starts_with("Etc/") || zone.name() == "UTC" {
        return offset;
    }
    format!("{} ({offset})", zone.name())
}

/// `UTC+3`, `UTC+5:30`.
pub(super) fn spoken_offset(seconds: i32) -> String {
    let minutes = seconds / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

#[cfg(test)]
#[path = "tests/parts.rs"]
mod tests;

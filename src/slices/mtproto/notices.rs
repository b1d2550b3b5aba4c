//! What the owner of an account hears, and refusals in words.

use super::callback::AccountsCallback;
use super::model::{AccountState, Device, LinkedAccount, Refusal};
use crate::clock::UnixMs;
use crate::db::Connection;
use crate::html::{Html, cut};
use crate::i18n::{self, Args, Lang};
use crate::people;
use crate::telegram::{Button, Keyboard, Outgoing};
use crate::zone::Zone;

/// The longest name of a person, a device or a country in a message, in UTF-16 units.
const NAME_LIMIT: usize = 64;

/// Something that the owner of an account must hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AccountEvent {
    /// It is in this state now, with Telegram's reason.
    State(AccountState, String),
    NewDevice(Device),
    /// Telegram cannot be reached with it since then.
    Silent(UnixMs),
}

/// The notice about an event: the owner must know at once.
pub(super) fn of(
    connection: &Connection,
    now: UnixMs,
    account: &LinkedAccount,
    event: &AccountEvent,
    language: Lang,
    zone: &Zone,
) -> anyhow::Result<Outgoing> {
    let chat = account.person_id;
    let lang = people::language_of(connection, chat, language)?;
    let zone = people::preferences(connection, chat)?.zone.unwrap_or(zone);
    let args = Args::new().html("name", &name(account));
    let mut keyboard = Keyboard::new();
    let html = match event {
        AccountEvent::State(state, reason) => {
            let key = format!("telegram-told-{}", state.word());
            let reason = words_of(reason);
            i18n::html(lang, &key, &args.text("reason", &reason))
        }
        AccountEvent::NewDevice(device) => {
            let data = AccountsCallback::End(account.id.0, device.hash);
            let end = Button::labelled(lang, "button-telegram-end-device", data)?;
            keyboard = keyboard.row([end]);
            let line = device_line(lang, zone, device);
            i18n::html(lang, "telegram-told-device", &args.html("lines", &line))
        }
        AccountEvent::Silent(since) => {
            let time = i18n::span(lang, now.since(*since));
            i18n::html(lang, "telegram-told-silent", &args.text("time", &time))
        }
    };
    let open = AccountsCallback::Account(account.id.0);
    let keyboard = keyboard.row([Button::labelled(lang, "button-telegram-account", open)?]);
    Ok(Outgoing::notice(chat, html).keyboard(keyboard).urgent())
}

/// What an account is called: its name, and its user name if it has one.
pub(super) fn name(account: &LinkedAccount) -> Html {
    let mut name = Html::name(&cut(&account.name, NAME_LIMIT));
    if !account.username.is_empty() {
        name.push(&Html::text(&format!(
            " @{}",
            cut(&account.username, NAME_LIMIT)
        )));
    }
    name
}

/// Telegram's reason; a dash where it gave none.
pub(super) fn words_of(reason: &str) -> String {
    match reason {
        "" => "—".to_owned(),
        reason => cut(reason, NAME_LIMIT),
    }
}

/// A device in one line.
pub(super) fn device_line(lang: Lang, zone: &Zone, device: &Device) -> Html {
    let said = |text: &str| Html::name(&cut(text, NAME_LIMIT));
    let args = Args::new()
        .html("model", &said(&device.model))
        .html("system", &said(&device.system))
        .html("app", &said(&device.app))
        .html("country", &said(&device.country))
        .html("ip", &said(&device.ip))
        .text("date", &i18n::date_time(lang, device.created_at, zone))
        .text("time", &i18n::date_time(lang, device.active_at, zone));
    i18n::html(lang, "telegram-device", &args)
}

/// Why something was not done, and what to do.
pub(crate) fn sentence(lang: Lang, refusal: &Refusal) -> Html {
    let why = i18n::text(lang, &format!("mtproto-refusal-{}", refusal.code()));
    let Refusal::Flood(wait) = refusal else {
        return why;
    };
    let args = Args::new().text("time", &i18n::span(lang, *wait));
    Html::join([&why, &i18n::html(lang, "telegram-wait", &args)], " ")
}

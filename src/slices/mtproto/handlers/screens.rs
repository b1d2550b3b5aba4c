//! The screens of the Telegram accounts.

use crate::html::{Html, cut};
use crate::i18n::{self, Args, Lang};
use crate::navigation::panel_button;
use crate::slices::mtproto::callback::AccountsCallback;
use crate::slices::mtproto::model::{AccountState, Device, LinkedAccount};
use crate::slices::mtproto::notices;
use crate::telegram::{Button, Keyboard, Screen};
use crate::zone::Zone;

/// Devices on a screen; the longest lines of so many fit into a message.
const MOST_DEVICES: usize = 10;

/// The longest name on a button, in UTF-16 units.
const LABEL_LIMIT: usize = 40;

/// *Back*, to the list.
pub(crate) fn list_button(lang: Lang) -> anyhow::Result<Button> {
    Button::labelled(lang, "button-back", AccountsCallback::List)
}

fn account_button(lang: Lang, account: &LinkedAccount) -> anyhow::Result<Button> {
    let open = AccountsCallback::Account(account.id.0);
    Button::labelled(lang, "button-back", open)
}

/// The person's accounts, with a button each.
pub(crate) fn list(lang: Lang, accounts: &[LinkedAccount]) -> anyhow::Result<Screen> {
    let key = match accounts {
        [] => "telegram-none",
        _ => "telegram-list",
    };
    let mut lines = vec![i18n::text(lang, key)];
    let mut keyboard = Keyboard::new();
    for account in accounts {
        lines.push(state_line(lang, account));
        let text = format!(
            "{} {}",
            mark(account.state),
            cut(&account.name, LABEL_LIMIT)
        );
        let open = AccountsCallback::Account(account.id.0);
        keyboard = keyboard.row([Button::callback(&text, open)?]);
    }
    let link = Button::labelled(lang, "button-telegram-link", AccountsCallback::Link)?;
    let keyboard = keyboard.row([link]).row([panel_button(lang)?]);
    Ok(Screen::new(Html::join(&lines, "\n"), keyboard))
}

fn mark(state: AccountState) -> &'static str {
    match state {
        AccountState::Linked => "🟢",
        AccountState::Linking => "⏳",
        AccountState::LoggedOut => "⚫️",
        AccountState::Frozen | AccountState::Restricted => "🟠",
    }
}

/// An account with its state.
fn state_line(lang: Lang, account: &LinkedAccount) -> Html {
    let state = format!("telegram-state-{}", account.state.word());
    let reason = notices::words_of(&account.reason);
    let state = i18n::html(lang, &state, &Args::new().text("reason", &reason));
    let args = Args::new()
        .text("mark", mark(account.state))
        .html("name", &notices::name(account))
        .html("note", &state);
    i18n::html(lang, "telegram-line", &args)
}

/// One account.
pub(crate) fn card(lang: Lang, zone: &Zone, account: &LinkedAccount) -> anyhow::Result<Screen> {
    let seen = account.seen_at.map_or_else(
        || i18n::label(lang, "telegram-never"),
        |at| i18n::date_time(lang, at, zone),
    );
    let tail = match account.phone_tail.as_str() {
        "" => "—".to_owned(),
        tail => format!("…{}", cut(tail, 4)),
    };
    let watch = match account.watch_with {
        true => "telegram-watch-yes",
        false => "telegram-watch-no",
    };
    let args = Args::new()
        .html("lines", &state_line(lang, account))
        .text("code", &tail)
        .text("time", &seen)
        .html("note", &i18n::text(lang, watch));
    let id = account.id.0;
    let mut keyboard = Keyboard::new();
    if account.state != AccountState::LoggedOut {
        let check = Button::labelled(lang, "button-telegram-check", AccountsCallback::Check(id))?;
        let devices = AccountsCallback::Devices(id);
        let devices = Button::labelled(lang, "button-telegram-devices", devices)?;
        let key = match account.watch_with {
            true => "button-telegram-watch-no",
            false => "button-telegram-watch-yes",
        };
        let switch = AccountsCallback::WatchWith(id, !account.watch_with);
        let switch = Button::labelled(lang, key, switch)?;
        keyboard = keyboard.row([check, devices]).row([switch]);
    } else {
        let link = Button::labelled(lang, "button-telegram-link", AccountsCallback::Link)?;
        keyboard = keyboard.row([link]);
    }
    let out = AccountsCallback::AskLogOut(id);
    let keyboard = keyboard
        .row([Button::labelled(lang, "button-telegram-out", out)?])
        .row([list_button(lang)?]);
    let html = i18n::html(lang, "telegram-card", &args);
    Ok(Screen::new(html, keyboard))
}

/// The account's devices, the last used ones first.
pub(crate) fn devices(
    lang: Lang,
    zone: &Zone,
    account: &LinkedAccount,
    mut devices: Vec<Device>,
) -> anyhow::Result<Screen> {
    devices.sort_by_key(|device| (!device.is_this, std::cmp::Reverse(device.active_at)));
    let args = Args::new()
        .html("name", &notices::name(account))
        .number("n", devices.len());
    let mut lines = vec![i18n::html(lang, "telegram-devices", &args)];
    let more = devices.len().saturating_sub(MOST_DEVICES);
    devices.truncate(MOST_DEVICES);
    let mut keyboard = Keyboard::new();
    for device in &devices {
        let mut line = notices::device_line(lang, zone, device);
        if device.is_this {
            line.push(&Html::text("\n"));
            line.push(&i18n::text(lang, "telegram-device-this"));
        } else {
            let args = Args::new().text("model", &cut(&device.model, LABEL_LIMIT));
            let text = i18n::plain(lang, "button-telegram-end", &args);
            let ask = AccountsCallback::AskEnd(account.id.0, device.hash);
            keyboard = keyboard.row([Button::callback(&text, ask)?]);
        }
        lines.push(line);
    }
    if more > 0 {
        let args = Args::new().number("n", more);
        lines.push(i18n::html(lang, "telegram-devices-more", &args));
    }
    let keyboard = keyboard.row([account_button(lang, account)?]);
    Ok(Screen::new(Html::join(&lines, "\n\n"), keyboard))
}

/// Asks whether to end a device.
pub(crate) fn ask_end(lang: Lang, account: &LinkedAccount, hash: i64) -> anyhow::Result<Screen> {
    let args = Args::new().html("name", &notices::name(account));
    let sure = AccountsCallback::End(account.id.0, hash);
    let no = AccountsCallback::Devices(account.id.0);
    let keyboard = Keyboard::new()
        .row([Button::labelled(lang, "button-telegram-end-sure", sure)?])
        .row([Button::labelled(lang, "button-cancel", no)?]);
    let html = i18n::html(lang, "telegram-ask-end", &args);
    Ok(Screen::new(html, keyboard))
}

/// Asks whether to log out.
pub(crate) fn ask_log_out(lang: Lang, account: &LinkedAccount) -> anyhow::Result<Screen> {
    let args = Args::new().html("name", &notices::name(account));
    let sure = AccountsCallback::LogOut(account.id.0);
    let no = AccountsCallback::Account(account.id.0);
    let keyboard = Keyboard::new()
        .row([Button::labelled(lang, "button-telegram-out-sure", sure)?])
        .row([Button::labelled(lang, "button-cancel", no)?]);
    let html = i18n::html(lang, "telegram-ask-out", &args);
    Ok(Screen::new(html, keyboard))
}

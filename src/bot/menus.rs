//! The menus of commands: for everybody by language, and for each admin their own.

use tokio_util::sync::CancellationToken;

use crate::activation::Activator;
use crate::db::Db;
use crate::i18n::{Lang, label};
use crate::people;
use crate::telegram::{Api, CommandScope};

/// Commands with the key of their description, in the order of the menu.
const COMMANDS: &[(&str, &str)] = &[
    ("add", "command-add"),
    ("list", "command-list"),
    ("check", "command-check"),
    ("status", "command-status"),
    ("settings", "command-settings"),
    ("help", "command-help"),
    ("cancel", "command-cancel"),
    ("start", "command-start"),
    ("privacy", "command-privacy"),
    ("delete_me", "command-delete-me"),
];

/// The command of the assistant, where it is on.
const ASK: (&str, &str) = ("ask", "command-ask");

/// Commands of admins besides.
const ADMIN_COMMANDS: &[(&str, &str)] = &[("admin", "command-admin")];

/// Sets the menus of commands: for everybody by language, and for each admin their own. A menu that could not be set is
/// tried again with the next change; commands work without it. `asks`: there is an assistant.
pub async fn keep(
    api: Api,
    db: Db,
    default: Lang,
    asks: bool,
    changed: Activator,
    stop: CancellationToken,
) {
    let mut everybody = false;
    let mut admins: Vec<(i64, Lang)> = Vec::new();
    loop {
        if !everybody {
            everybody = set_common_menus(&api, asks).await;
        }
        match db.read(move |c| people::admin_languages(c, default)).await {
            Ok(now) => {
                set_admin_menus(&api, asks, &admins, &now).await;
                admins = now;
            }
            Err(err) => tracing::warn!("the admins' menus could not be set: {err:#}"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = changed.rung() => {}
        }
    }
}

async fn set_common_menus(api: &Api, asks: bool) -> bool {
    // Without a language Telegram shows the first one: Russian.
    for (code, lang) in [("", Lang::Ru), ("en", Lang::En)] {
        let set = api
            .set_commands(CommandScope::Default, code, &menu(lang, false, asks))
            .await;
        if let Err(err) = set {
            tracing::warn!(code, "the menu of commands could not be set: {err}");
            return false;
        }
    }
    true
}

async fn set_admin_menus(api: &Api, asks: bool, before: &[(i64, Lang)], now: &[(i64, Lang)]) {
    for (chat, lang) in now.iter().filter(|admin| !before.contains(admin)) {
        let menu = menu(*lang, true, asks);
        // An admin who never wrote to the bot has no menu yet; it comes with their first change of language or role.
        if let Err(err) = api.set_commands(CommandScope::Chat(*chat), "", &menu).await {
            tracing::debug!(chat, "the admin's menu could not be set: {err}");
        }
    }
    for (chat, _) in before
        .iter()
        .filter(|(chat, _)| !now.iter().any(|(id, _)| id == chat))
    {
        if let Err(err) = api
            .set_commands(CommandScope::Chat(*chat), "", &menu(Lang::Ru, false, asks))
            .await
        {
            tracing::debug!(chat, "the former admin's menu could not be set: {err}");
        }
    }
}

/// The menu of commands in a language.
fn menu(lang: Lang, admin: bool, asks: bool) -> Vec<(String, String)> {
    let own: &[(&str, &str)] = if admin { ADMIN_COMMANDS } else { &[] };
    own.iter()
        .chain(COMMANDS)
        .chain(asks.then_some(&ASK))
        .map(|(name, key)| ((*name).to_owned(), label(lang, key)))
        .collect()
}

/// The names of all commands.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().chain(ADMIN_COMMANDS).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_menu_is_one_telegram_takes() {
        for lang in Lang::ALL {
            for (name, description) in menu(lang, true, true) {
                let lawful = |c: char| c.is_ascii_lowercase() || c == '_';
                assert!(name.len() <= 32 && name.chars().all(lawful));
                let length = description.encode_utf16().count();
                assert!((1..=256).contains(&length), "/{name}: {description}");
            }
            assert!(
                !menu(lang, false, false)
                    .iter()
                    .any(|(name, _)| name == "admin" || name == "ask")
            );
        }
    }
}

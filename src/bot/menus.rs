//! The command menus: for everybody by language, and for each admin individually.

use tokio_util::sync::CancellationToken;

use crate::activation::Activator;
use crate::db::Db;
use crate::i18n::{Lang, label};
use crate::people;
use crate::slice::{Slices, Who};
use crate::telegram::{Api, CommandScope};

/// Sets the command menus: for everybody by language, and for each admin individually. A menu that
/// could not be set is retried with the next change; commands work without it.
pub(crate) async fn keep(
    api: Api,
    db: Db,
    default: Lang,
    slices: Slices,
    changed: Activator,
    stop: CancellationToken,
) {
    let mut everybody = false;
    let mut admins: Vec<(i64, Lang)> = Vec::new();
    loop {
        if !everybody {
            everybody = set_common_menus(&api, &slices).await;
        }
        match db.read(move |c| people::admin_languages(c, default)).await {
            Ok(now) => {
                set_admin_menus(&api, &slices, &admins, &now).await;
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

async fn set_common_menus(api: &Api, slices: &Slices) -> bool {
    // Without a language Telegram shows the first one: Russian.
    for (code, lang) in [("", Lang::Ru), ("en", Lang::En)] {
        let set = api
            .set_commands(
                CommandScope::Default,
                code,
                &menu(slices, lang, Who::Member),
            )
            .await;
        if let Err(err) = set {
            tracing::warn!(code, "the menu of commands could not be set: {err}");
            return false;
        }
    }
    true
}

async fn set_admin_menus(api: &Api, slices: &Slices, before: &[(i64, Lang)], now: &[(i64, Lang)]) {
    for (chat, lang) in now.iter().filter(|admin| !before.contains(admin)) {
        let menu = menu(slices, *lang, Who::Admin);
        // An admin who never wrote to the bot has no menu yet; it comes with their first change of
        // language or role.
        if let Err(err) = api.set_commands(CommandScope::Chat(*chat), "", &menu).await {
            tracing::debug!(chat, "the admin's menu could not be set: {err}");
        }
    }
    for (chat, _) in before
        .iter()
        .filter(|(chat, _)| !now.iter().any(|(id, _)| id == chat))
    {
        if let Err(err) = api
            .set_commands(
                CommandScope::Chat(*chat),
                "",
                &menu(slices, Lang::Ru, Who::Member),
            )
            .await
        {
            tracing::debug!(chat, "the former admin's menu could not be set: {err}");
        }
    }
}

/// The menu for people with a right, in a language.
fn menu(slices: &Slices, lang: Lang, right: Who) -> Vec<(String, String)> {
    let commands = slices.commands().into_iter();
    let listed = commands
        .filter(|command| command.private.is_some_and(|who| who <= right))
        .filter_map(|command| Some((command.name, command.menu?.1)));
    listed
        .map(|(name, key)| (name.to_owned(), label(lang, key)))
        .collect()
}

//! `/list`: one message with pages, and a card per account.

use crate::db::Connection;

use super::tap::{EXTENSIONS, Which};
use super::{WatchHandlers, clamp_page};
use crate::html::{Html, cut};
use crate::i18n::{self, Args, label};
use crate::people::Asker;
use crate::telegram::{Answer, Button, Keyboard, Screen};
use crate::watch::account::{Account, State};
use crate::watch::{store, texts};

/// Accounts on one page: as many buttons as a phone shows without scrolling.
const PER_PAGE: usize = 8;

impl WatchHandlers {
    /// `/list`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list(&self, connection: &Connection, asker: &Asker) -> anyhow::Result<Answer> {
        self.list_screen(connection, asker, Which::Mine, 0)
    }

    pub(super) fn list_screen(
        &self,
        connection: &Connection,
        asker: &Asker,
        which: Which,
        page: usize,
    ) -> anyhow::Result<Answer> {
        let lang = asker.lang;
        let owner = (which == Which::Mine).then_some(asker.id);
        let total = store::totals(connection, owner)?.all();
        let home = Button::callback(&label(lang, "button-home"), "bot:home")?;
        let add = Button::callback(&label(lang, "button-add"), "watch:add")?;
        if total == 0 {
            let keyboard = Keyboard::new().row([add, home]);
            return Ok(Answer::screen(Screen::new(
                i18n::text(lang, "list-empty"),
                keyboard,
            )));
        }
        let (page, pages) = clamp_page(page, total, PER_PAGE)?;
        let accounts = match which {
            Which::Mine => store::page_of_owner(connection, asker.id, page * PER_PAGE, PER_PAGE)?,
            Which::All => store::page_all(connection, page * PER_PAGE, PER_PAGE)?,
        };
        let mut keyboard = Keyboard::new();
        for account in &accounts {
            let card = format!("watch:card:{}:{}", which.word(), account.id);
            keyboard = keyboard.row([Button::callback(&self.button_text(asker, account), card)?]);
        }
        if pages > 1 {
            keyboard = keyboard.row(page_buttons(asker, which, page, pages)?);
        }
        keyboard = keyboard.row([add, home]);
        let title = match which {
            Which::Mine => "list-title",
            Which::All => "list-title-all",
        };
        let text = i18n::html(lang, title, &Args::new().number("n", total));
        Ok(Answer::screen(Screen::new(text, keyboard)))
    }

    fn button_text(&self, asker: &Asker, account: &Account) -> String {
        let voice = self.speaker.voice_to(asker);
        let args = Args::new()
            .text("mark", texts::mark(account))
            .text("name", &cut(&account.username, 40))
            .text("site", &voice.site_name(&account.site));
        i18n::plain(asker.lang, "account-button", &args)
    }

    /// One account with what can be done with it.
    pub(super) fn card(
        &self,
        connection: &Connection,
        asker: &Asker,
        which: Which,
        id: i64,
    ) -> anyhow::Result<Answer> {
        let viewer = (!asker.role.is_admin()).then_some(asker.id);
        let Some(account) = store::get(connection, viewer, id)? else {
            let gone = label(asker.lang, "account-gone");
            return Ok(self
                .list_screen(connection, asker, Which::Mine, 0)?
                .toast(gone));
        };
        let voice = self.speaker.voice_to(asker);
        let text: Html = texts::account_card(voice, &account, account.owner_id != asker.id);
        Ok(Answer::screen(Screen::new(
            text,
            card_buttons(asker, which, &account)?,
        )))
    }
}

fn page_buttons(
    asker: &Asker,
    which: Which,
    page: usize,
    pages: usize,
) -> anyhow::Result<Vec<Button>> {
    let data = |page: usize| format!("watch:list:{}:{page}", which.word());
    let args = Args::new().number("page", page + 1).number("pages", pages);
    let here = i18n::plain(asker.lang, "page", &args);
    let mut buttons = Vec::new();
    if page > 0 {
        buttons.push(Button::callback("‹", data(page - 1))?);
    }
    buttons.push(Button::callback(&here, data(page))?);
    if page + 1 < pages {
        buttons.push(Button::callback("›", data(page + 1))?);
    }
    Ok(buttons)
}

fn card_buttons(asker: &Asker, which: Which, account: &Account) -> anyhow::Result<Keyboard> {
    let (lang, id) = (asker.lang, account.id);
    let button = |key: &str, action: &str| {
        Button::callback(&label(lang, key), format!("watch:{action}:{id}"))
    };
    let mut keyboard = match account.state {
        State::Pending => Keyboard::new().row([
            button("button-account-check", "check")?,
            button("button-pause", "pause")?,
        ]),
        State::Paused => Keyboard::new().row([button("button-resume", "resume")?]),
        State::Done => Keyboard::new().row([button("button-again", "again")?]),
        State::Held => Keyboard::new(),
    };
    if account.state != State::Done {
        let mut longer = Vec::new();
        for days in EXTENSIONS {
            let text = i18n::plain(lang, "button-extend", &Args::new().number("n", days));
            longer.push(Button::callback(
                &text,
                format!("watch:extend:{id}:{days}"),
            )?);
        }
        keyboard = keyboard.row(longer);
    }
    let name = Args::new().text("name", &cut(&account.username, 40));
    let delete = i18n::plain(lang, "button-delete", &name);
    let back = format!("watch:list:{}:0", which.word());
    Ok(keyboard
        .row([Button::callback(
            &delete,
            format!("watch:ask-delete:{}:{id}", which.word()),
        )?])
        .row([Button::callback(&label(lang, "button-back"), back)?]))
}

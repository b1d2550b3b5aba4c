//! `/list`: one message with pages and filters.

use super::WatchHandlers;
use crate::db::Connection;
use crate::html::{Html, cut};
use crate::i18n::{self, Args, Lang, label};
use crate::navigation::{PANEL, home_button};
use crate::people::{self, Actor};
use crate::slice::Context;
use crate::slices::watch::callback::{AccountAct, Narrow, View, WatchCallback, Whose};
use crate::slices::watch::model::account::Account;
use crate::slices::watch::notices::texts;
use crate::slices::watch::store;
use crate::slices::watch::store::{COUNTED, Filter, SEARCHED};
use crate::telegram::{Answer, Button, DATA_LIMIT, Keyboard, page_row, shown_page};

/// Accounts on one page: with the filters below, as many buttons as a phone shows without
/// scrolling.
const PER_PAGE: usize = 6;

/// Sites on one page of the choice.
const SITES_PER_PAGE: usize = 24;

/// Buttons of filters and sites in a row.
const IN_ROW: usize = 3;

/// The longest text that is searched for, in characters: as long as names are.
pub(super) const LONGEST_SEARCH: usize = 100;

impl WatchHandlers {
    /// `/list` with its argument: a text to search for.
    pub(crate) fn list(&self, cx: &Context<'_>, arguments: &str) -> anyhow::Result<Answer> {
        let view = View::default();
        match arguments.trim() {
            "" => self.list_screen(cx, view),
            text => self.find(cx, view, text),
        }
    }

    /// Narrows a list to a text.
    pub(super) fn find(&self, cx: &Context<'_>, view: View, text: &str) -> anyhow::Result<Answer> {
        let text: String = text.chars().take(LONGEST_SEARCH).collect();
        let search = store::note_search(cx.tx, cx.actor.now, cx.actor.id, &Filter::Text(text))?;
        self.list_screen(cx, view.narrowed(Narrow::Search(search)))
    }

    /// Narrows a list to a site.
    pub(super) fn list_of_site(
        &self,
        cx: &Context<'_>,
        whose: Whose,
        key: &str,
    ) -> anyhow::Result<Answer> {
        let view = View {
            whose,
            ..View::default()
        };
        let search = store::note_search(
            cx.tx,
            cx.actor.now,
            cx.actor.id,
            &Filter::Site(key.to_owned()),
        )?;
        self.list_screen(cx, view.narrowed(Narrow::Search(search)))
    }

    pub(super) fn list_screen(&self, cx: &Context<'_>, view: View) -> anyhow::Result<Answer> {
        let Context { tx, actor, .. } = *cx;
        let lang = actor.lang;
        let listing = view.listing(tx, actor)?;
        let total = store::count_listed(tx, actor.now, &listing)?;
        let export = WatchCallback::Export(view.whose);
        let export = Button::labelled(lang, "button-download", export)?;
        let ways_out = [
            Button::labelled(lang, "button-add", WatchCallback::Add)?,
            home_button(lang)?,
        ];
        if total == 0 && listing.filter == Filter::Everything && view.whose == Whose::Mine {
            let text = i18n::text(lang, "list-empty");
            return Ok(Answer::screen(text, Keyboard::new().row(ways_out)));
        }
        let (page, pages) = shown_page(view.page, total.min(COUNTED), PER_PAGE);
        let view = view.at(page);
        let accounts = store::page(tx, actor.now, &listing, page * PER_PAGE, PER_PAGE)?;
        let mut keyboard = Keyboard::new();
        for account in &accounts {
            let card = WatchCallback::Account(account.id, AccountAct::Show, view);
            keyboard = keyboard.row([Button::callback(&self.button_text(actor, account), card)?]);
        }
        if pages > 1 {
            let pages = page_row(lang, page, pages, |page| WatchCallback::List(view.at(page)))?;
            keyboard = keyboard.row(pages);
        }
        for row in filter_buttons(lang, view)? {
            keyboard = keyboard.row(row);
        }
        if view.whose != Whose::Mine {
            let panel = Button::labelled(lang, "button-panel", PANEL)?;
            keyboard = keyboard.row([panel]);
        }
        keyboard = keyboard.row([export]);
        let text = self.list_text(cx, view, &listing.filter, total)?;
        Ok(Answer::screen(text, keyboard.row(ways_out)))
    }

    fn list_text(
        &self,
        cx: &Context<'_>,
        view: View,
        filter: &Filter,
        total: usize,
    ) -> anyhow::Result<Html> {
        let Context { tx, actor, .. } = *cx;
        let lang = actor.lang;
        let n = if total > COUNTED {
            format!("{COUNTED}+")
        } else {
            total.to_string()
        };
        let args = Args::new().text("n", &n);
        let title = match view.whose {
            Whose::Mine => i18n::html(lang, "list-title", &args),
            Whose::All => i18n::html(lang, "list-title-all", &args),
            Whose::Owner(id) => {
                let who = spoken_owner(tx, id)?;
                i18n::html(lang, "list-title-owner", &args.html("who", &who))
            }
        };
        let is_search = matches!(filter, Filter::Text(_));
        let filter = match filter {
            // Screens narrow by no days.
            Filter::Everything | Filter::Ends(..) | Filter::DoneSince(_) => None,
            Filter::Site(key) => {
                let name = self.notifier.voice_to(actor).site_name(key);
                let args = Args::new().text("site", &name);
                Some(i18n::html(lang, "filtered-site", &args))
            }
            Filter::Text(text) => {
                let args = Args::new().text("text", text);
                Some(i18n::html(lang, "filtered-text", &args))
            }
            Filter::Pending | Filter::Overdue | Filter::Done | Filter::Paused => {
                let chip = Narrow::CHIPS.iter().find(|(_, chip)| *chip == view.narrow);
                chip.map(|(word, _)| i18n::text(lang, &format!("filter-{word}")))
            }
        };
        let mut lines = vec![title];
        lines.extend(filter);
        if is_search && view.whose == Whose::All && store::search_is_partial(tx)? {
            let args = Args::new().number("n", SEARCHED);
            lines.push(i18n::html(lang, "search-partial", &args));
        }
        if total == 0 {
            lines.push(i18n::text(lang, "list-nothing"));
        }
        Ok(Html::join(&lines, "\n"))
    }

    fn button_text(&self, actor: &Actor, account: &Account) -> String {
        let formatter = self.notifier.voice_to(actor);
        let args = Args::new()
            .text("mark", texts::mark(account))
            .text("name", &cut(&account.username, 40))
            .text("site", &cut(&formatter.site_name(&account.site), 30));
        i18n::plain(actor.lang, "account-button", &args)
    }

    /// The sites that a list can be narrowed to.
    pub(super) fn sites_screen(
        &self,
        cx: &Context<'_>,
        whose: Whose,
        page: usize,
    ) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let lang = actor.lang;
        let view = View {
            whose,
            ..View::default()
        };
        let (page, skipped) = (page.min(COUNTED), page.min(COUNTED) * SITES_PER_PAGE);
        let owner = view.owner(actor);
        let mut keys = store::sites_in_use(cx.tx, owner, skipped, SITES_PER_PAGE + 1)?;
        let is_last = keys.len() <= SITES_PER_PAGE;
        keys.truncate(SITES_PER_PAGE);
        let formatter = self.notifier.voice_to(actor);
        let mut keyboard = Keyboard::new();
        let mut row = Vec::new();
        for key in &keys {
            let data = String::from(WatchCallback::Site(whose, key));
            if data.len() > DATA_LIMIT {
                continue;
            }
            row.push(Button::callback(&formatter.site_name(key), data)?);
            if row.len() == IN_ROW {
                keyboard = keyboard.row(std::mem::take(&mut row));
            }
        }
        keyboard = keyboard.row(row);
        let pages = page + if is_last { 1 } else { 2 };
        if pages > 1 {
            let pages = page_row(lang, page, pages, |page| WatchCallback::Sites(whose, page))?;
            keyboard = keyboard.row(pages);
        }
        let back = Button::labelled(lang, "button-back", WatchCallback::List(view))?;
        let text = i18n::text(lang, "list-choose-site");
        Ok(Answer::screen(text, keyboard.row([back])))
    }
}

/// A person as admins read of them.
pub(super) fn spoken_owner(connection: &Connection, id: i64) -> anyhow::Result<Html> {
    let person = people::get(connection, id)?;
    Ok(person.map_or_else(|| Html::text(&id.to_string()), |person| person.spoken()))
}

/// The filters; the one that is on is marked, and pressed again it is taken off.
fn filter_buttons(lang: Lang, view: View) -> anyhow::Result<Vec<Vec<Button>>> {
    let list = |narrow| WatchCallback::List(view.narrowed(narrow));
    let mut buttons = Vec::new();
    for (word, narrow) in Narrow::CHIPS {
        let spoken = label(lang, &format!("filter-{word}"));
        buttons.push(if narrow == view.narrow {
            Button::callback(&format!("✓ {spoken}"), list(Narrow::Everything))?
        } else {
            Button::callback(&spoken, list(narrow))?
        });
    }
    let sites = WatchCallback::Sites(view.whose, 0);
    buttons.push(Button::labelled(lang, "button-by-site", sites)?);
    let find = WatchCallback::Find(view);
    buttons.push(Button::labelled(lang, "button-find", find)?);
    if view.narrow != Narrow::Everything {
        let all = list(Narrow::Everything);
        buttons.push(Button::labelled(lang, "button-all", all)?);
    }
    let mut rows = Vec::new();
    while !buttons.is_empty() {
        let rest = buttons.split_off(buttons.len().min(IN_ROW));
        rows.push(std::mem::replace(&mut buttons, rest));
    }
    Ok(rows)
}

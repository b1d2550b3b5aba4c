//! What admins do with people. Buttons carry the role that their reader saw.
//!
//! # Invariants
//!
//! - A button drawn for an older role is ignored.

use super::Admin;
use crate::html::{Html, cut};
use crate::i18n::{self, Args, label};
use crate::navigation::panel_button;
use crate::people::audit::{self, Deed};
use crate::people::{self, Actor, Person, PersonAct, PersonCallback, Role};
use crate::slice::{Board, Context};
use crate::telegram::{Answer, Button, Keyboard, page_row, shown_page};
use crate::telegram::{Outgoing, outbox};

/// People on one page.
const PER_PAGE: usize = 8;

impl Admin {
    /// A button about people.
    pub(super) fn people_callback(
        &self,
        cx: &Context<'_>,
        callback: PersonCallback,
    ) -> anyhow::Result<Answer> {
        let (tx, actor) = (cx.tx, cx.actor);
        let (act, seen, id) = match callback {
            PersonCallback::List(page) => return people_list(cx, page),
            PersonCallback::Person { act, seen, id } => (act, seen, id),
        };
        let Some(person) = people::get(tx, id)? else {
            let gone = label(actor.lang, "person-gone");
            return Ok(people_list(cx, 0)?.toast(gone));
        };
        // The presser saw another role: another admin was faster.
        if seen.is_some_and(|seen| seen != person.role) {
            let role = label(actor.lang, &format!("role-{}", person.role.word()));
            let note = i18n::plain(
                actor.lang,
                "changed-meanwhile",
                &Args::new().text("now", &role),
            );
            return Ok(person_card(cx, &person)?.toast(note));
        }
        let role = match act {
            PersonAct::Show => return person_card(cx, &person),
            PersonAct::LetIn if !person.role.is_member() => Role::User,
            PersonAct::Refuse if person.role == Role::Asked => Role::Refused,
            PersonAct::Remove if person.role.is_member() => Role::Refused,
            PersonAct::MakeAdmin if person.role == Role::User => Role::Admin,
            PersonAct::MakeUser if person.role == Role::Admin => Role::User,
            // Another admin was faster, or the button is old.
            _ => {
                let note = label(actor.lang, "done-already");
                return Ok(person_card(cx, &person)?.toast(note));
            }
        };
        self.change_role(cx, &person, role)
    }

    fn change_role(&self, cx: &Context<'_>, person: &Person, role: Role) -> anyhow::Result<Answer> {
        let (tx, actor) = (cx.tx, cx.actor);
        if person.by_config {
            let note = label(actor.lang, "person-by-config");
            return Ok(person_card(cx, person)?.toast(note));
        }
        if !may_change(actor, person, role) {
            let note = label(actor.lang, "no-right");
            return Ok(person_card(cx, person)?.toast(note));
        }
        people::set_role(tx, person.id, role)?;
        audit::note(tx, actor, Deed::Role, Some(person.id), role.word())?;
        tracing::info!(
            by = actor.id,
            person = person.id,
            role = role.word(),
            "a role was changed"
        );
        let told = match role {
            Role::Refused if person.role == Role::Asked => Some("access-denied"),
            Role::Refused => Some("access-ended"),
            _ if !person.role.is_member() => Some("access-granted"),
            _ => None,
        };
        if let Some(key) = told {
            let lang = people::language_of(tx, person.id, self.language)?;
            outbox::insert(
                tx,
                actor.now,
                &Outgoing::notice(person.id, i18n::text(lang, key)),
            )?;
        }
        let changed = Person {
            role,
            ..person.clone()
        };
        let args = Args::new()
            .html("admin", &Html::name(&cut(&actor.name, 40)))
            .html("name", &Html::name(&cut(&changed.name, 40)))
            .text("role", &label(actor.lang, &format!("role-{}", role.word())));
        let toast = i18n::plain(actor.lang, "person-answered", &args);
        Ok(person_card(cx, &changed)?.toast(toast).ring(&self.menus))
    }
}

/// Admins let people in and out; only owners make and unmake admins; nobody touches an owner.
fn may_change(actor: &Actor, person: &Person, role: Role) -> bool {
    if person.role == Role::Owner {
        return false;
    }
    let about_admins = person.role.is_admin() || role.is_admin();
    actor.role == Role::Owner || (actor.role.is_admin() && !about_admins)
}

fn people_list(cx: &Context<'_>, page: usize) -> anyhow::Result<Answer> {
    let (tx, actor) = (cx.tx, cx.actor);
    let lang = actor.lang;
    let (_, total) = people::list(tx, 0, 0)?;
    let (page, pages) = shown_page(page, total, PER_PAGE);
    let (people, _) = people::list(tx, page * PER_PAGE, PER_PAGE)?;
    let mut keyboard = Keyboard::new();
    for person in &people {
        let text = format!(
            "{} · {}",
            cut(&person.name, 40),
            label(lang, &format!("role-{}", person.role.word()))
        );
        let open = PersonCallback::Person {
            act: PersonAct::Show,
            seen: None,
            id: person.id,
        };
        keyboard = keyboard.row([Button::callback(&text, open)?]);
    }
    keyboard = keyboard.row(page_row(lang, page, pages, PersonCallback::List)?);
    let keyboard = keyboard.row([panel_button(lang)?]);
    let text = if total == 0 {
        i18n::text(lang, "people-empty")
    } else {
        i18n::html(lang, "people-list", &Args::new().number("n", total))
    };
    Ok(Answer::screen(text, keyboard))
}

fn person_card(cx: &Context<'_>, person: &Person) -> anyhow::Result<Answer> {
    let actor = cx.actor;
    let lang = actor.lang;
    let args = Args::new()
        .html("who", &person.spoken())
        .text("id", &person.id.to_string())
        .text(
            "role",
            &label(lang, &format!("role-{}", person.role.word())),
        );
    let shown = cx.slices.show(cx, Board::Person(person.id))?;
    let mut lines = vec![i18n::html(lang, "person-card", &args)];
    let button = |key: &str, act| {
        let (seen, id) = (Some(person.role), person.id);
        Button::labelled(lang, key, PersonCallback::Person { act, seen, id })
    };
    let mut keyboard = Keyboard::new();
    let offered: &[(&str, PersonAct, Role)] = match person.role {
        Role::Asked => &[
            ("button-let-in", PersonAct::LetIn, Role::User),
            ("button-refuse", PersonAct::Refuse, Role::Refused),
        ],
        Role::Stranger | Role::Refused => &[("button-let-in", PersonAct::LetIn, Role::User)],
        Role::User => &[
            ("button-make-admin", PersonAct::MakeAdmin, Role::Admin),
            ("button-remove", PersonAct::Remove, Role::Refused),
        ],
        Role::Admin => &[
            ("button-make-user", PersonAct::MakeUser, Role::User),
            ("button-remove", PersonAct::Remove, Role::Refused),
        ],
        Role::Owner => &[],
    };
    for (key, act, role) in offered {
        if !person.by_config && may_change(actor, person, *role) {
            keyboard = keyboard.row([button(key, *act)?]);
        }
    }
    let back = Button::labelled(lang, "button-back", PersonCallback::List(0))?;
    let keyboard = keyboard.rows(shown.keyboard()).row([back]);
    lines.extend(shown.lines);
    Ok(Answer::screen(Html::join(&lines, "\n"), keyboard))
}

//! Scans, typed codes and shared cards: for everybody, members or not.

use super::{CardCallback, CardHandlers};
use crate::db::Connection;
use crate::dialogue;
use crate::html::Html;
use crate::i18n::{self, Lang, label};
use crate::slice::Context;
use crate::slices::cards::card::{Card, Ownership, Scan, ScanOutcome};
use crate::slices::cards::code::{Code, Mistyped, SCAN_PREFIX};
use crate::slices::cards::texts::{heading, shown};
use crate::slices::cards::{files, store};
use crate::telegram::{Answer, Button, Keyboard, Me, Screen};
use crate::words::Part as _;

/// Begins the start parameter of a shared card. It holds no code, so it can be neither printed nor
/// counted.
pub(super) const SHARE_PREFIX: &str = "s_";

impl CardHandlers {
    /// `/start` with a parameter; none when it is not about cards. An open dialogue stays open.
    pub(crate) fn start(
        &self,
        cx: &Context<'_>,
        parameter: &str,
    ) -> anyhow::Result<Option<Answer>> {
        let Context { tx, actor, .. } = *cx;
        if let Some(code) = parameter.strip_prefix(SCAN_PREFIX) {
            return self.check(cx, &Code::read(code)).map(Some);
        }
        let Some(public_id) = parameter.strip_prefix(SHARE_PREFIX) else {
            return Ok(None);
        };
        let card = store::by_public_id(tx, public_id)?.filter(|card| card.active);
        let Some(card) = card else {
            let gone = i18n::text(actor.lang, "card-shared-gone");
            return Ok(Some(Answer::text(gone)));
        };
        let heading = i18n::text(actor.lang, "card-shared");
        let keyboard = Keyboard::new().row(share_button(tx, actor.lang, &card)?);
        present(actor.lang, &heading, &card, keyboard).map(Some)
    }

    /// A text that looks like a code, or like what a printed code says; none when it does not, or
    /// when it answers a question.
    pub(crate) fn typed(&self, cx: &Context<'_>, text: &str) -> anyhow::Result<Option<Answer>> {
        match Code::typed(text, self.base_url.as_deref()) {
            Some(read) if !dialogue::is_open(cx.tx, cx.actor)? => self.check(cx, &read).map(Some),
            _ => Ok(None),
        }
    }

    fn check(&self, cx: &Context<'_>, read: &Result<Code, Mistyped>) -> anyhow::Result<Answer> {
        let actor = cx.actor;
        let scan = store::scan(cx.tx, actor, read, &self.zone.day(actor.now))?;
        let lang = actor.lang;
        let heading = heading(lang, &actor.zone, &scan);
        let (card, outcome, ownership, alarm) = match &scan {
            Scan::Unmatched { too_many, .. } => {
                if *too_many {
                    self.tell_of_tries(cx)?;
                }
                return Ok(Answer::text(heading));
            }
            Scan::Known {
                card,
                outcome,
                ownership,
                alarm,
                ..
            } => (card, *outcome, *ownership, *alarm),
        };
        if let Some(alarm) = alarm {
            self.tell_owner(cx, card, alarm)?;
        }
        match outcome {
            // Nothing is shown of a thing that was not given out.
            ScanOutcome::Inactive => Ok(Answer::text(heading)),
            ScanOutcome::Genuine | ScanOutcome::Repeat => {
                let keyboard = Keyboard::new()
                    .row(claim_button(lang, ownership)?)
                    .row(share_button(cx.tx, lang, card)?);
                present(lang, &heading, card, keyboard)
            }
            _ => present(lang, &heading, card, Keyboard::new()),
        }
    }

    /// A button below a scanned card. None when it is for admins.
    pub(crate) fn public_callback(cx: &Context<'_>, data: &str) -> anyhow::Result<Option<Answer>> {
        match CardCallback::parse(data) {
            Some(CardCallback::Claim(code)) => claim(cx, code).map(Some),
            _ => Ok(None),
        }
    }
}

/// Makes the code belong to the person who presses.
pub(super) fn claim(cx: &Context<'_>, code: i64) -> anyhow::Result<Answer> {
    let actor = cx.actor;
    let key = if store::claim(cx.tx, actor.now, actor.id, code)? {
        "scan-claimed"
    } else {
        "scan-not-claimed"
    };
    Ok(Answer::text(i18n::text(actor.lang, key)))
}

/// The button *this is mine*.
fn claim_button(lang: Lang, ownership: Ownership) -> anyhow::Result<Option<Button>> {
    let Ownership::Free { code_id } = ownership else {
        return Ok(None);
    };
    Button::labelled(lang, "button-claim", CardCallback::Claim(code_id)).map(Some)
}

/// Shares a card without any of its codes; none until Telegram has told the bot's name.
pub(super) fn share_button(
    connection: &Connection,
    lang: Lang,
    card: &Card,
) -> anyhow::Result<Option<Button>> {
    let Some(bot) = store::bot(connection)? else {
        return Ok(None);
    };
    let text = label(lang, "button-card-share");
    if bot.supports_inline_queries {
        let words = format!("{SHARE_PREFIX}{}", card.public_id);
        return Button::share(&text, &words).map(Some);
    }
    let link = shared_link(&bot, card);
    let share = url::Url::parse_with_params("https://t.me/share/url", [("url", link)])?;
    Button::url(&text, share.as_str()).map(Some)
}

/// Opens a card without counting a scan.
pub(super) fn shared_link(bot: &Me, card: &Card) -> String {
    let (bot, card) = (&bot.username, &card.public_id);
    format!("https://t.me/{bot}?start={SHARE_PREFIX}{card}")
}

/// A card as buyers see it: its photos, the text below the first one.
pub(super) fn present(
    lang: Lang,
    head: &Html,
    card: &Card,
    keyboard: Keyboard,
) -> anyhow::Result<Answer> {
    let shown = shown(head, card);
    let mut answer = Answer::default().file(
        files::photo(&card.photo)?,
        Screen::new(shown.caption, keyboard),
    );
    if let Some(packaged) = &card.packaged {
        let caption = Screen::text(i18n::text(lang, "card-packaged"));
        answer = answer.file(files::photo(packaged)?, caption);
    }
    if let Some(after) = shown.after {
        answer = answer.then(Screen::text(after));
    }
    Ok(answer)
}

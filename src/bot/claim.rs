//! The claim link: the first person to open it becomes the owner.

use super::answer_once;
use crate::activation::Activator;
use crate::i18n;
use crate::people::audit::{self, Deed};
use crate::people::{self};
use crate::slice::Context;
use crate::telegram::Answer;

/// Redeems the code of a claim link; rings `menus`, because an owner has more commands.
pub(super) fn claim(cx: &Context<'_>, code: &str, menus: &Activator) -> anyhow::Result<Answer> {
    let (tx, actor) = (cx.tx, cx.actor);
    if people::redeem_claim(tx, actor.now, code, actor.id)? {
        audit::note(tx, actor, Deed::Claim, None, "")?;
        tracing::info!(
            person = actor.id,
            "a claim link was used: this person is the owner now"
        );
        return Ok(Answer::text(i18n::text(actor.lang, "claim-done")).ring(menus));
    }
    tracing::warn!(
        person = actor.id,
        "a claim link that does not work was opened"
    );
    if actor.role.is_member() {
        return Ok(Answer::text(i18n::text(actor.lang, "claim-void")));
    }
    answer_once(cx, "claim-void")
}

//! What the audit log keeps of changes to other people's accounts.

use crate::people::audit::{self, Deed};
use crate::slice::Context;
use crate::slices::watch::model::account::Account;

/// Notes what was done to an account of somebody else.
pub(super) fn note_deed(cx: &Context<'_>, deed: Deed, account: &Account) -> anyhow::Result<()> {
    let actor = cx.actor;
    if account.owner_id == actor.id {
        return Ok(());
    }
    let what = format!("{}/{}", account.site, account.username);
    audit::note(cx.tx, actor, deed, Some(account.owner_id), &what)
}

//! What the audit log keeps of changes to other people's accounts.

use crate::db::WriteTx;
use crate::people::Actor;
use crate::people::audit::{self, Deed};
use crate::slices::watch::model::account::Account;

/// Notes what was done to an account of somebody else.
pub(super) fn note_deed(
    tx: &WriteTx<'_>,
    actor: &Actor,
    deed: Deed,
    account: &Account,
) -> anyhow::Result<()> {
    if account.owner_id == actor.id {
        return Ok(());
    }
    let what = format!("{}/{}", account.site, account.username);
    audit::note(tx, actor.now, actor.id, deed, Some(account.owner_id), &what)
}

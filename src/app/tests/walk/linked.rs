//! Linked Telegram accounts for the walk: one of every state, and a login by phone.

use super::{ADMIN, NOW, Step};
use crate::db::WriteTx;

/// The buttons of notices and of screens that only Telegram can fill.
pub(super) fn ways() -> Vec<Step> {
    let says = ["12345", "123 456"].map(|code| Step::Says(code.to_owned()));
    let pressed = [
        "telegram:devices:1",
        "telegram:end-ask:1:-5",
        "telegram:end:1:-5",
        "telegram:end:77:5",
        "telegram:cancel:0123456789abcdef0123456789abcdef",
        "telegram:nonsense",
    ];
    let pressed = pressed.map(|data| Step::Taps(data.to_owned()));
    says.into_iter().chain(pressed).collect()
}

pub(super) fn furnish(tx: &WriteTx<'_>) -> anyhow::Result<()> {
    for (state, reason, watch_with) in [
        ("linked", "", true),
        ("logged_out", "session_revoked", false),
        ("frozen", "frozen", false),
        ("restricted", "spam", false),
    ] {
        tx.execute(
            "INSERT INTO telegram_account (person_id, state, reason, telegram_id, name, username, phone_tail, watch_with, linked_at, seen_at)
             VALUES (?1, ?2, ?3, 42, 'Anna <b>', 'anna', '42', ?4, ?5, ?5)",
            (ADMIN, state, reason, watch_with, NOW.0),
        )?;
    }
    tx.execute(
        "INSERT INTO telegram_login (public_id, person_id, way, step, started_at)
         VALUES ('0123456789abcdef0123456789abcdef', ?1, 'phone', 'code', ?2)",
        (ADMIN, NOW.0),
    )?;
    Ok(())
}

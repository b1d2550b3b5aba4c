//! No screen exceeds Telegram's limits, however long its parts are. In this walk all names, notes
//! and numbers have their maximum length, and more sites are in trouble than one message can name.

use super::{ADMIN, OWNER, Walk, furnish};
use crate::bot::TOAST_LIMIT;
use crate::db::WriteTx;
use crate::db::testing::Store;

/// Longest label that is still readable on a button of a phone, in UTF-16 units.
const LONGEST_LABEL: usize = 96;

/// Stretches everything to its maximum length, and sets everybody's language.
fn stretch(tx: &WriteTx<'_>, lang: &str) -> anyhow::Result<()> {
    tx.execute_batch(
        "INSERT INTO chat (id) VALUES (100) ON CONFLICT DO NOTHING;
         UPDATE person SET name = replace(hex(zeroblob(32)), '0', 'Щ'), username = replace(hex(zeroblob(16)), '0', 'w');
         UPDATE account SET site = substr('a-site-with-a-very-long-key-' || id || '-' || replace(hex(zeroblob(32)), '0', 'k'), 1, 64)
             WHERE state <> 'held';
         UPDATE account SET username = substr(id || replace(hex(zeroblob(50)), '0', 'W'), 1, 100),
             note = replace(hex(zeroblob(100)), '0', 'Ж'), period_days = 3650, ends_at = started_at + 3650 * 86400000;
         DELETE FROM transition;
         WITH RECURSIVE k (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM k WHERE k < 15)
         INSERT INTO transition (account_id, by_person, from_state, to_state, at, what, detail)
             SELECT id, 1002, 'pending', 'pending', 1795275300000, 'extended', '3650' FROM account, k;
         INSERT INTO site_mute (site, until, since) SELECT site, 1795975300000, 1795175300000 FROM account
             WHERE true ON CONFLICT DO NOTHING;
         INSERT INTO site_control (site, fault, run_id, changed_at) SELECT site, 'known-missing', 1, 1795175300000 FROM account
             WHERE true ON CONFLICT DO NOTHING;
         INSERT INTO site_silence (site, until) SELECT site, 1795975300000 FROM account WHERE true ON CONFLICT DO NOTHING;
         UPDATE mass_change SET site = (SELECT site FROM account WHERE state <> 'held'), changed = 1000000000, answered = 1000000000;
         UPDATE run SET total = 1000000000, found = 1000000000, not_found = 1000000000, errors = 1000000000;
         UPDATE site_day SET found = 1000000000, not_found = 1000000000, errors = 1000000000;
         INSERT INTO site_day (day, site, found, not_found, errors, looks, looking_ms)
             SELECT '2026-11-21', site, 1000000000, 1000000000, 1000000000, 1, 9999999 FROM account
             WHERE true ON CONFLICT DO NOTHING;
         UPDATE run_error SET count = 1000000000;
         INSERT INTO run_error (run_id, site, reason, count)
             SELECT max(run.id), site, 'too-many-redirects', 1000000000 FROM run, account GROUP BY site;
         UPDATE card SET name = replace(hex(zeroblob(50)), '0', 'Щ'), description = replace(hex(zeroblob(1750)), '0', '<'),
             checks = 1000000000, people = 1000000000;
         UPDATE card_code SET batch = replace(hex(zeroblob(20)), '0', 'Ы') WHERE batch <> '';
         UPDATE card_code SET checks = 1000000000, first_at = 1795275300000;
         UPDATE scan SET name = replace(hex(zeroblob(64)), '0', 'Щ'), username = replace(hex(zeroblob(16)), '0', 'w');
         UPDATE question SET answer = replace(hex(zeroblob(10000)), '0', 'Щ&');
         UPDATE telegram_account SET name = replace(hex(zeroblob(64)), '0', 'Щ'), username = replace(hex(zeroblob(16)), '0', 'w'),
             reason = iif(reason = '', '', replace(hex(zeroblob(32)), '0', 'R'));
         UPDATE search SET words = replace(hex(zeroblob(50)), '0', 'W');
         INSERT INTO chat (id, bound_by, title)
             SELECT -id, 100, replace(hex(zeroblob(64)), '0', 'Ю') FROM person WHERE role = 'user';
         INSERT INTO audit (at, by_person, deed, person, what)
             SELECT 1795275300000, 1002, 'accounts.until', 1003, site || '/' || username FROM account LIMIT 50;",
    )?;
    tx.execute("UPDATE chat SET language = ?1", [lang])?;
    Ok(())
}

#[tokio::test]
async fn no_screen_is_longer_than_telegram_takes() {
    for lang in ["ru", "en"] {
        let store = Store::new();
        let db = &store.db;
        let walked = db.write(move |tx| {
            furnish(tx)?;
            stretch(tx, lang)?;
            Walk::everywhere(tx, &[ADMIN, OWNER], false)
        });
        // A text that is too long is refused when it is inserted, and so is a button's data.
        let walk = walked.await.unwrap();
        assert!(walk.refused.is_empty(), "{:#?}", walk.refused);
        assert!(walk.seen.len() > 100, "only {:?}", walk.seen);
        let cut: Vec<_> = walk
            .notes
            .iter()
            .filter(|(note, _)| {
                note.ends_with('…') && note.encode_utf16().count() + 1 >= TOAST_LIMIT
            })
            .collect();
        assert!(cut.is_empty(), "notes that were cut: {cut:?}");
        let long: Vec<_> = walk
            .labels
            .iter()
            .filter(|(label, _)| {
                label.encode_utf16().count() > LONGEST_LABEL || label.trim().is_empty()
            })
            .collect();
        assert!(long.is_empty(), "buttons nobody can read: {long:?}");
    }
}

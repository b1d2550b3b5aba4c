//! Large tables are added a few rows at a time, so that other writes need not wait for all of them.
//!
//! # Invariants
//! - Each portion commits with the mark of how far the table is.
//! - A crash loses no row and adds none twice.
//! - The result commits with the last mark.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::WatchHandlers;
use super::added::{count_known, joined, ways_on};
use crate::activation::Activator;
use crate::clock::{Clock, UnixMs};
use crate::db::{Db, WriteTx};
use crate::html::Html;
use crate::i18n::{self, Args};
use crate::people;
use crate::slices::watch::notices::texts;
use crate::slices::watch::store;
use crate::slices::watch::store::{Added, Allowance, Import, Imported};
use crate::slices::watch::views::table;
use crate::slices::watch::views::table::Table;
use crate::telegram::{Outgoing, outbox};

/// Accounts added in one transaction: some 10 ms of the writer.
pub(super) const PORTION: usize = 200;

/// After a fault of the storage.
const REST: Duration = Duration::from_secs(5);

impl WatchHandlers {
    /// Adds large tables, one after the other, until the stop. Rings `sender_bell` when a result
    /// waits.
    pub(crate) async fn carry_out_tables(
        self,
        db: Db,
        clock: Clock,
        sender_bell: Activator,
        stop: CancellationToken,
    ) {
        let handlers = Arc::new(self);
        loop {
            let added = handlers.add_tables(&db, &clock, &sender_bell, &stop).await;
            if let Err(err) = &added {
                tracing::error!("a table could not be added, trying again: {err:#}");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = handlers.tables.rung() => {}
                () = tokio::time::sleep(REST), if added.is_err() => {}
            }
        }
    }

    async fn add_tables(
        self: &Arc<Self>,
        db: &Db,
        clock: &Clock,
        sender_bell: &Activator,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        loop {
            let own = Arc::clone(self);
            // Reading a table takes time, too: off the runtime.
            let read = db.read(move |c| {
                let import = store::next_import(c)?;
                Ok(import.map(|import| {
                    let table = table::read(
                        &own.notifier.catalogue,
                        &import.text,
                        import.person,
                        own.period_days,
                    );
                    Arc::new((import, table))
                }))
            });
            let Some(import) = read.await? else {
                return Ok(());
            };
            loop {
                if stop.is_cancelled() {
                    return Ok(());
                }
                let (own, import, now) = (Arc::clone(self), Arc::clone(&import), clock.now());
                let is_over = db.write(move |tx| own.add_portion(tx, now, &import.0, &import.1));
                if is_over.await? {
                    break;
                }
            }
            sender_bell.ring();
        }
    }

    /// Adds the next accounts of a table; true when none is left and the result is on its way.
    fn add_portion(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        import: &Import,
        table: &Table,
    ) -> anyhow::Result<bool> {
        // The person who sent it may have left meanwhile.
        let Some(mut done) = store::imported(tx, import.person)? else {
            return Ok(true);
        };
        if !people::is_member(tx, import.person)? {
            store::end_import(tx, import.person)?;
            return Ok(true);
        }
        let next = table
            .accounts
            .partition_point(|(line, _)| *line <= done.line);
        let rest = table.accounts.get(next..).unwrap_or_default();
        let mut allowance = Allowance::of(tx, import.person, self.per_owner)?;
        for (line, account) in rest.iter().take(PORTION) {
            let added = matches!(allowance.add(tx, now, account)?, Some(Added::New(_)));
            done = Imported {
                line: *line,
                added: done.added + u64::from(added),
            };
        }
        if rest.len() > PORTION {
            store::note_imported(tx, import.person, done)?;
            return Ok(false);
        }
        store::end_import(tx, import.person)?;
        self.tell_imported(tx, now, import, table, done.added)?;
        Ok(true)
    }

    fn tell_imported(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        import: &Import,
        table: &Table,
        added: u64,
    ) -> anyhow::Result<()> {
        let lang = self.notifier.formatter(tx, import.chat)?.lang;
        let allowance = Allowance::of(tx, import.person, self.per_owner)?;
        let over = if allowance.is_used_up() {
            table.accounts.len() - count_known(tx, table)?
        } else {
            0
        };
        let known = (table.accounts.len() as u64).saturating_sub(added + over as u64);
        let args = Args::new()
            .number("added", added)
            .number("known", known)
            .number("bad", table.problems.len());
        let sites = table
            .accounts
            .iter()
            .map(|(_, account)| account.site.as_str());
        let over = self.over_limit(lang, over, allowance);
        let done = joined(i18n::html(lang, "add-many", &args), over);
        let lines: Vec<Html> = std::iter::once(done)
            .chain(self.site_notes(lang, sites))
            .collect();
        let result = Outgoing::reply(import.chat, texts::fit(lines)).keyboard(ways_on(lang)?);
        outbox::insert(tx, now, &result)?;
        Ok(())
    }
}

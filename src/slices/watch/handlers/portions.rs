//! Large tables are added a few rows at a time, so that other writes need not wait for all of them.
//!
//! # Invariants
//! - Each portion commits with the mark of how far the table is.
//! - A crash loses no row and adds none twice.
//! - The result commits with the last mark.
//! - A table that the program died over twice, without coming further, is put aside.

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
use crate::telegram::{MOST_DEATHS, Outgoing, outbox};

/// Accounts added in one transaction: some 10 ms of the writer.
pub(super) const PORTION: usize = 200;

/// After a fault of the storage.
const REST: Duration = Duration::from_secs(5);

/// What becomes of the table that has waited longest.
enum Taken {
    Nothing,
    /// The program died over it twice.
    PutAside,
    /// The table of this person is in hand.
    Of(i64),
}

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
        let mut in_hand = None;
        loop {
            let added = handlers.add_tables(&db, &clock, &sender_bell, &stop, &mut in_hand);
            let added = added.await;
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
        in_hand: &mut Option<i64>,
    ) -> anyhow::Result<()> {
        loop {
            let (own, now, held) = (Arc::clone(self), clock.now(), *in_hand);
            let taken = match db.write(move |tx| own.take_table(tx, now, held)).await? {
                Taken::Nothing => return Ok(()),
                Taken::PutAside => {
                    sender_bell.ring();
                    continue;
                }
                Taken::Of(person) => person,
            };
            *in_hand = Some(taken);
            let own = Arc::clone(self);
            // Reading a table takes time, too: off the runtime.
            let read = db.read(move |c| {
                let import = store::import(c, taken)?;
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
                *in_hand = None;
                continue;
            };
            loop {
                if stop.is_cancelled() {
                    return db.write(move |tx| store::let_go(tx, taken)).await;
                }
                let (own, import, now) = (Arc::clone(self), Arc::clone(&import), clock.now());
                let is_over = db.write(move |tx| own.add_portion(tx, now, &import.0, &import.1));
                if is_over.await? {
                    break;
                }
            }
            *in_hand = None;
            sender_bell.ring();
        }
    }

    /// Takes the next table in hand, or puts the one aside that the program died over twice.
    fn take_table(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        in_hand: Option<i64>,
    ) -> anyhow::Result<Taken> {
        let Some(table) = store::take_import(tx, in_hand)? else {
            return Ok(Taken::Nothing);
        };
        if table.deaths < MOST_DEATHS {
            return Ok(Taken::Of(table.person));
        }
        store::end_import(tx, table.person)?;
        let lang = self.notifier.formatter(tx, table.chat)?.lang;
        let words = i18n::text(lang, "import-put-aside");
        outbox::insert(tx, now, &Outgoing::reply(table.chat, words))?;
        let args = Args::new().text("chat", &table.chat.to_string());
        for (admin, lang) in people::admin_languages(tx, self.notifier.language)? {
            let words = i18n::html(lang, "put-aside-import", &args);
            let notice = Outgoing::notice(admin, words)
                .dedupe(format!("put-aside-import:{}:{}:{admin}", table.chat, now.0));
            outbox::insert(tx, now, &notice)?;
        }
        Ok(Taken::PutAside)
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

//! The watch's SQL on a real file: paging, results, reminders, requests, and query plans of
//! frequent statements.

mod guard;
mod list;

use std::time::Duration;

use super::*;
use crate::clock::DAY;
use crate::db::WriteTx;
use crate::db::plans::plan;
pub(super) use crate::db::testing::Store;
use crate::people;
use crate::slices::watch::model::account::{RunScope, RunState, Trigger};

pub(super) const NOW: UnixMs = UnixMs(1_790_000_000_000);
/// The calendar day of [`NOW`].
pub(super) const TODAY: &str = "2026-09-21";
pub(super) const OWNER: i64 = 7;

fn new(site: &str, username: &str) -> NewAccount {
    NewAccount::new(OWNER, site, username, 30)
}

/// Adds accounts `0..n` on one site; returns their numbers.
pub(super) fn fill(tx: &WriteTx<'_>, n: usize) -> anyhow::Result<Vec<i64>> {
    people::admit(tx, NOW, OWNER)?;
    (0..n)
        .map(
            |i| match add(tx, NOW, &new("github", &format!("name{i}")))? {
                Added::New(id) => Ok(id),
                Added::Known(..) => anyhow::bail!("added twice"),
            },
        )
        .collect()
}

pub(super) fn result(account_id: i64, verdict: Verdict) -> ProbeResult {
    ProbeResult {
        account_id,
        site: "github".into(),
        verdict,
        reason: if verdict == Verdict::Error {
            "timeout"
        } else {
            ""
        },
        silent_until: None,
        bearing: if verdict == Verdict::Found {
            Bearing::News
        } else {
            Bearing::Plain
        },
        identity: String::new(),
    }
}

pub(super) fn run(tx: &WriteTx<'_>) -> anyhow::Result<i64> {
    Ok(begin(tx, NOW, Trigger::Schedule, RunScope::All, 0)?.id)
}

#[tokio::test]
async fn a_run_sees_every_account_once_and_the_longest_unseen_first() {
    let t = Store::new();
    t.write(|tx| {
        let ids = fill(tx, 10)?;
        let first = run(tx)?;
        for id in ids.iter().take(4) {
            apply(
                tx,
                NOW,
                TODAY,
                first,
                &[result(*id, Verdict::NotFound)],
                &[],
            )?;
        }
        end(tx, NOW, first, RunState::Interrupted, 0, 0)?;
        let second = run(tx)?;
        let mut seen = Vec::new();
        for (since, before) in [(0, first), (first, second)] {
            let mut after = 0;
            loop {
                let stretch = Stretch {
                    since,
                    before,
                    after,
                };
                let page = next_page(tx, RunScope::All, "github", stretch, 3)?;
                let Some(last) = page.last() else { break };
                after = last.id;
                for waiting in &page {
                    apply(
                        tx,
                        NOW,
                        TODAY,
                        second,
                        &[result(waiting.id, Verdict::NotFound)],
                        &[],
                    )?;
                    seen.push(waiting.id);
                }
            }
        }
        let expected: Vec<i64> = ids[4..].iter().chain(&ids[..4]).copied().collect();
        assert_eq!(seen, expected);
        assert_eq!(counts(tx, second)?.checked(), 10);
        assert_eq!(unreached(tx, RunScope::All, second)?, []);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn only_accounts_that_still_wait_are_changed_and_counted() {
    let t = Store::new();
    t.write(|tx| {
        let ids = fill(tx, 3)?;
        let id = run(tx)?;
        set_paused(tx, NOW, OWNER, ids[0], true)?;
        remove(tx, NOW, OWNER, ids[1])?;
        // The last account no longer exists: its owner had everything deleted during the run.
        let seen = ids.iter().chain(&[9_999]);
        let results: Vec<ProbeResult> = seen.map(|id| result(*id, Verdict::Found)).collect();
        assert_eq!(apply(tx, NOW, TODAY, id, &results, &[])?, [OWNER]);
        assert_eq!(
            apply(tx, NOW, TODAY, id, &results, &[])?,
            [0_i64; 0],
            "the same look again"
        );
        let counted = counts(tx, id)?;
        assert_eq!((counted.found, counted.checked()), (1, 1));
        let (first, totals) = news_in_run(tx, id, OWNER, 1)?;
        assert_eq!((first.len(), totals.values().sum::<usize>()), (1, 1));
        let found = get(tx, Some(OWNER), ids[2])?.unwrap();
        assert_eq!(
            (found.state, found.done_at),
            (AccountState::Done, Some(NOW))
        );
        assert_eq!(get(tx, None, ids[0])?.unwrap().state, AccountState::Paused);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_owner_sees_their_own_accounts_only() {
    let t = Store::new();
    t.write(|tx| {
        let ids = fill(tx, 1)?;
        assert!(get(tx, Some(OWNER + 1), ids[0])?.is_none());
        assert!(get(tx, Some(OWNER), ids[0])?.is_some());
        assert_eq!(totals(tx, Some(OWNER + 1))?.all(), 0);
        assert_eq!(totals(tx, None)?.pending, 1);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn reminders_come_with_growing_distance_and_start_anew_after_an_extension() {
    let t = Store::new();
    t.write(|tx| {
        let id = fill(tx, 1)?[0];
        let mut due = Vec::new();
        let mut collect = |tx: &WriteTx<'_>, days: u32| -> anyhow::Result<()> {
            for day in 0..days {
                let now = NOW.plus(DAY * day);
                for reminder in due_reminders(tx, now, 10)? {
                    mark_reminder_sent(tx, now, &reminder.account)?;
                    due.push(day);
                }
            }
            Ok(())
        };
        collect(tx, 60)?;
        extend(tx, NOW.plus(DAY * 35), OWNER, id, 30)?;
        collect(tx, 90)?;
        let once = [27, 29, 30, 31, 33, 37, 44];
        assert_eq!(due, [once, once.map(|day| day + 30)].concat());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn requests_of_one_scope_are_answered_by_one_run() {
    let t = Store::new();
    t.write(|tx| {
        fill(tx, 1)?;
        let asked = ask(tx, NOW, RunScope::All, Some(1))?;
        let again = ask(tx, NOW, RunScope::All, Some(2))?;
        ask(tx, NOW, RunScope::Owner(OWNER), Some(3))?;
        assert_eq!(open_requests(tx)?, [RunScope::All, RunScope::Owner(OWNER)]);
        let run = begin(tx, NOW, Trigger::Request, RunScope::All, 1)?;
        assert_eq!(run.actors, [1, 2]);
        assert_eq!(request_run(tx, asked)?, Some(run.id));
        assert!(!withdraw(tx, again)?, "it was taken");
        assert_eq!(open_requests(tx)?, [RunScope::Owner(OWNER)]);
        // After a crash, people's requests are open again.
        assert_eq!(close_crashed(tx, NOW)?, [run.id]);
        assert_eq!(open_requests(tx)?.len(), 2);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn waiting_again_begins_anew() {
    let t = Store::new();
    t.write(|tx| {
        let id = fill(tx, 1)?[0];
        assert!(!again(tx, NOW, OWNER, id)?, "it still waits");
        let first = run(tx)?;
        apply(tx, NOW, TODAY, first, &[result(id, Verdict::Found)], &[])?;
        end(tx, NOW, first, RunState::Done, 0, 0)?;
        let later = NOW.plus(DAY * 40);
        assert!(again(tx, later, OWNER, id)?);
        let account = get(tx, None, id)?.unwrap();
        assert_eq!(account.state, AccountState::Pending);
        assert_eq!((account.started_at, account.verdict), (later, None));
        assert_eq!(account.ends_at, later.plus(DAY * 30));
        let sql = "SELECT history >> 48 FROM look";
        let width: i64 = tx.query_row(sql, [], |row| row.get(0))?;
        assert_eq!(width, 1, "the row keeps its size");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_runs_for_every_page_uses_an_index_and_sorts_nothing() {
    let t = Store::new();
    t.write(|tx| {
        for sql in [
            "SELECT account.id FROM account INDEXED BY account_pending CROSS JOIN look ON look.account_id = account.id
             WHERE state = 'pending' AND site = 'x' AND account.id > 5 AND look.run_id < 5
             ORDER BY account.id LIMIT 5",
            "SELECT account.id FROM account INDEXED BY account_of_owner CROSS JOIN look ON look.account_id = account.id
             WHERE state = 'pending' AND owner_id = 5 AND site = 'x' AND account.id > 5 ORDER BY account.id LIMIT 5",
            "SELECT account.owner_id FROM account INDEXED BY account_pending
             CROSS JOIN look ON look.account_id = account.id WHERE account.state = 'pending' AND account.site = 'x'",
            "SELECT account.id FROM account JOIN look ON look.account_id = account.id
             WHERE account.id = 5 AND account.state = 'pending'",
            "SELECT id FROM account WHERE state = 'pending' AND remind_at IS NOT NULL AND remind_at <= 5
             ORDER BY remind_at LIMIT 5",
            "SELECT state, count(*) FROM account WHERE owner_id = 5 GROUP BY state",
            "SELECT id FROM account WHERE state = 'held' AND site = 'x' ORDER BY owner_id, id LIMIT 5",
            "SELECT run_id FROM transition WHERE run_id = 5 AND to_state = 'done'",
        ] {
            let plan = plan(tx, sql);
            assert!(plan.iter().all(|step| step.starts_with("SEARCH")), "{sql}: {plan:?}");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn how_long_a_site_wants_to_be_left_alone_is_kept_until_it_is_over() {
    let t = Store::new();
    t.write(|tx| {
        let ids = fill(tx, 1)?;
        let run = run(tx)?;
        let heard = |at: UnixMs, wait: u64| -> anyhow::Result<()> {
            let result = ProbeResult {
                silent_until: Some(NOW.plus(Duration::from_secs(wait))),
                ..result(ids[0], Verdict::Error)
            };
            apply(tx, at, TODAY, run, &[result], &[]).map(drop)
        };
        heard(NOW, 60)?;
        // A shorter wait, from a probe that was in flight, ends nothing.
        heard(NOW, 10)?;
        let rest = |after: u64| silences(tx, NOW.plus(Duration::from_secs(after)));
        let github = |rest: u64| vec![("github".to_owned(), Duration::from_secs(rest))];
        assert_eq!(rest(0)?, github(60));
        assert_eq!(rest(45)?, github(15));
        assert_eq!(rest(60)?, []);
        heard(NOW.plus(Duration::from_secs(90)), 95)?;
        assert_eq!(rest(90)?, github(5));
        Ok(())
    })
    .await;
}

//! Lists, people's actions on accounts, and the ends of waits, on a real file.

use super::{DAY, NOW, OWNER, Store, TODAY, fill, result, run};
use crate::db::WriteTx;
use crate::db::plans::plan;
use crate::people;
use crate::slices::watch::model::account::RunState;
use crate::slices::watch::model::past::{By, Change};
use crate::slices::watch::store::*;

const OTHER: i64 = 8;

fn listed(tx: &WriteTx<'_>, owner: Option<i64>, filter: Filter) -> Vec<i64> {
    let listing = AccountQuery {
        owner,
        filter,
        also: Vec::new(),
    };
    let page = page(tx, NOW, &listing, 0, 100).unwrap();
    assert_eq!(count_listed(tx, NOW, &listing).unwrap(), page.len());
    page.into_iter().map(|account| account.id).collect()
}

#[tokio::test]
async fn a_list_shows_what_it_is_narrowed_to() {
    let t = Store::new();
    t.write(|tx| {
        let ids = fill(tx, 5)?;
        people::admit(tx, NOW, OTHER)?;
        let others = NewAccount {
            note: "Клиент Иванов".to_owned(),
            ..NewAccount::new(OTHER, "vk", "Durov", 30)
        };
        let Added::New(other) = add(tx, NOW, &others)? else {
            anyhow::bail!("it is new");
        };
        set_paused(tx, NOW, OWNER, ids[1], true)?;
        tx.execute("UPDATE account SET state = 'done' WHERE id = ?1", [ids[2]])?;
        tx.execute(
            "UPDATE account SET ends_at = ?2 WHERE id = ?1",
            (ids[3], NOW.0),
        )?;
        remove(tx, NOW, OWNER, ids[4])?;
        let mine = |filter| listed(tx, Some(OWNER), filter);
        assert_eq!(mine(Filter::Everything), [ids[0], ids[3], ids[1], ids[2]]);
        // The earliest end comes first.
        assert_eq!(mine(Filter::Pending), [ids[3], ids[0]]);
        assert_eq!(mine(Filter::Overdue), [ids[3]]);
        assert_eq!(mine(Filter::Paused), [ids[1]]);
        assert_eq!(mine(Filter::Done), [ids[2]]);
        assert_eq!(mine(Filter::Text("ME3".into())), [ids[3]]);
        assert_eq!(mine(Filter::Site("vk".into())), [0_i64; 0]);
        let all = |filter| listed(tx, None, filter);
        assert_eq!(
            all(Filter::Everything),
            [ids[0], ids[1], ids[2], ids[3], other]
        );
        assert_eq!(all(Filter::Site("vk".into())), [other]);
        assert_eq!(all(Filter::Text("клиент и".into())), [other]);
        assert_eq!(sites_in_use(tx, None, 0, 9)?, ["github", "vk"]);
        assert_eq!(sites_in_use(tx, None, 1, 9)?, ["vk"]);
        assert_eq!(sites_in_use(tx, Some(OWNER), 0, 9)?, ["github"]);

        let found = Filter::Text("клиент".into());
        let id = note_search(tx, NOW, OWNER, &found)?;
        assert_eq!(note_search(tx, NOW, OWNER, &found)?, id, "the same again");
        assert_eq!(search(tx, OWNER, id)?, Some(found));
        assert_eq!(search(tx, OTHER, id)?, None, "it is somebody else's");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_removed_account_is_hidden_comes_back_as_it_was_and_is_forgotten() {
    let t = Store::new();
    t.write(|tx| {
        let ids = fill(tx, 2)?;
        let id = ids[0];
        set_paused(tx, NOW, OWNER, id, true)?;
        assert!(remove(tx, NOW, OWNER, id)? && !remove(tx, NOW, OWNER, id)?);
        assert!(get(tx, None, id)?.is_none());
        assert_eq!(totals(tx, Some(OWNER))?.all(), 1);
        let mut exported = 0;
        export(tx, None, |_| {
            exported += 1;
            Ok(())
        })?;
        assert_eq!(exported, 1);
        assert!(!set_paused(tx, NOW, OWNER, id, false)? && !extend(tx, NOW, OWNER, id, 7)?);
        assert!(restore(tx, NOW, OTHER, id)? && !restore(tx, NOW, OTHER, id)?);
        assert_eq!(get(tx, None, id)?.unwrap().state, AccountState::Paused);
        let past = history(tx, id, 10)?;
        let past: Vec<_> = past
            .iter()
            .map(|past| (past.what, past.by.clone()))
            .collect();
        assert_eq!(
            past,
            [
                (Change::Restored, By::Person(OTHER)),
                (Change::Removed, By::Person(OWNER)),
                (Change::Paused, By::Person(OWNER)),
                (Change::Added, By::Person(OWNER)),
            ]
        );

        // If added again, the account starts over.
        remove(tx, NOW, OWNER, id)?;
        let again = add(tx, NOW, &NewAccount::new(OWNER, "github", "name0", 9))?;
        assert!(matches!(again, Added::New(new) if new != id));
        assert!(!restore(tx, NOW, OWNER, id)?);

        remove(tx, NOW, OWNER, ids[1])?;
        let rule = KEPT.iter().find(|rule| rule.what == "removed").unwrap();
        assert_eq!((rule.prune)(tx, NOW)?, 0);
        assert_eq!((rule.prune)(tx, NOW.plus(DAY))?, 1);
        assert_eq!(get_any(tx, None, ids[1])?, None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_changed_by_two_at_once_is_not_overwritten() {
    let t = Store::new();
    t.write(|tx| {
        let id = fill(tx, 1)?[0];
        assert!(set_note(tx, NOW, OWNER, id, "", "первая")?);
        assert!(!set_note(tx, NOW, OTHER, id, "", "вторая")?);
        assert!(set_until(tx, NOW, OWNER, id, Until::Found, Until::Gone)?);
        assert!(!set_until(tx, NOW, OTHER, id, Until::Found, Until::Change)?);
        let account = get(tx, None, id)?.unwrap();
        assert_eq!(
            (account.note.as_str(), account.until),
            ("первая", Until::Gone)
        );
        assert!(extend(tx, NOW, OWNER, id, 7)?);
        let past = history(tx, id, 1)?;
        assert_eq!(
            (past[0].what, past[0].detail.as_str()),
            (Change::Extended, "7")
        );
        Ok(())
    })
    .await;
}

/// A run in which an account gets a verdict with this bearing.
fn sees(tx: &WriteTx<'_>, id: i64, verdict: Verdict, bearing: Bearing) -> (i64, Vec<i64>) {
    let run = run(tx).unwrap();
    let result = ProbeResult {
        bearing,
        ..result(id, verdict)
    };
    let owners = apply(tx, NOW, TODAY, run, &[result], &[]).unwrap();
    end(tx, NOW, run, RunState::Done, 0, 0).unwrap();
    (run, owners)
}

#[tokio::test]
async fn a_change_is_told_each_time_and_the_wait_goes_on() {
    let t = Store::new();
    t.write(|tx| {
        let id = fill(tx, 1)?[0];
        set_until(tx, NOW, OWNER, id, Until::Found, Until::Change)?;
        let (_, owners) = sees(tx, id, Verdict::NotFound, Bearing::News);
        assert_eq!(owners, [0_i64; 0], "what was never seen has not changed");
        for (verdict, seen) in [
            (Verdict::Found, Sighting::Exists),
            (Verdict::NotFound, Sighting::Missing),
        ] {
            let (_, owners) = sees(tx, id, Verdict::Error, Bearing::Plain);
            assert_eq!(owners, [0_i64; 0]);
            let (run, owners) = sees(tx, id, verdict, Bearing::News);
            assert_eq!(owners, [OWNER]);
            assert!(has_news(tx, run)?);
            let (news, totals) = news_in_run(tx, run, OWNER, 9)?;
            assert_eq!(
                (news[0].account.state, news[0].seen),
                (AccountState::Pending, seen)
            );
            assert_eq!(
                totals.into_iter().collect::<Vec<_>>(),
                [((Until::Change, seen), 1)]
            );
            let (_, owners) = sees(tx, id, verdict, Bearing::News);
            assert_eq!(owners, [0_i64; 0], "it is as it was");
        }
        let account = get(tx, None, id)?.unwrap();
        assert_eq!(account.seen_at, Some(NOW));
        let outcomes: Vec<Verdict> = account.probes.oldest_first().collect();
        assert_eq!(
            outcomes[..3],
            [Verdict::NotFound, Verdict::Error, Verdict::Found]
        );
        assert_eq!(outcomes.len(), 7);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_somebody_chose_while_a_probe_was_on_its_way_counts() {
    let t = Store::new();
    t.write(|tx| {
        let id = fill(tx, 1)?[0];
        set_until(tx, NOW, OWNER, id, Until::Found, Until::Gone)?;
        // The candidate was read before the change.
        let (run, owners) = sees(tx, id, Verdict::Found, Bearing::News);
        assert_eq!(owners, [0_i64; 0]);
        assert_eq!(counts(tx, run)?.found, 1);
        assert_eq!(get(tx, None, id)?.unwrap().state, AccountState::Pending);
        let (run, owners) = sees(tx, id, Verdict::NotFound, Bearing::News);
        assert_eq!(owners, [OWNER]);
        assert_eq!(counts(tx, run)?.not_found, 1);
        let account = get(tx, None, id)?.unwrap();
        assert_eq!(
            (account.state, account.done_at),
            (AccountState::Done, Some(NOW))
        );
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_held_is_let_go_the_way_it_was_seen() {
    let t = Store::new();
    t.write(|tx| {
        let ids = fill(tx, 2)?;
        set_until(tx, NOW, OWNER, ids[0], Until::Found, Until::Gone)?;
        set_until(tx, NOW, OWNER, ids[1], Until::Found, Until::Change)?;
        for id in &ids {
            sees(tx, *id, Verdict::Found, Bearing::Plain);
        }
        let run = run(tx)?;
        let held = |id: &i64| ProbeResult {
            bearing: Bearing::Held,
            ..result(*id, Verdict::NotFound)
        };
        let results: Vec<ProbeResult> = ids.iter().map(held).collect();
        assert_eq!(apply(tx, NOW, TODAY, run, &results, &[])?, [0_i64; 0]);
        assert_eq!(
            (
                held_in_run(tx, run)?[0].changed,
                held_in_run(tx, run)?[0].gone
            ),
            (2, 2)
        );
        assert_eq!(release(tx, NOW, TODAY, run, "github", 9)?, [OWNER]);
        assert_eq!(counts(tx, run)?.not_found, 2);
        let states = ids.iter().map(|id| get(tx, None, *id).unwrap().unwrap());
        let states: Vec<_> = states
            .map(|account| (account.state, account.verdict))
            .collect();
        let gone = Some(Verdict::NotFound);
        assert_eq!(
            states,
            [(AccountState::Done, gone), (AccountState::Pending, gone)]
        );
        let (news, totals) = news_in_run(tx, run, OWNER, 1)?;
        assert_eq!((news.len(), totals.values().sum::<usize>()), (1, 2));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn lists_read_no_more_than_they_show() {
    let t = Store::new();
    t.write(|tx| {
        for (owner, filter) in [
            (None, Filter::Overdue),
            (None, Filter::Done),
            (None, Filter::Paused),
            (None, Filter::Site("vk".into())),
            (Some(OWNER), Filter::Everything),
            (Some(OWNER), Filter::Overdue),
            (Some(OWNER), Filter::Text("x".into())),
        ] {
            let listing = AccountQuery {
                owner,
                filter,
                also: Vec::new(),
            };
            let steps = plan(tx, &listing.page_sql());
            let of_accounts = steps.iter().find(|step| step.contains(" account "));
            let is_search = of_accounts.is_some_and(|step| step.contains("INDEX"));
            assert!(is_search, "{listing:?}: {steps:?}");
        }
        // The run's news for an owner is read through the owner's accounts.
        let steps = plan(tx, &news::first_sql());
        assert!(
            steps.iter().all(|step| !step.starts_with("SCAN")),
            "{steps:?}"
        );
        Ok(())
    })
    .await;
}

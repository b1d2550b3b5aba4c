//! The order of turns, compared with a list that is sorted as a whole.

use std::collections::{BTreeMap, HashSet};

use super::*;

const RUN: i64 = 100;

/// Accounts as owner, last run and number.
fn in_order(accounts: &[(i64, i64, i64)], limit: usize) -> Vec<i64> {
    let mut turns = Turns::new(RUN, limit);
    for (owner, last_run, id) in accounts {
        turns.offer(*owner, *last_run, *id);
    }
    turns.in_order()
}

#[test]
fn owners_take_turns_and_the_longest_wait_comes_first() {
    let mut accounts: Vec<_> = (0..3000).map(|id| (7, 90 - id % 60, id)).collect();
    accounts.extend([(8, 99, 5000), (9, 20, 6000), (9, 98, 6001), (9, RUN, 6002)]);

    let page = in_order(&accounts, 64);

    // Who was served longest ago begins. Owner 9 had a turn in this run.
    let run_of = |id: &i64| accounts.iter().find(|one| one.2 == *id).unwrap().1;
    assert_eq!(run_of(&page[0]), 31);
    assert_eq!(page[1..3], [5000, 6000]);
    assert_eq!(page[4], 6001);
    let large = page.iter().filter(|id| **id < 3000).map(run_of);
    let expected = std::iter::repeat_n(31, 50).chain(std::iter::repeat_n(32, 11));
    assert!(large.eq(expected), "{page:?}");
}

#[test]
fn more_owners_than_a_page_has_room_for_are_served_in_rotation() {
    let mut last_runs = vec![0; 1000];
    for run in 1..=10 {
        let mut turns = Turns::new(run, 100);
        for (owner, last_run) in (0..).zip(&last_runs) {
            // The first account of each is the one that is always probed last.
            turns.offer(owner, *last_run, owner);
            if owner % 3 == 0 {
                turns.offer(owner, 0, 10_000 + owner);
            }
        }
        for id in turns.in_order() {
            last_runs[usize::try_from(id % 10_000).unwrap()] = run;
        }
    }
    assert!(last_runs.iter().all(|run| *run > 0));
}

#[test]
fn what_is_dropped_on_the_way_would_not_have_come_into_the_page() {
    for seed in 0..50 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (owners, limit) = (random.i64(1..40), random.usize(1..200));
        let mut turns = Turns::new(RUN, limit);
        let mut of_owner: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
        for id in 0..2000 {
            let owner = random.i64(0..owners).min(random.i64(0..owners));
            turns.offer(owner, id % 97, id);
            of_owner.entry(owner).or_default().push((id % 97, id));
        }
        assert!(turns.kept <= 2 * (limit + turns.owners.len()));

        let page: HashSet<i64> = turns.in_order().into_iter().collect();

        assert_eq!(page.len(), limit.min(2000));
        let places =
            |turn: usize| -> usize { of_owner.values().map(|all| all.len().min(turn)).sum() };
        let whole_turns = (0..)
            .take_while(|turn| places(*turn) <= limit)
            .last()
            .unwrap();
        for accounts in of_owner.values_mut() {
            let taken = accounts.iter().filter(|(_, id)| page.contains(id));
            let mut taken: Vec<i64> = taken.map(|(last_run, _)| *last_run).collect();
            let turns = accounts.len().min(whole_turns)..=accounts.len().min(whole_turns + 1);
            assert!(turns.contains(&taken.len()), "seed {seed}");
            accounts.sort_unstable();
            taken.sort_unstable();
            let longest = accounts.iter().map(|(last_run, _)| *last_run);
            assert!(longest.take(taken.len()).eq(taken), "seed {seed}");
        }
    }
}

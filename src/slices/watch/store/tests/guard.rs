//! What the guards store: held accounts and their questions, failed controls, and the state of our
//! own network.

use super::{DAY, NOW, OWNER, Store, TODAY, fill, result, run};
use crate::slices::watch::model::account::{ControlFault, MassDecision, RunScope, RunState};
use crate::slices::watch::store::*;

fn held(account_id: i64) -> ProbeResult {
    ProbeResult {
        bearing: Bearing::Held,
        ..result(account_id, Verdict::Found)
    }
}

#[tokio::test]
async fn a_held_account_is_let_go_once() {
    let t = Store::new();
    t.write(|tx| {
        let ids = fill(tx, 3)?;
        let first = run(tx)?;
        apply(
            tx,
            NOW,
            TODAY,
            first,
            &[result(ids[0], Verdict::NotFound)],
            &[],
        )?;
        end(tx, NOW, first, RunState::Done, 0, 0)?;
        let second = run(tx)?;
        let everything = Stretch {
            since: 0,
            before: second,
            after: 0,
        };
        let page = next_page(tx, RunScope::All, "github", everything, 5)?;
        let was_missing = |id| {
            page.iter()
                .any(|one| one.id == id && one.known == Some(Sighting::Missing))
        };
        assert!(was_missing(ids[0]) && !was_missing(ids[1]));
        let results: Vec<ProbeResult> = ids.iter().map(|id| held(*id)).collect();
        assert_eq!(
            apply(tx, NOW, TODAY, second, &results, &[])?,
            [] as [i64; 0]
        );
        assert_eq!(counts(tx, second)?.checked(), 0, "not counted yet");
        let in_all = HeldSite {
            site: "github".to_owned(),
            changed: 3,
            gone: 0,
            fresh: 2,
        };
        assert_eq!(held_in_run(tx, second)?, std::slice::from_ref(&in_all));
        assert_eq!(release(tx, NOW, TODAY, second, "github", 2)?, [OWNER]);
        assert_eq!(counts(tx, second)?.found, 2);
        // The last one becomes a question, and an admin confirms it.
        let question = keep(
            tx,
            NOW,
            TODAY,
            second,
            &HeldSite {
                changed: 1,
                ..in_all.clone()
            },
            3,
        )?
        .unwrap();
        let no_more = HeldSite {
            changed: 0,
            ..in_all
        };
        assert_eq!(keep(tx, NOW, TODAY, second, &no_more, 0)?, None, "it joins");
        assert_eq!(held_without_question(tx)?, None);
        assert!(decide(tx, OWNER, question.id, MassDecision::Apply)?);
        assert!(!decide(tx, OWNER, question.id, MassDecision::Discard)?);
        assert_eq!(apply_held(tx, NOW, &question, 5)?.len(), 1);
        assert_eq!(apply_held(tx, NOW, &question, 5)?.len(), 0);
        close_question(tx, question.id)?;
        let done: usize = tx.query_row(
            "SELECT count(*) FROM transition WHERE to_state = 'done'",
            [],
            |row| row.get(0),
        )?;
        assert_eq!((done, totals(tx, None)?.done), (3, 3));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_first_sighting_that_was_held_is_what_was_awaited() {
    let t = Store::new();
    t.write(|tx| {
        let ids = fill(tx, 2)?;
        set_until(tx, NOW, OWNER, ids[1], Until::Found, Until::Gone)?;
        let first = run(tx)?;
        let gone = ProbeResult {
            verdict: Verdict::NotFound,
            ..held(ids[1])
        };
        apply(tx, NOW, TODAY, first, &[held(ids[0]), gone], &[])?;
        let in_all = HeldSite {
            site: "github".to_owned(),
            changed: 2,
            gone: 1,
            fresh: 2,
        };
        assert_eq!(held_in_run(tx, first)?, [in_all]);
        assert_eq!(release(tx, NOW, TODAY, first, "github", 5)?, [OWNER]);
        let counts = counts(tx, first)?;
        assert_eq!((counts.found, counts.not_found), (1, 1));
        let (news, _) = news_in_run(tx, first, OWNER, 5)?;
        let seen: Vec<Sighting> = news.iter().map(|one| one.seen).collect();
        assert_eq!(seen, [Sighting::Exists, Sighting::Missing]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_held_for_no_reason_waits_again() {
    let t = Store::new();
    t.write(|tx| {
        let ids = fill(tx, 2)?;
        let cut = run(tx)?;
        apply(tx, NOW, TODAY, cut, &[held(ids[0]), held(ids[1])], &[])?;
        close_crashed(tx, NOW)?;
        assert_eq!(held_without_question(tx)?.as_deref(), Some("github"));
        assert_eq!(return_held(tx, "github", 5)?, 2);
        assert_eq!(held_without_question(tx)?, None);
        let next = run(tx)?;
        assert_eq!(
            unreached(tx, RunScope::All, next)?,
            [("github".to_owned(), 2)]
        );
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn each_change_of_controls_and_network_is_news_once() {
    let t = Store::new();
    t.write(|tx| {
        let news = |fault| ControlNews {
            site: "vk".into(),
            fault,
        };
        let (failed, well) = (news(Some(ControlFault::RandomFound)), news(None));
        let note = |one: &ControlNews| note_controls(tx, NOW, 1, std::slice::from_ref(one));
        assert!(!note(&well)?, "it was never ill");
        assert!(note(&failed)? && !note(&failed)?);
        assert!(marks(tx)?.distrusted.contains("vk"));
        assert_eq!(control_news(tx, 1)?, std::slice::from_ref(&failed));
        assert!(note(&well)? && !note(&well)?);
        assert_eq!(control_news(tx, 1)?, std::slice::from_ref(&well));
        assert!(marks(tx)?.distrusted.is_empty());

        assert!(note_offline(tx, NOW)? && !note_offline(tx, NOW.plus(DAY))?);
        assert_eq!(offline_since(tx)?, Some(NOW));
        assert_eq!((note_online(tx)?, note_online(tx)?), (Some(NOW), None));
        Ok(())
    })
    .await;
}

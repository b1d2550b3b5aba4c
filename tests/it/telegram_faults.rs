//! Telegram as it really is: down, slow, flooding, broken, forgetful. The bot survives and
//! delivers.
//!
//! Every stage of these tests captures the log down to TRACE and searches it for the token at the
//! end.

use std::time::Duration;

use serde_json::json;
use vakhta::testing::demo::{Behaviour, Fault, Person};
use vakhta::testing::telegram::inbox_counts;

use crate::harness::{ADMIN, LIMIT, Stage, run};

/// Writes and waits for the reply, whatever Telegram does meanwhile; the clock advances so that
/// pauses end.
async fn answered(t: &Stage, person: &Person, text: &str) -> String {
    person.skips_unread();
    let before = t.telegram.messages(person.id()).len();
    person.writes(text);
    let mut period = tokio::time::interval(Duration::from_millis(100));
    for _ in 0..200 {
        period.tick().await;
        t.clock.advance(Duration::from_secs(1));
        t.app().telegram().unwrap().proxy().ring();
        let messages = t.telegram.messages(person.id());
        if let Some(reply) = messages.iter().skip(before).find(|m| m.from_bot) {
            return reply.text.clone();
        }
    }
    panic!("no answer to {text}: {}", t.telegram.transcript());
}

#[test]
fn every_fault_of_sending_and_polling_is_survived() {
    run(async |mut t| {
        t.expect_refusals();
        t.expect_errors();
        let eva = t.user(7, "Ева", "ru").await;
        let both = [
            Fault::Html502,
            Fault::EmptyBody,
            Fault::status(500, "Internal Server Error"),
            Fault::too_many(1),
        ];
        let sending = [Fault::Slow(Duration::from_millis(300))];
        let polling = [
            Fault::BrokenJson,
            Fault::CutBody,
            Fault::Reset,
            Fault::status(409, "Conflict: terminated by other getUpdates request"),
        ];
        let sending = both.iter().chain(&sending).map(|f| ("sendMessage", 2, f));
        let polling = both.iter().chain(&polling).map(|f| ("getUpdates", 1, f));
        for (method, times, fault) in sending.chain(polling) {
            t.telegram.break_next(method, times, fault.clone());
            let reply = answered(&t, &eva, "/help").await;
            assert!(
                reply.starts_with("Что я умею"),
                "{method} after {fault:?}: {reply}"
            );
            t.telegram.clear_faults();
        }
        t
    });
}

#[test]
fn one_unreadable_update_among_a_hundred_deafens_nobody() {
    run(async |t| {
        let eva = t.user(7, "Ева", "ru").await;
        for n in 0..50 {
            eva.writes(&format!("/add before{n} github"));
        }
        t.telegram
            .push_raw_update(json!({"message": {"message_id": "not a number", "chat": 5}}));
        t.telegram
            .push_raw_update(json!({"quantum_message": {"entangled": true}}));
        for n in 0..50 {
            eva.writes(&format!("/add after{n} github"));
        }
        let handled = async {
            let mut period = tokio::time::interval(Duration::from_millis(20));
            loop {
                period.tick().await;
                let totals = t
                    .app()
                    .db()
                    .read(|c| vakhta::testing::slices::watch::store::totals(c, Some(7)))
                    .await
                    .unwrap();
                if totals.pending == 100 {
                    return;
                }
            }
        };
        tokio::time::timeout(LIMIT, handled)
            .await
            .expect("all hundred are handled");
        let counts = t.app().db().read(inbox_counts).await.unwrap();
        assert_eq!(
            counts.quarantined, 1,
            "the unknown kind is skipped, the broken one put aside"
        );
        t.app()
            .db()
            .write(|tx| Ok(tx.execute("DELETE FROM outbox WHERE chat_id = 7", [])?))
            .await
            .unwrap();
        t
    });
}

#[test]
fn a_message_that_may_have_arrived_is_not_pushed_again_but_named_in_the_next() {
    run(async |mut t| {
        t.expect_errors();
        let eva = t.user(7, "Ева", "ru").await;
        t.telegram
            .break_next("sendMessage", 1, Fault::Reset.after_delivery());
        eva.writes("/help");
        t.heard(7, "Что я умею").await;
        let admin_sees = async {
            let mut period = tokio::time::interval(Duration::from_millis(100));
            loop {
                period.tick().await;
                let now = t.clock.now();
                let counts = t
                    .app()
                    .db()
                    .read(move |c| vakhta::testing::telegram::outbox::counts(c, now))
                    .await
                    .unwrap();
                if counts.unconfirmed == 1 {
                    return;
                }
            }
        };
        tokio::time::timeout(LIMIT, admin_sees)
            .await
            .expect("it is counted as unconfirmed");
        let status = t.ask(&t.admin, "/status").await;
        assert!(
            status.text.contains("без подтверждения: 1"),
            "{}",
            status.text
        );
        eva.skips_unread();
        let next = t.ask(&eva, "/list").await;
        assert!(
            next.text
                .contains("⚠️ Возможно, это вы ещё не получили:\n• Что я умею"),
            "{}",
            next.text
        );
        let sent = t
            .telegram
            .messages(7)
            .iter()
            .filter(|m| m.text.starts_with("Что я умею"))
            .count();
        assert_eq!(sent, 1);
        t
    });
}

#[test]
fn a_flooded_chat_waits_its_day_and_the_others_do_not() {
    run(async |mut t| {
        t.expect_refusals();
        let (eva, oleg) = (t.user(7, "Ева", "ru").await, t.user(8, "Олег", "ru").await);
        t.telegram
            .break_next("sendMessage", 1, Fault::too_many(86_400));
        eva.writes("/help");
        let refused = |telegram: &vakhta::testing::demo::PretendTelegram| {
            telegram.calls("sendMessage").len() == 1
        };
        t.telegram
            .wait_until("the refused message", LIMIT, refused)
            .await
            .unwrap();
        let other = t.ask(&oleg, "/help").await;
        assert!(other.text.starts_with("Что я умею"));
        assert!(t.telegram.last_reply(7).is_none());
        // The pause is a row, so a restart does not forget it.
        t.stop().await;
        t.start().await;
        let other = t.ask(&oleg, "/list").await;
        assert!(other.text.contains("Пока пусто"));
        assert!(t.telegram.last_reply(7).is_none());
        t.stop().await;
        t.clock.advance(Duration::from_secs(86_401));
        t.start().await;
        t.heard(7, "Что я умею").await;
        t
    });
}

#[test]
fn who_blocked_the_bot_is_left_alone_until_they_come_back() {
    run(async |mut t| {
        t.expect_refusals();
        let eva = t.user(7, "Ева", "ru").await;
        t.site.set("github", "octocat", Behaviour::Exists);
        t.ask(&eva, "/add octocat github").await;
        eva.blocks_bot();
        let panel = t.ask(&t.admin, "/admin").await;
        t.callback_for_note(&t.admin, &panel, "Проверить все сейчас")
            .await;
        t.heard(ADMIN, "• Найдено: 1").await;
        eva.unblocks_bot();
        let list = t.ask(&eva, "/list").await;
        assert!(list.button("octocat").is_some());
        t
    });
}

#[test]
fn a_revoked_token_stops_the_program() {
    run(async |mut t| {
        t.expect_errors();
        t.expect_refusals();
        t.telegram.revoke_token();
        // The waiting poll returns only with the next update.
        t.admin.writes("/help");
        let outcome = t.ends().await;
        assert_eq!(outcome, vakhta::testing::app::Outcome::Unauthorized);
        t
    });
}

//! Checks after the kills: every account and every notice exactly once, and nothing left half done.

use std::collections::BTreeSet;

use vakhta::testing::demo::ChatMessage;

use super::World;
use crate::harness::{ADMIN, size};

/// Starts of messages about found accounts.
const FOUND: [&str; 2] = ["✅ Аккаунт найден", "✅ Найдено:"];

impl World {
    pub(super) fn compare(&self) {
        let ground = &self.ground;
        self.compare_accounts();
        self.compare_notices();
        self.compare_starts();
        self.compare_days();
        assert_eq!(
            ground.number("SELECT count(*) FROM run WHERE state = 'running'"),
            0
        );
        assert_eq!(
            ground.number("SELECT count(*) FROM outbox WHERE state = 'dead'"),
            0
        );
        let repeats = "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE dedupe IS NOT NULL GROUP BY dedupe HAVING count(*) > 1)";
        assert_eq!(ground.number(repeats), 0);
        // A new process ends the poll of the killed one, and repeats an edit whose answer was lost.
        let mut refused = ground.telegram.refused_calls();
        let repeated = |why: &String| why.contains("message is not modified");
        refused.retain(|call| {
            call.method != "getUpdates" && !call.refusal.as_ref().is_some_and(repeated)
        });
        assert!(refused.is_empty(), "Telegram refused: {refused:#?}");
        // The test must have hit its targets. A small number of kills may happen to miss the
        // deliveries.
        let cut = ground.number("SELECT count(*) FROM run WHERE state = 'interrupted'");
        let folded = ground.number("SELECT count(*) FROM outbox WHERE state = 'folded'");
        println!(
            "{cut} runs were cut, {folded} messages were unconfirmed, {} accounts found",
            self.there.len()
        );
        let [runs, deliveries] = [[20, 1], [1, 0]].map(|n| i64::try_from(size(n)).unwrap());
        assert!(cut >= runs, "only {cut} runs were cut");
        assert!(folded >= deliveries, "no delivery was cut");
    }

    /// The counts by day and site equal those of the runs, including interrupted ones.
    fn compare_days(&self) {
        let ground = &self.ground;
        let sums = |of: &str| {
            let sql = format!(
                "SELECT sum(found) || ' ' || sum(not_found) || ' ' || sum(errors) FROM {of}"
            );
            ground.column(&sql)
        };
        assert_eq!(sums("site_day"), sums("run"));
        let by_site = |sql: &str| ground.column(sql);
        assert_eq!(
            by_site(
                "SELECT site || ' ' || sum(errors) FROM site_day WHERE errors > 0 GROUP BY site ORDER BY site"
            ),
            by_site("SELECT site || ' ' || sum(count) FROM run_error GROUP BY site ORDER BY site"),
        );
        let cut = "SELECT count(*) FROM run WHERE state = 'interrupted' AND found + not_found + errors > 0";
        assert!(ground.number(cut) > 0, "no run was cut in mid-sweep");
    }

    /// Every account is in the state that the site implies, after exactly one transition.
    fn compare_accounts(&self) {
        let db = self.ground.db();
        let mut statement = db
            .prepare(
                "SELECT username, owner_id, state, (SELECT history & 3 FROM look WHERE account_id = account.id), (SELECT count(*) FROM transition t
                     WHERE t.account_id = account.id AND to_state = 'done') FROM account",
            )
            .unwrap();
        let mut rows = statement.query([]).unwrap();
        let mut seen = BTreeSet::new();
        while let Some(row) = rows.next().unwrap() {
            let name: String = row.get(0).unwrap();
            let is: (i64, String, i64, i64) = (
                row.get(1).unwrap(),
                row.get(2).unwrap(),
                row.get(3).unwrap(),
                row.get(4).unwrap(),
            );
            let (state, verdict, transitions) = if self.there.contains(&name) {
                ("done", 1, 1)
            } else if self.refused.contains(&name) {
                ("pending", 3, 0)
            } else {
                ("pending", 2, 0)
            };
            let owner = self.accounts[&name].1;
            assert_eq!(
                is,
                (owner, state.to_owned(), verdict, transitions),
                "{name}"
            );
            seen.insert(name);
        }
        assert_eq!(seen.len(), self.accounts.len(), "accounts are lost");
    }

    /// Every found account was reported to its owner and to nobody else, never twice in full.
    fn compare_notices(&self) {
        let db = self.ground.db();
        for (name, (_, owner)) in &self.accounts {
            let told: Vec<ChatMessage> = self.messages_naming(name);
            if !self.there.contains(name) {
                assert!(
                    told.is_empty(),
                    "{name} is not there and was told: {told:#?}"
                );
                continue;
            }
            assert!(told.len() <= 1, "{name} was told twice: {told:#?}");
            assert!(
                told.iter().all(|message| message.chat_id == *owner),
                "{name} was told to others: {told:#?}"
            );
            let (state, message_id, carrier): (String, Option<i64>, Option<i64>) = db
                .query_row(
                    "SELECT o.state, o.message_id, c.message_id FROM account a
                     JOIN transition t ON t.account_id = a.id AND t.to_state = 'done'
                     JOIN outbox o ON o.dedupe = 'found:' || t.run_id || ':' || a.owner_id
                     LEFT JOIN outbox c ON c.id = o.carrier AND c.state = 'sent'
                     WHERE a.username = ?1",
                    [name],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )
                .unwrap_or_else(|err| panic!("no notice for {name}: {err}"));
            match state.as_str() {
                "sent" => assert_eq!(
                    told.first().map(|message| message.message_id),
                    message_id,
                    "{name}"
                ),
                "folded" => {
                    let carrier = self
                        .ground
                        .telegram
                        .message(*owner, carrier.unwrap())
                        .unwrap();
                    let (_, note) = carrier.text.split_once("⚠️ Возможно").unwrap();
                    let names = |line: &str| line.starts_with("• ") && line.contains(name);
                    assert!(
                        note.lines().any(names),
                        "{name} is not named in {:?}",
                        carrier.text
                    );
                }
                other => panic!("the notice for {name} is {other}"),
            }
        }
    }

    fn messages_naming(&self, name: &str) -> Vec<ChatMessage> {
        // The message's own text, without a note about earlier messages.
        let about = |message: &ChatMessage| {
            let own = message.text.split("⚠️ Возможно").next().unwrap();
            FOUND.iter().any(|title| own.starts_with(title)) && own.contains(name)
        };
        let sent = self.ground.telegram.sent();
        sent.into_iter()
            .filter(|message| about(message))
            .map(|message| (*message).clone())
            .collect()
    }

    /// No start message looks as if its run were still going on.
    fn compare_starts(&self) {
        let sql = "SELECT o.message_id FROM outbox o JOIN run r ON r.id = o.run_id
                   WHERE o.dedupe LIKE 'start:%' AND o.state = 'sent' AND r.state = 'interrupted' AND o.chat_id = ?1";
        let db = self.ground.db();
        let mut statement = db.prepare(sql).unwrap();
        let ids: Vec<i64> = statement
            .query_map([ADMIN], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        for id in ids {
            let message = self.ground.telegram.message(ADMIN, id).unwrap();
            assert!(
                message.text.contains("Проверка прервана"),
                "{id}: {}",
                message.text
            );
        }
    }
}

//! What the program runs by itself reads no more the more there is: every statement of a start, of answers, of two runs, of their
//! news, of a broadcast and of what is forgotten, by its plan.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::slices::build;
use crate::app::*;
use crate::clock::UnixMs;
use crate::config::Source;
use crate::db::plans::{self, Accepted};
use crate::demo::model::KEY;
use crate::demo::{
    Behaviour, ModelReply, Person, PretendModel, PretendSite, PretendTelegram, world,
};
use crate::i18n::Lang;
use crate::retention;
use crate::slices::assistant::shutdown;

const LIMIT: Duration = Duration::from_secs(20);
const ADMIN: i64 = 100;
const OWNER: i64 = 7;

/// 21 November 2026, 18:35:00 in Moscow.
const START: UnixMs = UnixMs(1_795_275_300_000);

/// Statements that read more than they should on purpose.
const ACCEPTED: &[Accepted] = &[
    (
        "check_request",
        "SEARCH check_request USING INDEX check_request_of_run (run_id=?)",
        "the requests that no run has taken yet, which is what is asked for",
    ),
    (
        "FROM import JOIN import_text",
        "SCAN import",
        "the few large tables that are being added just now",
    ),
    (
        "FROM import JOIN import_text",
        "USE TEMP B-TREE",
        "the same",
    ),
    (
        "state = 'unconfirmed' AND chat_id = ?1 ORDER BY id",
        "USE TEMP B-TREE",
        "what one chat may not have got when the program was killed",
    ),
    (
        "SELECT count(*) FROM account",
        "SCAN account",
        "counted by a reader once an hour",
    ),
    (
        "SELECT count(*) FROM audit",
        "SCAN audit",
        "counted by a reader once an hour",
    ),
    (
        "SELECT count(*) FROM dialogue",
        "SCAN dialogue",
        "counted by a reader once an hour",
    ),
    (
        "SELECT count(*) FROM inbox",
        "SCAN inbox",
        "counted by a reader once an hour",
    ),
    (
        "SELECT count(*) FROM outbox",
        "SCAN outbox",
        "counted by a reader once an hour",
    ),
    (
        "SELECT count(*) FROM person",
        "SCAN person",
        "counted by a reader once an hour",
    ),
    (
        "SELECT count(*) FROM quarantine",
        "SCAN quarantine",
        "counted by a reader once an hour",
    ),
    (
        "INDEXED BY question_pending",
        "SCAN question USING COVERING INDEX question_pending",
        "the questions that wait, in their turn, to the first that is due",
    ),
    (
        "INDEXED BY question_pending",
        "SCAN question USING COVERING INDEX question_processing",
        "the few questions that are worked on",
    ),
    (
        "FROM question WHERE state = 'processing'",
        "SCAN question USING INDEX question_processing",
        "the same",
    ),
    (
        "FROM question WHERE state = 'processing'",
        "SCAN question USING COVERING INDEX question_p",
        "a hundred of those that are open",
    ),
    (
        "FROM question WHERE person_id = ?1 AND closed_at IS NULL",
        "SEARCH question USING",
        "the open questions of one person, who may have so many",
    ),
    (
        "SELECT count(*) FROM question",
        "SCAN question",
        "counted by a reader once an hour",
    ),
    (
        "SELECT count(*) FROM scan",
        "SCAN scan",
        "counted by a reader once an hour",
    ),
    (
        "SELECT count(*) FROM sent_file",
        "SCAN sent_file",
        "counted by a reader once an hour",
    ),
    (
        "SELECT count(*) FROM run",
        "SCAN run",
        "counted by a reader once an hour",
    ),
    (
        "SELECT count(*) FROM search",
        "SCAN search",
        "counted by a reader once an hour",
    ),
    (
        "SELECT count(*) FROM site_day",
        "SCAN site_day",
        "counted by a reader once an hour",
    ),
    (
        "FROM inbox WHERE done_at IS NULL",
        "SCAN inbox USING INDEX inbox_waiting",
        "an index of just what waits",
    ),
    (
        "FROM inbox WHERE done_at IS NULL GROUP BY chat_id",
        "USE TEMP B-TREE",
        "an order among the chats that wait",
    ),
    (
        "ORDER BY o.priority, o.id LIMIT ?2",
        "USE TEMP B-TREE",
        "the same",
    ),
    (
        "SELECT id FROM audit ORDER BY id LIMIT",
        "SCAN audit",
        "the oldest rows, so many as a transaction forgets",
    ),
    (
        "SELECT id FROM run ORDER BY id LIMIT",
        "SCAN run",
        "the same",
    ),
    (
        "FROM broadcast WHERE ended_at <",
        "SCAN broadcast",
        "admins speak to everybody now and then",
    ),
    (
        "SELECT count(*) FROM broadcast",
        "SCAN broadcast",
        "counted by a reader once an hour",
    ),
    (
        "FROM quarantine WHERE received_at <",
        "SCAN quarantine",
        "updates of a week that could not be read",
    ),
    (
        "ORDER BY account.until, gone, account.id",
        "USE TEMP B-TREE",
        "an order among what one owner is told",
    ),
    (
        "SELECT id, state FROM run ORDER BY id DESC LIMIT",
        "SCAN run",
        "so many of the newest",
    ),
    (
        "owner_id IS NULL AND account_id IS NULL ORDER BY id DESC LIMIT",
        "SCAN run USING INDEX run_of_all",
        "the same on an index of just these runs",
    ),
    (
        "FROM chat WHERE bound_by IS NOT NULL",
        "SCAN chat USING INDEX chat_bound",
        "an index of the groups that hear of runs",
    ),
    (
        "FROM chat INDEXED BY chat_digest CROSS JOIN person",
        "SCAN chat USING INDEX chat_digest",
        "an index of who wants a digest, in its order",
    ),
    (
        "FROM broadcast WHERE ended_at IS NULL",
        "SCAN broadcast USING INDEX broadcast_open",
        "an index of those that are not over",
    ),
    (
        "FROM check_request WHERE run_id IS NULL",
        "USE TEMP B-TREE",
        "what is asked for and not begun",
    ),
    (
        "role IN ('admin', 'owner') AND chat.unreachable_at IS NULL",
        "USE TEMP B-TREE",
        "an order among admins",
    ),
    (
        "WHERE state = 'held'",
        "SCAN account USING COVERING INDEX account_held",
        "an index of just what waits for an admin",
    ),
    (
        "WHERE state = 'pending' AND ?1 IS NULL GROUP BY site",
        "SCAN account USING COVERING INDEX account_pending",
        "counted once by a run over everything",
    ),
    (
        "FROM run_error WHERE run_id = ?1 ORDER BY count DESC",
        "USE TEMP B-TREE",
        "an order among the errors of one run",
    ),
    (
        "WHERE chat_id = ?1 AND edit_of = ?2 AND state IN ('held', 'pending')",
        "SCAN outbox",
        "somebody has deleted the message that we edit",
    ),
    (
        "WHERE chat_id = ?1 AND message_id = ?2 AND state = 'sent'",
        "SCAN outbox",
        "the same",
    ),
];

async fn says(person: &Person, text: &str) {
    person.skips_unread();
    person.writes(text);
    person.next_reply(LIMIT).await.unwrap();
}

async fn hears(telegram: &PretendTelegram, chat: i64, text: &str, times: usize) {
    let heard = |telegram: &PretendTelegram| {
        let messages = telegram.messages(chat);
        messages
            .iter()
            .filter(|m| m.from_bot && m.text.contains(text))
            .count()
            >= times
    };
    telegram.wait_until(text, LIMIT, heard).await.unwrap();
}

#[tokio::test]
async fn nothing_reads_more_the_more_there_is() {
    let telegram = PretendTelegram::start().await.unwrap();
    let site = PretendSite::start().await.unwrap();
    let model = PretendModel::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("sites.toml"),
        world::catalogue(&site.url()),
    )
    .unwrap();
    let schedule = &*world::QUIET_SCHEDULE;
    let text = format!(
        "[telegram]\napi_url = \"{}\"\nadmins = [{ADMIN}]\naccess = \"open\"\n[database]\npath = \"t.db\"\n\
         [watch]\nschedule = \"{schedule}\"\nrun_at_start = false\nmin_gap = \"0s\"\nconfirm_delay = \"0s\"\n\
         [sites]\ncatalogues = [\"sites.toml\"]\nallow_private_targets = true\n[cards]\nenabled = true\n\
         [assistant]\nenabled = true\nurl = \"{}\"\n",
        telegram.api_url(),
        model.url()
    );
    let source = Source {
        path: folder.path().join("bot.toml"),
        text,
        environment: [
            ("TELEGRAM_TOKEN".to_owned(), telegram.token().to_owned()),
            ("ASSISTANT_API_KEY".to_owned(), KEY.to_owned()),
        ]
        .into(),
    };
    let config = Config::load(&source).unwrap();
    let catalogue = Arc::new(load_catalogue(&config.watch).unwrap());
    let kept = build(&config, catalogue, &Options::bot(false))
        .slices
        .kept();
    let options = Options {
        clock: Clock::set_to(START),
        ..Options::bot(false)
    };
    let app = App::start(config, options).await.unwrap();
    let db = app.db().clone();
    plans::listen_to_all(&db).await;

    let (admin, owner) = (
        telegram.person(ADMIN, "A", "en"),
        telegram.person(OWNER, "O", "en"),
    );
    says(&admin, "/start").await;
    says(&owner, "/start").await;
    says(&owner, "/add octocat github\nhubot github\ngone github").await;
    site.set("github", "octocat", Behaviour::Exists);
    for run in 1..=2 {
        let panel = admin.writes("/admin");
        admin.presses_forged(panel, "run:check");
        hears(&telegram, ADMIN, "finished", run).await;
    }
    hears(&telegram, OWNER, "octocat", 1).await;
    model.set(ModelReply::Held);
    model.hold(true);
    says(&owner, "/ask why?").await;
    hears(&telegram, OWNER, "You …", 1).await;
    model.hold(false);
    hears(&telegram, OWNER, "That is all I know", 1).await;
    shutdown::end_what_is_open(&db, &Clock::set_to(START), Lang::En)
        .await
        .unwrap();
    let once = CancellationToken::new();
    once.cancel();
    retention::run(kept, db.clone(), Clock::set_to(START), once).await;
    let statements = plans::heard()
        .into_iter()
        .map(|sql| (sql, String::new()))
        .collect();
    let faults = db.write(move |tx| Ok(plans::faults(tx, &statements, ACCEPTED)));
    let (faults, _) = faults.await.unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    drop(db);
    app.run_until(std::future::ready(())).await;
}

//! `kill -9` in a loop over a thousand questions (over a hundred in plain `cargo test`): none is
//! lost, none is answered twice, none is left over.
//!
//! The real process is killed at random moments and restarted on the same database. A client keeps
//! asking, and repeats a question under the same key until it gets a response. The endpoint
//! streams, breaks off, refuses and falls silent.

#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that breaks off is a failed one, and its seed must be seen"
)]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use vakhta::testing::demo::model::{KEY, answer_to};
use vakhta::testing::demo::{ModelReply, PretendModel};

use crate::harness::{ADMIN, LIMIT, size};
use crate::process::{Ground, Process, run, wait_for};

fn questions() -> usize {
    size([1_000, 100])
}

/// Clients that ask at the same time.
const CLIENTS: usize = 4;

/// Closed questions.
const CLOSED: &str = "SELECT count(*) FROM question WHERE closed_at IS NOT NULL";

/// At most one in this many may be left for the end; the others must be closed between kills.
const IN_PEACE: usize = 20;

/// A process is killed within this time.
const LONGEST_LIFE: Duration = Duration::from_millis(700);

/// The last answers take time, because pauses between attempts last seconds.
const LAST_ANSWERS: Duration = Duration::from_secs(90);

#[test]
fn questions_survive_every_kill() {
    let seed = option_env!("VAKHTA_KILL_SEED")
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| fastrand::u64(..));
    println!("the moments come from VAKHTA_KILL_SEED={seed}");
    run(async |ground| {
        let mut random = fastrand::Rng::with_seed(seed);
        let model = PretendModel::start().await.unwrap();
        prepare(&ground, &model, &mut random);
        let made = ground.vakhta(&["tokens", "add", "kill", "--owner", &ADMIN.to_string()]);
        let token = made.finish().await.demand(0).stdout.trim().to_owned();
        let (address, addresses) = watch::channel(None);
        let asked = Arc::new(AtomicUsize::new(0));
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            clients.spawn(ask_all(
                token.clone(),
                addresses.clone(),
                Arc::clone(&asked),
            ));
        }
        let enough = i64::try_from(questions() - questions() / IN_PEACE).unwrap();
        let mut lives = 0;
        while asked.load(Ordering::SeqCst) < questions() + CLIENTS || ground.number(CLOSED) < enough
        {
            let process = ground
                .vakhta(&["run"])
                .env("VAKHTA_ASSISTANT_API_KEY", KEY)
                .start();
            let life = LONGEST_LIFE.mul_f64(random.f64());
            // A process may be killed before its server listens.
            let lived = tokio::time::timeout(life, async {
                address.send_replace(Some(address_of(&process).await));
                std::future::pending::<()>().await;
            });
            lived.await.unwrap_err();
            let end = process.kill();
            assert!(
                !end.stderr.contains("panicked at") && !end.stderr.contains(KEY),
                "{}",
                end.stderr
            );
            lives += 1;
            assert!(lives < 2_000, "the questions never come to an end");
        }
        while let Some(client) = clients.join_next().await {
            client.unwrap();
        }
        println!("{lives} lives, {} calls of the model", model.calls().len());
        let process = ground
            .vakhta(&["run"])
            .env("VAKHTA_ASSISTANT_API_KEY", KEY)
            .start();
        let open = "SELECT count(*) FROM question WHERE closed_at IS NULL";
        wait_for(open, LAST_ANSWERS, || ground.number(open) == 0).await;
        process.stop().await;
        compare(&ground, &model);
    });
}

fn prepare(ground: &Ground, model: &PretendModel, random: &mut fastrand::Rng) {
    ground.configure(&format!(
        "run_at_start = false\n[http]\nlisten = \"127.0.0.1:0\"\n[assistant]\nenabled = true\nurl = \"{}\"\nworkers = 16\n\
         silence = \"1s\"\nmost_open = 10000\nper_minute = 100000\ndaily_tokens = 0\ndaily_cents = 0",
        model.url()
    ));
    for number in 0..questions() {
        let reply = match random.u8(..20) {
            0 => ModelReply::CutAfter(3),
            1 => ModelReply::status(401),
            2 => ModelReply::SilentAfter(3),
            3 => ModelReply::Hang,
            4 => ModelReply::ErrorAsSuccess("content_filter".into()),
            // Killed before, between and after the two rounds.
            10..13 => {
                let tools =
                    ["list_accounts", "recent_runs"].map(|tool| (tool.to_owned(), "{}".to_owned()));
                ModelReply::ReadsSlowly(Duration::from_millis(10), tools.into())
            }
            5..10 => ModelReply::Slow(Duration::from_millis(10)),
            _ => ModelReply::Stream,
        };
        model.set_for(&question(number), reply);
    }
}

fn question(number: usize) -> String {
    format!("question {number}")
}

/// The address a process listens on, as its log says.
async fn address_of(process: &Process) -> SocketAddr {
    let line = process.logged("the HTTP server listens").await;
    let (_, address) = line.rsplit_once("address=").unwrap();
    address.trim().parse().unwrap()
}

/// Asks each question until it is accepted.
async fn ask_all(
    token: String,
    mut addresses: watch::Receiver<Option<SocketAddr>>,
    asked: Arc<AtomicUsize>,
) {
    let client = vakhta::testing::http_client::own_client(LIMIT).unwrap();
    loop {
        let number = asked.fetch_add(1, Ordering::SeqCst);
        if number >= questions() {
            return;
        }
        loop {
            let Some(address) = *addresses.borrow_and_update() else {
                addresses.changed().await.unwrap();
                continue;
            };
            let request = client
                .post(format!("http://{address}/api/chat/"))
                .bearer_auth(&token)
                .header("Idempotency-Key", number.to_string())
                .body(json!({ "message": question(number) }).to_string());
            match request.send().await {
                Ok(answer) if answer.status() == 202 => break,
                Ok(answer) => {
                    let (status, text) = (answer.status(), answer.text().await);
                    // A process killed while it responds may cut the document.
                    assert!(status.is_server_error(), "{status}: {text:?}");
                }
                Err(_) => {
                    // That process is gone; the next one has another address.
                    addresses
                        .wait_for(|now| *now != Some(address))
                        .await
                        .unwrap();
                }
            }
        }
    }
}

fn compare(ground: &Ground, model: &PretendModel) {
    assert_eq!(
        ground.number("SELECT count(*) FROM question"),
        i64::try_from(questions()).unwrap()
    );
    let mut calls: BTreeMap<String, usize> = BTreeMap::new();
    for call in model.calls() {
        *calls.entry(call.question).or_default() += 1;
    }
    let rows = ground.column(
        "SELECT json_array(text, state, answer, reason, failures,
             (SELECT count(*) FROM question_attempt WHERE question_id = id AND outcome = 'answered')) FROM question",
    );
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let row: Value = serde_json::from_str(&row).unwrap();
        let text = row[0].as_str().unwrap();
        let (state, reason) = (row[1].as_str().unwrap(), row[3].as_str().unwrap());
        *ends.entry(format!("{state} {reason}")).or_default() += 1;
        match state {
            "completed" => {
                let answer = row[2].as_str().unwrap();
                let read = answer.strip_prefix(&answer_to(text)).unwrap();
                assert_eq!(row[5], 1, "{row}");
                // A tool's result appears in the answer once.
                let read = read.matches("\"data\":").count();
                assert!([0, 2].contains(&read), "{row}");
            }
            "failed" => {
                let lawful = ["interrupted", "cut", "silent", "key", "refused"];
                assert!(lawful.contains(&reason) && row[5] == 0, "{row}");
            }
            _ => unreachable!("{row}"),
        }
        // A call in flight at a kill belongs to an attempt that counts as failed. A question with a
        // tool needs two calls.
        assert!(
            calls.get(text).copied().unwrap_or_default() <= 6,
            "{row}: {calls:?}"
        );
        assert!(row[4].as_u64().unwrap() <= 3, "{row}");
    }
    println!("{ends:?}");
    assert_eq!(ground.column("PRAGMA integrity_check"), ["ok"]);
}

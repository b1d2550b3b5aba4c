//! A server that repeats our secrets and people's words puts neither into the log, the database or
//! the health.

use vakhta::testing::demo::{Fault, PretendTelegram};

use crate::harness::LIMIT;
use crate::process::{Ground, run};

/// Standard Base64 of a text, without padding.
fn base64(text: &str) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: String = text.bytes().map(|byte| format!("{byte:08b}")).collect();
    let (groups, _) = bits.as_bytes().as_chunks::<6>();
    let value = |group: &[u8; 6]| {
        group
            .iter()
            .fold(0, |n, bit| n * 2 + usize::from(bit - b'0'))
    };
    groups
        .iter()
        .map(|group| char::from(*letters.get(value(group)).unwrap()))
        .collect()
}

/// Everything of the program that others may read.
fn told(ground: &Ground, stderr: &str) -> String {
    let rows = "SELECT problem FROM outbox UNION ALL SELECT unreachable_why FROM chat";
    [stderr, &ground.column(rows).join("\n")].concat()
}

#[test]
fn refusals_that_repeat_the_token_and_peoples_words_leave_no_trace_of_them() {
    run(async |ground| {
        let token = ground.telegram.token().to_owned();
        let (_, secret) = token.split_once(':').unwrap();
        let spelt = [
            // Cut in the middle of the token.
            format!("{}{token}", "x".repeat(280)),
            format!("/bot{}/sendMessage", token.replace(':', "%3A")),
            base64(&format!("a{token}")),
            base64(&format!("ab{token}")),
            "мой пароль 12345\n2026-11-30T00:00:00Z  INFO all is well".to_owned(),
        ];
        ground.admin.writes("/start");
        ground.configure(
            "run_at_start = false\n[http]\nlisten = \"127.0.0.1:0\"\n[log]\nlevel = \"debug\"",
        );
        let process = ground.vakhta(&["run"]).start();
        process.logged("the HTTP server listens").await;
        let greeted = "SELECT count(*) FROM outbox WHERE state = 'sent'";
        ground.wait_db("the greeting", greeted).await;
        for description in &spelt {
            let description = format!("Bad Request: {description}");
            let before = ground.telegram.calls("sendMessage").len();
            ground
                .telegram
                .break_next("sendMessage", 1, Fault::status(400, &description));
            ground.admin.writes("/help");
            let sent = |telegram: &PretendTelegram| telegram.calls("sendMessage").len() > before;
            ground
                .telegram
                .wait_until("the answer", LIMIT, sent)
                .await
                .unwrap();
            ground
                .telegram
                .break_next("getUpdates", 1, Fault::status(500, &description));
        }
        let given_up = format!(
            "SELECT count(*) = {} FROM outbox WHERE state = 'dead'",
            spelt.len()
        );
        ground.wait_db("the refusals are noted", &given_up).await;
        process.logged("polling failed").await;
        let end = process.kill();
        let told = told(&ground, &end.stderr);
        assert!(told.contains("Telegram refused (400)"), "{told}");
        let coded = base64(&format!("a{token}"));
        let pieces = secret
            .as_bytes()
            .windows(12)
            .map(|p| std::str::from_utf8(p).unwrap());
        for piece in pieces {
            assert!(!told.contains(piece), "{piece} is in {told}");
        }
        for foreign in ["пароль", "all is well", "xxxx", coded.get(20..40).unwrap()] {
            assert!(!told.contains(foreign), "{foreign} is in {told}");
        }
    });
}

#[test]
fn errors_on_the_terminal_hide_the_token_too() {
    run(async |ground| {
        let token = ground.telegram.token().to_owned();
        let list = format!("{token}.csv");
        let owner = ["--owner", "7"];
        let import = ["accounts", "import", &list];
        let end = ground
            .vakhta(&[&import[..], &owner].concat())
            .finish()
            .await;
        end.demand(1).says(&["***.csv"]);
        assert!(!end.stderr.contains(&token), "{}", end.stderr);
    });
}

//! Tests of `logging.rs`.

use std::panic::{catch_unwind, set_hook, take_hook};
use std::thread;

use super::*;

#[test]
fn foreign_text_forges_no_line_and_hides_nothing() {
    let forged =
        "refused: bad\n2026-01-01 INFO all is well\r\u{1b}[2K\u{202e}drow\u{2028}x\u{e0041}\n";
    assert_eq!(
        one_line(forged, false),
        "refused: bad\\u000a2026-01-01 INFO all is well\\u000d\\u001b[2K\\u202edrow\\u2028x\\udb40\\udc41\n"
    );
    let coloured = "\u{1b}[32mINFO\u{1b}[0m слова, 1\u{a0}000\n";
    assert_eq!(one_line(coloured, true), coloured);
    let json = serde_json::json!({ "message": forged }).to_string();
    let read: serde_json::Value = serde_json::from_str(&one_line(&json, false)).unwrap();
    assert_eq!(read["message"], forged);
}

#[test]
fn a_panic_is_a_line_of_the_log_without_the_secrets_in_its_message() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let output = Output {
        file: Arc::new(RwLock::new(Some(open(&path).unwrap()))),
        redactor: Redactor::new(["a-key-that-nobody-may-see"]),
        colours: false,
    };
    let layer = tracing_subscriber::fmt::layer().with_ansi(false);
    let log = Registry::default().with(layer.with_writer(output));
    // Other tests keep the hook that they have.
    let (own, before) = (thread::current().id(), Arc::new(take_hook()));
    let others = Arc::clone(&before);
    set_hook(Box::new(move |panic| match thread::current().id() == own {
        true => tell_panic(panic),
        false => others(panic),
    }));
    let ended = tracing::subscriber::with_default(log, || {
        catch_unwind(|| panic!("a%2Dkey-that-nobody-may-see\nforged"))
    });
    set_hook(Box::new(move |panic| before(panic)));
    ended.unwrap_err();
    let written = std::fs::read_to_string(&path).unwrap();
    assert_eq!(written.lines().count(), 1, "{written}");
    assert!(written.contains("ERROR") && written.contains("panicked at src/tests/logging.rs"));
    assert!(
        written.contains("***") && !written.contains("nobody"),
        "{written}"
    );
}

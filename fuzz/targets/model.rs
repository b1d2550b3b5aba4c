//! Answers of language models: the first byte is the length of the portions. However the bytes are cut, they mean the same,
//! no text is an answer that does not say that it is whole, and what is asked for can be told back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vakhta::testing::slices::assistant::model::{Ended, Reading};

fn read(body: &[u8], portion: usize) -> Ended {
    let mut reading = Reading::new(None);
    for bytes in body.chunks(portion.max(1)) {
        if !reading.take(bytes) {
            break;
        }
    }
    reading.end(None)
}

fuzz_target!(|bytes: &[u8]| {
    let Some((portion, body)) = bytes.split_first() else {
        return;
    };
    let whole = read(body, body.len());
    assert_eq!(read(body, usize::from(*portion)), whole);
    if whole.error.is_none() {
        assert!(!whole.text.trim().is_empty() || !whole.calls.is_empty());
    }
    assert!(whole.calls.len() <= 8);
    for (number, call) in whole.calls.iter().enumerate() {
        assert!(!call.name.is_empty() && !call.id.is_empty() && call.arguments.len() <= 8 * 1024);
        assert!(whole.calls[..number].iter().all(|other| other.id != call.id));
    }
});

//! Answers of language models: the first byte is the length of the portions. However the bytes are cut, they mean the same,
//! and no text is an answer that does not say that it is whole.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vakhta::assistant::model::{Ended, Reading};

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
    if whole.trouble.is_none() {
        assert!(!whole.text.trim().is_empty());
    }
});

//! Updates of Telegram: whatever comes, it is an event or put aside, and what is wrong is said without its content.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vakhta::testing::telegram::decode;

fuzz_target!(|raw: &str| {
    match decode(raw, "VakhtaBot") {
        Ok(_) => {}
        Err(unreadable) => assert!(!unreadable.problem.is_empty()),
    }
});

//! Tests of `slices/watch/callback/runs.rs`.

use super::*;

#[test]
fn buttons_are_read_back_as_they_were_written() {
    for (callback, data) in [
        (RunCallback::Check, "run:check"),
        (RunCallback::Now, "run:now"),
        (RunCallback::Stop(7), "run:stop:7"),
    ] {
        assert_eq!(callback.to_string(), data);
        assert_eq!(RunCallback::parse(data), Some(callback));
    }
    assert_eq!(
        RunCallback::parse("run:stop:it"),
        Some(RunCallback::Stop(0))
    );
    for data in ["", "run", "run:", "run:away", "now"] {
        assert_eq!(RunCallback::parse(data), None, "{data}");
    }
}

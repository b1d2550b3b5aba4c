//! Tests of `slices/assistant/callback.rs`.

use super::*;
use crate::words::Part as _;

#[test]
fn buttons_are_read_back_as_they_were_written() {
    for (callback, data) in [
        (QuestionCallback::Stop("0a1b"), "ask:stop:0a1b"),
        (QuestionCallback::Again("0a1b"), "ask:again:0a1b"),
        (QuestionCallback::More("0a1b"), "ask:more:0a1b"),
    ] {
        assert_eq!(callback.data(), data);
        assert_eq!(QuestionCallback::parse(data), Some(callback));
    }
    for data in ["", "ask", "ask:", "ask:stop", "stop:0a1b", "ask:why:0a1b"] {
        assert_eq!(QuestionCallback::parse(data), None, "{data}");
    }
}

//! Tool calls in all the forms that endpoints use.

use super::*;
use crate::slices::assistant::model::calls::is_object;
use crate::slices::assistant::model::dialect::Dialect;

pub(super) const BEGINS: &str = r#"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"one","arguments":""}}]}}]}"#;
pub(super) const GOES_ON: &str =
    r#"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]}"#;
pub(super) const OTHER: &str = r#"data: {"choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"two","arguments":"{\"x\":1}"}}],"reasoning_details":[{"data":"s"}]}}]}"#;
pub(super) const WHOLE: &str = r#"data: {"choices":[{"delta":{"tool_calls":[{"function":{"name":"one","arguments":{"y":2}},"extra_content":{"google":{"thought_signature":"s"}}}]}}]}"#;
const ENDS: &str = r#"data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#;

type Expected = (&'static str, &'static str, &'static str);

/// The calls of an answer whose events carry these pieces.
fn asked(pieces: &[&str]) -> Vec<(String, String, String)> {
    let events = pieces.iter().map(|piece| {
        format!("data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{piece}]}}}}]}}\n\n")
    });
    let body: String = events.chain([format!("{ENDS}\n\n")]).collect();
    let ended = read_whole(&body);
    let is_asking = !ended.calls.is_empty();
    assert_eq!(ended.error.is_none(), is_asking, "{ended:?}");
    let calls = ended.calls.into_iter();
    calls
        .map(|call| (call.id, call.name, call.arguments))
        .collect()
}

#[test]
fn every_way_to_ask_for_tools() {
    let table: &[(&str, &[&str], &[Expected])] = &[
        (
            "in pieces, two at once, mixed",
            &[
                r#"{"index":0,"id":"a","function":{"name":"one","arguments":""}}"#,
                r#"{"index":1,"id":"b","function":{"name":"two","arguments":"{\"x\""}}"#,
                r#"{"index":0,"function":{"arguments":"{}"}}"#,
                r#"{"index":1,"function":{"arguments":":1}"}}"#,
            ],
            &[("a", "one", "{}"), ("b", "two", r#"{"x":1}"#)],
        ),
        (
            "one event holds both",
            &[
                r#"{"index":0,"id":"a","function":{"name":"one","arguments":"{}"}},{"index":1,"id":"b","function":{"name":"two","arguments":"{}"}}"#,
            ],
            &[("a", "one", "{}"), ("b", "two", "{}")],
        ),
        (
            "all under one index, told apart by ids",
            &[
                r#"{"index":0,"id":"a","function":{"name":"one","arguments":"{}"}}"#,
                r#"{"index":0,"id":"b","function":{"name":"two","arguments":"{}"}}"#,
            ],
            &[("a", "one", "{}"), ("b", "two", "{}")],
        ),
        (
            "all under one index and no ids",
            &[
                r#"{"index":0,"id":"","function":{"name":"one","arguments":"{}"}}"#,
                r#"{"index":0,"id":"","function":{"name":"two","arguments":"{}"}}"#,
            ],
            &[("call00000", "one", "{}"), ("call00001", "two", "{}")],
        ),
        (
            "neither index nor id",
            &[
                r#"{"function":{"name":"one","arguments":"{"}}"#,
                r#"{"function":{"arguments":"}"}}"#,
                r#"{"function":{"name":"two"}}"#,
            ],
            &[("call00000", "one", "{}"), ("call00001", "two", "")],
        ),
        (
            "ids and no index",
            &[
                r#"{"id":"a","function":{"name":"one","arguments":"{"}}"#,
                r#"{"id":"b","function":{"name":"two","arguments":"{}"}}"#,
                r#"{"id":"a","function":{"arguments":"}"}}"#,
            ],
            &[("a", "one", "{}"), ("b", "two", "{}")],
        ),
        (
            "the name again in every piece",
            &[
                r#"{"index":0,"id":"a","function":{"name":"one","arguments":"{\"x\""}}"#,
                r#"{"index":0,"id":"a","function":{"name":"one","arguments":":1}"}}"#,
                r#"{"index":0,"id":"a","function":{"name":"one","arguments":""}}"#,
            ],
            &[("a", "one", r#"{"x":1}"#)],
        ),
        (
            "arguments as an object, none, null",
            &[
                r#"{"index":0,"id":"a","function":{"name":"one","arguments":{"x":1}}}"#,
                r#"{"index":1,"id":"b","function":{"name":"two"}}"#,
                r#"{"index":2,"id":"c","function":{"name":"three","arguments":null}}"#,
            ],
            &[
                ("a", "one", r#"{"x":1}"#),
                ("b", "two", ""),
                ("c", "three", ""),
            ],
        ),
        (
            "one id twice",
            &[
                r#"{"index":0,"id":"a","function":{"name":"one","arguments":"{}"}}"#,
                r#"{"index":1,"id":"a","function":{"name":"two","arguments":"{}"}}"#,
            ],
            &[("a", "one", "{}"), ("call00001", "two", "{}")],
        ),
        (
            "letters that names do not have",
            &[r#"{"index":0,"id":"a","function":{"name":"o n/e","arguments":"{}"}}"#],
            &[("a", "one", "{}")],
        ),
        (
            "an empty name",
            &[r#"{"index":0,"id":"a","function":{"name":"","arguments":"{}"}}"#],
            &[],
        ),
        (
            "nothing of it",
            &["7", "null", "[]", r#"{"index":-1}"#],
            &[],
        ),
    ];
    for (what, pieces, wanted) in table {
        let wanted = wanted.iter().map(|(id, name, arguments)| {
            (
                (*id).to_owned(),
                (*name).to_owned(),
                (*arguments).to_owned(),
            )
        });
        assert_eq!(asked(pieces), wanted.collect::<Vec<_>>(), "{what}");
    }
}

#[test]
fn calls_have_limits() {
    let piece = |n: usize, arguments: &str| {
        format!(
            r#"{{"index":{n},"id":"i{n}","function":{{"name":"one","arguments":"{arguments}"}}}}"#
        )
    };
    let many: Vec<String> = (0..40).map(|n| piece(n, "{}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(asked(&many).len(), 8);
    let giant = piece(0, &"ж".repeat(100_000));
    let kept = asked(&[&giant]).remove(0).2;
    assert!(kept.len() <= 8 * 1024 && !is_object(&kept));
    // A call without room must not take arguments from the others.
    let overflow = [many.as_slice(), &[r#"{"function":{"arguments":"}"}}"#]].concat();
    assert!(
        asked(&overflow)
            .iter()
            .all(|(_, _, arguments)| arguments == "{}")
    );
}

#[test]
fn what_an_endpoint_wants_back_comes_back() {
    let ended = read_whole(&format!("{OTHER}\n\n{WHOLE}\n\n{OTHER}\n\n{ENDS}\n\n"));
    let mut talk = Conversation::new("", "why?");
    talk.asked(&ended);
    for call in &ended.calls {
        talk.result(call, "x");
    }
    let request = talk.request("m", 7, true, &Dialect::default());
    let request = serde_json::to_value(request).unwrap();
    let said = &request["messages"][1];
    assert_eq!(
        said["reasoning_details"],
        json!([{ "data": "s" }, { "data": "s" }])
    );
    assert_eq!(said["content"], json!(null));
    let second = &said["tool_calls"][1];
    assert_eq!(second["extra_content"]["google"]["thought_signature"], "s");
    assert_eq!(second["function"]["arguments"], r#"{"y":2}"#);
    assert_eq!(request["messages"][3]["tool_call_id"], second["id"]);
    assert_eq!(request.get("tools"), None);
    let thoughts = OTHER.replace("\"s\"", &format!("\"{}\"", "s".repeat(100_000)));
    let ended = read_whole(&format!("{thoughts}\n\n").repeat(3));
    assert!(ended.reasoning.is_empty());
}

#[test]
fn only_some_errors_are_about_tools() {
    let about = |status: u16, error: serde_json::Value| {
        let body = json!({ "error": error }).to_string();
        let error = call_error::of_answer(status, body.as_bytes(), None);
        error.named.contains(&Parameter::Tools)
    };
    let said = |words: &str| json!({ "message": words });
    assert!(about(404, said("No endpoints found that support tool use")));
    assert!(about(400, json!("x does not support Tools")));
    assert!(!about(400, said("max_tokens is too large")));
    let long = "This endpoint's maximum context length is 8 tokens, with 7 of tool input";
    assert!(!about(400, said(long)));
    assert!(!about(429, said("too many tools today")));
    assert!(!about(401, said("tools")));
    let inside = r#"{"error":{"code":404,"message":"No endpoints found that support tool use"}}"#;
    let error = read_whole(inside).error.unwrap();
    assert_eq!(error.named, [Parameter::Tools]);
}

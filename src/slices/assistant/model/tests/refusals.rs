//! Endpoints that refuse a part of our requests, in all the shapes of their errors.

use super::*;
use crate::slices::assistant::model::Parameter::*;

/// What endpoints answer, and what they name, in the order in which it is looked for.
fn said() -> Vec<(&'static str, u16, Vec<u8>, Vec<Parameter>)> {
    let json = |value: serde_json::Value| value.to_string().into_bytes();
    let text = |words: &str| words.as_bytes().to_vec();
    let wants = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    vec![
        (
            "OpenAI",
            400,
            json(
                json!({ "error": { "message": wants, "type": "invalid_request_error", "param": "max_tokens",
            "code": "unsupported_parameter" } }),
            ),
            vec![MaxTokens, MaxCompletionTokens],
        ),
        (
            "a role",
            400,
            json(
                json!({ "error": { "param": "messages[0].role", "code": "unsupported_value",
            "message": "Unsupported value: 'messages[0].role' does not support 'system' with this model." } }),
            ),
            vec![System],
        ),
        (
            "a list of details",
            422,
            json(
                json!({ "detail": [{ "type": "extra_forbidden", "loc": ["body", "stream_options"],
            "msg": "Extra inputs are not permitted", "input": { "tools": 1, "max_tokens": 1 } }] }),
            ),
            vec![StreamOptions],
        ),
        (
            "a list with an error",
            400,
            json(
                json!([{ "error": { "code": 400, "status": "INVALID_ARGUMENT",
            "message": "Invalid JSON payload received. Unknown name \"streamOptions\": Cannot find field." } }]),
            ),
            vec![StreamOptions],
        ),
        (
            "an error as a text",
            400,
            json(json!({ "error": "unknown field: stream_options" })),
            vec![StreamOptions],
        ),
        (
            "a message alone",
            400,
            json(json!({ "message": "property 'tool_choice' is unsupported" })),
            vec![ToolChoice],
        ),
        (
            "a text",
            400,
            text("Unrecognized request argument supplied: stream_options"),
            vec![StreamOptions],
        ),
        (
            "a text in quotes",
            400,
            text("\"streaming is not available for this model\""),
            vec![Stream],
        ),
        (
            "a page",
            400,
            text(
                "<html><body><h1>Bad request</h1><p>&quot;max_tokens&quot; is unknown</p></body></html>",
            ),
            vec![MaxTokens],
        ),
        (
            "a page of a server that fails",
            500,
            text("<html><script>function tools() { stream() }</script></html>"),
            vec![],
        ),
        ("no bytes", 400, Vec::new(), vec![]),
        (
            "names as keys",
            422,
            json(json!({ "errors": { "stream_options": ["Unknown field."] } })),
            vec![StreamOptions],
        ),
        (
            "a document in a text",
            400,
            json(
                json!({ "error": { "message": "Provider returned error", "metadata": { "raw":
            r#"{"detail":"\u0027max_tokens\u0027 is not supported"}"# } } }),
            ),
            vec![MaxTokens],
        ),
        (
            "a server that fails at a stream",
            500,
            json(json!({ "error": { "message": "stream closed before completion" } })),
            vec![],
        ),
        (
            "a server that fails at an unknown parameter",
            500,
            json(json!({ "error": "got an unexpected keyword argument 'stream_options'" })),
            vec![StreamOptions],
        ),
        (
            "not UTF-8",
            400,
            b"\xff max_tokens \xfe".to_vec(),
            vec![MaxTokens],
        ),
        (
            "another parameter",
            400,
            json(json!({ "error": { "param": "temperature", "message": "no temperature" } })),
            vec![],
        ),
        (
            "an ordinary word",
            500,
            json(json!({ "error": { "message": "the system is down" } })),
            vec![],
        ),
        (
            "no money",
            402,
            json(json!({ "error": { "message": "fewer max_tokens, or more credits" } })),
            vec![],
        ),
        ("too often", 429, text("stream again later"), vec![]),
        (
            "too long",
            400,
            json(
                json!({ "error": { "code": "context_length_exceeded", "message": "lower max_tokens" } }),
            ),
            vec![],
        ),
    ]
}

#[test]
fn refusals_of_any_shape_name_what_they_refuse() {
    for (what, status, body, named) in said() {
        let error = call_error::of_answer(status, &body, None);
        assert_eq!(error.named, named, "{what}");
    }
    // Within an answer that begins as a success.
    let inside =
        r#"data: {"error":{"type":"invalid_request_error","message":"stream_options is unknown"}}"#;
    assert_eq!(read_whole(inside).error.unwrap().named, [StreamOptions]);
    let text = r#"{"error":"this model does not support stream_options"}"#;
    assert_eq!(read_whole(text).error.unwrap().named, [StreamOptions]);
    let failed = r#"{"error":"the upstream stream was closed"}"#;
    assert_eq!(read_whole(failed).error.unwrap().named, []);
    for list in [
        r#"[{"error":{"code":400,"message":"no max_tokens"}}]"#,
        r#"{"errors":[{"code":400,"message":"no max_tokens"}]}"#,
    ] {
        let error = read_whole(list).error.unwrap();
        assert_eq!(
            (error.reason, error.named),
            (Reason::Rejected, vec![MaxTokens]),
            "{list}"
        );
    }
}

#[tokio::test]
async fn what_is_refused_is_renamed_or_left_out_once_and_remembered() {
    let whole = answer_to("why?");
    let openai: &[&str] = &["max_tokens"];
    let strict: &[&str] = &[
        "max_tokens",
        "max_completion_tokens",
        "stream_options",
        "stream",
    ];
    for (refused, requests) in [
        (openai, 2),
        (&["stream_options"], 2),
        (&["stream"], 2),
        (strict, 5),
    ] {
        let pretend = PretendModel::start().await.unwrap();
        pretend.set(ModelReply::without(refused));
        let model = model(&pretend.url(), KEY);
        let (ended, heard) = ask_by(&model).await;
        assert_eq!(
            (ended.error, ended.text, heard),
            (None, whole.clone(), whole.clone()),
            "{refused:?}"
        );
        assert_eq!(pretend.calls().len(), requests, "{refused:?}");
        let (ended, _) = ask_by(&model).await;
        assert_eq!(ended.error, None, "{refused:?}");
        let calls = pretend.calls();
        assert_eq!(calls.len(), requests + 1, "remembered: {refused:?}");
        let body = &calls.last().unwrap().body;
        let limit = body.get("max_completion_tokens");
        let is_renamed = refused == openai;
        assert_eq!(limit, is_renamed.then_some(&json!(100)), "{refused:?}");
        assert!(refused.iter().all(|name| body.get(name).is_none()));
    }
}

#[tokio::test]
async fn instructions_stand_before_the_question_where_there_is_no_role_for_them() {
    let pretend = PretendModel::start().await.unwrap();
    let refusal = b"The model's template says: System role not supported".to_vec();
    pretend.set(ModelReply::Without(vec![("system", 400, refusal)]));
    let (ended, _) = ask(&pretend).await;
    assert_eq!(ended.error, None);
    let calls = pretend.calls();
    let messages = &calls.last().unwrap().body["messages"];
    assert_eq!(
        messages,
        &json!([{ "role": "user", "content": "Be brief.\n\nwhy?" }])
    );
}

#[tokio::test]
async fn a_refusal_that_nothing_helps_against_ends_and_is_not_remembered() {
    let pretend = PretendModel::start().await.unwrap();
    let refusal =
        |words: &str| ModelReply::Without(vec![("messages", 400, words.as_bytes().to_vec())]);
    pretend.set(refusal(
        "max_tokens, max_completion_tokens, stream, stream_options: all wrong",
    ));
    let model = model(&pretend.url(), KEY);
    let (ended, _) = ask_by(&model).await;
    assert_eq!(
        ended.error.map(|error| error.reason),
        Some(Reason::Rejected)
    );
    assert_eq!(pretend.calls().len(), 5, "each change once");
    pretend.set(ModelReply::Stream);
    ask_by(&model).await;
    let calls = pretend.calls();
    assert_eq!(calls.last().unwrap().body["max_tokens"], 100);
}

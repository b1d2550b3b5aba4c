//! Tests of `telegram/api/error.rs`.

use super::*;

fn refused(code: u16, description: &str) -> ApiError {
    let body = serde_json::json!({"ok": false, "error_code": code, "description": description});
    refusal(code, body.to_string().as_bytes()).unwrap()
}

#[test]
fn refusals_are_told_apart() {
    assert!(refused(401, "Unauthorized").is_unauthorized());
    assert!(refused(404, "Not Found").is_unauthorized());
    assert!(!refused(404, "Not Found: method not found").is_unauthorized());
    assert!(
        refused(
            409,
            "Conflict: can't use getUpdates method while webhook is active"
        )
        .is_webhook_conflict()
    );
    assert!(
        !refused(
            409,
            "Conflict: terminated by other getUpdates request; make sure"
        )
        .is_webhook_conflict()
    );
    assert!(
        refused(
            400,
            "Bad Request: message is not modified: specified new message"
        )
        .is_not_modified()
    );
    assert!(refused(400, "Bad Request: message to edit not found").is_edit_gone());
    assert!(refused(403, "Forbidden: bot was blocked by the user").permanent_for_chat());
    assert!(refused(400, "Bad Request: chat not found").permanent_for_chat());
    assert!(refused(400, "Bad Request: PEER_ID_INVALID").permanent_for_chat());
    assert!(!refused(400, "Bad Request: message text is empty").permanent_for_chat());
    assert!(
        refused(
            400,
            "Bad Request: can't parse entities: Unsupported start tag"
        )
        .is_bad_markup()
    );
    assert!(
        refused(
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )
        .query_too_old()
    );
}

#[test]
fn a_wait_of_a_day_is_read_and_nonsense_is_survived() {
    let body = |p: &str| {
        format!(
            r#"{{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{p}}}"#
        )
    };
    let wait = |p: &str| {
        refusal(429, body(p).as_bytes())
            .unwrap()
            .retry_after()
            .map(|d| d.as_secs())
    };
    assert_eq!(wait(r#"{"retry_after":86400}"#), Some(86_400));
    assert_eq!(wait(r#"{"retry_after":-5}"#), Some(0));
    assert_eq!(wait(r#"{"retry_after":"soon"}"#), None);
    assert_eq!(wait("null"), None);
    assert_eq!(
        wait(r#"{"retry_after":9223372036854775807}"#),
        Some(LONGEST_WAIT.as_secs())
    );
}

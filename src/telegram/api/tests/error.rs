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

#[test]
fn only_what_telegram_calls_final_is_final() {
    for (code, why) in [
        (403, "Forbidden: bot was blocked by the user"),
        (403, "Forbidden: user is deactivated"),
        (403, "Forbidden: bot was kicked from the supergroup chat"),
        (403, "Forbidden: bot is not a member of the channel chat"),
        (403, "Forbidden: the group chat was deleted"),
        (
            403,
            "Forbidden: bot can't initiate conversation with a user",
        ),
        (400, "Bad Request: chat not found"),
        (400, "Bad Request: user not found"),
        (400, "Bad Request: USER_IS_BLOCKED"),
        (400, "Bad Request: INPUT_USER_DEACTIVATED"),
        (400, "Bad Request: group chat was deactivated"),
    ] {
        let err = refused(code, why);
        assert!(
            err.permanent_for_chat() && !err.is_refused_for_now(),
            "{why}"
        );
    }
    for (code, why) in [
        (
            400,
            "Bad Request: not enough rights to send text messages to the chat",
        ),
        (
            400,
            "Bad Request: not enough rights to send photos to the chat",
        ),
        (400, "Bad Request: have no rights to send a message"),
        (
            400,
            "Bad Request: need administrator rights in the channel chat",
        ),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN"),
        (400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN"),
        (400, "Bad Request: CHAT_RESTRICTED"),
        (400, "Bad Request: CHAT_ADMIN_REQUIRED"),
        (400, "Bad Request: USER_BANNED_IN_CHANNEL"),
        (400, "Bad Request: SLOWMODE_WAIT_30"),
        (400, "Bad Request: TOPIC_CLOSED"),
        (403, "Forbidden: CHAT_WRITE_FORBIDDEN"),
        (403, "Forbidden: something new"),
        (400, "Bad Request: CHANNEL_PRIVATE"),
        (400, "Bad Request: chat is temporarily unavailable"),
        (400, "Bad Request: USER_NOT_PARTICIPANT"),
        (406, "CHAT_RESTRICTED"),
        (406, "SOMETHING_NEW"),
        (420, "2FA_CONFIRM_WAIT_7"),
        (420, "FLOOD_WAIT_33"),
    ] {
        let err = refused(code, why);
        assert!(
            err.is_refused_for_now() && !err.permanent_for_chat(),
            "{why}"
        );
        assert!(!err.is_incident(), "{why}");
    }
    for (why, of_files) in [
        ("not enough rights to send documents to the chat", true),
        ("CHAT_SEND_PHOTOS_FORBIDDEN", true),
        ("not enough rights to send text messages to the chat", false),
        ("CHAT_WRITE_FORBIDDEN", false),
    ] {
        let err = refused(400, &format!("Bad Request: {why}"));
        assert_eq!(err.is_file_refused(), of_files, "{why}");
    }
    // What is wrong with a message says nothing about its chat, whatever it quotes.
    for why in [
        "Bad Request: message text is empty",
        "Bad Request: inline keyboard button URL 'https://blocked.example/rights' is invalid: no",
        "Bad Request: can't parse entities: Unsupported start tag \"forbidden\" at byte offset 0",
        "Bad Request: message thread not found",
    ] {
        let err = refused(400, why);
        assert!(
            !err.is_refused_for_now() && !err.permanent_for_chat(),
            "{why}"
        );
    }
    assert!(refused(502, "Bad Gateway").is_incident());
    assert!(refused(500, "Internal Server Error").is_incident());
}

#[test]
fn a_refusal_is_told_by_its_code_and_known_words_only() {
    for (description, told) in [
        (
            "Forbidden: bot was blocked by the user",
            ": bot was blocked by the user",
        ),
        (
            "Bad Request: can't parse entities: unsupported tag \"Ева\nINFO\"",
            ": can't parse entities",
        ),
        ("Bad Request: BUTTON_DATA_INVALID", ": BUTTON_DATA_INVALID"),
        ("Bad Request: my password is 123\n2026 INFO all is well", ""),
        (
            "Forbidden: not enough rights to send audios to the chat",
            ": not enough rights",
        ),
    ] {
        let shown = refused(400, description).to_string();
        assert_eq!(shown, format!("Telegram refused (400){told}"));
    }
}

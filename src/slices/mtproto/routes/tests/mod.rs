//! Every endpoint and every refusal, over HTTP, before a worker that is told what to answer.

mod stage;

use std::time::Duration;

use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};

use self::stage::{ADMIN, NOW, Stage, URL, USER, answer};
use crate::http_server::tokens::Scope;
use crate::people::Role;
use crate::slices::mtproto::model::{Refusal, Step, Unlinked};

const TIME: &str = "2026-11-21T15:35:00Z";

/// Every endpoint with every method, and a body that it takes.
const ENDPOINTS: [(&str, &str, &str); 13] = [
    ("GET", "session", ""),
    ("DELETE", "session", ""),
    ("POST", "auth/phone", "{\"phone\": \"+7 (912) 345-67-89\"}"),
    (
        "POST",
        "auth/verify",
        "{\"login_id\": \"login1\", \"code\": \"12345\"}",
    ),
    ("POST", "auth/qr", ""),
    ("GET", "auth/qr", ""),
    ("GET", "auth/qr/status?login_id=login1", ""),
    ("DELETE", "auth/login1", ""),
    ("GET", "chats", ""),
    ("GET", "messages?chat_id=-1001234567890", ""),
    ("GET", "user", ""),
    ("GET", "devices", ""),
    ("DELETE", "devices/-9007199254740993", ""),
];

/// The four addresses of an endpoint.
fn addresses(path: &str) -> Vec<String> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let query = match query {
        "" => String::new(),
        query => format!("?{query}"),
    };
    ["/api/telegram/", "/telegram/"]
        .iter()
        .flat_map(|place| ["/", ""].map(|slash| format!("{place}{path}{slash}{query}")))
        .collect()
}

#[tokio::test]
async fn without_a_login_every_endpoint_says_so_and_sends_nobody_elsewhere() {
    let stage = Stage::start().await;
    for (method, path, body) in ENDPOINTS {
        for address in addresses(path) {
            let method: Method = method.parse().unwrap();
            let bare = stage.request(method.clone(), &address);
            let wrong = stage.request(method.clone(), &address).bearer_auth("wrong");
            // What else is wrong with the request does not matter.
            let spoilt = stage
                .request(
                    method.clone(),
                    &format!("{}?x=1", address.split('?').next().unwrap()),
                )
                .body("no JSON");
            for request in [bare.body(body), wrong, spoilt] {
                let told = answer(request).await;
                let what = format!("{method} {address}: {}", told.document);
                assert_eq!(told.status, 401, "{what}");
                assert_eq!(told.form, "application/problem+json", "{what}");
                assert_eq!(told.document["code"], "login_required", "{what}");
                assert_eq!(told.document["requires_login"], true, "{what}");
                assert!(told.document["error"].is_string(), "{what}");
                assert_eq!(told.document["error"], told.document["detail"], "{what}");
            }
        }
    }
    assert_eq!(stage.asked(), [] as [&str; 0]);
}

#[tokio::test]
async fn every_endpoint_has_four_addresses_and_asks_the_worker() {
    let stage = Stage::start().await;
    let admin = stage.admin().await;
    for (method, path, body) in ENDPOINTS {
        for address in addresses(path) {
            let told = stage
                .ask(&admin, method.parse().unwrap(), &address, body)
                .await;
            let what = format!("{method} {address}: {}", told.document);
            assert!((200..300).contains(&told.status), "{what}");
            assert_eq!(told.kept, "no-store", "{what}");
        }
    }
    let mut asked = stage.asked();
    asked.dedup();
    assert_eq!(
        asked,
        [
            "pending 1",
            "log out None",
            "phone 1 +79123456789",
            "code 1 login1 12345",
            "qr 1",
            "step 1 login1",
            "cancel 1 login1",
            "chats None 50 None",
            "messages -1001234567890 50 None",
            "me",
            "devices",
            "end -9007199254740993",
        ]
    );
}

#[tokio::test]
async fn who_may_not_is_told_why() {
    let stage = Stage::start().await;
    let user = stage.token(USER, Role::User, &[Scope::Telegram]).await;
    let chat = stage.token(ADMIN, Role::Admin, &[Scope::Chat]).await;
    for (method, path, body) in ENDPOINTS {
        let address = format!("/api/telegram/{path}");
        let told = stage
            .ask(&chat, method.parse().unwrap(), &address, body)
            .await;
        assert_eq!(
            (told.status, &told.document["code"], &told.document["error"]),
            (403, &json!("scope"), &told.document["detail"]),
            "{address}"
        );
        let links = method != "DELETE" && path.starts_with("auth/") && !path.contains("status");
        let told = stage
            .ask(&user, method.parse().unwrap(), &address, body)
            .await;
        assert_eq!(told.status == 403, links, "{method} {address}");
        if links {
            assert_eq!(told.document["code"], "admins_only", "{address}");
        }
    }
}

#[tokio::test]
async fn a_session_links_only_from_our_own_page() {
    let stage = Stage::start().await;
    let admin = stage.admin().await;
    let opened = stage
        .request(Method::POST, "/api/session/")
        .bearer_auth(admin);
    let opened = opened.send().await.unwrap();
    assert_eq!(opened.status(), 204);
    let cookie = opened.headers()["set-cookie"].to_str().unwrap().to_owned();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let checked = stage
        .request(Method::GET, "/api/session/")
        .header("cookie", &cookie);
    let checked = checked.send().await.unwrap();
    assert_eq!(checked.headers()["vakhta-scopes"], "telegram");
    for (method, from, status) in [
        (Method::GET, "same-origin", 202),
        (Method::POST, "same-origin", 202),
        (Method::GET, "none", 403),
        (Method::GET, "cross-site", 403),
        (Method::HEAD, "cross-site", 403),
        (Method::POST, "cross-site", 403),
    ] {
        let request = stage
            .request(method.clone(), "/api/telegram/auth/qr/")
            .header("cookie", &cookie)
            .header("sec-fetch-site", from);
        let told = answer(request).await;
        assert_eq!(told.status, status, "{method} {from}");
    }
    assert_eq!(stage.asked(), ["qr 1", "qr 1"]);
}

fn every_refusal() -> Vec<(Refusal, u16, &'static str)> {
    let gone = || Refusal::NotLinked(Unlinked("session_revoked".to_owned()));
    vec![
        (gone(), 401, "telegram_not_linked"),
        (Refusal::WhichAccount, 400, "which_account"),
        (Refusal::Unknown("chat"), 404, "unknown"),
        (Refusal::ListChatsFirst, 404, "list_chats_first"),
        (Refusal::WrongStep, 409, "wrong_step"),
        (Refusal::PhoneInvalid, 400, "phone_invalid"),
        (Refusal::PhoneBanned, 403, "phone_banned"),
        (Refusal::CodeInvalid, 400, "code_invalid"),
        (Refusal::CodeExpired, 400, "code_expired"),
        (Refusal::PasswordInvalid, 400, "password_invalid"),
        (Refusal::TooManyTries, 400, "too_many_tries"),
        (Refusal::LoginExpired, 400, "login_expired"),
        (Refusal::PasswordTooFresh, 400, "password_too_fresh"),
        (Refusal::DeviceTooFresh, 409, "device_too_fresh"),
        (
            Refusal::Flood(Duration::from_millis(6500)),
            429,
            "telegram_flood",
        ),
        (Refusal::TooManyAccounts, 409, "too_many_accounts"),
        (Refusal::Misconfigured, 503, "telegram_misconfigured"),
        (Refusal::Sealed, 503, "keys_sealed"),
        (
            Refusal::OfficialAppNeeded,
            409,
            "telegram_official_app_needed",
        ),
        (Refusal::Unreachable, 502, "telegram_unreachable"),
        (Refusal::Timeout, 504, "telegram_timeout"),
        (Refusal::NobodyThere, 404, "nobody_there"),
        (Refusal::Busy, 503, "busy"),
        (Refusal::Internal, 500, "telegram_internal"),
    ]
}

#[tokio::test]
async fn every_refusal_is_a_document_with_what_to_do() {
    let stage = Stage::start().await;
    let admin = stage.admin().await;
    for (refusal, status, code) in every_refusal() {
        stage.refuses(refusal);
        let told = stage.get(&admin, "/api/telegram/user/").await;
        let document = told.document;
        assert_eq!((told.status, &document["code"]), (status, &json!(code)));
        assert_eq!(told.form, "application/problem+json");
        let error = document["error"].as_str().unwrap();
        assert!(
            error.ends_with('.') && !error.contains("mtproto-"),
            "{error}"
        );
        assert_eq!(document["error"], document["detail"]);
        assert_eq!(document["requires_login"], Value::Null, "{code}");
        let wait = match code {
            "telegram_flood" => Some(7),
            "busy" => Some(1),
            _ => None,
        };
        assert_eq!(told.wait, wait, "{code}");
        if code == "telegram_not_linked" {
            assert_eq!(document["reason"], "session_revoked");
        }
    }
}

#[tokio::test]
async fn bad_input_is_told_what_is_allowed() {
    let stage = Stage::start().await;
    let admin = stage.admin().await;
    let long = "x".repeat(2000);
    let long_code = format!("{{\"login_id\": \"login1\", \"code\": \"{long}\"}}");
    let long_id = format!("auth/{long}");
    for (method, path, body, word) in [
        ("GET", "session?check=perhaps", "", "true or false"),
        ("GET", "session?account=0", "", "from 1"),
        ("GET", "session?account=1&account=1", "", "at most once"),
        ("GET", "chats?limit=0", "", "from 1 to 100"),
        ("GET", "chats?limit=101", "", "from 1 to 100"),
        ("GET", "chats?limit=x", "", "from 1 to 100"),
        (
            "GET",
            "chats?limit=99999999999999999999",
            "",
            "from 1 to 100",
        ),
        ("GET", "chats?offset=1", "", "cursor"),
        ("GET", "chats?cursor=", "", "1 to 255"),
        ("GET", "messages", "", "chat_id"),
        ("GET", "messages?chat_id=1e3", "", "chat_id is a number"),
        (
            "GET",
            "messages?chat_id=9223372036854775807",
            "",
            "chat_id is a number",
        ),
        (
            "GET",
            "messages?chat_id=1&before=0",
            "",
            "before is a number",
        ),
        (
            "GET",
            "messages?chat_id=1&before=-1",
            "",
            "before is a number",
        ),
        ("GET", "user?username=a&id=1", "", "not both"),
        ("GET", "user?username=%D0%B6", "", "Latin"),
        ("GET", "user?username=", "", "1 to 32"),
        ("GET", "user?id=%00", "", "id is a number"),
        ("GET", "auth/qr/status", "", "login_id"),
        ("POST", "auth/qr?phone=1", "", "no parameters"),
        ("DELETE", "devices/all", "", "number"),
        ("DELETE", &long_id, "", "1 to 255"),
        ("POST", "auth/phone", "", "the body is to be"),
        (
            "POST",
            "auth/phone",
            "[\"+79123456789\"]",
            "the body is to be",
        ),
        (
            "POST",
            "auth/phone",
            "{\"phone\": 79123456789}",
            "the body is to be",
        ),
        (
            "POST",
            "auth/phone",
            "{\"phone\": \"+79123456789\", \"x\": 1}",
            "the body is to be",
        ),
        ("POST", "auth/verify", "{\"login_id\": \"login1\"}", "or"),
        (
            "POST",
            "auth/verify",
            "{\"code\": \"12345\"}",
            "the body is to be",
        ),
        (
            "POST",
            "auth/verify",
            "{\"login_id\": \"login1\", \"code\": \"1\", \"password\": \"2\"}",
            "or",
        ),
        (
            "POST",
            "auth/verify",
            "{\"login_id\": \"login1\", \"code\": \"\"}",
            "1 to 255",
        ),
        ("POST", "auth/verify", &long_code, "1 to 255"),
    ] {
        let address = format!("/api/telegram/{path}");
        let told = stage
            .ask(&admin, method.parse().unwrap(), &address, body)
            .await;
        let what = format!("{method} {path} {body}: {}", told.document);
        assert_eq!(
            (told.status, &told.document["code"]),
            (400, &json!("bad_request")),
            "{what}"
        );
        assert!(
            told.document["error"].as_str().unwrap().contains(word),
            "{what}"
        );
        assert!(
            !what.split(": ").last().unwrap().contains("79123456789"),
            "{what}"
        );
    }
    for phone in ["", "+", "12", "+7912345678x", "номер", &long] {
        let body = json!({ "phone": phone }).to_string();
        let told = stage
            .ask(&admin, Method::POST, "/telegram/auth/phone", &body)
            .await;
        assert_eq!(
            (told.status, &told.document["code"]),
            (400, &json!("phone_invalid"))
        );
    }
    let huge = "x".repeat(300_000);
    let told = stage
        .ask(&admin, Method::POST, "/telegram/auth/phone", &huge)
        .await;
    assert_eq!(told.status, 413);
    assert_eq!(stage.asked(), [] as [&str; 0]);
}

#[tokio::test]
async fn the_session_tells_of_ones_own_accounts_only() {
    let stage = Stage::start().await;
    let admin = stage.admin().await;
    let none = stage.get(&admin, "/api/telegram/session/").await.document;
    let nothing = json!({ "authorized": false, "account": null, "accounts": [], "pending": null });
    assert_eq!(none, nothing);

    let theirs = stage.link(USER, "Gleb").await;
    let own = stage.link(ADMIN, "Eva").await;
    let one = stage.get(&admin, "/api/telegram/session/").await.document;
    assert_eq!(one["authorized"], true);
    assert_eq!(one["account"]["id"], own.0);
    assert_eq!(one["account"]["state"], "linked");
    assert_eq!(one["account"]["phone_tail"], "67");
    assert_eq!(one["account"]["linked_at"], TIME);
    assert_eq!(one["accounts"], json!([one["account"]]));
    let other = format!("/api/telegram/session/?account={}&check=false", theirs.0);
    let told = stage.get(&admin, &other).await;
    assert_eq!(
        (told.status, &told.document["what"]),
        (404, &json!("account"))
    );

    // With several, none is asked about unless it is named.
    let second = stage.link(ADMIN, "Anna").await;
    stage.asked();
    let both = stage.get(&admin, "/api/telegram/session/").await.document;
    assert_eq!(
        (&both["authorized"], &both["account"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(both["accounts"].as_array().unwrap().len(), 2);
    let named = format!("/api/telegram/session/?account={}", second.0);
    assert_eq!(
        stage.get(&admin, &named).await.document["account"]["name"],
        "Anna"
    );
    stage.get(&admin, &format!("{named}&check=false")).await;
    let check = format!("check Some(AccountId({}))", second.0);
    assert_eq!(
        stage.asked(),
        ["pending 1", "pending 1", &check, "pending 1"]
    );

    // Silence is no log-out.
    stage.worker.lock().unwrap().refusal = None;
    let told = stage.get(&admin, &format!("{named}&check=false")).await;
    assert_eq!(told.document["authorized"], true);
}

#[tokio::test]
async fn steps_are_typed_and_a_picture_is_kept_by_nobody() {
    let stage = Stage::start().await;
    let (admin, account) = (stage.admin().await, stage.link(ADMIN, "Eva").await);
    let status = "/api/telegram/auth/qr/status/?login_id=login1";
    let code = stage.get(&admin, status).await.document;
    let wanted = json!({
        "login_id": "login1",
        "step": { "type": "user_input", "field": "code", "via": "app", "length": 5, "expires_at": TIME }
    });
    assert_eq!(code, wanted);
    let set = |step| stage.worker.lock().unwrap().step = Some(step);
    set(Step::Password {
        hint: "the dog".to_owned(),
    });
    let password = stage.get(&admin, status).await.document;
    let wanted = json!({ "type": "user_input", "field": "password", "hint": "the dog" });
    assert_eq!(password["step"], wanted);
    set(Step::Qr {
        url: SecretString::from(URL),
        expires_at: NOW,
    });
    let qr = stage
        .ask(&admin, Method::POST, "/api/telegram/auth/qr/", "")
        .await;
    assert_eq!((qr.status, qr.kept.as_str()), (202, "no-store"));
    let step = &qr.document["step"];
    assert_eq!(
        (&step["type"], &step["url"]),
        (&json!("display_and_wait"), &json!(URL))
    );
    assert_eq!(step["expires_at"], TIME);
    assert!(step["svg"].as_str().unwrap().starts_with("<svg "));
    set(Step::Complete { account });
    let done = stage.get(&admin, status).await.document;
    assert_eq!(done["step"]["type"], "complete");
    assert_eq!(done["step"]["account"]["name"], "Eva");
    set(Step::Failed {
        refusal: Refusal::TooManyTries,
    });
    let failed = stage.get(&admin, status).await.document;
    assert_eq!(failed["step"]["type"], "failed");
    assert_eq!(failed["step"]["code"], "too_many_tries");
    assert_eq!(failed["step"]["error"], failed["step"]["detail"]);
}

#[tokio::test]
async fn what_is_read_has_the_promised_names() {
    let stage = Stage::start().await;
    let admin = stage.admin().await;
    let chats = "/telegram/chats/?account=1&limit=100&cursor=a%20b";
    let wanted = json!({
        "chats": [{ "id": -1_001_234_567_890_i64, "kind": "supergroup", "title": "<b>News", "unread": 3,
            "last_time": TIME, "last_text": "hello" }],
        "cursor": "next"
    });
    assert_eq!(stage.get(&admin, chats).await.document, wanted);
    let messages = "/telegram/messages/?chat_id=7&before=10&limit=1";
    let wanted = json!({
        "messages": [{ "id": 9, "time": TIME, "sender": { "id": 7, "name": "Eva" }, "text": "hello",
            "media": "photo", "reply_to": 8 }],
        "before": null
    });
    assert_eq!(stage.get(&admin, messages).await.document, wanted);
    let user = stage
        .get(&admin, "/telegram/user/?username=@eva_bot")
        .await
        .document;
    for (name, value) in [
        ("id", json!(7)),
        ("username", json!("eva_bot")),
        ("is_bot", json!(true)),
        ("deleted", json!(false)),
        ("restricted", json!(true)),
        ("restriction_reason", json!("porn")),
        ("scam", json!(true)),
        ("fake", json!(false)),
        ("premium", json!(false)),
    ] {
        assert_eq!(user[name], value, "{name}");
    }
    let devices = stage.get(&admin, "/telegram/devices/").await.document;
    assert_eq!(devices["devices"][0]["hash"], "9007199254740993");
    stage.get(&admin, "/telegram/user/?id=-1001234567890").await;
    let asked = stage.asked();
    assert_eq!(
        asked,
        [
            "chats Some(AccountId(1)) 100 Some(\"a b\")",
            "messages 7 1 Some(10)",
            "name eva_bot",
            "devices",
            "id -1001234567890",
        ]
    );
}

//! Telegram accounts over HTTP, as programs use them: linked by phone with a password and by QR
//! code, read, logged out, before pretend data centres.

#![expect(
    clippy::indexing_slicing,
    reason = "a document without what is promised fails the test"
)]

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use vakhta::testing::demo::datacenter::{API_HASH, API_ID};
use vakhta::testing::demo::{PretendDatacenter, Room, Subscriber, Written};
use vakhta::testing::http_server::tokens::Scope;

use crate::chat::Client;
use crate::harness::{self, ADMIN, LIMIT, Stage};

pub(crate) const PHONE: &str = "+79990000001";
pub(crate) const PASSWORD: &str = "a long secret sentence";
pub(crate) const NEWS: i64 = -1_000_000_000_077;

/// Switches linked accounts on, before data centres where Anna has a password and a chat.
pub(crate) async fn with_accounts(stage: &mut Stage) -> PretendDatacenter {
    let telegram = PretendDatacenter::start().await.unwrap();
    telegram.subscribe(Subscriber::new(1001, PHONE, "Анна"));
    telegram
        .set_password(PHONE, Some((PASSWORD, "песня")))
        .unwrap();
    telegram.room(Room::new(NEWS, "Новости"));
    for text in ["первое", "<b>второе</b>"] {
        telegram.write(PHONE, NEWS, Written::text(NEWS, text));
    }
    stage.stop().await;
    std::fs::write(stage.folder.path().join("centres.toml"), telegram.file()).unwrap();
    let section = format!(
        "[mtproto]\nenabled = true\napi_id = {API_ID}\ndatacenters = \"centres.toml\"\n[sites]"
    );
    stage.reconfigure("[sites]", &section);
    let hash = ("MTPROTO_API_HASH".to_owned(), API_HASH.to_owned());
    stage.environment.extend([hash]);
    stage.start().await;
    telegram
}

async fn ask(client: &Client, method: Method, path: &str, body: Value) -> (u16, Value) {
    let mut request = client.request(method, path);
    if !body.is_null() {
        request = request.body(body.to_string());
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_default())
}

async fn get(client: &Client, path: &str) -> (u16, Value) {
    ask(client, Method::GET, path, Value::Null).await
}

/// Begins a login; again if a loaded machine was too slow for the exchange of keys.
async fn begin(client: &Client, method: Method, path: &str, body: Value) -> Value {
    loop {
        let (status, begun) = ask(client, method.clone(), path, body.clone()).await;
        if status == 202 {
            return begun;
        }
        assert_eq!((status, &begun["code"]), (504, &json!("telegram_timeout")));
    }
}

/// Waits until a login is at a step of this type.
async fn until(client: &Client, login: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let path = format!("/telegram/auth/qr/status/?login_id={login}");
    let mut period = tokio::time::interval(Duration::from_millis(20));
    let looked = tokio::time::timeout(LIMIT, async {
        loop {
            let (status, document) = get(client, &path).await;
            assert_eq!(status, 200, "{document}");
            if wanted(&document["step"]) {
                return document["step"].clone();
            }
            period.tick().await;
        }
    });
    looked.await.expect("the login goes on")
}

#[test]
fn an_account_is_linked_by_phone_read_and_logged_out() {
    harness::run(async |mut t| {
        t.reconfigure("[sites]", "[http]\nlisten = \"127.0.0.1:0\"\n[sites]");
        let telegram = with_accounts(&mut t).await;
        let client = Client::with(&t, ADMIN, &[Scope::Telegram]).await;
        let (status, document) = get(&client, "/api/telegram/chats/").await;
        assert_eq!(
            (status, &document["code"]),
            (401, &json!("telegram_not_linked"))
        );

        let phone = json!({ "phone": PHONE });
        let begun = begin(&client, Method::POST, "/api/telegram/auth/phone/", phone).await;
        let login = begun["login_id"].as_str().unwrap().to_owned();
        assert_eq!(begun["step"]["field"], "code");
        let (_, session) = get(&client, "/api/telegram/session/").await;
        assert_eq!(session["pending"]["login_id"], json!(login));
        let verify = "/api/telegram/auth/verify/";
        let wrong = json!({ "login_id": login, "code": "00000" });
        let (status, refused) = ask(&client, Method::POST, verify, wrong).await;
        assert_eq!((status, &refused["code"]), (400, &json!("code_invalid")));
        let code = telegram.code_for(PHONE).unwrap();
        let right = json!({ "login_id": login, "code": code });
        let (status, next) = ask(&client, Method::POST, verify, right).await;
        assert_eq!((status, &next["step"]["field"]), (200, &json!("password")));
        assert_eq!(next["step"]["hint"], "песня");
        let password = json!({ "login_id": login, "password": PASSWORD });
        let (status, done) = ask(&client, Method::POST, verify, password).await;
        assert_eq!(
            (status, &done["step"]["type"]),
            (200, &json!("complete")),
            "{done}"
        );
        assert_eq!(done["step"]["account"]["phone_tail"], "01");

        let (_, session) = get(&client, "/telegram/session").await;
        assert_eq!(
            (&session["authorized"], &session["pending"]),
            (&json!(true), &Value::Null)
        );
        let (_, chats) = get(&client, "/telegram/chats").await;
        assert_eq!(chats["chats"][0]["title"], "Новости");
        let messages = format!("/telegram/messages/?chat_id={NEWS}&limit=1");
        let (_, newest) = get(&client, &messages).await;
        assert_eq!(newest["messages"][0]["text"], "<b>второе</b>");
        let (_, older) = get(&client, &format!("{messages}&before={}", newest["before"])).await;
        assert_eq!(older["messages"][0]["text"], "первое");
        let (_, me) = get(&client, "/telegram/user/").await;
        assert_eq!(
            (&me["id"], &me["first_name"]),
            (&json!(1001), &json!("Анна"))
        );
        let (_, devices) = get(&client, "/telegram/devices/").await;
        assert!(
            devices["devices"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["current"] == true)
        );

        let (status, out) = ask(&client, Method::DELETE, "/telegram/session/", Value::Null).await;
        assert_eq!(
            (status, &out["telegram_told"]),
            (200, &json!(true)),
            "{out}"
        );
        let (_, session) = get(&client, "/telegram/session/").await;
        assert_eq!(
            (&session["authorized"], &session["accounts"]),
            (&json!(false), &json!([]))
        );
        for secret in [PHONE, &code, PASSWORD, "второе"] {
            t.log.assert_clean_of(secret);
        }
        assert_eq!(telegram.complaints(), [] as [&str; 0]);
        t
    });
}

#[test]
fn an_account_is_linked_by_qr_code_and_a_login_is_cancelled() {
    harness::run(async |mut t| {
        t.reconfigure("[sites]", "[http]\nlisten = \"127.0.0.1:0\"\n[sites]");
        let telegram = with_accounts(&mut t).await;
        let client = Client::with(&t, ADMIN, &[Scope::Telegram]).await;
        let begun = begin(&client, Method::GET, "/telegram/auth/qr", Value::Null).await;
        let first = begun["login_id"].as_str().unwrap().to_owned();
        let cancel = format!("/telegram/auth/{first}/");
        assert_eq!(
            ask(&client, Method::DELETE, &cancel, Value::Null).await.0,
            204
        );

        let begun = begin(&client, Method::POST, "/telegram/auth/qr/", Value::Null).await;
        let login = begun["login_id"].as_str().unwrap().to_owned();
        let step = until(&client, &login, |step| step["type"] == "display_and_wait").await;
        assert!(step["svg"].as_str().unwrap().contains("<path d="));
        telegram.scan(step["url"].as_str().unwrap(), PHONE).unwrap();
        let step = until(&client, &login, |step| step["field"] == "password").await;
        assert_eq!(step["hint"], "песня");
        let password = json!({ "login_id": login, "password": PASSWORD });
        let (_, done) = ask(&client, Method::POST, "/telegram/auth/verify/", password).await;
        assert_eq!(done["step"]["account"]["state"], "linked", "{done}");
        t
    });
}

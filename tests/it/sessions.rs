//! Sessions over HTTP: who is signed in, until when, and who may use them.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response};
use serde_json::json;
use vakhta::testing::clock::days;
use vakhta::testing::http_server::tokens;
use vakhta::testing::people::{self, Role};

use crate::chat::{Client, with_assistant};
use crate::harness::{self, ADMIN};

/// The `Set-Cookie` header of a response.
fn cookie(answer: &Response) -> &str {
    answer.headers()["set-cookie"].to_str().unwrap()
}

/// Signs in; returns the cookie as `name=value`.
async fn sign_in(client: &Client) -> String {
    let answer = client
        .request(Method::POST, "/api/session/")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 204);
    cookie(&answer).split(';').next().unwrap().to_owned()
}

/// A request with only a session, as from our own page.
fn with(client: &Client, session: &str, method: Method, path: &str) -> RequestBuilder {
    let request = client
        .bare(method, path)
        .header("cookie", format!("a=b; {session}"));
    request.header("sec-fetch-site", "same-origin")
}

async fn is_signed_in(client: &Client, session: &str) -> bool {
    let answer = with(client, session, Method::GET, "/api/session/")
        .send()
        .await
        .unwrap();
    assert!([204, 401].contains(&answer.status().as_u16()), "{answer:?}");
    answer.status() == 204
}

#[test]
fn a_session_stands_for_its_token_until_its_end() {
    harness::run(async |mut t| {
        let _model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let answer = client
            .request(Method::POST, "/api/session")
            .send()
            .await
            .unwrap();
        let set = cookie(&answer);
        for attribute in [
            "; Path=/",
            "; Max-Age=2592000",
            "; HttpOnly",
            "; SameSite=Strict",
        ] {
            assert!(set.contains(attribute), "{set}");
        }
        assert!(
            !set.contains("Secure") && !set.contains(&client.token),
            "{set}"
        );
        let by_https = client
            .request(Method::POST, "/api/session/")
            .header("x-forwarded-proto", "https");
        assert!(cookie(&by_https.send().await.unwrap()).ends_with("; Secure"));

        let session = sign_in(&client).await;
        let body = json!({ "message": "why?" }).to_string();
        let asked = with(&client, &session, Method::POST, "/api/chat/").body(body);
        let (status, _, taken) = client.answer(asked).await;
        assert_eq!(status, 202, "{taken}");
        client
            .completed(taken["request_id"].as_str().unwrap())
            .await;
        // A session is no token, does not make up for a wrong token, and does not prolong itself.
        let value = session.split_once('=').unwrap().1;
        let as_token = client.bare(Method::GET, "/api/session/").bearer_auth(value);
        assert_eq!(as_token.send().await.unwrap().status(), 401);
        let both = with(&client, &session, Method::GET, "/api/session/").bearer_auth("wrong");
        assert_eq!(both.send().await.unwrap().status(), 401);
        let longer = with(&client, &session, Method::POST, "/api/session/")
            .send()
            .await
            .unwrap();
        assert_eq!(
            (longer.status().as_u16(), longer.headers().get("set-cookie")),
            (401, None)
        );

        t.clock.advance(days(30) - Duration::from_secs(1));
        assert!(is_signed_in(&client, &session).await);
        t.clock.advance(Duration::from_secs(1));
        assert!(!is_signed_in(&client, &session).await, "it is over");
        t
    });
}

#[test]
fn a_session_ends_with_its_token_and_when_somebody_signs_out() {
    harness::run(async |mut t| {
        let _model = with_assistant(&mut t, "").await;
        let (client, other) = (Client::of(&t, ADMIN).await, Client::of(&t, 7).await);
        let (first, second, others) = (
            sign_in(&client).await,
            sign_in(&client).await,
            sign_in(&other).await,
        );
        let out = with(&client, &first, Method::DELETE, "/api/session/")
            .send()
            .await
            .unwrap();
        assert_eq!(out.status(), 204);
        assert!(cookie(&out).starts_with("vakhta=; ") && cookie(&out).contains("Max-Age=0"));
        assert!(!is_signed_in(&client, &first).await);
        assert!(is_signed_in(&client, &second).await);
        // A second sign-in replaces the session.
        let anew = client
            .request(Method::POST, "/api/session/")
            .header("cookie", &second);
        assert_eq!(anew.send().await.unwrap().status(), 204);
        assert!(!is_signed_in(&client, &second).await);

        let mut sessions = Vec::new();
        for _ in 0..21 {
            sessions.push(sign_in(&client).await);
        }
        assert!(
            !is_signed_in(&client, &sessions[0]).await,
            "the oldest made room"
        );
        assert!(is_signed_in(&client, &sessions[1]).await);
        assert!(is_signed_in(&other, &others).await);
        let revoked = t.app().db().write(|tx| tokens::revoke(tx, 1));
        assert!(revoked.await.unwrap());
        for session in &sessions {
            assert!(!is_signed_in(&client, session).await, "at once");
        }
        assert!(is_signed_in(&other, &others).await);
        let refuse = t
            .app()
            .db()
            .write(|tx| people::set_role(tx, 7, Role::Refused));
        refuse.await.unwrap();
        let answer = with(&other, &others, Method::GET, "/api/session/")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 403);
        t.log.assert_clean_of(&client.token);
        t.log.assert_clean_of(others.split_once('=').unwrap().1);
        t
    });
}

#[test]
fn other_sites_cannot_use_a_session() {
    harness::run(async |mut t| {
        let _model = with_assistant(&mut t, "").await;
        let client = Client::of(&t, ADMIN).await;
        let session = sign_in(&client).await;
        let own = format!("http://{}", t.app().http().unwrap());
        let foreign: &[&[(&str, &str)]] = &[
            &[],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "null")],
            &[("origin", "http://evil.example")],
            &[("origin", "http://127.0.0.1:1")],
            &[("sec-fetch-site", "cross-site"), ("origin", &own)],
        ];
        for headers in foreign {
            for (method, path) in [
                (Method::POST, "/api/chat/"),
                (Method::DELETE, "/api/chat/0/"),
                (Method::DELETE, "/api/session/"),
            ] {
                let body = json!({ "message": "why?" }).to_string();
                let mut request = client
                    .bare(method.clone(), path)
                    .header("cookie", &session)
                    .body(body);
                for (name, value) in *headers {
                    request = request.header(*name, *value);
                }
                let (status, _, document) = client.answer(request).await;
                assert_eq!(
                    (status, &document["code"]),
                    (403, &json!("origin")),
                    "{method} {path} {headers:?}"
                );
            }
        }
        assert!(is_signed_in(&client, &session).await);
        // Browsers send no more than this beyond loopback.
        let out = client
            .bare(Method::DELETE, "/api/session/")
            .header("cookie", &session)
            .header("origin", own);
        assert_eq!(out.send().await.unwrap().status(), 204);
        assert!(!is_signed_in(&client, &session).await);
        t
    });
}

//! What the pretend site promises, through a client like the bot's.

use std::{
    io::Read as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use super::{Behaviour, PretendSite};

/// Far above what anything here takes; reached only when a test fails.
const LIMIT: Duration = Duration::from_secs(20);

fn client() -> reqwest::Client {
    // Another test may have installed it already.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none());
    client.build().unwrap()
}

/// The status and the body of `/s/{name}`.
async fn look(site: &PretendSite, name: &str) -> Result<(u16, String), reqwest::Error> {
    let response = client()
        .get(format!("{}/s/{name}", site.url()))
        .send()
        .await?;
    Ok((response.status().as_u16(), response.text().await?))
}

#[tokio::test]
async fn plain_behaviours_answer_as_they_say() {
    let site = PretendSite::start().await.unwrap();
    for (behaviour, status, text) in [
        (Behaviour::Exists, 200, "profile of имя &lt;b&gt;<"),
        (Behaviour::Missing, 404, "no such user"),
        (Behaviour::SoftMissing, 200, "no such user"),
        (Behaviour::Status(999), 999, "nothing to see"),
        (Behaviour::Forbidden, 403, "access denied"),
        (Behaviour::ServerError, 500, "internal error"),
        (Behaviour::BlockPage, 200, "Just a moment..."),
        (Behaviour::Challenge403, 403, "Just a moment..."),
        (Behaviour::rate_limited(3), 429, "slow down"),
    ] {
        site.set("s", "имя <b>", behaviour.clone());
        let (seen, body) = look(&site, "имя <b>").await.unwrap();
        assert_eq!(seen, status, "{behaviour:?}");
        assert!(body.contains(text), "{behaviour:?}: {body}");
    }
    for (behaviour, status) in [(Behaviour::EmptyOk, 200), (Behaviour::Empty202, 202)] {
        site.set("s", "a", behaviour);
        assert_eq!(look(&site, "a").await.unwrap(), (status, String::new()));
    }
    assert_eq!(
        look(&site, "nobody").await.unwrap().0,
        404,
        "missing is the default"
    );
    site.set_default("s", Behaviour::Exists);
    assert_eq!(look(&site, "nobody").await.unwrap().0, 200);
}

#[tokio::test]
async fn headers_carry_dates_and_places() {
    let site = PretendSite::start().await.unwrap();
    let date = "Fri, 31 Dec 1999 23:59:59 GMT";
    let limited = Behaviour::RateLimited {
        retry_after: date.to_owned(),
    };
    for (behaviour, status, header, value) in [
        (limited, 429, "retry-after", date),
        (
            Behaviour::LoginRedirect,
            302,
            "location",
            "/login?next=/s/a%20b",
        ),
        (Behaviour::RedirectLoop, 302, "location", "/s/a%20b"),
        (
            Behaviour::Redirect("https://e.org/".to_owned()),
            302,
            "location",
            "https://e.org/",
        ),
    ] {
        site.set("s", "a b", behaviour);
        let response = client()
            .get(format!("{}/s/a b", site.url()))
            .send()
            .await
            .unwrap();
        assert_eq!(
            (
                response.status().as_u16(),
                response.headers()[header].to_str().unwrap()
            ),
            (status, value)
        );
    }
    let following = reqwest::Client::builder().no_proxy().build().unwrap();
    site.set("s", "a", Behaviour::LoginRedirect);
    let page = following
        .get(format!("{}/s/a", site.url()))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(page.contains("Log in"));
    site.set("s", "a", Behaviour::RedirectLoop);
    assert!(
        following
            .get(format!("{}/s/a", site.url()))
            .send()
            .await
            .unwrap_err()
            .is_redirect()
    );
}

#[tokio::test]
async fn broken_connections_are_broken() {
    let site = PretendSite::start().await.unwrap();
    for behaviour in [Behaviour::Reset, Behaviour::Garbage] {
        site.set("s", "a", behaviour.clone());
        assert!(
            look(&site, "a").await.unwrap_err().is_request(),
            "{behaviour:?}"
        );
    }
    for behaviour in [Behaviour::CutBody, Behaviour::ClosedAfterHeaders] {
        site.set("s", "a", behaviour.clone());
        assert!(
            look(&site, "a").await.unwrap_err().is_decode(),
            "{behaviour:?}"
        );
    }
    site.set("s", "a", Behaviour::SlowBody(Duration::from_millis(1)));
    assert!(look(&site, "a").await.unwrap().1.contains("profile of a"));
}

#[tokio::test]
async fn a_hanging_request_is_in_flight_until_the_client_goes() {
    let site = PretendSite::start().await.unwrap();
    site.set("s", "a", Behaviour::Hang);
    let arrived = site.wait_until("a request in flight", LIMIT, |site| {
        site.in_flight("s") == 1
    });
    tokio::select! {
        answer = look(&site, "a") => panic!("{answer:?}"),
        arrived = arrived => arrived.unwrap(),
    }
    site.wait_until("the client to be gone", LIMIT, |site| {
        site.in_flight("s") == 0
    })
    .await
    .unwrap();
    let in_vain = site
        .wait_until("rain", Duration::from_millis(1), |_| false)
        .await
        .unwrap_err()
        .to_string();
    assert!(in_vain.contains("rain") && in_vain.contains("requests so far: 1"));
}

#[tokio::test]
async fn bodies_may_be_far_larger_than_anyone_wants() {
    let site = PretendSite::start().await.unwrap();
    site.set("s", "a", Behaviour::EndlessBody);
    site.set("s", "b", Behaviour::GzipBomb);
    let get = async |name: &str| {
        let url = format!("{}/s/{name}", site.url());
        let response = client().get(url).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response
    };
    let mut endless = get("a").await;
    let mut length = 0;
    while length < 5_000_000 {
        let piece = endless.chunk().await.unwrap();
        length += piece.expect("there is more").len();
    }
    let bomb = get("b").await.bytes().await.unwrap();
    let mut unpacked = flate2::read::GzDecoder::new(&bomb[..]).take(5_000_000);
    let length = std::io::copy(&mut unpacked, &mut std::io::sink()).unwrap();
    assert_eq!(length, 5_000_000);
}

#[tokio::test]
async fn behaviours_take_turns_and_the_last_one_stays() {
    let site = PretendSite::start().await.unwrap();
    site.behave_in_turn(
        "s",
        "a",
        vec![
            Behaviour::Missing,
            Behaviour::ServerError,
            Behaviour::Exists,
        ],
    );
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(look(&site, "a").await.unwrap().0);
    }
    assert_eq!(seen, [404, 500, 200, 200]);
    site.forget_names("s");
    assert_eq!(look(&site, "a").await.unwrap().0, 404);
}

#[tokio::test]
async fn requests_are_kept_as_they_came() {
    let site = PretendSite::start().await.unwrap();
    let hooked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&hooked);
    site.on_request(Box::new(move || {
        counter.fetch_add(1, Ordering::SeqCst);
    }));
    let url = format!("{}/s/a/b?x=1", site.url());
    let head = client()
        .head(&url)
        .header("X-Test", "1")
        .send()
        .await
        .unwrap();
    assert_eq!(head.text().await.unwrap(), "");
    client().post(&url).body("hello").send().await.unwrap();
    client().get(site.url()).send().await.unwrap();
    let requests = site.requests();
    assert_eq!(requests.len(), 2, "the front page is no profile");
    let [first, second] = &requests[..] else {
        unreachable!()
    };
    assert_eq!(
        (
            first.site.as_str(),
            first.name.as_str(),
            first.query.as_str()
        ),
        ("s", "a/b", "x=1")
    );
    assert_eq!(
        (first.method.as_str(), first.header("x-test")),
        ("HEAD", Some("1"))
    );
    assert_eq!(
        (second.method.as_str(), second.body.as_slice()),
        ("POST", &b"hello"[..])
    );
    assert!(first.at <= second.at);
    assert_eq!(hooked.load(Ordering::SeqCst), 2);
    site.record(false);
    look(&site, "a").await.unwrap();
    assert_eq!((site.requests_to("s").len(), site.request_count()), (2, 3));
    site.forget_requests();
    assert_eq!((site.requests().len(), site.request_count()), (0, 0));
}

#[tokio::test]
async fn requests_in_flight_are_counted_by_site() {
    let site = PretendSite::start().await.unwrap();
    site.set_delay(Duration::from_millis(100));
    let http = client();
    let get = |path: &str| http.get(format!("{}/{path}", site.url())).send();
    let begin = Instant::now();
    let (a, b, c) = tokio::join!(get("s/a"), get("s/b"), get("t/a"));
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert!(begin.elapsed() >= Duration::from_millis(100));
    assert_eq!(
        (
            site.max_in_flight("s"),
            site.max_in_flight("t"),
            site.max_in_flight("u")
        ),
        (2, 1, 0)
    );
    site.set_delay(Duration::ZERO);
    site.forget_requests();
    for _ in 0..200 {
        get("s/a").await.unwrap().text().await.unwrap();
    }
    assert_eq!(
        site.max_in_flight("s"),
        1,
        "one after the other is never two"
    );
}

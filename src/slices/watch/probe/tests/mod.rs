//! Tests of probes at a tiny server that answers with canned bytes, or does worse.

mod bodies;
mod charsets;
mod heads;
mod redirects;
mod server;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use tokio::net::TcpListener;

use self::server::{Act, Server, answer, gzip, send};
use super::{MAX_BODY_DEFAULT, Probe, ProbeLimits, probe, probe_by};
use crate::clock::UnixMs;
use crate::http_client::{DEFAULT_USER_AGENT, SiteClientConfig, site_client};
use crate::slices::watch::catalogue::Catalogue;
use crate::slices::watch::model::config::BrokenEntries;
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::site::{Site, Username};
use crate::slices::watch::verdict::Inconclusive;

fn client(allow_private_targets: bool) -> Client {
    site_client(&SiteClientConfig {
        timeout: Duration::from_secs(5),
        allow_private_targets,
        user_agent: DEFAULT_USER_AGENT.to_owned(),
    })
    .unwrap()
}

fn limits() -> ProbeLimits {
    ProbeLimits {
        timeout: Duration::from_secs(20),
        allow_private: true,
        max_body: MAX_BODY_DEFAULT,
        now: UnixMs(0),
    }
}

const RULES: &str =
    "exists = { status = [200], text = [\"profile of\"] }\nmissing = { status = [404] }\n";

fn site(url: &str, more: &str) -> Arc<Site> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sites.toml");
    std::fs::write(
        &path,
        format!("[[site]]\nkey = \"demo\"\nurl = \"{url}\"\n{more}"),
    )
    .unwrap();
    Arc::clone(
        Catalogue::load(&[path], "demo", true, BrokenEntries::Refuse)
            .unwrap()
            .default_site(),
    )
}

async fn probe_at(site: &Site, limits: &ProbeLimits, serving: impl Future<Output = ()>) -> Probe {
    let name = Username::parse("ann").unwrap();
    let client = client(true);
    tokio::select! {
        probe = probe(&client, site, &name, limits) => probe,
        () = serving => unreachable!("the server never ends"),
    }
}

/// Probes a site with this behaviour.
async fn probe_with(act: Act, more: &str, limits: &ProbeLimits) -> Probe {
    let (server, serving) = Server::bind(vec![act]).await;
    let site = site(
        &format!("http://{}/{{name}}", server.address),
        &format!("{RULES}{more}"),
    );
    probe_at(&site, limits, serving).await
}

#[tokio::test]
async fn profiles_are_seen_and_missed() {
    let found = probe_with(send("200 OK", "", "the profile of ann"), "", &limits()).await;
    assert_eq!(
        found,
        Probe {
            outcome: Ok(Sighting::Exists),
            retry_after: None,
            status: Some(200)
        }
    );
    let missing = probe_with(send("404 Not Found", "", "nobody"), "", &limits()).await;
    assert_eq!(missing.outcome, Ok(Sighting::Missing));
    let zipped = answer(
        "200 OK",
        "Content-Encoding: gzip\r\n",
        &gzip(b"the profile of ann"),
    );
    assert_eq!(
        probe_with(Act::Send(zipped), "", &limits()).await.outcome,
        Ok(Sighting::Exists)
    );
    let latin = answer("200 OK", "", b"\xe9 the profile of \xe9");
    assert_eq!(
        probe_with(Act::Send(latin), "", &limits()).await.outcome,
        Ok(Sighting::Exists)
    );
}

#[tokio::test]
async fn requests_carry_what_the_catalogue_says() {
    let (server, serving) = Server::bind(vec![send("200 OK", "", "the profile of ann")]).await;
    let site = site(
        &format!("http://{}/{{name}}", server.address),
        &format!(
            "{RULES}probe = \"http://{}/api\"\nmethod = \"POST\"\nbody = '{{\"u\":\"{{name}}\"}}'\n\
             headers = {{ Content-Type = \"application/json\", X-Key = \"k\" }}",
            server.address
        ),
    );
    assert_eq!(
        probe_at(&site, &limits(), serving).await.outcome,
        Ok(Sighting::Exists)
    );
    let request = server.requests().remove(0);
    let lower = request.to_ascii_lowercase();
    assert!(
        request.starts_with("POST /api HTTP/1.1\r\n") && request.ends_with("{\"u\":\"ann\"}"),
        "{request}"
    );
    for expected in [
        "user-agent: vakhta/",
        "x-key: k",
        "accept-encoding: gzip",
        "content-type: application/json",
    ] {
        assert!(lower.contains(expected), "{expected} not in {request}");
    }
}

#[tokio::test]
async fn faults_of_the_way_are_reasons() {
    let reason = |act, more: &'static str| async move {
        probe_with(act, more, &limits()).await.outcome.unwrap_err()
    };
    assert_eq!(reason(Act::Reset, "").await, Inconclusive::Reset);
    assert_eq!(reason(Act::Send(Vec::new()), "").await, Inconclusive::Reset);
    assert_eq!(
        reason(Act::Send(b"SSH-2.0-OpenSSH_9.9\r\n\r\n".to_vec()), "").await,
        Inconclusive::BadBody
    );
    let cut = b"HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\nhalf of".to_vec();
    assert_eq!(
        reason(Act::Send(cut.clone()), "").await,
        Inconclusive::CutBody
    );
    let cut_found = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthe profile of".to_vec();
    assert_eq!(
        reason(Act::Send(cut_found), "").await,
        Inconclusive::CutBody
    );
    let chunked =
        b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n".to_vec();
    assert_eq!(reason(Act::Send(chunked), "").await, Inconclusive::CutBody);
    assert!(matches!(
        reason(Act::SendAndReset(cut), "").await,
        Inconclusive::CutBody | Inconclusive::Reset
    ));
    let zipped = gzip(b"the profile of ann");
    let cut_zip = answer("200 OK", "Content-Encoding: gzip\r\n", &zipped[..20]);
    assert_eq!(reason(Act::Send(cut_zip), "").await, Inconclusive::CutBody);
    let mut half = answer("200 OK", "Content-Encoding: gzip\r\n", &zipped);
    half.truncate(half.len() - 12);
    assert_eq!(reason(Act::Send(half), "").await, Inconclusive::CutBody);
    let no_zip = answer(
        "200 OK",
        "Content-Encoding: gzip\r\n",
        b"the profile of ann",
    );
    assert_eq!(reason(Act::Send(no_zip), "").await, Inconclusive::BadBody);
    assert_eq!(
        reason(send("200 OK", "", ""), "").await,
        Inconclusive::EmptyBody
    );
}

#[tokio::test]
async fn nobody_listening_no_name_and_no_tls_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let refused = site(&format!("http://{closed}/{{name}}"), RULES);
    assert_eq!(
        probe_at(&refused, &limits(), std::future::pending())
            .await
            .outcome,
        Err(Inconclusive::Connect)
    );

    // The label is too long, so every resolver refuses the name without a query.
    let no_name = site(
        &format!("http://{}.invalid/{{name}}", "a".repeat(70)),
        RULES,
    );
    let outcome = probe_at(&no_name, &limits(), std::future::pending())
        .await
        .outcome;
    assert_eq!(outcome, Err(Inconclusive::Dns));

    let (server, serving) = Server::bind(vec![send("400 Bad Request", "", "plain")]).await;
    let plain = site(&format!("https://{}/{{name}}", server.address), RULES);
    assert_eq!(
        probe_at(&plain, &limits(), serving).await.outcome,
        Err(Inconclusive::Tls)
    );
}

#[tokio::test]
async fn each_probe_has_all_its_time_though_they_share_a_timer() {
    let mut timer = pin!(tokio::time::sleep_until(tokio::time::Instant::now()));
    timer.as_mut().await;
    let (server, serving) = Server::bind(vec![send("200 OK", "", "the profile of ann")]).await;
    let site = site(&format!("http://{}/{{name}}", server.address), RULES);
    let (client, name, limits) = (client(true), Username::parse("ann").unwrap(), limits());
    let probe = tokio::select! {
        (probe, _) = probe_by(&client, &site, &name, &limits, timer) => probe,
        () = serving => unreachable!("the server never ends"),
    };
    assert_eq!(probe.outcome, Ok(Sighting::Exists));
}

#[tokio::test]
async fn a_probe_ends_within_its_time() {
    let short = ProbeLimits {
        timeout: Duration::from_millis(200),
        ..limits()
    };
    assert_eq!(
        probe_with(Act::Hang(Vec::new()), "", &short).await,
        Probe::without_answer(Inconclusive::Timeout)
    );
    let slow = Act::Hang(b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec());
    let probe = probe_with(slow, "", &short).await;
    assert_eq!(
        (probe.outcome, probe.status),
        (Err(Inconclusive::Timeout), Some(404))
    );
}

#[tokio::test]
async fn retry_after_is_passed_on() {
    let probe = probe_with(
        send("429 Too Many Requests", "Retry-After: 7\r\n", "slow down"),
        "",
        &limits(),
    )
    .await;
    let expected = Probe {
        outcome: Err(Inconclusive::RateLimited),
        retry_after: Some(Duration::from_secs(7)),
        status: Some(429),
    };
    assert_eq!(probe, expected);
}

#[tokio::test]
async fn private_targets_are_refused_by_address_and_by_name() {
    let (server, serving) = Server::bind(vec![send("200 OK", "", "the profile of ann")]).await;
    let port = server.address.port();
    let name = Username::parse("ann").unwrap();
    let guarded = client(false);
    let strict = ProbeLimits {
        allow_private: false,
        ..limits()
    };
    let asking = async {
        for (host, limits) in [
            (format!("127.0.0.1:{port}"), strict),
            (format!("localhost:{port}"), strict),
            (format!("[::ffff:127.0.0.1]:{port}"), strict),
            // Without the check of the URL, the resolver still refuses the address behind the name.
            (format!("localhost:{port}"), limits()),
        ] {
            let site = site(&format!("http://{host}/{{name}}"), RULES);
            let outcome = probe(&guarded, &site, &name, &limits).await.outcome;
            assert_eq!(outcome, Err(Inconclusive::PrivateTarget), "{host}");
        }
    };
    tokio::select! { () = asking => {}, () = serving => unreachable!() }
    assert_eq!(server.requests(), Vec::<String>::new());
}

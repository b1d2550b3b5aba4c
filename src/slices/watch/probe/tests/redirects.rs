//! Tests of redirects: those that are followed, and those that are answers.

use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;

use super::server::{Act, Server, send, serve};
use super::{RULES, limits, probe_at, probe_with, site};
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::verdict::Inconclusive;

#[tokio::test]
async fn redirects_are_answers_unless_they_are_to_be_followed() {
    let to = |location: &str| send("302 Found", &format!("Location: {location}\r\n"), "moved");
    let unfollowed = probe_with(to("/elsewhere"), "", &limits()).await;
    assert_eq!(unfollowed.outcome, Err(Inconclusive::Status(302)));

    let follow = "follow_redirects = true";
    let (server, serving) = Server::bind(vec![
        to("/people/ann"),
        send("200 OK", "", "the profile of ann"),
    ])
    .await;
    let site = site(
        &format!("http://{}/{{name}}", server.address),
        &format!("{RULES}{follow}\nheaders = {{ X-Key = \"k\" }}"),
    );
    assert_eq!(
        probe_at(&site, &limits(), serving).await.outcome,
        Ok(Sighting::Exists)
    );
    let requests = server.requests();
    assert!(
        requests[1].starts_with("GET /people/ann ")
            && requests[1].to_ascii_lowercase().contains("x-key: k")
    );

    let reason = |act| async move {
        probe_with(act, follow, &limits())
            .await
            .outcome
            .unwrap_err()
    };
    assert_eq!(reason(to("/ann")).await, Inconclusive::RedirectLoop);
    assert_eq!(
        reason(to("/accounts/login/?next=/ann")).await,
        Inconclusive::LoginWall
    );
    assert_eq!(
        reason(to("http://127.0.0.1:1/ann")).await,
        Inconclusive::PrivateTarget
    );
    assert_eq!(
        reason(to("file:///etc/passwd")).await,
        Inconclusive::PrivateTarget
    );
    assert_eq!(
        reason(to("http://a:b@127.0.0.1/ann")).await,
        Inconclusive::PrivateTarget
    );
    assert_eq!(
        reason(send("302 Found", "", "nowhere")).await,
        Inconclusive::Status(302)
    );

    let chain: Vec<Act> = (0..8).map(|hop| to(&format!("/hop{hop}"))).collect();
    let (server, serving) = Server::bind(chain).await;
    let site = self::site(
        &format!("http://{}/{{name}}", server.address),
        &format!("{RULES}{follow}"),
    );
    assert_eq!(
        probe_at(&site, &limits(), serving).await.outcome,
        Err(Inconclusive::TooManyRedirects)
    );
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn headers_and_bodies_stay_with_their_host() {
    for (status, method, outcome) in [
        ("302 Found", "GET", Ok(Sighting::Exists)),
        ("302 Found", "POST", Ok(Sighting::Exists)),
        ("307 Temporary Redirect", "GET", Ok(Sighting::Exists)),
        (
            "307 Temporary Redirect",
            "POST",
            Err(Inconclusive::Status(307)),
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        // The same server under another name is another host.
        let redirect = send(
            status,
            &format!("Location: http://localhost:{port}/ann\r\n"),
            "moved",
        );
        let acts = vec![redirect, send("200 OK", "", "the profile of ann")];
        let serving = serve(listener, acts, Arc::clone(&requests));
        let body = if method == "POST" {
            "body = 'u={name}'"
        } else {
            ""
        };
        let site = site(
            &format!("http://127.0.0.1:{port}/{{name}}"),
            &format!(
                "{RULES}follow_redirects = true\nmethod = \"{method}\"\n{body}\n\
                 headers = {{ X-Key = \"secret\", Content-Type = \"application/x-www-form-urlencoded\" }}"
            ),
        );
        assert_eq!(
            probe_at(&site, &limits(), serving).await.outcome,
            outcome,
            "{status} {method}"
        );
        let requests = requests.lock().unwrap();
        assert!(requests[0].contains("secret"));
        for second in requests.iter().skip(1) {
            let lower = second.to_ascii_lowercase();
            assert!(
                !lower.contains("secret")
                    && !lower.contains("u=ann")
                    && !lower.contains("content-type"),
                "{second}"
            );
        }
    }
}

#[tokio::test]
async fn a_bare_redirect_is_an_answer_only_when_it_ends() {
    let to = |location: &str| send("302 Found", &format!("Location: {location}\r\n"), "moved");
    let page = || send("200 OK", "", "the front page");
    let missing = Ok(Sighting::Missing);
    let mut circle: Vec<_> = (1..9).map(|hop| to(&format!("/hop{hop}"))).collect();
    for (acts, requests, expected) in [
        (vec![to("/front"), page()], 2, missing),
        (vec![to("/front"), to("/home"), page()], 3, missing),
        (
            vec![to("/front"), send("404 Not Found", "", "")],
            2,
            missing,
        ),
        (
            vec![to("/front"), to("/ann")],
            2,
            Err(Inconclusive::RedirectLoop),
        ),
        (
            vec![to("/a"), to("/b"), to("/a")],
            3,
            Err(Inconclusive::RedirectLoop),
        ),
        (
            vec![to("/front"), to("/login")],
            2,
            Err(Inconclusive::LoginWall),
        ),
        (
            std::mem::take(&mut circle),
            6,
            Err(Inconclusive::TooManyRedirects),
        ),
        // If the site asked us to wait, its redirect is not followed.
        (
            vec![send(
                "302 Found",
                "Location: /front\r\nRetry-After: 5\r\n",
                "moved",
            )],
            1,
            Err(Inconclusive::RateLimited),
        ),
        // Another host is not asked.
        (vec![to("http://other.invalid/")], 1, missing),
        (
            vec![to("/front"), to("http://other.invalid/"), page()],
            2,
            missing,
        ),
    ] {
        let (server, serving) = Server::bind(acts).await;
        let rules = "exists = { status = [200], text = [\"profile of\"] }\nmissing = { status = [302] }\n\
            headers = { X-Key = \"secret\" }";
        let site = site(&format!("http://{}/{{name}}", server.address), rules);
        let probe = probe_at(&site, &limits(), serving).await;
        let asked = server.requests();
        assert_eq!(
            (probe.outcome, asked.len()),
            (expected, requests),
            "{asked:?}"
        );
        assert_eq!(probe.status, Some(302));
        assert!(
            asked
                .iter()
                .skip(1)
                .all(|request| !request.contains("secret"))
        );
    }
}

/// Answers for a site that says *missing* by a bare redirect.
async fn redirected(acts: Vec<Act>, path: &str) -> (Result<Sighting, Inconclusive>, usize) {
    let (server, serving) = Server::bind(acts).await;
    let rules = "exists = { status = [200], text = [\"profile of\"] }\n\
        missing = { status = [301, 302, 404], text = [] }";
    let site = site(&format!("http://{}{path}", server.address), rules);
    let probe = probe_at(&site, &limits(), serving).await;
    (probe.outcome, server.requests().len())
}

#[tokio::test]
async fn a_redirect_that_keeps_the_name_is_no_answer() {
    let to = |location: &str| send("302 Found", &format!("Location: {location}\r\n"), "moved");
    let page = || send("200 OK", "", "the profile of ann");
    let (exists, missing) = (Ok(Sighting::Exists), Ok(Sighting::Missing));
    let nothing = Err(Inconclusive::Status(302));
    for (acts, expected, requests) in [
        (vec![to("/en/ann"), page()], exists, 2),
        (vec![to("/ann?hl=en"), page()], exists, 2),
        (vec![to("/@Ann/"), page()], exists, 2),
        (vec![to("/Ann"), page()], exists, 2),
        (vec![to("/Ann"), to("/en/ann"), page()], exists, 3),
        (
            vec![to("/en/ann"), send("404 Not Found", "", "nobody")],
            missing,
            2,
        ),
        (
            vec![to("/en/ann"), to("/front"), send("200 OK", "", "front")],
            missing,
            3,
        ),
        // The target says nothing, so the redirect does not either.
        (
            vec![to("/en/ann"), send("200 OK", "", "a shell")],
            Err(Inconclusive::NoRuleMatches),
            2,
        ),
        (
            vec![to("/en/ann"), to("/ann")],
            Err(Inconclusive::RedirectLoop),
            2,
        ),
        (
            vec![to("/login?next=/ann")],
            Err(Inconclusive::LoginWall),
            1,
        ),
        // Another site is not asked.
        (vec![to("http://other.invalid/ann")], nothing, 1),
        // Perhaps the same account, perhaps another one.
        (vec![to("/123-ann")], nothing, 1),
        (vec![to("/a-nn")], nothing, 1),
        // The detour ends at the name.
        (vec![to("/front"), to("/en/ann"), page()], nothing, 2),
    ] {
        let seen = redirected(acts.clone(), "/{name}").await;
        assert_eq!(seen, (expected, requests));
    }
    // The name may be a field of the query.
    let acts = vec![to("/people?hl=en&u=ann"), page()];
    assert_eq!(redirected(acts, "/?u={name}").await, (exists, 2));
    let acts = vec![to("/search?q=ann"), send("200 OK", "", "results")];
    assert_eq!(redirected(acts, "/?u={name}").await, (missing, 2));
}

#[tokio::test]
async fn a_redirect_that_only_lost_the_name_is_judged_by_its_target() {
    let to = |location: &str| send("302 Found", &format!("Location: {location}\r\n"), "moved");
    let page = || send("200 OK", "", "the profile of ann");
    let front = || send("200 OK", "", "the front page");
    let (exists, missing) = (Ok(Sighting::Exists), Ok(Sighting::Missing));
    let nothing = Err(Inconclusive::Status(302));
    for location in [
        "/#/ann",
        "/#!/ANN",
        "/app#user=ann",
        "/#/u/%61nn",
        "/profile?user=ann",
        "/profile.php?id=ann",
        "/view?tab=1&user_name=@Ann",
        "/profile.php?id=482913",
        "/id/482913",
    ] {
        let acts = vec![to(location), page()];
        assert_eq!(redirected(acts, "/{name}").await, (exists, 2), "{location}");
        let acts = vec![to(location), front()];
        assert_eq!(
            redirected(acts, "/{name}").await,
            (nothing, 2),
            "{location}"
        );
        let nobody = send("404 Not Found", "", "nobody");
        let acts = vec![to(location), nobody];
        assert_eq!(
            redirected(acts, "/{name}").await,
            (missing, 2),
            "{location}"
        );
    }
    // Encoded twice.
    let acts = vec![to("/en/a%256En"), page()];
    assert_eq!(redirected(acts, "/{name}").await, (exists, 2));
    for (location, expected) in [
        ("/search?q=ann", missing),
        ("/user-search?user=ann", missing),
        ("/404?from=ann", missing),
        ("/404", missing),
        ("/?year=2024", missing),
        ("/login?next=/ann", Err(Inconclusive::LoginWall)),
        ("/login#/ann", Err(Inconclusive::LoginWall)),
        // Another site is not asked.
        ("http://other.invalid/#/ann", nothing),
    ] {
        let (seen, _) = redirected(vec![to(location), front()], "/{name}").await;
        assert_eq!(seen, expected, "{location}");
    }
    // The detour ends at the account.
    let acts = vec![to("/front"), to("/#/ann"), page()];
    assert_eq!(redirected(acts, "/{name}").await, (nothing, 2));
    // A status alone says nothing of another address.
    let (server, serving) = Server::bind(vec![to("/start?user=ann"), front()]).await;
    let rules = "exists = { status = [200] }\nmissing = { status = [302] }";
    let site = site(&format!("http://{}/{{name}}", server.address), rules);
    let probe = probe_at(&site, &limits(), serving).await;
    assert_eq!((probe.outcome, probe.status), (nothing, Some(302)));
}

#[tokio::test]
async fn a_redirect_that_would_change_the_question_is_not_followed() {
    let to = |location: &str| send("302 Found", &format!("Location: {location}\r\n"), "moved");
    for more in [
        // A POST would become a GET.
        "method = \"POST\"\nbody = 'u={name}'\n\
         headers = { Content-Type = \"application/x-www-form-urlencoded\" }",
        // Another host of the site gets no headers.
        "headers = { X-Key = \"secret\" }",
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let moved = to(&format!("http://www.localhost:{port}/en/ann"));
        let serving = serve(listener, vec![moved], Arc::clone(&requests));
        let url = format!("http://localhost:{port}/{{name}}");
        let site = site(&url, &format!("{RULES}{more}"));
        let outcome = probe_at(&site, &limits(), serving).await.outcome;
        assert_eq!(outcome, Err(Inconclusive::Status(302)), "{more}");
        assert_eq!(requests.lock().unwrap().len(), 1, "{more}");
    }
}

#[tokio::test]
async fn letters_beyond_ascii_in_a_target_are_read() {
    let moved = "Location: /en/ann?im\u{e4}ge=1\r\n";
    let acts = vec![
        send("302 Found", moved, "moved"),
        send("200 OK", "", "the profile of ann"),
    ];
    let (outcome, _) = redirected(acts, "/{name}").await;
    assert_eq!(outcome, Ok(Sighting::Exists));
}

//! Tests of bodies: caps, packings, charsets.

use super::server::{Act, answer, gzip, send};
use super::{RULES, Server, limits, probe_at, probe_with, site};
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::verdict::Inconclusive;

/// Probes a site that answers with these packed bytes.
async fn unpacked(status: &str, packed: &[u8]) -> Result<Sighting, Inconclusive> {
    let act = Act::Send(answer(status, "Content-Encoding: gzip\r\n", packed));
    probe_with(act, "", &limits()).await.outcome
}

#[tokio::test]
async fn bodies_are_read_up_to_the_cap() {
    let head = b"HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n".to_vec();
    let endless = Act::Endless(head, vec![b'x'; 8192]);
    assert_eq!(
        probe_with(endless, "", &limits()).await.outcome,
        Err(Inconclusive::BodyTooLarge)
    );

    // The verdict is certain from the start of the body, so the probe does not wait for the endless
    // rest.
    let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nthe profile of ann".to_vec();
    let endless = Act::Endless(head, vec![b'x'; 8192]);
    assert_eq!(
        probe_with(endless, "", &limits()).await.outcome,
        Ok(Sighting::Exists)
    );

    let bomb = gzip(&vec![b' '; 3 << 20]);
    let bomb = Act::Send(answer("404 Not Found", "Content-Encoding: gzip\r\n", &bomb));
    assert_eq!(
        probe_with(bomb, "", &limits()).await.outcome,
        Err(Inconclusive::BodyTooLarge)
    );
    let members = gzip(&vec![b' '; 50_000]).repeat(60);
    assert_eq!(
        unpacked("404 Not Found", &members).await,
        Err(Inconclusive::BodyTooLarge)
    );
    // Empty members unpack to nothing but still count as bytes.
    let nothing = gzip(b"").repeat(150_000);
    assert_eq!(
        unpacked("404 Not Found", &nothing).await,
        Err(Inconclusive::BodyTooLarge)
    );
}

#[tokio::test]
async fn a_body_may_come_in_several_members() {
    let mut members = gzip(b"the profile");
    members.extend(gzip(b""));
    members.extend(gzip(b" of ann"));
    assert_eq!(unpacked("200 OK", &members).await, Ok(Sighting::Exists));
    members.truncate(members.len() - 3);
    assert_eq!(
        unpacked("200 OK", &members).await,
        Err(Inconclusive::CutBody)
    );
    members.truncate(members.len() - 30);
    members.extend(b"no member");
    assert!(unpacked("200 OK", &members).await.is_err());
    // Packed in a way that we did not ask for.
    let strange = answer("200 OK", "Content-Encoding: br\r\n", b"the profile of ann");
    assert_eq!(
        probe_with(Act::Send(strange), "", &limits()).await.outcome,
        Err(Inconclusive::BadBody)
    );
    // An empty body may still name a packing.
    assert_eq!(
        probe_with(
            send("404 Not Found", "Content-Encoding: gzip\r\n", ""),
            "",
            &limits()
        )
        .await
        .outcome,
        Ok(Sighting::Missing)
    );
}

#[tokio::test]
async fn what_is_announced_where_none_can_come_is_no_whole_answer() {
    let rules = RULES.replace("[404]", "[204, 205, 304]");
    for (head, expected) in [
        ("204 No Content\r\n", Ok(Sighting::Missing)),
        (
            "204 No Content\r\nContent-Length: 0\r\n",
            Ok(Sighting::Missing),
        ),
        ("304 Not Modified\r\n", Ok(Sighting::Missing)),
        (
            "204 No Content\r\nContent-Length: 20\r\n",
            Err(Inconclusive::CutBody),
        ),
        (
            "205 Reset Content\r\nTransfer-Encoding: chunked\r\n",
            Err(Inconclusive::CutBody),
        ),
        (
            "304 Not Modified\r\nContent-Length: 20\r\n",
            Err(Inconclusive::CutBody),
        ),
    ] {
        let act = Act::Send(format!("HTTP/1.1 {head}Connection: close\r\n\r\n").into_bytes());
        let (server, serving) = Server::bind(vec![act]).await;
        let site = site(&format!("http://{}/{{name}}", server.address), &rules);
        let probe = probe_at(&site, &limits(), serving).await;
        assert_eq!(probe.outcome, expected, "{head}");
    }
}

/// "профиль" in windows-1251.
const CYRILLIC: &[u8] = b"\xEF\xF0\xEE\xF4\xE8\xEB\xFC";

/// Probes a page of these bytes, at a site whose rule is in Russian.
async fn read_in(headers: &str, page: &[u8]) -> Result<Sighting, Inconclusive> {
    let act = Act::Send(answer("200 OK", headers, page));
    let (server, serving) = Server::bind(vec![act]).await;
    let rules = RULES.replace("profile of", "профиль");
    let site = site(&format!("http://{}/{{name}}", server.address), &rules);
    probe_at(&site, &limits(), serving).await.outcome
}

fn page(head: &str) -> Vec<u8> {
    [head.as_bytes(), b"<p>", CYRILLIC, b"</p>"].concat()
}

#[tokio::test]
async fn texts_are_found_in_every_charset() {
    for (headers, head) in [
        ("Content-Type: text/html; charset=windows-1251\r\n", ""),
        ("Content-Type: text/html; Charset = \"CP1251\"\r\n", ""),
        ("", "<!doctype html><META charset=windows-1251>"),
        (
            "Content-Type: text/html; charset=unheard-of\r\n",
            "<html><meta name=a content=b><meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>",
        ),
        ("", "<?xml version=\"1.0\" encoding=\"windows-1251\"?><a>"),
        // If header and page disagree, the header is right.
        (
            "Content-Type: text/html; charset=windows-1251\r\n",
            "<meta charset=utf-8>",
        ),
    ] {
        assert_eq!(
            read_in(headers, &page(head)).await,
            Ok(Sighting::Exists),
            "{headers}{head}"
        );
    }
    // The start of a long page decides, and the end is decoded as well.
    let long = page(&format!(
        "<meta charset=windows-1251>{}",
        " ".repeat(70_000)
    ));
    assert_eq!(read_in("", &long).await, Ok(Sighting::Exists));
    let utf16: Vec<u8> = "\u{feff}<p>профиль"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (headers, page) in [
        ("", "профиль".as_bytes()),
        ("", "\u{feff}<p>профиль".as_bytes()),
        (
            "Content-Type: text/html; charset=utf-8\r\n",
            "профиль".as_bytes(),
        ),
        (
            "Content-Type: text/html\r\n",
            "<meta charset=utf-16><p>профиль".as_bytes(),
        ),
        ("Content-Type: text/html; charset=utf-16\r\n", &utf16),
    ] {
        assert_eq!(
            read_in(headers, page).await,
            Ok(Sighting::Exists),
            "{headers}"
        );
    }
    // In JSON, texts come from people, so they name no charset.
    let json = [
        b"{\"bio\":\"<meta charset=utf-8>\",\"a\":\"",
        CYRILLIC,
        b"\"}",
    ]
    .concat();
    assert!(read_in("", &json).await.is_err());
}

#[tokio::test]
async fn a_certain_page_is_left_early_in_any_charset() {
    let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html; charset=windows-1251\r\n\r\n";
    let endless = Act::Endless([head.as_slice(), CYRILLIC].concat(), vec![b'x'; 8192]);
    let (server, serving) = Server::bind(vec![endless]).await;
    let rules = RULES.replace("profile of", "профиль");
    let site = site(&format!("http://{}/{{name}}", server.address), &rules);
    assert_eq!(
        probe_at(&site, &limits(), serving).await.outcome,
        Ok(Sighting::Exists)
    );
}

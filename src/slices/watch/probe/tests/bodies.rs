//! Tests of bodies: caps and packings.

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

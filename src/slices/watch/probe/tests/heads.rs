//! Tests of the heads of answers: what browsers read, a probe reads, too.

use super::server::Act;
use super::{limits, probe_with};
use crate::slices::watch::model::verdict::Sighting;

const BODY: &str = "the profile of ann";

/// Everything before the body, as the server sends it.
fn heads() -> Vec<Vec<u8>> {
    let plain = |lines: &str| format!("HTTP/1.1 200 OK\r\n{lines}Content-Length: 18\r\n\r\n");
    let many: String = (0..250)
        .map(|n| format!("Set-Cookie: a{n}=b\r\n"))
        .collect();
    let texts = [
        plain("Server : old\r\n"),
        plain("Server\t: old\r\n"),
        plain("X-Long: one\r\n two\r\n\tthree\r\n"),
        plain("no colon at all\r\n"),
        plain("X Name: with a space\r\n"),
        plain("(X): strange\r\n"),
        plain(": no name\r\n"),
        plain("X-Control: a\u{1}b\r\n"),
        plain("X-Umlaut: \u{e4}\r\n"),
        plain("X-Empty:\r\n"),
        plain(&many),
        plain(&format!("X-Large: {}\r\n", "x".repeat(60_000))),
        plain("Content-Length: 18\r\n"),
        plain("Content-Encoding: identity\r\n"),
        plain("Content-Encoding: utf-8\r\n"),
        plain("Content-Encoding: None\r\n"),
        plain("Content-Encoding:\r\n"),
        plain("Content-Encoding: identity, windows-1251\r\nContent-Encoding: 8bit\r\n"),
        "HTTP/1.1 200 OK\nServer: bare\nContent-Length: 18\n\n".to_owned(),
        "HTTP/1.1 200 OK\r\nServer: mixed\nContent-Length: 18\r\n\n".to_owned(),
        "HTTP/1.1 200\r\nContent-Length: 18\r\n\r\n".to_owned(),
        "HTTP/1.1 200 \r\nContent-Length: 18\r\n\r\n".to_owned(),
        "HTTP/1.1 200 \u{417}\r\nContent-Length: 18\r\n\r\n".to_owned(),
        "\r\nHTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length:18\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: \t 18 \t\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: 18, 18\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_owned(),
        "HTTP/1.0 200 OK\r\n\r\n".to_owned(),
        "HTTP/1.0 200 OK\r\nContent-Length: 18\r\n\r\n".to_owned(),
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n"
            .to_owned(),
    ];
    texts.into_iter().map(String::into_bytes).collect()
}

#[tokio::test]
async fn heads_are_read_as_browsers_read_them() {
    let mut unread = Vec::new();
    let latin = b"HTTP/1.1 200 OK\r\nX-Latin: \xe4\r\nContent-Length: 18\r\n\r\n".to_vec();
    for head in heads().into_iter().chain([latin]) {
        let answer = [head.as_slice(), BODY.as_bytes()].concat();
        let outcome = probe_with(Act::Send(answer), "", &limits()).await.outcome;
        if outcome != Ok(Sighting::Exists) {
            let head = String::from_utf8_lossy(&head)
                .chars()
                .take(80)
                .collect::<String>();
            unread.push(format!("{head:?}: {outcome:?}"));
        }
    }
    assert!(unread.is_empty(), "{}", unread.join("\n"));
}

#[tokio::test]
async fn chunks_are_read_as_browsers_read_them() {
    for head in [
        "Transfer-Encoding: chunked\r\n",
        "transfer-encoding: Chunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding:\r\n chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    ] {
        let body = "4;name=value\r\nthe \r\nE\r\nprofile of ann\r\n0\r\nTrailer: x\r\n\r\n";
        let answer = format!("HTTP/1.1 200 OK\r\n{head}\r\n{body}").into_bytes();
        let outcome = probe_with(Act::Send(answer), "", &limits()).await.outcome;
        assert_eq!(outcome, Ok(Sighting::Exists), "{head}");
    }
}

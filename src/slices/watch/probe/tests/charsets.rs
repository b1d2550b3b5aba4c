//! Tests of charsets, wherever a page names one.

use super::server::{Act, Server, answer};
use super::{RULES, limits, probe_at, site};
use crate::slices::watch::model::verdict::Sighting;
use crate::slices::watch::verdict::Inconclusive;

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
        (
            "",
            "<?xml version='1.0'?><html><meta charset='windows-1251'/>",
        ),
        // What only looks like a name of a charset is none.
        (
            "",
            "<!-- <meta charset=utf-8> --><meta charset=windows-1251>",
        ),
        (
            "",
            "<script>'<meta charset=utf-8>'</script><meta charset=windows-1251>",
        ),
        (
            "",
            "<title>how to <meta charset=utf-8></title><meta charset=windows-1251>",
        ),
        (
            "",
            "<textarea><meta charset=utf-8></textarea><meta charset=windows-1251>",
        ),
        ("", "<meta charset=&quot;windows-1251&quot;>"),
        (
            "",
            "<meta http-equiv=content-type content='text/html; charset=&#34;windows-1251&#34;'>",
        ),
        (
            "",
            "<meta name=description content='charset=utf-8'><meta data-charset=utf-8 charset=windows-1251>",
        ),
        (
            "",
            "<meta charset=unheard-of><meta\ncharset = \"windows-1251\">",
        ),
        // Some servers write something before the page.
        (
            "",
            "Notice: undefined index\n<html><meta charset=windows-1251>",
        ),
        (
            "Content-Type: text/html; charset=\r\n",
            "<meta charset=windows-1251>",
        ),
        (
            "Content-Type: text/html; x-charset=utf-8; charset='windows-1251'\r\n",
            "",
        ),
        // Of two announcements, the last one counts.
        (
            "Content-Type: text/html; charset=utf-8\r\nContent-Type: text/html; charset=windows-1251\r\n",
            "",
        ),
        (
            "Content-Type: text/html; title=\u{e9}; charset=windows-1251\r\n",
            "",
        ),
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
    // The charset may come late in the head, but not in the body.
    let scripts = format!("<script>{}</script>", "x".repeat(9_000));
    let late = page(&format!(
        "<head>{scripts}<meta charset=windows-1251></head>"
    ));
    assert_eq!(read_in("", &late).await, Ok(Sighting::Exists));
    let too_late = page(&format!(
        "<head>{scripts}</head><body><meta charset=windows-1251>"
    ));
    assert!(read_in("", &too_late).await.is_err());
    // A byte order mark wins over every name.
    let marked = "\u{feff}<meta charset=windows-1251><p>профиль";
    let header = "Content-Type: text/html; charset=windows-1251\r\n";
    assert_eq!(
        read_in(header, marked.as_bytes()).await,
        Ok(Sighting::Exists)
    );
    let wide = "<?xml version=\"1.0\"?><p>профиль";
    let little: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = wide.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for wide in [little, big] {
        assert_eq!(read_in("", &wide).await, Ok(Sighting::Exists));
    }
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

#[tokio::test]
async fn charsets_that_begin_like_ascii_are_read() {
    use encoding_rs::{BIG5, EUC_KR, GBK, ISO_2022_JP, SHIFT_JIS};
    for (charset, name) in [
        (ISO_2022_JP, "iso-2022-jp"),
        (SHIFT_JIS, "x-sjis"),
        (GBK, "gb2312"),
        (BIG5, "big5"),
        (EUC_KR, "euc-kr"),
    ] {
        // Russian is part of each of them, except in Taiwan.
        let text = if charset == BIG5 {
            "個人"
        } else {
            "профиль"
        };
        let page = format!("<html><meta charset={name}><p>{text}</p>");
        let page = charset.encode(&page).0;
        let act = Act::Send(answer("200 OK", "", &page));
        let (server, serving) = Server::bind(vec![act]).await;
        let rules = RULES.replace("profile of", text);
        let site = site(&format!("http://{}/{{name}}", server.address), &rules);
        let outcome = probe_at(&site, &limits(), serving).await.outcome;
        assert_eq!(outcome, Ok(Sighting::Exists), "{name}");
    }
}

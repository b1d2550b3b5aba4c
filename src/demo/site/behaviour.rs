//! The possible behaviours of a pretend page, and the bytes that produce them.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::demo::steps::Step;
use crate::demo::wire::{self, Answer};

/// One way to answer a request for a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// 200 and a page with `profile of {name}`.
    Exists,
    /// 404 and a page with `no such user`.
    Missing,
    /// 200 and a page with `no such user`.
    SoftMissing,
    /// This status and a page that says nothing about the profile.
    Status(u16),
    /// 429 with this `Retry-After`: seconds or a date.
    RateLimited {
        /// The header's value; left out if empty.
        retry_after: String,
    },
    /// 403 and a page without a challenge.
    Forbidden,
    ServerError,
    /// 200 and the waiting page of a protection service.
    BlockPage,
    /// 403 and the same page.
    Challenge403,
    /// 200 without a body.
    EmptyOk,
    /// 202 without a body.
    Empty202,
    /// 302 to the login page.
    LoginRedirect,
    /// 302 to itself.
    RedirectLoop,
    /// 302 to this address.
    Redirect(String),
    /// The connection is accepted and nothing ever comes.
    Hang,
    /// The page of `Exists`, one byte at a time with this pause.
    SlowBody(Duration),
    /// 200 and a body that never ends.
    EndlessBody,
    /// 200 and 1.4 MB of gzip that become 227 MB.
    GzipBomb,
    /// The connection is reset without an answer.
    Reset,
    /// The page of `Exists`, cut before its announced end.
    CutBody,
    /// The headers of `Exists`, then the end of the connection.
    ClosedAfterHeaders,
    /// Bytes that are not HTTP.
    Garbage,
}

impl Behaviour {
    pub fn rate_limited(seconds: u64) -> Self {
        Self::RateLimited {
            retry_after: seconds.to_string(),
        }
    }

    /// The bytes on the wire for that name.
    pub(super) fn answer(&self, path: &str, name: &str) -> Answer {
        match self {
            Self::Exists => page(200, profile(name)),
            Self::Missing => page(404, missing()),
            Self::SoftMissing => page(200, missing()),
            Self::Status(status) => page(*status, html("Status", "<p>nothing to see</p>")),
            Self::RateLimited { retry_after } => {
                let mut headers = html_headers();
                if !retry_after.is_empty() {
                    headers.push(("retry-after", retry_after.clone()));
                }
                Answer::Plain {
                    status: 429,
                    headers,
                    body: html("Too many requests", "<p>slow down</p>").into_bytes(),
                }
            }
            Self::Forbidden => page(403, html("Forbidden", "<p>access denied</p>")),
            Self::ServerError => page(500, html("Error", "<p>internal error</p>")),
            Self::BlockPage => page(200, challenge()),
            Self::Challenge403 => page(403, challenge()),
            Self::EmptyOk => page(200, String::new()),
            Self::Empty202 => page(202, String::new()),
            Self::LoginRedirect => redirect(format!("/login?next={}", encoded(path))),
            Self::RedirectLoop => redirect(encoded(path)),
            Self::Redirect(to) => redirect(to.clone()),
            Self::Hang => Answer::hang(),
            Self::SlowBody(pause) => {
                let bytes = whole(name).into_iter();
                let steps = bytes.flat_map(|byte| [Step::Pause(*pause), Step::Bytes(vec![byte])]);
                Answer::Steps(steps.collect())
            }
            Self::EndlessBody => Answer::Steps(vec![
                Step::Bytes(wire::head(200, &html_headers(), None)),
                Step::Repeat(b"<p>and so on</p>\n".repeat(1024), None),
            ]),
            Self::GzipBomb => gzip_bomb(),
            Self::Reset => Answer::Reset,
            Self::CutBody => {
                let mut bytes = whole(name);
                bytes.truncate(bytes.len().saturating_sub(20));
                Answer::cut(bytes)
            }
            Self::ClosedAfterHeaders => {
                Answer::cut(wire::head(200, &html_headers(), Some(profile(name).len())))
            }
            Self::Garbage => Answer::cut(b"\x16\x03\x01\x00 this is not HTTP\r\n\r\n".to_vec()),
        }
    }
}

/// The page to which clients without a session are redirected.
pub(super) fn login_page() -> Answer {
    page(
        200,
        html(
            "Log in",
            "<form action=\"/login\"><input name=\"password\"></form>",
        ),
    )
}

/// An answer for addresses that are not a profile.
pub(super) fn front_page() -> Answer {
    page(200, html("Pretend site", "<p>ask for /site/name</p>"))
}

fn page(status: u16, body: String) -> Answer {
    Answer::Plain {
        status,
        headers: html_headers(),
        body: body.into_bytes(),
    }
}

fn redirect(to: String) -> Answer {
    let mut headers = html_headers();
    headers.push(("location", to));
    Answer::Plain {
        status: 302,
        headers,
        body: Vec::new(),
    }
}

fn html_headers() -> Vec<(&'static str, String)> {
    vec![("content-type", "text/html; charset=utf-8".to_owned())]
}

fn html(title: &str, body: &str) -> String {
    format!("<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>\n")
}

fn profile(name: &str) -> String {
    let name = name
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    html(
        &name,
        &format!("<h1>profile of {name}</h1><p>joined long ago</p>"),
    )
}

fn missing() -> String {
    html("Not found", "<h1>no such user</h1>")
}

fn challenge() -> String {
    html(
        "Just a moment...",
        "<div id=\"cf-wrapper\">Checking your browser before accessing</div>\
         <script src=\"/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1\"></script>",
    )
}

/// The page of `Exists` with its head.
fn whole(name: &str) -> Vec<u8> {
    let body = profile(name);
    let mut bytes = wire::head(200, &html_headers(), Some(body.len()));
    bytes.extend_from_slice(body.as_bytes());
    bytes
}

/// What a path has as it is.
const PATH: AsciiSet = NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A path that is safe in a header.
fn encoded(path: &str) -> String {
    utf8_percent_encode(path, &PATH).to_string()
}

/// A run of one letter is enough: a fixed-Huffman block of "repeat the last byte 258 times", 13
/// bits each. Eight of them are 13 whole bytes. The head of the block is chosen so that it also
/// ends on a byte boundary.
fn gzip_bomb() -> Answer {
    const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    /// The last block, fixed codes, one space, one repetition.
    const BLOCK_HEAD: [u8; 3] = [0x53, 0x18, 0x05];
    const EIGHT_REPEATS: [u8; 13] = [
        0xa3, 0x60, 0x14, 0x8c, 0x82, 0x51, 0x30, 0x0a, 0x46, 0xc1, 0x28, 0x18, 0x05,
    ];
    const END_OF_BLOCK: u8 = 0;
    /// Eight repetitions, times this in a portion, times the number of portions.
    const IN_PORTION: usize = 1_000;
    const PORTIONS: usize = 110;
    const CRC: u32 = 0xc0bb_b703;
    const LENGTH: u32 = 227_040_259;

    let mut last = vec![END_OF_BLOCK];
    last.extend_from_slice(&CRC.to_le_bytes());
    last.extend_from_slice(&LENGTH.to_le_bytes());
    let length = GZIP_HEAD.len()
        + BLOCK_HEAD.len()
        + EIGHT_REPEATS.len() * IN_PORTION * PORTIONS
        + last.len();
    let mut headers = html_headers();
    headers.push(("content-encoding", "gzip".to_owned()));
    let mut first = wire::head(200, &headers, Some(length));
    first.extend_from_slice(&GZIP_HEAD);
    first.extend_from_slice(&BLOCK_HEAD);
    Answer::Steps(vec![
        Step::Bytes(first),
        Step::Repeat(EIGHT_REPEATS.repeat(IN_PORTION), Some(PORTIONS)),
        Step::Bytes(last),
    ])
}

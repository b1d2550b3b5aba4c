//! Maps network errors to reasons.
//!
//! The HTTP library reveals most errors only in the error's chain of causes, so we search the
//! chain.

use std::error::Error;
use std::io::{self, ErrorKind};

use crate::http_client::TargetProblem;
use crate::slices::watch::verdict::Inconclusive;

/// Why no answer came.
pub(super) fn before_answer(error: &reqwest::Error) -> Inconclusive {
    // A time-out while connecting means that the site was not reached, not that it is slow.
    if error.is_connect() && error.is_timeout() {
        return Inconclusive::Connect;
    }
    if let Some(reason) = common(error) {
        return reason;
    }
    if error.is_dns() {
        return Inconclusive::Dns;
    }
    // A TLS port closes a plain connection in the middle of the handshake, but an ordinary reset
    // looks the same.
    if let Some(reason) = causes(error).find_map(io_reason) {
        return reason;
    }
    if error.is_connect() {
        return Inconclusive::Connect;
    }
    // What remains is a connection closed without an answer, or an answer that is not HTTP. We
    // cannot name hyper's error type, so its text tells them apart.
    if causes(error).any(|cause| cause.to_string().contains("connection closed")) {
        Inconclusive::Reset
    } else {
        Inconclusive::BadBody
    }
}

/// Why an answer's body did not end properly.
pub(super) fn in_body(error: &reqwest::Error) -> Inconclusive {
    if let Some(reason) = common(error) {
        return reason;
    }
    let cut = |cause: &(dyn Error + 'static)| {
        let text = cause.to_string();
        // A clean close fails the same length check. The decompressor drops the error's kind.
        text.contains("end of file before message length reached")
            || text.contains("unexpected EOF")
            || text.contains("connection closed")
            || io_of(cause).is_some_and(|io| {
                matches!(
                    io.kind(),
                    ErrorKind::UnexpectedEof
                        | ErrorKind::ConnectionReset
                        | ErrorKind::ConnectionAborted
                        | ErrorKind::BrokenPipe
                )
            })
    };
    if causes(error).any(cut) {
        Inconclusive::CutBody
    } else {
        Inconclusive::BadBody
    }
}

/// Reasons that look the same before and within the body.
fn common(error: &reqwest::Error) -> Option<Inconclusive> {
    if causes(error).any(|cause| cause.is::<TargetProblem>()) {
        return Some(Inconclusive::PrivateTarget);
    }
    if error.is_timeout() {
        return Some(Inconclusive::Timeout);
    }
    causes(error)
        .any(|cause| cause.is::<rustls::Error>())
        .then_some(Inconclusive::Tls)
}

fn io_reason(cause: &(dyn Error + 'static)) -> Option<Inconclusive> {
    match io_of(cause)?.kind() {
        ErrorKind::TimedOut => Some(Inconclusive::Timeout),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => Some(Inconclusive::Reset),
        ErrorKind::ConnectionRefused
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::AddrNotAvailable
        | ErrorKind::PermissionDenied => Some(Inconclusive::Connect),
        _ => None,
    }
}

fn io_of<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    cause.downcast_ref()
}

/// The error and all its causes. An I/O error hides its inner error from `source`, so it is
/// unwrapped here.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let first: &(dyn Error + 'static) = error;
    std::iter::successors(Some(first), |&cause| {
        let inside = io_of(cause)
            .and_then(io::Error::get_ref)
            .map(|inside| inside as &(dyn Error + 'static));
        inside.or_else(|| cause.source())
    })
}

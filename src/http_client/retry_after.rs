//! Reads `Retry-After`: how long a server asks us to wait. Sites are obeyed in
//! `slices/watch/run/gate`, Telegram in `telegram/delivery/rates.rs`.

use std::time::Duration;

use jiff::civil::DateTime;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use crate::clock::{DAY, UnixMs};
use crate::zone::Zone;

/// A server that asks for more than a day is asked again after a day.
const LONGEST: Duration = DAY;

/// Reads `Retry-After`, in seconds or as a date. A date is relative to the answer's own `Date`, so
/// that a wrong clock on either side makes no difference. Without `Date` it is relative to `now`. A
/// date in the past means no wait.
#[must_use]
pub(crate) fn read(headers: &HeaderMap, now: UnixMs) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number with too many digits means more than a day.
        return Some(
            text.parse()
                .map_or(LONGEST, Duration::from_secs)
                .min(LONGEST),
        );
    }
    let until = parse_date(text)?;
    let sent = headers
        .get(DATE)
        .and_then(|value| value.to_str().ok())
        .and_then(parse_date);
    let sent = sent.unwrap_or_else(|| Zone::UTC.civil(now));
    let wait = Duration::try_from(sent.duration_until(until));
    Some(wait.unwrap_or_default().min(LONGEST))
}

/// The three date formats that HTTP allows.
fn parse_date(text: &str) -> Option<DateTime> {
    let text = text.trim();
    [
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    ]
    .iter()
    .find_map(|form| DateTime::strptime(form, text).ok())
}

#[cfg(test)]
#[path = "tests/retry_after.rs"]
mod tests;

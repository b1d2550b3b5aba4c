//! `Retry-After`: how long a server asks us to wait.

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
mod tests {
    use super::*;

    fn read_with(retry_after: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        // 1994-11-06 08:49:37 UTC.
        let now = UnixMs(784_111_777_000);
        read(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_dates_are_read_and_bounded() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(read_with("120", None), Some(120));
        assert_eq!(read_with("0", None), Some(0));
        assert_eq!(read_with("86401", None), Some(86_400));
        assert_eq!(read_with("99999999999999999999999", None), Some(86_400));
        assert_eq!(read_with("Sun, 06 Nov 1994 08:51:37 GMT", date), Some(120));
        assert_eq!(read_with("Sunday, 06-Nov-94 08:51:37 GMT", date), Some(120));
        assert_eq!(read_with("Sun Nov  6 08:51:37 1994", date), Some(120));
        assert_eq!(
            read_with(
                "Sun, 06 Nov 1994 08:51:37 GMT",
                Some("Sun, 06 Nov 1994 08:51:07 GMT")
            ),
            Some(30)
        );
        assert_eq!(read_with("Sun, 06 Nov 1994 08:51:37 GMT", None), Some(120));
        assert_eq!(read_with("Sun, 06 Nov 1994 08:00:00 GMT", date), Some(0));
        assert_eq!(
            read_with("Tue, 06 Nov 2294 08:00:00 GMT", date),
            Some(86_400)
        );
        for unreadable in ["", "soon", "-5", "1.5", "Sun, 99 Nov 1994 08:00:00 GMT"] {
            assert_eq!(read_with(unreadable, date), None, "{unreadable}");
        }
    }
}

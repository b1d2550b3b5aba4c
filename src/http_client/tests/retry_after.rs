//! Tests of `http_client/retry_after.rs`.

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

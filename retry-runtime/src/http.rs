//! Parses the HTTP header `Retry-After`.

use core::time::Duration;
use std::time::SystemTime;

use crate::clock;

/// Parses the value of an HTTP `Retry-After` header: seconds, or a date (RFC 9110, section 10.2.3).
///
/// Returns zero for a date in the past, and `None` for any other text and for negative numbers. Use it
/// in `hint = ..`, which limits how long a server can make a call wait.
///
/// ```
/// use retry_runtime::http::retry_after;
/// use std::time::Duration;
///
/// assert_eq!(retry_after("120"), Some(Duration::from_secs(120)));
/// assert_eq!(retry_after("Fri, 31 Dec 1999 23:59:59 GMT"), Some(Duration::ZERO));
/// assert_eq!(retry_after("soon"), None);
/// ```
#[must_use]
pub fn retry_after(value: &str) -> Option<Duration> {
    retry_after_at(value, clock::time_of_day())
}

fn retry_after_at(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that overflows is the longest time.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_seconds_and_dates() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let instant = httpdate::parse_http_date(date).expect("a date");
        let before = instant - Duration::from_secs(90);
        assert_eq!(retry_after_at(date, before), Some(Duration::from_secs(90)));
        assert_eq!(retry_after_at(date, instant), Some(Duration::ZERO));
        assert_eq!(retry_after_at(" 7 ", before), Some(Duration::from_secs(7)));
        assert_eq!(retry_after_at("0", before), Some(Duration::ZERO));
    }

    #[test]
    fn absurd_values_are_harmless() {
        for value in ["", " ", "-1", "1.5", "NaN", "inf", "1e9", "+5", "soon", "٣", "Sun, 99 Foo"]
        {
            assert_eq!(retry_after(value), None, "{value}");
        }
        let endless = "9".repeat(1000);
        assert_eq!(retry_after(&endless), Some(Duration::from_secs(u64::MAX)));
    }
}

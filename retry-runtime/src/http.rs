//! Reads the HTTP headers in which servers say how long to wait, for `hint = ..`.
//!
//! Numbers are digits, which a point and more digits may follow (`2.5`). Other texts are `None`, negative
//! numbers and exponents too. A number that is too large becomes the longest time, which is longer than
//! `max_hint`.

use core::time::Duration;

use crate::clock;
use crate::header;

/// Parses the value of an HTTP `Retry-After` header: seconds, or a date (RFC 9110, section 10.2.3).
///
/// Returns zero for a date in the past. Decimals, which the standard does not have and servers send, are
/// read too.
///
/// ```
/// use retry_runtime::http::retry_after;
/// use std::time::Duration;
///
/// assert_eq!(retry_after("120"), Some(Duration::from_secs(120)));
/// assert_eq!(retry_after("2.5"), Some(Duration::from_millis(2500)));
/// assert_eq!(retry_after("Fri, 31 Dec 1999 23:59:59 GMT"), Some(Duration::ZERO));
/// assert_eq!(retry_after("soon"), None);
/// ```
#[must_use]
pub fn retry_after(value: &str) -> Option<Duration> {
    header::seconds_or_date(value, clock::time_of_day())
}

/// Parses the value of a `retry-after-ms` header: milliseconds.
///
/// ```
/// use retry_runtime::http::retry_after_ms;
/// use std::time::Duration;
///
/// assert_eq!(retry_after_ms("2500"), Some(Duration::from_millis(2500)));
/// ```
#[must_use]
pub fn retry_after_ms(value: &str) -> Option<Duration> {
    header::milliseconds(value)
}

/// Parses the value of an `x-ratelimit-reset` header: the seconds until the limit is reset, or the time of
/// the reset in seconds since 1970.
///
/// Servers send the one or the other. From 1,000,000,000 on (2001) a number is a time; zero is returned if
/// it is past.
///
/// ```
/// use retry_runtime::http::ratelimit_reset;
/// use std::time::Duration;
///
/// assert_eq!(ratelimit_reset("30"), Some(Duration::from_secs(30)));
/// assert_eq!(ratelimit_reset("1000000000"), Some(Duration::ZERO));
/// ```
#[must_use]
pub fn ratelimit_reset(value: &str) -> Option<Duration> {
    header::seconds_or_epoch(value, clock::time_of_day())
}

//! The grammar of the headers in which servers say how long to wait, the same for all clients.

use core::time::Duration;
use std::time::SystemTime;

/// From this on, a number of seconds is a point in time since 1970 (September 2001), not a wait of 31 years.
#[cfg(feature = "http")]
const FIRST_EPOCH: Duration = Duration::from_secs(1_000_000_000);

/// Parses seconds, or a date of which the time that is left until then is returned.
pub(crate) fn seconds_or_date(value: &str, now: SystemTime) -> Option<Duration> {
    seconds(value).or_else(|| {
        let date = httpdate::parse_http_date(value.trim()).ok()?;
        Some(until(date, now))
    })
}

/// Parses seconds, or a number of seconds since 1970 of which the time that is left is returned.
#[cfg(feature = "http")]
pub(crate) fn seconds_or_epoch(value: &str, now: SystemTime) -> Option<Duration> {
    let number = seconds(value)?;
    if number < FIRST_EPOCH {
        return Some(number);
    }
    // What no clock can show is never reached.
    let time = SystemTime::UNIX_EPOCH.checked_add(number);
    Some(time.map_or(Duration::MAX, |time| until(time, now)))
}

/// Parses a number of seconds.
fn seconds(value: &str) -> Option<Duration> {
    number(value, 1_000_000_000)
}

/// Parses a number of milliseconds.
pub(crate) fn milliseconds(value: &str) -> Option<Duration> {
    number(value, 1_000_000)
}

fn until(date: SystemTime, now: SystemTime) -> Duration {
    date.duration_since(now).unwrap_or(Duration::ZERO)
}

/// Parses digits, which a point and more digits may follow; no sign and no exponent. A part of a nanosecond
/// counts as a whole one, and a number that is too large as the largest.
fn number(value: &str, nanos_per_unit: u32) -> Option<Duration> {
    let value = value.trim();
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let is_number =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    // 584 years in nanoseconds fill a `u64`, so nothing that fits in a `u128` is lost.
    let whole = whole.parse::<u128>().unwrap_or(u128::MAX).saturating_mul(nanos_per_unit.into());
    let (digits, rest) = fraction.split_at(fraction.len().min(9));
    let scale = 10_u128.pow(u32::try_from(digits.len()).unwrap_or(9));
    let below = digits.parse::<u128>().ok()? * u128::from(nanos_per_unit);
    let is_cut = rest.bytes().any(|digit| digit != b'0');
    let below = if is_cut { below + 1 } else { below };
    let nanos = whole.saturating_add(below.div_ceil(scale));
    let seconds = u64::try_from(nanos / 1_000_000_000);
    let nanos = u32::try_from(nanos % 1_000_000_000).unwrap_or(0);
    Some(seconds.map_or(Duration::MAX, |seconds| Duration::new(seconds, nanos)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NANO: Duration = Duration::from_nanos(1);

    #[test]
    fn decimals_are_read_and_rounded_up() {
        for (value, expected) in [
            ("0", Duration::ZERO),
            (" 7 ", Duration::from_secs(7)),
            ("2.5", Duration::from_millis(2500)),
            ("0.000000001", NANO),
            ("0.0000000001", NANO),
            ("0.1000000000", Duration::from_millis(100)),
            ("0.1000000001", Duration::from_millis(100) + NANO),
            ("0.999999999999", Duration::from_secs(1)),
            ("007.50", Duration::from_millis(7500)),
        ] {
            assert_eq!(seconds(value), Some(expected), "{value}");
        }
        assert_eq!(milliseconds("2500"), Some(Duration::from_millis(2500)));
        assert_eq!(milliseconds("1.5"), Some(Duration::from_micros(1500)));
        assert_eq!(milliseconds("0.0000001"), Some(NANO));
    }

    #[test]
    fn nothing_else_is_a_number() {
        for value in [
            "", " ", ".", ".5", "5.", "1.2.3", "1,5", "-1", "+5", "1e9", "NaN", "inf", "0x10",
            "1 2", "1s", "1_000", "٣", "soon",
        ] {
            assert_eq!(seconds(value), None, "{value}");
            assert_eq!(milliseconds(value), None, "{value}");
        }
    }

    #[test]
    fn what_is_too_large_is_the_largest() {
        let endless = "9".repeat(1000);
        assert_eq!(seconds(&endless), Some(Duration::MAX));
        assert_eq!(milliseconds(&endless), Some(Duration::MAX));
        assert_eq!(seconds(&format!("1.{endless}")), Some(Duration::from_secs(2)));
        let largest = format!("{}.999999999", u64::MAX);
        assert_eq!(seconds(&largest), Some(Duration::MAX));
    }

    #[test]
    fn a_date_is_the_time_until_then() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 90);
        for date in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(seconds_or_date(date, now), Some(Duration::from_secs(90)), "{date}");
            let later = now + Duration::from_secs(91);
            assert_eq!(seconds_or_date(date, later), Some(Duration::ZERO), "{date}");
        }
        assert_eq!(seconds_or_date("Sun, 99 Foo 1 GMT", now), None);
    }

    #[cfg(feature = "http")]
    #[test]
    fn a_large_number_of_seconds_is_a_point_in_time() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        for (value, expected) in [
            ("30", Duration::from_secs(30)),
            ("0.25", Duration::from_millis(250)),
            ("999999999", Duration::from_secs(999_999_999)),
            ("1000000000", Duration::ZERO),
            ("1799999999", Duration::ZERO),
            ("1800000060", Duration::from_secs(60)),
            ("1800000060.5", Duration::from_millis(60_500)),
        ] {
            assert_eq!(seconds_or_epoch(value, now), Some(expected), "{value}");
        }
        assert_eq!(seconds_or_epoch(&"9".repeat(50), now), Some(Duration::MAX));
        assert_eq!(seconds_or_epoch("Sun, 06 Nov 1994 08:49:37 GMT", now), None);
    }
}

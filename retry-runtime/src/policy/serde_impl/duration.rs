//! Durations as they are written, in the attribute and in settings: `200ms`, `"1.5s"`, `"1m 30s"`.
//!
//! A crate of macros can share no code with the crate that it is for. So there are two copies of this
//! file, and a test compares them.

use std::fmt;
use std::time::Duration;

const UNITS: [(&str, u64); 10] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// Anything longer is probably a typing error.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// Why a text is not a duration, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotADuration(String);

impl fmt::Display for NotADuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotADuration {}

/// Reads numbers with units, without rounding.
pub(crate) fn parse(written: &str) -> Result<Duration, NotADuration> {
    let text = written.trim();
    if text.starts_with('-') {
        return Err(NotADuration(format!("`{text}` is negative: a duration is at least 0")));
    }
    let too_long =
        || NotADuration(format!("`{text}` is longer than a year: write a shorter duration"));
    let (mut rest, mut sum) = (text, Duration::ZERO);
    loop {
        let (part, after) = first_part(rest);
        let nanos = part_in_nanos(part, text)?;
        let part = u64::try_from(nanos).map(Duration::from_nanos).map_err(|_| too_long())?;
        sum = sum.checked_add(part).filter(|sum| *sum <= LONGEST).ok_or_else(too_long)?;
        rest = after;
        if rest.is_empty() {
            return Ok(sum);
        }
    }
}

/// `1m` and `30s` of `1m 30s`.
fn first_part(text: &str) -> (&str, &str) {
    let after_number = text.find(|letter| !is_of_number(letter)).unwrap_or(text.len());
    let (number, unit) = text.split_at(after_number);
    let is_next = |letter: char| letter.is_ascii_digit() || letter == '.';
    let end = unit.find(is_next).unwrap_or(unit.len());
    let (part, rest) = text.split_at(number.len() + end);
    (part.trim(), rest.trim())
}

const fn is_of_number(letter: char) -> bool {
    letter.is_ascii_digit() || matches!(letter, '.' | '_')
}

/// `text` is the whole, for messages.
fn part_in_nanos(part: &str, text: &str) -> Result<u128, NotADuration> {
    let after_number = part.find(|letter| !is_of_number(letter)).unwrap_or(part.len());
    let (number, unit) = part.split_at(after_number);
    if !number.contains(|letter: char| letter.is_ascii_digit()) {
        return Err(NotADuration(format!(
            "`{text}` is not a duration: write a number and a unit, such as `\"200ms\"`"
        )));
    }
    let nanos_per_unit = nanos_per_unit(number, unit.trim())?;
    exact_nanos(number, nanos_per_unit).ok_or_else(|| {
        NotADuration(format!(
            "`{text}` is not a number of whole nanoseconds: write a duration such as `\"1.5s\"`"
        ))
    })
}

fn nanos_per_unit(number: &str, unit: &str) -> Result<u64, NotADuration> {
    if let Some((_, nanos)) = UNITS.iter().find(|(name, _)| *name == unit) {
        return Ok(*nanos);
    }
    let instead = match unit.to_lowercase().as_str() {
        "" => {
            return Err(NotADuration(format!(
                "`{number}` has no unit: write `{number}ms` or `{number}s`"
            )));
        }
        "micros" | "microsecond" | "microseconds" | "usec" => "us",
        "msec" | "msecs" | "milli" | "millis" | "millisecond" | "milliseconds" | "sm" => "ms",
        "sec" | "secs" | "second" | "seconds" => "s",
        "mins" | "minute" | "minutes" => "min",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "day" | "days" => "d",
        "nano" | "nanos" | "nanosecond" | "nanoseconds" => "ns",
        lower => {
            return Err(NotADuration(match UNITS.iter().find(|(name, _)| *name == lower) {
                Some((name, _)) => {
                    format!("`{unit}` is not one of the units: write `{number}{name}`")
                }
                None => format!(
                    "`{unit}` is not a unit of time: \
                     write one of `ns`, `us`, `ms`, `s`, `min`, `h`, `d`"
                ),
            }));
        }
    };
    Err(NotADuration(format!("`{unit}` is not one of the units: write `{number}{instead}`")))
}

/// `None` if it is not a number, is too large, or is not a whole number of nanoseconds.
fn exact_nanos(number: &str, nanos_per_unit: u64) -> Option<u128> {
    let number = number.replace('_', "");
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let nanos = digits.checked_mul(u128::from(nanos_per_unit))?;
    (nanos % scale == 0).then(|| nanos / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_with_units() {
        for (text, nanos) in [
            ("200ms", 200_000_000),
            ("1.5s", 1_500_000_000),
            ("1_000 us", 1_000_000),
            ("3µs", 3_000),
            ("0s", 0),
            ("2min", 120_000_000_000),
            ("2m", 120_000_000_000),
            ("1m 30s", 90_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("1s 500ms 7ns", 1_500_000_007),
            ("1.5s 5ms", 1_505_000_000),
            ("0s 0ms", 0),
            ("7d", 604_800_000_000_000),
            ("0.25h", 900_000_000_000),
            (".5s", 500_000_000),
            ("7ns", 7),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn says_what_to_write_instead() {
        for (text, expected) in [
            ("200", "write `200ms` or `200s`"),
            ("1m 30", "write `30ms` or `30s`"),
            ("5 seconds", "write `5s`"),
            ("5 S", "write `5s`"),
            ("3parsec", "one of `ns`, `us`, `ms`, `s`, `min`, `h`, `d`"),
            ("-1s", "negative"),
            ("soon", "write a number and a unit"),
            ("", "write a number and a unit"),
            ("1s, 5ms", "`s,` is not a unit"),
            ("1.2.3s", "such as `\"1.5s\"`"),
            ("0.1ns", "such as `\"1.5s\"`"),
            ("99999999999h", "longer than a year"),
            ("200d 200d", "longer than a year"),
            ("99999999999999999999999999999999999999999h", "such as"),
            ("367h_", "is not a unit"),
        ] {
            let error = parse(text).expect_err(text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_duration_is_at_most_a_year() {
        assert!(parse("366d").is_ok());
        assert!(parse("366d 1ns").is_err());
    }
}

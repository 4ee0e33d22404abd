//! Durations as they are written: `200ms`, `"1.5s"`.

use std::time::Duration;

const UNITS: [(&str, u64); 6] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Anything longer is probably a typing error.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// Reads a number with a unit, without rounding. The error says what to write instead.
pub(crate) fn parse(written: &str) -> Result<Duration, String> {
    let text = written.trim();
    if text.starts_with('-') {
        return Err(format!("`{text}` is negative: a duration is at least 0"));
    }
    let is_digit = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | '_');
    let (number, unit) = text.split_at(text.find(|letter| !is_digit(letter)).unwrap_or(text.len()));
    let unit = unit.trim();
    if !number.contains(|letter: char| letter.is_ascii_digit()) {
        return Err(format!(
            "`{text}` is not a duration: write a number and a unit, such as `\"200ms\"`"
        ));
    }
    let nanos_per_unit = nanos_per_unit(number, unit)?;
    let nanos = exact_nanos(number, nanos_per_unit).ok_or_else(|| {
        format!(
            "`{text}` is not a number of whole nanoseconds: write a duration such as `\"1.5s\"`"
        )
    })?;
    match u64::try_from(nanos).map(Duration::from_nanos) {
        Ok(duration) if duration <= LONGEST => Ok(duration),
        _ => Err(format!("`{text}` is longer than a year: write a shorter duration")),
    }
}

fn nanos_per_unit(number: &str, unit: &str) -> Result<u64, String> {
    if let Some((_, nanos)) = UNITS.iter().find(|(name, _)| *name == unit) {
        return Ok(*nanos);
    }
    let instead = match unit.to_lowercase().as_str() {
        "" => {
            return Err(format!("`{number}` has no unit: write `{number}ms` or `{number}s`"));
        }
        "m" => {
            return Err(format!(
                "`m` could be minutes or milliseconds: write `{number}min` or `{number}ms`"
            ));
        }
        "µs" | "μs" | "micros" | "microsecond" | "microseconds" | "usec" => "us",
        "msec" | "msecs" | "milli" | "millis" | "millisecond" | "milliseconds" | "sm" => "ms",
        "sec" | "secs" | "second" | "seconds" => "s",
        "mins" | "minute" | "minutes" => "min",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "nano" | "nanos" | "nanosecond" | "nanoseconds" => "ns",
        _ => {
            return Err(format!(
                "`{unit}` is not a unit of time: write one of `ns`, `us`, `ms`, `s`, `min`, `h`"
            ));
        }
    };
    Err(format!("`{unit}` is not one of the units: write `{number}{instead}`"))
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
            ("0s", 0),
            ("2min", 120_000_000_000),
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
            ("5m", "write `5min` or `5ms`"),
            ("5 seconds", "write `5s`"),
            ("3parsec", "one of `ns`, `us`, `ms`, `s`, `min`, `h`"),
            ("-1s", "negative"),
            ("soon", "write a number and a unit"),
            ("", "write a number and a unit"),
            ("1.2.3s", "such as `\"1.5s\"`"),
            ("0.1ns", "such as `\"1.5s\"`"),
            ("99999999999h", "longer than a year"),
            ("99999999999999999999999999999999999999999h", "such as"),
            ("367h_", "is not a unit"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}

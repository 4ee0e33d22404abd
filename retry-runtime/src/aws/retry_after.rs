//! Reads how long a service asks to wait.

use core::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use crate::clock;
use crate::header;
use crate::hint::Hint;

/// Returns how long the response asks to wait. Use it as `hint = aws::retry_after`, for every operation.
///
/// It reads the header `x-amz-retry-after`, in milliseconds. If that is missing or not a number, it
/// reads the standard `Retry-After`, in seconds or as a date (RFC 9110, section 10.2.3; a date in the
/// past means no wait). Returns `None` if there was no response, or it has no such header that can be
/// read.
///
/// As in the SDK, the hint does not make the pause shorter, and makes it at most 5 s longer, so absurd
/// values are harmless, and `max_hint` does not apply. The SDK itself reads only the first of the two
/// headers.
///
/// ```
/// use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
/// use aws_smithy_runtime_api::client::result::SdkError;
/// use aws_smithy_types::body::SdkBody;
/// use aws_smithy_types::error::ErrorMetadata;
/// use retry_runtime::aws;
/// use std::time::Duration;
///
/// let mut response = HttpResponse::new(503.try_into()?, SdkBody::empty());
/// response.headers_mut().insert("x-amz-retry-after", "1500");
/// let error = SdkError::service_error(ErrorMetadata::builder().build(), response);
/// let hint = aws::retry_after(&error).ok_or("no hint")?;
/// assert_eq!(hint.wait(), Duration::from_millis(1500));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn retry_after<E>(error: &SdkError<E, HttpResponse>) -> Option<Hint> {
    let headers = error.raw_response()?.headers();
    let milliseconds = headers.get("x-amz-retry-after").and_then(header::milliseconds);
    milliseconds
        .or_else(|| header::seconds_or_date(headers.get("retry-after")?, clock::time_of_day()))
        .map(|wait| Hint::from(wait).extends_pause_by_at_most(LONGEST_EXTENSION))
}

/// By how much a service can lengthen a pause of the SDK.
const LONGEST_EXTENSION: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn hint(headers: &[(&'static str, &'static str)]) -> Option<Duration> {
        let mut response =
            HttpResponse::new(503.try_into().expect("an HTTP status"), SdkBody::empty());
        for (name, value) in headers {
            response.headers_mut().insert(*name, *value);
        }
        retry_after(&SdkError::<(), _>::response_error("unreadable", response)).map(Hint::wait)
    }

    #[test]
    fn milliseconds_come_before_seconds() {
        assert_eq!(hint(&[("x-amz-retry-after", "250")]), Some(Duration::from_millis(250)));
        assert_eq!(hint(&[("retry-after", "2")]), Some(Duration::from_secs(2)));
        let both = [("x-amz-retry-after", "250"), ("retry-after", "2")];
        assert_eq!(hint(&both), Some(Duration::from_millis(250)));
        let unreadable = [("x-amz-retry-after", "soon"), ("retry-after", "2")];
        assert_eq!(hint(&unreadable), Some(Duration::from_secs(2)));
        assert_eq!(hint(&[]), None);
        assert_eq!(retry_after(&SdkError::<(), _>::timeout_error("no answer")), None);
    }

    #[test]
    fn dates_and_decimals_are_read_as_everywhere() {
        let past = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(hint(&[("retry-after", past)]), Some(Duration::ZERO));
        let last = hint(&[("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")]);
        assert!(last.is_some_and(|wait| wait > Duration::from_secs(200_000_000_000)));
        assert_eq!(hint(&[("retry-after", "2.5")]), Some(Duration::from_millis(2500)));
        assert_eq!(hint(&[("x-amz-retry-after", "2.5")]), Some(Duration::from_micros(2500)));
    }

    #[test]
    fn absurd_values_are_harmless() {
        for value in ["", " ", "-1", "NaN", "inf", "1e9", "+5", "soon", "Sun, 99 Foo 1 GMT"] {
            assert_eq!(hint(&[("x-amz-retry-after", value)]), None, "{value}");
            assert_eq!(hint(&[("retry-after", value)]), None, "{value}");
        }
        let endless = "99999999999999999999999999";
        for header in ["x-amz-retry-after", "retry-after"] {
            let wait = hint(&[(header, endless)]);
            assert!(
                wait.is_some_and(|wait| wait > Duration::from_secs(u64::MAX / 2000)),
                "{wait:?}"
            );
        }
    }

    /// The vectors of the AWS SDKs: the header of a response, and the pause of a call that is retried.
    #[cfg(feature = "test-util")]
    #[test]
    #[expect(clippy::result_large_err, reason = "the errors of the SDK are large")]
    fn headers_turn_into_the_published_pauses() {
        use crate::testing::Scope;
        use crate::{Jitter, Policy, Retry};

        let vectors = include_str!("../../../tests/vectors.json");
        let vectors: serde_json::Value = serde_json::from_str(vectors).expect("JSON");
        let rows = vectors["T2_aws_standard_2_1"]["server_hint_ms_to_delay_s"].as_array();
        let rows = rows.expect("a table");
        assert!(rows.len() > 5, "{rows:?}");
        let policy = Policy::builder().max(2).delay(Duration::from_millis(50));
        let policy = policy.jitter(Jitter::None).build();
        for row in rows {
            let header = row[0].as_str().map_or_else(|| row[0].to_string(), str::to_owned);
            let ask = || {
                let status = 503.try_into().expect("an HTTP status");
                let mut response = HttpResponse::new(status, SdkBody::empty());
                response.headers_mut().insert("x-amz-retry-after", header.clone());
                Err::<(), _>(SdkError::<(), _>::response_error("unreadable", response))
            };
            let scope = Scope::new();
            let call = Retry::new(&policy).hint(retry_after);
            scope.run_blocking(|| call.run_blocking(ask)).expect_err("no answer");
            let expected = row[1].as_f64().map(Duration::from_secs_f64).expect("seconds");
            assert_eq!(scope.pauses(), [expected], "x-amz-retry-after: {header}");
        }
    }
}

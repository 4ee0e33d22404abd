//! The errors that the SDK itself retries.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::ErrorKind;

use crate::error::code::Code;

/// Statuses of a failing service, or of a failing proxy in front of it.
const STATUS: [u16; 4] = [500, 502, 503, 504];

/// Codes for a request that arrived too slowly.
const CODES: [&str; 2] = ["RequestTimeout", "RequestTimeoutException"];

/// Returns whether the error is transient. Use it as `when = aws::transient`, for every operation.
///
/// | failure | source |
/// |---|---|
/// | a response with HTTP status 500, 502, 503 or 504, whatever its code | [guide], *Transient errors*; `HttpStatusCodeClassifier` |
/// | the codes `RequestTimeout` and `RequestTimeoutException` | [guide]; `TRANSIENT_ERRORS` of `aws-runtime` |
/// | no response in time: `SdkError::TimeoutError`, [`TimedOut`](crate::TimedOut) included | [guide]; `TransientErrorClassifier` |
/// | a connection that was refused, lost or slow: `SdkError::DispatchFailure` with an I/O error, a timeout, or an error that the HTTP client calls transient | [guide]; `TransientErrorClassifier` |
/// | a response that was cut off or cannot be parsed: `SdkError::ResponseError` | `TransientErrorClassifier` |
///
/// The classifiers are those of `aws-smithy-runtime` 1.16 and `aws-runtime` 1.10, which the SDK itself
/// uses for its retries. Never transient: a request that could not be built, missing credentials, an
/// error that the HTTP client calls a user error, and every other response of the service. For
/// throttling there is [`throttling`]; throttling responses with status 503 are also transient.
///
/// ```
/// use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
/// use aws_smithy_types::error::ErrorMetadata;
/// use retry_runtime::{aws, retry_on};
///
/// # type GetGatewayError = ErrorMetadata;
/// # use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
/// # type Failure = SdkError<GetGatewayError, HttpResponse>;
/// #[retry_on(when = aws::transient, max = 3, delay = "0ms")]
/// fn gateway(calls: &mut u32) -> Result<(), Failure> {
///     *calls += 1;
///     Err(SdkError::dispatch_failure(ConnectorError::io("connection refused".into())))
/// }
///
/// let mut calls = 0;
/// gateway(&mut calls).unwrap_err();
/// assert_eq!(calls, 3);
/// assert!(!aws::transient(&Failure::construction_failure("no bucket")));
/// ```
///
/// If the function does not return `SdkError`, bind the type. It is found inside `Box`, `anyhow`, `eyre`
/// and your own enums: `#[retry_on(e: SdkError<GetGatewayError> if aws::transient(e))]`. The crate-wide
/// `aws_sdk_*::Error` has lost the status of the response, and has the rest in its chain.
///
/// [guide]: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
#[must_use]
pub fn transient<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => true,
        SdkError::DispatchFailure(failure) => {
            failure.as_connector_error().is_some_and(is_transient)
        }
        SdkError::ServiceError(answer) => {
            STATUS.contains(&answer.raw().status().as_u16())
                || answer.err().code().is_some_and(|code| CODES.contains(&code))
        }
        _ => false,
    }
}

fn is_transient(failure: &ConnectorError) -> bool {
    let is_kind = |kind| matches!(kind, ErrorKind::TransientError | ErrorKind::ServerError);
    failure.is_io() || failure.is_timeout() || failure.as_other().is_some_and(is_kind)
}

/// Returns whether the service throttles requests. Use it as `when = aws::throttling`, for every
/// operation.
///
/// It compares the code with the 14 throttling codes of the AWS SDKs (AWS SDKs and Tools Reference
/// Guide, [*Retry behavior*][guide]; `THROTTLING_ERRORS` of `aws-runtime` 1.10): `Throttling`,
/// `ThrottlingException`, `ThrottledException`, `RequestThrottledException`,
/// `TooManyRequestsException`, `ProvisionedThroughputExceededException`,
/// `TransactionInProgressException`, `RequestLimitExceeded`, `BandwidthLimitExceeded`,
/// `LimitExceededException`, `RequestThrottled`, `SlowDown`, `PriorRequestNotComplete`,
/// `EC2ThrottledException`. An HTTP status alone, even 429, is not throttling.
///
/// It works for every type with `ProvideErrorMetadata`: `SdkError`, an operation's error, an exception,
/// the crate-wide `aws_sdk_*::Error`.
///
/// ```
/// use aws_smithy_types::error::ErrorMetadata;
/// use retry_runtime::aws;
///
/// assert!(aws::throttling(&ErrorMetadata::builder().code("SlowDown").build()));
/// assert!(!aws::throttling(&ErrorMetadata::builder().code("NoSuchBucket").build()));
/// ```
///
/// For `Box<dyn Error>`, `anyhow` and similar types, bind the type:
/// `#[retry_on(e: SdkError<GetGatewayError> if aws::throttling(e))]`.
///
/// [guide]: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
#[must_use]
pub fn throttling<E: ProvideErrorMetadata>(error: &E) -> bool {
    Code { code: error.code(), request_id: None }.is_throttling()
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    type Failure = SdkError<ErrorMetadata, HttpResponse>;

    fn answer(status: u16, code: Option<&str>) -> Failure {
        let status = status.try_into().expect("an HTTP status");
        let mut metadata = ErrorMetadata::builder();
        if let Some(code) = code {
            metadata = metadata.code(code);
        }
        Failure::service_error(metadata.build(), HttpResponse::new(status, SdkBody::empty()))
    }

    #[test]
    fn four_statuses_are_transient_and_none_is_throttling() {
        let transient: Vec<u16> =
            (200..600).filter(|status| transient(&answer(*status, None))).collect();
        assert_eq!(transient, [500, 502, 503, 504]);
        assert!(!(200..600).any(|status| throttling(&answer(status, None))));
    }

    #[test]
    fn codes_decide_whatever_the_status() {
        for code in ["RequestTimeout", "RequestTimeoutException"] {
            assert!(transient(&answer(400, Some(code))) && !throttling(&answer(400, Some(code))));
        }
        for code in ["Throttling", "TooManyRequestsException", "SlowDown", "EC2ThrottledException"]
        {
            assert!(throttling(&answer(400, Some(code))) && !transient(&answer(400, Some(code))));
            assert!(throttling(&answer(503, Some(code))) && transient(&answer(503, Some(code))));
        }
        for code in ["", "slowdown", "InternalServerException", "RequestTimeTooSkewed"] {
            assert!(!throttling(&answer(400, Some(code))) && !transient(&answer(400, Some(code))));
        }
    }

    #[test]
    fn connection_failures_are_transient_and_user_errors_are_not() {
        let lost = |failure| transient(&Failure::dispatch_failure(failure));
        assert!(lost(ConnectorError::io("refused".into())));
        assert!(lost(ConnectorError::timeout("slow".into())));
        assert!(lost(ConnectorError::other("broken".into(), Some(ErrorKind::TransientError))));
        assert!(!lost(ConnectorError::other("no credentials".into(), None)));
        assert!(!lost(ConnectorError::other("odd".into(), Some(ErrorKind::ClientError))));
        assert!(!lost(ConnectorError::user("no such scheme".into())));
        assert!(transient(&Failure::timeout_error("slow")));
        assert!(!transient(&Failure::construction_failure("incomplete")));
        let unreadable = HttpResponse::new(200.try_into().expect("OK"), SdkBody::empty());
        assert!(transient(&Failure::response_error("cut", unreadable)));
    }
}

//! `InternalServerException` is found wherever the SDK, and what an application wraps around it,
//! keeps it; and nothing else is taken for it.

use std::error::Error;

use aws_sdk_amplify::operation::get_app::GetAppError;
use aws_sdk_amplify::types::error::InternalFailureException;
use aws_sdk_backupgateway as backupgateway;
use aws_sdk_backupgateway::error::SdkError;
use aws_sdk_backupgateway::operation::get_gateway::GetGatewayError;
use aws_sdk_backupgateway::types::error::InternalServerException;
use retry_runtime::retry_on;
use retry_tests::retried;
use retry_tests_aws::{
    AppError, GatewayError, internal, internal_failure, throttling, timeout, unmodelled,
    unreachable, unreadable,
};

/// What an application makes of it.
#[derive(Debug, thiserror::Error)]
#[error("the gateway did not answer")]
struct NoGateway(#[from] GatewayError);

/// The same with a box, as Clippy advises for errors of that size.
#[derive(Debug, thiserror::Error)]
enum BackupError {
    #[error("the gateway did not answer")]
    Gateway(#[from] Box<GatewayError>),
    #[error("page {page}")]
    Page { page: u32, source: Box<BackupError> },
}

#[test]
fn by_its_type() {
    assert!(retried!([InternalServerException], GatewayError, internal()));
    assert!(retried!(
        [backupgateway::types::error::InternalServerException],
        GatewayError,
        internal()
    ));
}

#[test]
fn by_the_variant_of_the_operation() {
    assert!(retried!([GetGatewayError::InternalServerException], GatewayError, internal()));
    assert!(!retried!([GetGatewayError::InternalServerException], GatewayError, throttling()));
}

#[test]
fn by_what_it_says() {
    assert!(retried!(
        [e: InternalServerException if e.message() == Some("try again later")],
        GatewayError,
        internal()
    ));
    assert!(!retried!(
        [e: InternalServerException if e.message().is_none()],
        GatewayError,
        internal()
    ));
}

#[test]
fn by_the_type_that_another_service_gives_it() {
    assert!(retried!([InternalFailureException], AppError, internal_failure()));
    assert!(retried!([GetAppError::InternalFailureException], AppError, internal_failure()));
    assert!(!retried!([InternalServerException], AppError, internal_failure()));
}

/// `SdkError<E>`, short for `SdkError<E, HttpResponse>`, in the signature of an async function.
#[tokio::test(start_paused = true)]
async fn in_an_async_function() {
    #[retry_on(InternalServerException, max = 3)]
    async fn fetch(calls: &mut u32) -> Result<(), SdkError<GetGatewayError>> {
        *calls += 1;
        Err(if *calls < 3 { internal() } else { throttling() })
    }

    let mut calls = 0;
    let error = fetch(&mut calls).await.unwrap_err();
    assert_eq!(calls, 3);
    assert!(error.as_service_error().is_some_and(GetGatewayError::is_throttling_exception));
}

#[test]
fn in_the_operation_error_alone() {
    assert!(retried!([InternalServerException], GetGatewayError, internal().into_service_error()));
    assert!(!retried!([InternalServerException], GetGatewayError, timeout().into_service_error()));
}

#[test]
fn in_boxes() {
    assert!(retried!([InternalServerException], Box<dyn Error>, internal().into()));
    assert!(retried!([InternalServerException], Box<dyn Error + Send + Sync>, internal().into()));
    assert!(!retried!(
        [InternalServerException],
        Box<dyn Error + Send + Sync>,
        throttling().into()
    ));
}

#[test]
fn in_errors_of_thiserror() {
    fn page() -> BackupError {
        BackupError::Page { page: 7, source: Box::new(Box::new(internal()).into()) }
    }

    assert!(retried!([InternalServerException], NoGateway, internal().into()));
    assert!(retried!([GetGatewayError::InternalServerException], NoGateway, internal().into()));
    assert!(retried!([InternalServerException], BackupError, Box::new(internal()).into()));
    assert!(retried!([InternalServerException], BackupError, page()));
    assert!(!retried!([InternalServerException], NoGateway, throttling().into()));
    assert!(!retried!([InternalServerException], BackupError, Box::new(throttling()).into()));
}

#[test]
fn in_anyhow() {
    assert!(retried!([InternalServerException], anyhow::Error, internal().into()));
    assert!(retried!(
        [InternalServerException],
        anyhow::Error,
        anyhow::Error::from(NoGateway::from(internal())).context("nightly").context("backup")
    ));
    assert!(!retried!(
        [InternalServerException],
        anyhow::Error,
        anyhow::Error::from(throttling()).context("nightly")
    ));
}

#[test]
fn in_eyre() {
    assert!(retried!([InternalServerException], eyre::Report, internal().into()));
    assert!(retried!(
        [InternalServerException],
        eyre::Report,
        eyre::Report::from(NoGateway::from(internal())).wrap_err("nightly").wrap_err("backup")
    ));
    assert!(!retried!(
        [InternalServerException],
        eyre::Report,
        eyre::Report::from(throttling()).wrap_err("nightly")
    ));
}

/// The error of the whole service holds the exception and does not give it as its source:
/// `source()` of `backupgateway::Error::InternalServerException(inner)` is `inner.source()`. So
/// the exception is not a link of the chain, and only the variant can be seen.
#[test]
fn in_the_error_of_the_whole_service_by_its_variant_only() {
    use aws_sdk_backupgateway::Error;

    assert!(Error::from(internal()).source().is_none());
    assert!(retried!([Error::InternalServerException], Error, internal().into()));
    assert!(!retried!([Error::InternalServerException], Error, throttling().into()));
    assert!(!retried!([InternalServerException], Error, internal().into()));
}

#[test]
fn and_no_other_failure_is_taken_for_it() {
    assert!(!retried!([InternalServerException], GatewayError, throttling()));
    assert!(!retried!([InternalServerException], GatewayError, unmodelled()));
    assert!(!retried!([InternalServerException], GatewayError, unreadable()));
    assert!(!retried!([InternalServerException], GatewayError, timeout()));
    assert!(!retried!([InternalServerException], GatewayError, unreachable()));
}

/// They are variants of the SDK's error, which needs its parameters: an alias gives them, or the
/// function's return type.
#[test]
fn while_failures_of_the_transport_have_names_of_their_own() {
    assert!(retried!([GatewayError::TimeoutError], GatewayError, timeout()));
    assert!(retried!([GatewayError::DispatchFailure], GatewayError, unreachable()));
    assert!(!retried!([GatewayError::TimeoutError], GatewayError, internal()));

    assert!(retried!([SdkError::TimeoutError], SdkError<GetGatewayError>, timeout()));
    assert!(retried!([SdkError::DispatchFailure(_)], SdkError<GetGatewayError>, unreachable()));
    assert!(!retried!([SdkError::TimeoutError], SdkError<GetGatewayError>, internal()));
    assert!(retried!([SdkError::TimeoutError], Box<SdkError<GetGatewayError>>, timeout().into()));
}

#[test]
fn by_its_code_in_every_form_that_the_sdk_gives_it() {
    use aws_sdk_backupgateway::Error;

    fn exception() -> InternalServerException {
        match internal().into_service_error() {
            GetGatewayError::InternalServerException(exception) => exception,
            other => panic!("{other}"),
        }
    }

    assert!(retried!(["InternalServerException"], GatewayError, internal()));
    assert!(retried!(
        ["InternalServerException"],
        GetGatewayError,
        internal().into_service_error()
    ));
    assert!(retried!(["InternalServerException"], InternalServerException, exception()));
    assert!(retried!(["InternalServerException"], Error, internal().into()));
    assert!(!retried!(["InternalServerException"], GatewayError, throttling()));
    assert!(!retried!(["InternalServerException"], GatewayError, timeout()));
}

#[test]
fn by_a_code_that_the_model_does_not_know_in_wrappings_too() {
    assert!(retried!(["SlowDown"], GatewayError, unmodelled()));
    assert!(retried!(["SlowDown"], backupgateway::Error, unmodelled().into()));
    assert!(retried!(["SlowDown"], Box<dyn Error + Send + Sync>, unmodelled().into()));
    assert!(retried!(["SlowDown"], anyhow::Error, unmodelled().into()));
    assert!(retried!(["SlowDown"], eyre::Report, unmodelled().into()));
    assert!(retried!(["SlowDown"], NoGateway, unmodelled().into()));
    assert!(retried!(["SlowDown"], BackupError, Box::new(unmodelled()).into()));
}

/// A modelled exception keeps its code in a private field. Inside a wrapping only its type leads to
/// it, and a code alone names no type.
#[test]
fn by_the_code_of_a_modelled_exception_not_in_wrappings() {
    assert!(!retried!(["InternalServerException"], anyhow::Error, internal().into()));
    assert!(retried!(
        ["InternalServerException", InternalServerException],
        anyhow::Error,
        internal().into()
    ));
}

//! With the feature `aws`, events carry the code and the request id that the service gave.

#![expect(clippy::result_large_err, reason = "the errors of the SDK are large")]

use aws_sdk_backupgateway::operation::get_gateway::GetGatewayError;
use aws_sdk_backupgateway::{self as backupgateway, Error};
use retry_runtime::retry_on;
use retry_runtime::testing::Scope;
use retry_tests::Recorder;
use retry_tests_aws::{GatewayError, REQUEST_ID, internal, timeout, unmodelled};

/// The code and the request id in the only event of a call that fails with this error.
macro_rules! code {
    ([$($selector:tt)*], $Error:ty, $error:expr) => {{
        #[retry_on($($selector)*, max = 1)]
        fn fetch(error: &dyn Fn() -> $Error) -> Result<(), $Error> {
            Err(error())
        }

        let error = std::cell::Cell::new(Some($error));
        let recorder = Recorder::start();
        drop(fetch(&|| error.take().expect("one attempt")).unwrap_err());
        let event = &recorder.events()[0];
        ["code", "request_id"].map(|name| event.field(name).unwrap_or("-").to_owned())
    }};
    ($Error:ty, $error:expr) => {
        code!([_], $Error, $error)
    };
}

#[test]
fn of_every_attempt_tell_what_to_ask_the_support_for() {
    use aws_sdk_backupgateway::types::error::InternalServerException;

    #[retry_on(InternalServerException, max = 2, jitter = none, name = "gateway")]
    fn fetch() -> Result<(), GatewayError> {
        Err(internal())
    }

    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    fetch().unwrap_err();
    assert_eq!(
        recorder.lines(),
        [
            r#"WARN site="gateway" attempt=1 max=2 error.type="InternalServerException" error="service error: InternalServerException: try again later" code="InternalServerException" request_id="b25f48e8-84fd-11e6-80d9-574e0c4664cb" pause=0.1 since_first_failure=0.0"#,
            r#"ERROR site="gateway" attempt=2 max=2 error.type="InternalServerException" error="service error: InternalServerException: try again later" code="InternalServerException" request_id="b25f48e8-84fd-11e6-80d9-574e0c4664cb" reason="max_attempts" since_first_failure=0.1"#,
        ]
    );
}

#[test]
fn have_the_code_of_every_form_of_the_error() {
    let expected = ["InternalServerException", REQUEST_ID];
    assert_eq!(code!(GatewayError, internal()), expected);
    assert_eq!(code!(GetGatewayError, internal().into_service_error()), expected);
    assert_eq!(code!(Error, internal().into()), expected);
}

#[test]
fn have_a_code_that_the_model_does_not_know() {
    assert_eq!(code!(GatewayError, unmodelled()), ["SlowDown", REQUEST_ID]);
}

#[test]
fn have_no_code_where_the_service_gave_none() {
    assert_eq!(code!(GatewayError, timeout()), ["-", "-"]);
}

/// Inside a box or a report the code of a modelled exception can be asked of its own type only: the
/// selector that found it knows the type.
#[test]
fn have_the_code_of_what_was_selected_inside_a_box_or_report() {
    use aws_sdk_backupgateway::types::error::InternalServerException;

    #[derive(Debug, thiserror::Error)]
    #[error("the gateway did not answer")]
    struct NoGateway(#[from] GatewayError);

    type Boxed = Box<dyn std::error::Error + Send + Sync>;

    let expected = ["InternalServerException", REQUEST_ID];
    assert_eq!(code!([InternalServerException], Boxed, internal().into()), expected);
    assert_eq!(code!([InternalServerException], anyhow::Error, internal().into()), expected);
    assert_eq!(code!([InternalServerException], eyre::Report, internal().into()), expected);
    assert_eq!(code!([InternalServerException], NoGateway, internal().into()), expected);
    let variant = code!([GetGatewayError::InternalServerException], Boxed, internal().into());
    assert_eq!(variant, expected);
    let context = anyhow::Error::from(internal()).context("nightly");
    assert_eq!(
        code!([e: GatewayError if e.raw_response().is_some()], anyhow::Error, context),
        expected
    );
    let service: Boxed = Box::new(backupgateway::Error::from(internal()));
    assert_eq!(code!([backupgateway::Error::InternalServerException], Boxed, service), expected);
    // The code alone is not found there.
    assert_eq!(code!([_], Boxed, internal().into()), ["-", "-"]);
    // That of an exception without a model is.
    assert_eq!(code!([_], Boxed, unmodelled().into()), ["SlowDown", REQUEST_ID]);
}

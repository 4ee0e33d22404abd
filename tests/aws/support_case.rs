//! Support cases of calls that the AWS SDK's errors ended.

#![expect(clippy::result_large_err, reason = "the errors of the SDK are large")]

use std::sync::Mutex;

use retry_runtime::observe::SupportCase;
use retry_runtime::testing::Scope;
use retry_runtime::{OnGiveUp, retry_on};
use retry_tests_aws::{
    AppError, GatewayError, REQUEST_ID, internal, internal_failure, timeout, unmodelled,
};

/// The case of a call that fails with this error as often as it may.
macro_rules! case {
    ([$($attribute:tt)*], $Error:ty, $error:expr) => {{
        #[retry_on(
            $($attribute)*,
            max = 2,
            jitter = none,
            name = "shop::fetch",
            on_give_up = |gave_up: &OnGiveUp<'_, $Error>| {
                *told.lock().unwrap() = Some(gave_up.support_case());
            },
        )]
        fn fetch(told: &Mutex<Option<SupportCase>>) -> Result<(), $Error> {
            Err($error)
        }

        let told = Mutex::default();
        Scope::new().run_blocking(|| fetch(&told)).unwrap_err();
        told.into_inner().unwrap().expect("the hook was told")
    }};
}

#[test]
fn name_the_service_the_operation_the_code_and_the_requests() {
    use aws_sdk_backupgateway::types::error::InternalServerException;

    let case = case!([InternalServerException], GatewayError, internal());
    assert_eq!((case.service(), case.operation()), (Some("backupgateway"), Some("GetGateway")));
    assert_eq!(case.code(), Some("InternalServerException"));
    assert_eq!(case.request_ids(), [REQUEST_ID], "each id once");
    let text = case.to_string();
    for line in [
        "# backupgateway GetGateway: `InternalServerException` ended the call",
        "- **Service:** backupgateway",
        "- **Operation:** GetGateway",
        "- **Code:** `InternalServerException`",
        "- **Message:** `service error: InternalServerException: try again later`",
        "- **Request ids:** `b25f48e8-84fd-11e6-80d9-574e0c4664cb`",
        "| 1 | 1970-01-01T00:00:00.000Z | `InternalServerException` | `InternalServerException` | \
         `b25f48e8-84fd-11e6-80d9-574e0c4664cb` | 0.1 s |",
        "- [AWS Health Dashboard](https://health.aws.amazon.com/health/status)",
        "- [Troubleshooting AWS Backup](https://docs.aws.amazon.com/aws-backup/latest/devguide/\
         troubleshooting.html)",
        "- [Open a case](https://console.aws.amazon.com/support/home#/case/create)",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
    }
}

#[test]
fn know_other_services_too() {
    let case = case!([_], AppError, internal_failure());
    assert_eq!((case.service(), case.operation()), (Some("amplify"), Some("GetApp")));
    assert_eq!(case.code(), Some("InternalFailureException"));
    assert!(
        case.to_string().contains("[Troubleshooting AWS Amplify](https://docs.aws.amazon.com/")
    );
}

#[test]
fn have_the_code_that_the_model_does_not_know() {
    let case = case!([_], GatewayError, unmodelled());
    assert_eq!((case.code(), case.operation()), (Some("SlowDown"), Some("GetGateway")));
    assert_eq!(case.request_ids(), [REQUEST_ID]);
}

#[test]
fn have_no_code_where_there_was_no_answer() {
    let case = case!([_], GatewayError, timeout());
    assert_eq!((case.code(), case.service()), (None, Some("backupgateway")));
    assert!(case.request_ids().is_empty());
    let text = case.to_string();
    assert!(text.starts_with("# backupgateway GetGateway: an error ended the call\n"), "{text}");
    assert!(text.contains("no answer in 3 s"), "{text}");
}

#[test]
fn of_the_error_of_the_whole_crate_name_the_service_only() {
    use aws_sdk_backupgateway::Error;

    let case = case!([Error::InternalServerException], Error, internal().into());
    assert_eq!((case.service(), case.operation()), (Some("backupgateway"), None));
    assert_eq!(case.code(), Some("InternalServerException"));
    assert_eq!(case.request_ids(), [REQUEST_ID]);
}

/// The type says nothing then, but what the model does not know is found in the chain.
#[test]
fn of_a_boxed_error_have_what_its_chain_tells() {
    type Boxed = Box<dyn std::error::Error + Send + Sync>;

    let case = case!([_], Boxed, unmodelled().into());
    assert_eq!((case.service(), case.code()), (None, Some("SlowDown")));
    assert_eq!(case.request_ids(), [REQUEST_ID]);
    assert!(!case.to_string().contains("## See also"), "{case}");
}

#[test]
fn do_not_ask_for_the_operation_of_other_errors() {
    let case = case!([_], std::io::Error, std::io::ErrorKind::TimedOut.into());
    assert_eq!((case.service(), case.operation(), case.code()), (None, None, None));
}

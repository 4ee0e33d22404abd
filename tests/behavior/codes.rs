//! Errors selected by their code.

use std::{fmt, io};

use retry_runtime::testing::Scope;
use retry_runtime::{Budget, ErrorCode, Policy, Retry, retry_on};
use retry_tests::{Recorder, Service, retried};

/// A service's answer, of which only the code tells what is the matter.
#[derive(Debug, PartialEq)]
struct Rejected {
    code: Option<&'static str>,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rejected")
    }
}

impl std::error::Error for Rejected {}

impl ErrorCode for Rejected {
    fn code(&self) -> Option<&str> {
        self.code
    }
}

const fn rejected(code: &'static str) -> Rejected {
    Rejected { code: Some(code) }
}

#[test]
fn a_code_selects_the_errors_that_have_it() {
    assert!(retried!(["SlowDown"], Rejected, rejected("SlowDown")));
    assert!(!retried!(["SlowDown"], Rejected, rejected("AccessDenied")));
}

#[test]
fn a_code_is_compared_to_the_letter() {
    assert!(!retried!(["SlowDown"], Rejected, rejected("slowdown")));
    assert!(!retried!(["SlowDown"], Rejected, rejected("SlowDownPlease")));
    assert!(!retried!(["SlowDown"], Rejected, rejected("")));
}

#[test]
fn an_error_without_a_code_is_not_selected() {
    assert!(!retried!(["SlowDown"], Rejected, Rejected { code: None }));
}

#[test]
fn codes_can_be_alternatives() {
    assert!(retried!(["SlowDown" | "InternalError"], Rejected, rejected("SlowDown")));
    assert!(retried!(["SlowDown" | "InternalError"], Rejected, rejected("InternalError")));
    assert!(!retried!(["SlowDown" | "InternalError"], Rejected, rejected("AccessDenied")));
    assert!(retried!(["SlowDown", "InternalError"], Rejected, rejected("InternalError")));
}

#[test]
fn codes_stand_beside_types_and_predicates() {
    #[derive(Debug, thiserror::Error)]
    enum ApiError {
        #[error("rejected")]
        Rejected(&'static str),
        #[error("no answer")]
        Io(#[from] io::Error),
        #[error("gone")]
        Gone,
    }

    impl ErrorCode for ApiError {
        fn code(&self) -> Option<&str> {
            match self {
                Self::Rejected(code) => Some(code),
                Self::Io(_) | Self::Gone => None,
            }
        }
    }

    fn io() -> ApiError {
        io::Error::other("full").into()
    }

    assert!(retried!(["SlowDown" | io::Error], ApiError, ApiError::Rejected("SlowDown")));
    assert!(retried!(["SlowDown" | io::Error], ApiError, io()));
    assert!(retried!([ApiError::Gone, "SlowDown"], ApiError, ApiError::Rejected("SlowDown")));
    assert!(retried!([ApiError::Gone, "SlowDown"], ApiError, ApiError::Gone));
    assert!(!retried!([ApiError::Gone, "SlowDown"], ApiError, io()));
    assert!(!retried!(["SlowDown" | io::Error], ApiError, ApiError::Rejected("Other")));
    assert!(retried!(["SlowDown", when = |_| true], ApiError, ApiError::Rejected("Other")));
    assert!(!retried!(["SlowDown", unless = |_| true], ApiError, ApiError::Rejected("SlowDown")));
}

/// Nor does it need to be an error at all.
#[test]
fn codes_are_read_of_any_type_that_has_them() {
    struct Status(u16);

    impl ErrorCode for Status {
        fn code(&self) -> Option<&str> {
            (self.0 == 503).then_some("503")
        }
    }

    assert!(retried!(["503"], Status, Status(503)));
    assert!(!retried!(["503"], Status, Status(404)));
}

mod in_events {
    use super::*;

    #[test]
    fn the_code_is_the_error_type_plain() {
        #[retry_on("Other" | "SlowDown", max = 2, jitter = none, name = "store")]
        fn store() -> Result<(), Rejected> {
            Err(rejected("SlowDown"))
        }

        let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
        store().unwrap_err();
        assert_eq!(
            recorder.lines()[0],
            r#"WARN site="store" attempt=1 max=2 error.type="SlowDown" error="rejected" code="SlowDown" pause=1.0 since_first_failure=0.0"#
        );
    }

    /// A text of the service is not a label, unless the program named it.
    #[test]
    fn an_unknown_code_is_told_and_is_no_error_type_plain() {
        #[retry_on("SlowDown")]
        fn store() -> Result<(), Rejected> {
            Err(rejected("AccessDenied"))
        }

        let recorder = Recorder::start();
        store().unwrap_err();
        let event = &recorder.events()[0];
        assert_eq!(event.field("error.type"), Some("_OTHER"));
        assert_eq!(event.field("code"), Some("AccessDenied"));
        assert_eq!(event.field("reason"), Some("not_retryable"));
    }
}

/// By version 2.1 of the standard mode of the AWS SDKs.
mod throttling {
    use super::*;

    #[retry_on("Throttling" | "SlowDown" | "InternalError", max = 2, budget = budget)]
    fn store(code: &'static str, budget: &Budget) -> Result<(), Rejected> {
        Err(rejected(code))
    }

    #[retry_on("Throttling" | "SlowDown" | "InternalError", max = 2, budget = budget)]
    async fn store_async(code: &'static str, budget: &Budget) -> Result<(), Rejected> {
        Err(rejected(code))
    }

    #[test]
    fn costs_less_than_another_error_plain() {
        let (_clock, budget) = (Scope::new().enter(), Budget::standard());
        store("InternalError", &budget).unwrap_err();
        assert_eq!(budget.available(), 500 - 14);
        store("SlowDown", &budget).unwrap_err();
        store("Throttling", &budget).unwrap_err();
        assert_eq!(budget.available(), 500 - 14 - 5 - 5);
    }

    #[tokio::test(start_paused = true)]
    async fn costs_less_than_another_error() {
        let budget = Budget::standard();
        store_async("InternalError", &budget).await.unwrap_err();
        store_async("SlowDown", &budget).await.unwrap_err();
        assert_eq!(budget.available(), 500 - 14 - 5);
    }

    #[test]
    fn costs_as_much_as_another_error_in_the_standard_budget_plain() {
        let (_clock, budget) = (Scope::new().enter(), Budget::standard_2_0());
        store("InternalError", &budget).unwrap_err();
        store("SlowDown", &budget).unwrap_err();
        assert_eq!(budget.available(), 500 - 5 - 5);
    }

    /// The code counts, and not by what the error was selected.
    #[test]
    fn is_known_by_the_code_however_the_error_was_selected_plain() {
        #[retry_on(Rejected, max = 2, budget = budget)]
        fn store(budget: &Budget) -> Result<(), Rejected> {
            Err(rejected("ThrottlingException"))
        }

        let (_clock, budget) = (Scope::new().enter(), Budget::standard());
        store(&budget).unwrap_err();
        assert_eq!(budget.available(), 500 - 5);
    }
}

#[test]
fn a_code_can_depend_on_the_attempt_plain() {
    #[retry_on("SlowDown", max = 9)]
    fn store(service: &Service) -> Result<u32, Rejected> {
        match service.count_call() {
            1 | 2 => Err(rejected("SlowDown")),
            _ => Err(rejected("AccessDenied")),
        }
    }

    let (_clock, service) = (Scope::new().enter(), Service::down());
    assert_eq!(store(&service), Err(rejected("AccessDenied")));
    assert_eq!(service.calls(), 3);
}

#[test]
fn closures_tell_codes_where_they_say_so_plain() {
    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    let store = || Err::<(), _>(rejected("SlowDown"));
    Retry::new(&Policy::DEFAULT).error_codes().run_blocking(store).unwrap_err();
    assert_eq!(recorder.events()[0].field("code"), Some("SlowDown"));
    Retry::new(&Policy::DEFAULT).run_blocking(store).unwrap_err();
    assert_eq!(recorder.events()[3].field("code"), None);
}

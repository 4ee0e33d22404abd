//! `unless`, and closures that name the type of the error that they are asked about.

use std::error::Error;
use std::fmt;

use retry_runtime::{ErrorCode, retry_on};
use retry_tests::{Busy, Recorder, Service, retried};

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum ApiError {
    #[error("busy")]
    Busy,
    #[error("status {status}")]
    Http { status: u16 },
    #[error("no such item")]
    NotFound,
    #[error("the answer cannot be read")]
    Unreadable(#[from] fmt::Error),
}

impl ApiError {
    const IN_MAINTENANCE: Self = Self::Http { status: 599 };
}

/// The application's error, around that of the service.
#[derive(Debug, thiserror::Error)]
#[error("the order cannot be placed")]
struct OrderError(#[source] ApiError);

/// A service's answer, of which only the code tells what is the matter.
#[derive(Debug)]
struct Rejected(&'static str);

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rejected")
    }
}

impl Error for Rejected {}

impl ErrorCode for Rejected {
    fn code(&self) -> Option<&str> {
        Some(self.0)
    }
}

fn http(status: u16) -> ApiError {
    ApiError::Http { status }
}

fn unreadable() -> ApiError {
    fmt::Error.into()
}

fn is_permanent(error: &ApiError) -> bool {
    *error == ApiError::NotFound
}

mod by_selectors {
    use super::*;

    #[test]
    fn excludes_a_variant_a_type_a_pattern_and_a_constant() {
        assert!(!retried!([_, unless = ApiError::NotFound], ApiError, ApiError::NotFound));
        assert!(retried!([_, unless = ApiError::NotFound], ApiError, ApiError::Busy));
        assert!(!retried!([_, unless = fmt::Error], ApiError, unreadable()));
        assert!(retried!([_, unless = fmt::Error], ApiError, ApiError::Busy));
        assert!(!retried!([_, unless = ApiError::Http { status: 400..=499 }], ApiError, http(410)));
        assert!(retried!([_, unless = ApiError::Http { status: 400..=499 }], ApiError, http(503)));
        assert!(!retried!([_, unless = ApiError::IN_MAINTENANCE], ApiError, http(599)));
    }

    #[test]
    fn excludes_what_a_guard_holds_for() {
        assert!(
            !retried!([_, unless = ApiError::Http { status } if *status < 500], ApiError, http(404))
        );
        assert!(
            retried!([_, unless = ApiError::Http { status } if *status < 500], ApiError, http(503))
        );
        assert!(!retried!([_, unless = e: Busy if e.call == 1], Busy, Busy { call: 1 }));
        assert!(retried!([_, unless = e: Busy if e.call == 1], Busy, Busy { call: 2 }));
    }

    #[test]
    fn excludes_each_alternative() {
        assert!(!retried!(
            [_, unless = ApiError::NotFound | fmt::Error],
            ApiError,
            ApiError::NotFound
        ));
        assert!(!retried!([_, unless = ApiError::NotFound | fmt::Error], ApiError, unreadable()));
        assert!(retried!([_, unless = ApiError::NotFound | fmt::Error], ApiError, ApiError::Busy));
    }

    #[test]
    fn excludes_a_code() {
        assert!(!retried!([_, unless = "AccessDenied"], Rejected, Rejected("AccessDenied")));
        assert!(retried!([_, unless = "AccessDenied"], Rejected, Rejected("SlowDown")));
        assert!(!retried!(
            [_, unless = "Gone" | "AccessDenied"],
            Rejected,
            Rejected("AccessDenied")
        ));
    }

    #[test]
    fn looks_through_the_chain() {
        let wrapped = || OrderError(ApiError::NotFound);
        assert!(!retried!([_, unless = ApiError::NotFound], OrderError, wrapped()));
        assert!(!retried!([_, unless = ApiError::NotFound], anyhow::Error, wrapped().into()));
        assert!(!retried!([_, unless = fmt::Error], OrderError, OrderError(unreadable())));
        assert!(retried!([_, unless = ApiError::NotFound], OrderError, OrderError(ApiError::Busy)));
    }

    #[test]
    fn wins_over_selectors_and_when() {
        let wrapped = || OrderError(ApiError::NotFound);
        assert!(!retried!([OrderError, unless = ApiError::NotFound], OrderError, wrapped()));
        assert!(!retried!([when = |_| true, unless = ApiError::NotFound], OrderError, wrapped()));
        assert!(!retried!([ApiError::NotFound, unless = ApiError], ApiError, ApiError::NotFound));
    }

    /// The selectors of `unless` do not shift the names of the others.
    #[test]
    fn does_not_change_the_name_of_the_selector_that_matched() {
        #[retry_on(ApiError::Http, ApiError::Busy, unless = ApiError::NotFound | fmt::Error, max = 2, delay = "0ms")]
        fn fetch() -> Result<(), ApiError> {
            Err(ApiError::Busy)
        }

        let recorder = Recorder::start();
        fetch().unwrap_err();
        assert_eq!(recorder.events()[0].field("error.type"), Some("ApiError::Busy"));
    }
}

mod by_typed_closures {
    use super::*;

    type Boxed = Box<dyn Error + Send + Sync>;

    #[test]
    fn asks_about_an_error_in_the_chain() {
        let wrapped = || anyhow::Error::from(OrderError(ApiError::NotFound));
        assert!(!retried!([_, unless = |e: &ApiError| is_permanent(e)], anyhow::Error, wrapped()));
        let busy = || anyhow::Error::from(OrderError(ApiError::Busy));
        assert!(retried!([_, unless = |e: &ApiError| is_permanent(e)], anyhow::Error, busy()));
        assert!(retried!([when = |e: &ApiError| is_permanent(e)], anyhow::Error, wrapped()));
        assert!(!retried!(
            [when = |e: &ApiError| is_permanent(e)],
            OrderError,
            OrderError(ApiError::Busy)
        ));
        assert!(!retried!(
            [when = |_: &ApiError| true],
            anyhow::Error,
            anyhow::anyhow!("no order")
        ));
    }

    #[test]
    fn asks_about_the_functions_own_error() {
        assert!(!retried!(
            [_, unless = |e: &ApiError| is_permanent(e)],
            ApiError,
            ApiError::NotFound
        ));
        // Which need not be a `std::error::Error`.
        assert!(retried!([when = |e: &String| e == "busy"], String, "busy".to_owned()));
        assert!(!retried!([when = |e: &String| e == "busy"], String, "gone".to_owned()));
        assert!(retried!([when = |e: &Boxed| e.to_string() == "busy"], Boxed, "busy".into()));
        assert!(retried!(
            [when = |e: &anyhow::Error| e.to_string() == "busy"],
            anyhow::Error,
            anyhow::anyhow!("busy")
        ));
    }

    #[test]
    fn takes_a_pattern_as_its_parameter() {
        #[derive(Debug, thiserror::Error)]
        #[error("status {status}")]
        struct Status {
            status: u16,
        }
        let status = |status| anyhow::Error::from(Status { status });
        assert!(retried!(
            [when = |Status { status }: &Status| *status >= 500],
            anyhow::Error,
            status(503)
        ));
        assert!(!retried!(
            [when = |Status { status }: &Status| *status >= 500],
            anyhow::Error,
            status(404)
        ));
    }

    #[test]
    fn asks_about_the_error_of_a_generic_function() {
        #[retry_on(when = |error: &E| error.to_string() == "busy", max = 2, delay = "0ms")]
        fn fetch<E: fmt::Display>(service: &Service, error: impl Fn() -> E) -> Result<(), E> {
            service.count_call();
            Err(error())
        }

        let service = Service::down();
        assert_eq!(fetch(&service, || "busy"), Err("busy"));
        assert_eq!(fetch(&service, || "gone"), Err("gone"));
        assert_eq!(service.calls(), 3);
    }
}

mod by_predicates {
    use super::*;

    const IS_PERMANENT: fn(&ApiError) -> bool = is_permanent;

    #[test]
    fn a_name_in_lower_case_is_a_predicate() {
        assert!(!retried!([_, unless = is_permanent], ApiError, ApiError::NotFound));
        assert!(!retried!([_, unless = self::is_permanent], ApiError, ApiError::NotFound));
        assert!(retried!([_, unless = is_permanent], ApiError, ApiError::Busy));
        assert!(!retried!([_, unless = (is_permanent)], ApiError, ApiError::NotFound));
    }

    #[test]
    fn a_constant_predicate_is_called_in_a_closure() {
        assert!(!retried!(
            [_, unless = |e: &ApiError| IS_PERMANENT(e)],
            ApiError,
            ApiError::NotFound
        ));
        assert!(retried!([_, unless = |e: &ApiError| IS_PERMANENT(e)], ApiError, ApiError::Busy));
    }
}

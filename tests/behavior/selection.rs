//! Which errors are retried when they are not wrapped. `matching` wraps them.

use std::time::Duration;
use std::{fmt, io};

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;
use retry_tests::{Busy, Service, retried};
use tokio::time::Instant;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum ApiError {
    #[error("busy")]
    Busy,
    #[error("throttled, shard {0}")]
    Throttled(u8),
    #[error("status {status}")]
    Http { status: u16 },
    #[error("no such item")]
    Gone,
}

impl ApiError {
    const IN_MAINTENANCE: Self = Self::Http { status: 599 };
}

fn http(status: u16) -> ApiError {
    ApiError::Http { status }
}

fn is_server_error(error: &ApiError) -> bool {
    matches!(error, ApiError::Http { status: 500.. })
}

mod not_selected {
    use super::*;

    #[retry_on(ApiError::Busy, max = 5, jitter = none)]
    async fn fetch(service: &Service, errors: &[ApiError]) -> Result<(), ApiError> {
        let call = service.count_call() as usize;
        Err(errors[call - 1].clone())
    }

    #[retry_on(ApiError::Busy, max = 5, jitter = none)]
    fn fetch_plain(service: &Service, errors: &[ApiError]) -> Result<(), ApiError> {
        let call = service.count_call() as usize;
        Err(errors[call - 1].clone())
    }

    #[tokio::test(start_paused = true)]
    async fn comes_back_at_once() {
        let (service, start) = (Service::down(), Instant::now());
        assert_eq!(fetch(&service, &[ApiError::Gone]).await, Err(ApiError::Gone));
        assert_eq!(service.calls(), 1);
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[test]
    fn comes_back_at_once_plain() {
        let (service, clock) = (Service::down(), Scope::new().enter());
        assert_eq!(fetch_plain(&service, &[ApiError::Gone]), Err(ApiError::Gone));
        assert_eq!(service.calls(), 1);
        assert!(clock.pauses().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn comes_back_at_once_after_a_selected_one_too() {
        let (service, start) = (Service::down(), Instant::now());
        let errors = [ApiError::Busy, ApiError::Gone];
        assert_eq!(fetch(&service, &errors).await, Err(ApiError::Gone));
        assert_eq!(service.calls(), 2);
        assert_eq!(start.elapsed(), Duration::from_millis(100));
    }

    #[test]
    fn comes_back_at_once_after_a_selected_one_too_plain() {
        let (service, clock) = (Service::down(), Scope::new().enter());
        let errors = [ApiError::Busy, ApiError::Gone];
        assert_eq!(fetch_plain(&service, &errors), Err(ApiError::Gone));
        assert_eq!(service.calls(), 2);
        assert_eq!(clock.pauses(), [Duration::from_millis(100)]);
    }
}

#[test]
fn a_type_selects_all_its_values() {
    assert!(retried!([ApiError], ApiError, ApiError::Busy));
    assert!(retried!([ApiError], ApiError, ApiError::Gone));
    assert!(retried!([self::ApiError], ApiError, ApiError::Gone));
    assert!(!retried!([io::Error], ApiError, ApiError::Gone));
}

#[test]
fn a_variant_of_any_shape_is_named_by_its_name() {
    assert!(retried!([ApiError::Busy], ApiError, ApiError::Busy));
    assert!(retried!([ApiError::Throttled], ApiError, ApiError::Throttled(1)));
    assert!(retried!([ApiError::Http], ApiError, http(404)));
    assert!(!retried!([ApiError::Http], ApiError, ApiError::Throttled(1)));
}

#[test]
fn a_pattern_looks_inside() {
    assert!(retried!([ApiError::Http { status: 500..=599 }], ApiError, http(503)));
    assert!(!retried!([ApiError::Http { status: 500..=599 }], ApiError, http(404)));
    assert!(retried!([ApiError::Throttled(1 | 3)], ApiError, ApiError::Throttled(3)));
    assert!(!retried!([ApiError::Throttled(1 | 3)], ApiError, ApiError::Throttled(2)));
}

#[test]
fn a_pattern_names_constants() {
    const TEAPOT: u16 = 418;

    assert!(retried!([ApiError::Http { status: TEAPOT }], ApiError, http(418)));
    assert!(!retried!([ApiError::Http { status: TEAPOT }], ApiError, http(503)));
    assert!(retried!([ApiError::IN_MAINTENANCE], ApiError, http(599)));
    assert!(!retried!([ApiError::IN_MAINTENANCE], ApiError, http(503)));
}

#[test]
fn alternatives_can_be_of_different_types() {
    assert!(retried!([io::Error | Busy | ApiError::Busy], ApiError, ApiError::Busy));
    assert!(retried!([io::Error | Busy | ApiError::Busy], Busy, Busy { call: 1 }));
    assert!(retried!([io::Error | Busy | ApiError::Busy], io::Error, io::Error::other("no disk")));
    assert!(!retried!([io::Error | Busy | ApiError::Busy], ApiError, ApiError::Gone));
    assert!(!retried!([io::Error | Busy | ApiError::Busy], fmt::Error, fmt::Error));
}

#[test]
fn a_comma_separates_selectors_like_a_bar() {
    assert!(retried!([ApiError::Busy, ApiError::Throttled], ApiError, ApiError::Busy));
    assert!(retried!([ApiError::Busy, ApiError::Throttled], ApiError, ApiError::Throttled(1)));
    assert!(!retried!([ApiError::Busy, ApiError::Throttled], ApiError, ApiError::Gone));
}

#[test]
fn a_guard_tests_what_the_pattern_binds() {
    assert!(retried!([ApiError::Http { status } if *status >= 500], ApiError, http(500)));
    assert!(!retried!([ApiError::Http { status } if *status >= 500], ApiError, http(499)));
    assert!(retried!([error: Busy if error.call == 1], Busy, Busy { call: 1 }));
    assert!(!retried!([error: Busy if error.call == 1], Busy, Busy { call: 2 }));
}

#[test]
fn a_guard_holds_for_all_alternatives_before_it() {
    #[derive(Debug, thiserror::Error)]
    #[error("{self:?}")]
    enum Failure {
        Read(u8),
        Write { shard: u8 },
    }

    assert!(retried!(
        [Failure::Read(n) | Failure::Write { shard: n } if *n == 7],
        Failure,
        Failure::Read(7)
    ));
    assert!(retried!(
        [Failure::Read(n) | Failure::Write { shard: n } if *n == 7],
        Failure,
        Failure::Write { shard: 7 }
    ));
    assert!(!retried!(
        [Failure::Read(n) | Failure::Write { shard: n } if *n == 7],
        Failure,
        Failure::Write { shard: 8 }
    ));
    // Separated by a comma, it is not the first one's guard.
    assert!(retried!(
        [Failure::Read, Failure::Write { shard } if *shard == 7],
        Failure,
        Failure::Read(8)
    ));
}

#[tokio::test(start_paused = true)]
async fn a_guard_sees_the_arguments_of_the_function() {
    #[retry_on(ApiError::Http { status } if transient.contains(status))]
    async fn fetch(service: &Service, transient: &[u16]) -> Result<(), ApiError> {
        service.count_call();
        Err(http(503))
    }

    for (transient, calls) in [(&[500, 503][..], 3), (&[500], 1)] {
        let service = Service::down();
        fetch(&service, transient).await.unwrap_err();
        assert_eq!(service.calls(), calls);
    }
}

#[test]
fn a_guard_sees_the_arguments_of_the_function_plain() {
    struct Client {
        patient: bool,
    }

    impl Client {
        #[retry_on(error: Busy if self.patient && error.call < calls, max = 9)]
        fn fetch(&self, service: &Service, calls: u32) -> Result<u32, Busy> {
            service.call()
        }
    }

    let _clock = Scope::new().enter();
    for (patient, calls) in [(true, 4), (false, 1)] {
        let error = Client { patient }.fetch(&Service::down(), 4);
        assert_eq!(error, Err(Busy { call: calls }));
    }
}

#[test]
fn an_underscore_selects_any_error_of_any_type() {
    struct NoErrorAtAll;

    assert!(retried!([_], ApiError, ApiError::Gone));
    assert!(retried!([_], String, "no such item".to_owned()));
    assert!(retried!([_], NoErrorAtAll, NoErrorAtAll));
}

#[test]
fn when_selects_by_a_function_or_a_closure() {
    assert!(retried!([when = is_server_error], ApiError, http(500)));
    assert!(!retried!([when = is_server_error], ApiError, http(404)));
    assert!(retried!([when = |error| error.contains("busy")], String, "busy!".to_owned()));
    assert!(!retried!([when = |error| error.contains("busy")], String, "no such item".to_owned()));
}

#[test]
fn when_adds_to_the_named_errors() {
    assert!(retried!([ApiError::Busy, when = is_server_error], ApiError, ApiError::Busy));
    assert!(retried!([ApiError::Busy, when = is_server_error], ApiError, http(500)));
    assert!(!retried!([ApiError::Busy, when = is_server_error], ApiError, ApiError::Gone));
}

#[test]
fn unless_always_wins() {
    assert!(retried!([ApiError, unless = is_server_error], ApiError, ApiError::Busy));
    assert!(!retried!([ApiError, unless = is_server_error], ApiError, http(500)));
    assert!(retried!([_, unless = is_server_error], ApiError, ApiError::Busy));
    assert!(!retried!([_, unless = is_server_error], ApiError, http(500)));
    assert!(!retried!([when = |_| true, unless = |_| true], ApiError, ApiError::Busy));
    assert!(!retried!(
        [ApiError::Busy, when = |_| true, unless = |error| *error == ApiError::Busy],
        ApiError,
        ApiError::Busy
    ));
}

#[tokio::test(start_paused = true)]
async fn predicates_see_the_arguments_of_the_function() {
    #[retry_on(when = |error: &Busy| error.call < calls, unless = |_| stubborn, max = 9)]
    async fn fetch(service: &Service, calls: u32, stubborn: bool) -> Result<u32, Busy> {
        service.call()
    }

    assert_eq!(fetch(&Service::down(), 4, false).await, Err(Busy { call: 4 }));
    assert_eq!(fetch(&Service::down(), 4, true).await, Err(Busy { call: 1 }));
}

/// Else a new key would break a selector that is there already.
#[test]
fn a_variable_of_a_selector_may_be_named_like_a_key_plain() {
    #[retry_on(timeout: Busy if timeout.call < 2, max: Busy if max.call == 2, max = 5, delay = "0ms")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let service = Service::down();
    assert_eq!(fetch(&service), Err(Busy { call: 3 }));
}

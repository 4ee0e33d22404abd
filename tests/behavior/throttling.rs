//! Errors that are throttling: they have a first delay of their own, and take their own price from a budget.

use retry_runtime::testing::Scope;
use retry_runtime::{Budget, Policy, Retry, retry_on};

#[derive(Debug, PartialEq, thiserror::Error)]
enum ApiError {
    #[error("status {status}")]
    Http { status: u16 },
    #[error("slow down")]
    Limited,
}

#[derive(Debug, thiserror::Error)]
#[error("the order cannot be placed")]
struct OrderError(#[source] ApiError);

/// What one retry takes: 2 after throttling, 7 after others.
static BUDGET: fn() -> Budget =
    || Budget::builder().capacity(100).retry_cost(7).throttled_cost(2).build();

/// What a function with this value of `throttling` takes for its only retry after the error.
macro_rules! price {
    ([$($throttling:tt)*], $Error:ty, $error:expr) => {{
        #[retry_on(_, throttling = $($throttling)*, max = 2, budget = budget)]
        fn fetch(budget: &Budget) -> Result<(), $Error> {
            Err($error)
        }

        #[retry_on(_, throttling = $($throttling)*, max = 2, budget = budget)]
        async fn fetch_async(budget: &Budget) -> Result<(), $Error> {
            Err($error)
        }

        let (budget, _clock) = (BUDGET(), Scope::new().enter());
        fetch(&budget).unwrap_err();
        let taken = 100 - budget.available();
        retry_tests::block_on(fetch_async(&budget)).unwrap_err();
        assert_eq!(100 - budget.available(), 2 * taken, "async and plain functions disagree");
        taken
    }};
}

fn http(status: u16) -> ApiError {
    ApiError::Http { status }
}

fn is_limit(error: &ApiError) -> bool {
    *error == ApiError::Limited
}

#[test]
fn a_selector_says_which_errors_are_throttling() {
    assert_eq!(price!([ApiError::Limited], ApiError, ApiError::Limited), 2);
    assert_eq!(price!([ApiError::Limited], ApiError, http(503)), 7);
    assert_eq!(price!([ApiError::Http { status: 429 }], ApiError, http(429)), 2);
    assert_eq!(price!([ApiError::Http { status: 429 }], ApiError, http(503)), 7);
    assert_eq!(
        price!([ApiError::Http { status: 429 } | ApiError::Limited], ApiError, ApiError::Limited),
        2
    );
    assert_eq!(price!([e: ApiError if *e == http(429)], ApiError, http(429)), 2);
    assert_eq!(price!([_], ApiError, http(503)), 2);
}

#[test]
fn a_predicate_says_which_errors_are_throttling() {
    assert_eq!(price!([is_limit], ApiError, ApiError::Limited), 2);
    assert_eq!(price!([is_limit], ApiError, http(503)), 7);
    assert_eq!(price!([|error| *error == ApiError::Limited], ApiError, ApiError::Limited), 2);
}

#[test]
fn a_throttling_error_is_found_in_the_chain() {
    assert_eq!(price!([ApiError::Limited], OrderError, OrderError(ApiError::Limited)), 2);
    assert_eq!(price!([ApiError::Limited], OrderError, OrderError(http(503))), 7);
    let of_report =
        price!([|e: &ApiError| is_limit(e)], anyhow::Error, OrderError(ApiError::Limited).into());
    assert_eq!(of_report, 2);
}

mod the_first_delay {
    use std::fmt;
    use std::time::Duration;

    use retry_runtime::{ErrorCode, Jitter};
    use retry_tests::MS;
    use tokio::time::Instant;

    use super::*;

    #[retry_on(_, jitter = none, throttling = ApiError::Limited)]
    async fn fetch(errors: &mut Vec<ApiError>) -> Result<(), ApiError> {
        errors.pop().map_or(Ok(()), Err)
    }

    #[retry_on(_, jitter = none, throttling = ApiError::Limited)]
    fn fetch_plain(errors: &mut Vec<ApiError>) -> Result<(), ApiError> {
        errors.pop().map_or(Ok(()), Err)
    }

    #[tokio::test(start_paused = true)]
    async fn is_a_second() {
        let start = Instant::now();
        fetch(&mut vec![ApiError::Limited]).await.unwrap();
        assert_eq!(start.elapsed(), 1000 * MS);
        fetch(&mut vec![http(503)]).await.unwrap();
        assert_eq!(start.elapsed(), 1100 * MS);
        // It grows with the retries, whatever the errors before were.
        fetch(&mut vec![ApiError::Limited, http(503)]).await.unwrap();
        assert_eq!(start.elapsed(), (1100 + 100 + 2000) * MS);
    }

    #[test]
    fn is_a_second_plain() {
        let scope = Scope::new().enter();
        fetch_plain(&mut vec![ApiError::Limited, http(503)]).unwrap();
        fetch_plain(&mut vec![http(503), ApiError::Limited]).unwrap();
        assert_eq!(scope.pauses(), [100 * MS, 2000 * MS, 1000 * MS, 200 * MS]);
    }

    #[test]
    fn is_a_second_after_a_known_code_too() {
        #[derive(Debug)]
        struct Rejected;

        impl fmt::Display for Rejected {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("rejected")
            }
        }

        impl ErrorCode for Rejected {
            fn code(&self) -> Option<&str> {
                Some("SlowDown")
            }
        }

        #[retry_on(_, jitter = none, max = 2)]
        fn fetch() -> Result<(), Rejected> {
            Err(Rejected)
        }

        let scope = Scope::new().enter();
        fetch().unwrap_err();
        assert_eq!(scope.pauses(), [1000 * MS]);
    }

    #[test]
    fn is_that_of_the_policy() {
        const POLICY: Policy = Policy::builder()
            .max(3)
            .jitter(Jitter::None)
            .throttling_delay(Duration::from_millis(300))
            .build();

        #[retry_on(_, policy = &POLICY, throttling = is_limit)]
        fn fetch() -> Result<(), ApiError> {
            Err(ApiError::Limited)
        }

        let scope = Scope::new().enter();
        fetch().unwrap_err();
        let retry = Retry::new(&POLICY).throttling(is_limit);
        retry.run_blocking(|| Err::<(), _>(ApiError::Limited)).unwrap_err();
        assert_eq!(scope.pauses(), [300 * MS, 600 * MS, 300 * MS, 600 * MS]);
    }

    /// A hint is followed in full; it does not shorten the pause.
    #[test]
    fn is_not_shortened_by_a_hint() {
        #[retry_on(_, jitter = none, max = 2, throttling = is_limit, hint = |_| Some(hint))]
        fn fetch(hint: Duration) -> Result<(), ApiError> {
            Err(ApiError::Limited)
        }

        let scope = Scope::new().enter();
        fetch(300 * MS).unwrap_err();
        fetch(3000 * MS).unwrap_err();
        assert_eq!(scope.pauses(), [1000 * MS, 3000 * MS]);
    }

    #[tokio::test(start_paused = true)]
    async fn ends_the_call_where_it_passes_the_deadline() {
        #[retry_on(_, jitter = none, deadline = "1s", timeout = none, throttling = is_limit)]
        async fn fetch(calls: &mut u32) -> Result<(), ApiError> {
            *calls += 1;
            Err(ApiError::Limited)
        }

        let mut calls = 0;
        fetch(&mut calls).await.unwrap_err();
        assert_eq!(calls, 1);
    }
}

/// It neither selects an error nor excludes one.
#[test]
fn throttling_does_not_select() {
    #[retry_on(ApiError::Http, throttling = ApiError::Limited, max = 2)]
    fn fetch(calls: &mut u32) -> Result<(), ApiError> {
        *calls += 1;
        Err(ApiError::Limited)
    }

    let mut calls = 0;
    fetch(&mut calls).unwrap_err();
    assert_eq!(calls, 1);
}

/// A value cannot be throttling, and a predicate is not asked about it.
#[test]
fn values_are_not_throttling() {
    #[retry_on(when_ok = |status| *status == 429, throttling = |_: &ApiError| true, max = 2, budget = budget)]
    fn fetch(budget: &Budget) -> Result<u16, ApiError> {
        Ok(429)
    }

    let (budget, _clock) = (BUDGET(), Scope::new().enter());
    assert_eq!(fetch(&budget), Ok(429));
    assert_eq!(budget.available(), 100 - 7);
}

#[test]
fn a_closure_names_its_throttling_errors() {
    let (budget, _clock) = (BUDGET(), Scope::new().enter());
    let retry = Retry::new(&Policy::DEFAULT).budget(&budget).throttling(is_limit);
    retry.clone().run_blocking(|| Err::<(), _>(ApiError::Limited)).unwrap_err();
    assert_eq!(budget.available(), 100 - 2 * 2);
    retry.run_blocking(|| Err::<(), _>(http(503))).unwrap_err();
    assert_eq!(budget.available(), 100 - 2 * 2 - 2 * 7);
}

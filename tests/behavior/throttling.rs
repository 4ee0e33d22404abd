//! Errors that are throttling: they take their own price from a budget.

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

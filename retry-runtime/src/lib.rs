//! One line above a function retries it, with backoff, when it returns a named error.
//!
//! ```
//! use retry_runtime::retry_on;
//! # use std::sync::atomic::{AtomicU32, Ordering};
//!
//! #[derive(Debug, thiserror::Error)]
//! enum ApiError {
//!     #[error("busy")]
//!     Busy,
//!     #[error("no such item")]
//!     NotFound,
//! }
//!
//! # static CALLS: AtomicU32 = AtomicU32::new(0);
//! # #[cfg(feature = "tokio")]
//! #[retry_on(ApiError::Busy, max = 3)]
//! async fn fetch(key: &str) -> Result<String, ApiError> {
//!     # if CALLS.fetch_add(1, Ordering::Relaxed) < 2 { return Err(ApiError::Busy) }
//!     // … ask the service …
//!     # if key.is_empty() { return Err(ApiError::NotFound) }
//!     Ok(format!("the item {key}"))
//! }
//!
//! # #[cfg(feature = "tokio")]
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
//! #     .block_on(async {
//! assert_eq!(fetch("a").await.unwrap(), "the item a");
//! # assert_eq!(CALLS.load(Ordering::Relaxed), 3);
//! # });
//! ```
//!
//! The page of the attribute, [`retry_on`], explains which errors it finds and what its keys mean.
//! [What is found and what is not](guide::what_is_found) has a row for the errors of each of the usual crates.
//!
//! # What happens
//!
//! - After a selected error: one WARN, a pause, the next attempt. Pauses grow, and jitter shortens them.
//! - On success after a retry: one INFO.
//! - When a limit ends the call (the number of attempts, a deadline, the budget, a [`Stop`]): one ERROR,
//!   no further pause, and the call returns the function's own last error, unchanged.
//! - On any other error: one DEBUG event, and the call returns the error at once.
//! - Retries inside retries are detected: one WARN for each pair of functions.
//! - Dropping the future cancels the call at once.
//!
//! Events are emitted through `tracing`, with the target `retry_runtime`.
//! [Reading the logs](guide::reading_the_logs) explains them line by line.
//! [What it will not do](guide::what_it_will_not_do) has a recipe for each limit, and [turn it off in
//! tests](guide::turn_it_off_in_tests) is for tests. [In production](guide::in_production) shows metrics, alerts, the list of all functions, settings from
//! outside and support cases. [What semver covers](guide::what_semver_covers) says what stays the same.
//!
//! # Without the attribute
//!
//! [`retry()`] and [`retry_blocking`] retry a closure; [`Retry`] selects errors, polls and sets limits.
//!
//! # The AWS SDK retries too
//!
//! The SDK makes up to 3 attempts for each call, so with `max = 3` around it there are up to 9 requests.
//! Disable one layer: `config.to_builder().retry_config(RetryConfig::disabled())`. See the module `aws`.
//!
//! # In a browser
//!
//! On `wasm32-unknown-unknown` the time and the seed of the jitter come from JavaScript. There is no tokio
//! runtime, so name a timer with `sleep = ..`, or use [`Retry::run_with_sleep`]. Nothing can block there: the
//! pauses of a plain function keep the thread busy until they are over.
//!
//! # Features
//!
//! - `tokio` (default): pauses async functions with tokio's timer; without it, set a timer with
//!   `sleep = ..`.
//! - `tracing` (default): emits events.
//! - `log`: hands the events to the logger of the facade `log`, where the program has no subscriber of
//!   `tracing`.
//! - `aws`: reads codes and request ids of the AWS SDK's errors; the module `aws` selects
//!   transient errors, reads hints, and configures the SDK's own retries. Needs Rust 1.94.1.
//! - `idempotency`: `Attempt::idempotency_key`, a key for all attempts of a call.
//! - `uuid-1`: the same, and an `IdempotencyKey` converts into a `Uuid` of the crate `uuid`.
//! - `metrics`: counters and histograms through the facade `metrics`.
//! - `support-case`: `observe::SupportCase`, a report about a call that gave up.
//! - `overrides`: the module `overrides`, settings from a file, the environment and code.
//! - `registry`: [`sites()`] lists all annotated functions of the program, including those that were
//!   never called.
//! - `serde`: `Serialize` for [`Sites`](sites::Sites) and `SupportCase`.
//! - `http`: the module `http` reads the headers `Retry-After`, `retry-after-ms` and `x-ratelimit-reset`.
//! - `tokio-util`: a `CancellationToken` can be used as a [`Stop`].
//! - `test-util`: the module `testing` has virtual time, repeatable jitter, injected faults, and a record
//!   of events.

#[cfg(any(feature = "http", feature = "aws"))]
mod header;
mod hint;
mod policy;
mod reason;
mod words;

mod decide;

mod error;

mod call;
#[expect(clippy::disallowed_methods, reason = "the room that reads clocks and sleeps")]
mod clock;
#[expect(clippy::disallowed_methods, reason = "the room that draws random numbers")]
mod random;

mod retry;

pub mod observe;
pub mod sites;

#[cfg(feature = "overrides")]
pub mod overrides;
#[cfg(not(feature = "overrides"))]
#[path = "overrides/none.rs"]
mod overrides;
#[cfg(feature = "support-case")]
mod support_case;

#[cfg(feature = "aws")]
pub mod aws;
#[cfg(feature = "http")]
pub mod http;

#[cfg(feature = "test-util")]
pub mod testing;
#[cfg(not(feature = "test-util"))]
#[path = "testing/none.rs"]
mod testing;

#[cfg(any(doc, doctest))]
pub mod guide;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use call::attempt::Attempt;
pub use call::hooks::{OnGiveUp, OnRetry};
#[cfg(feature = "idempotency")]
pub use call::idempotency::{IdempotencyKey, ParseIdempotencyKeyError};
pub use call::stop::{Stop, StopScope};
pub use call::timeout::TimedOut;
pub use decide::backoff::Backoff;
pub use decide::budget::{Budget, BudgetBuilder, BudgetError};
pub use decide::budgets::Budgets;
pub use decide::jitter::Jitter;
pub use error::code::ErrorCode;
pub use hint::Hint;
pub use policy::builder::PolicyBuilder;
pub use policy::error::PolicyError;
pub use policy::{NestedRetries, Policy};
pub use reason::EndReason;
#[cfg(feature = "tokio")]
pub use retry::retry;
pub use retry::{Retry, retry_blocking};
// Not the function: an attribute of its name, which says that `#[retry_on]` is meant.
#[doc(hidden)]
pub use retry_macros::retry;
#[doc = include_str!("retry_on.md")]
pub use retry_macros::retry_on;
pub use sites::report::sites;
pub use words::UnknownWord;

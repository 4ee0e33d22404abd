//! One line above a function, and it is called again, with backoff, when a named error comes back.
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

mod policy;

mod backoff;
mod jitter;

mod classify;
mod describe;
mod probe;

mod attempts;

mod call;
mod clock;
mod random;

mod observe;
mod site;

#[cfg(feature = "test-util")]
pub mod testing;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use describe::ErrorCode;
pub use jitter::Jitter;
pub use policy::{Policy, PolicyBuilder, PolicyError};
#[doc = include_str!("retry_on.md")]
pub use retry_macros::retry_on;

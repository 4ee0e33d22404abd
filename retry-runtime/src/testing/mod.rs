//! Testing code that retries: pauses that pass at once, jitter that repeats, faults on demand, and
//! a record of what happened.
//!
//! Async functions on tokio need little from here: with `#[tokio::test(start_paused = true)]` their
//! pauses pass at once. Everything else is a [`Scope`]: for a thread, or for a future. It never
//! touches other tests of the process.
//!
//! # Three lines for a plain function
//!
//! ```
//! use retry_runtime::{retry_on, testing::Scope};
//!
//! #[retry_on(std::io::Error, max = 3)]
//! fn read() -> std::io::Result<Vec<u8>> {
//!     Ok(vec![1, 2, 3])
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let scope = Scope::new().fail("read", 2, || std::io::Error::other("disk on strike"));
//! assert_eq!(scope.run_blocking(read)?, [1, 2, 3]);
//! assert_eq!(scope.pauses().len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # Three lines for an async function
//!
//! ```
//! use retry_runtime::{retry_on, testing::Scope};
//!
//! # #[cfg(feature = "tokio")]
//! #[retry_on(std::io::Error, max = 3)]
//! async fn read() -> std::io::Result<Vec<u8>> {
//!     Ok(vec![1, 2, 3])
//! }
//!
//! # #[cfg(feature = "tokio")]
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let scope = Scope::new().fail("read", 9, || std::io::Error::other("disk on strike"));
//! assert!(scope.run(read()).await.is_err());
//! assert_eq!(scope.events().last().unwrap().reason(), Some("max_attempts"));
//! # });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod fault;
mod inject;
mod scope;

pub use crate::observe::{EventKind, OwnedEvent as Event};
pub use fault::FaultError;
pub use scope::{Entered, ManualClock, Run, Scope};

#[doc(hidden)]
pub use inject::{InjectReport, Injector, NoFault};
pub(crate) use scope::{lifts_budgets, max};

/// Makes the random numbers of this thread, and so the jitter of the calls on it, the same in every
/// run.
///
/// ```
/// use retry_runtime::{retry_on, testing};
///
/// #[retry_on(_, max = 5)]
/// fn read() -> Result<(), &'static str> {
///     Err("busy")
/// }
///
/// let pauses = || {
///     testing::seed(7);
///     let clock = testing::ManualClock::install();
///     read().unwrap_err();
///     clock.pauses()
/// };
/// assert_eq!(pauses(), pauses());
/// ```
pub fn seed(seed: u64) {
    crate::random::seed(seed);
}

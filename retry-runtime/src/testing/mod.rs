//! Tools for testing code that retries: virtual time, repeatable jitter, injected faults, and a record
//! of all events.
//!
//! For the pauses of async functions on tokio, `#[tokio::test(start_paused = true)]` is enough. For
//! everything else, use a [`Scope`], for a thread or for a future. It does not affect other tests of
//! the process, nor do they affect it: in a scope, the budget that a function has of its own starts full.
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
//! let scope = Scope::new().fail_next("read", 2, || std::io::Error::other("disk not ready"));
//! assert_eq!(scope.run_blocking(read)?, [1, 2, 3]);
//! assert_eq!(scope.pauses().len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # Three lines for an async function
//!
//! ```
//! use retry_runtime::{EndReason, retry_on, testing::Scope};
//!
//! # #[cfg(feature = "tokio")]
//! #[retry_on(std::io::Error, max = 3)]
//! async fn read() -> std::io::Result<Vec<u8>> {
//!     Ok(vec![1, 2, 3])
//! }
//!
//! # #[cfg(feature = "tokio")]
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let scope = Scope::new().fail_next("read", 9, || std::io::Error::other("disk not ready"));
//! assert!(scope.run(read()).await.is_err());
//! assert_eq!(scope.events().last().unwrap().reason(), Some(EndReason::MaxAttempts));
//! # });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod budgets;
mod fault;
mod inject;
mod scope;

pub use fault::FaultError;
pub use scope::{Entered, Run, Scope};

pub(crate) use budgets::{OwnBudget, has_own_budgets, own_budget};
#[doc(hidden)]
pub use inject::{InjectReport, Injector, NoFault};
pub(crate) use scope::{lifts_budgets, max};

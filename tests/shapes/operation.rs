//! What the annotated functions do: an operation that fails twice, and knows how often it ran.

use std::sync::atomic::{AtomicU32, Ordering};

/// The error of the first two attempts.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("busy")]
pub(crate) struct Busy;

/// Fails with [`Busy`] twice, then succeeds.
#[derive(Debug, Default)]
pub(crate) struct Operation {
    attempts: AtomicU32,
}

impl Operation {
    /// `const`, so that a function without arguments can keep it in a `static`.
    pub(crate) const fn new() -> Self {
        Self { attempts: AtomicU32::new(0) }
    }

    pub(crate) fn run(&self) -> Result<(), Busy> {
        if self.attempts.fetch_add(1, Ordering::Relaxed) < 2 { Err(Busy) } else { Ok(()) }
    }

    /// The same, suspended once, so that what the body borrows is borrowed over an `.await`.
    pub(crate) async fn run_async(&self) -> Result<(), Busy> {
        tokio::task::yield_now().await;
        self.run()
    }

    /// How often it ran.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }
}

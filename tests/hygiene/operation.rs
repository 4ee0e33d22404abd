//! What the annotated functions do: an operation that fails twice, and knows how often it ran.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The error of the first two attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

impl fmt::Display for Busy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("busy")
    }
}

impl Error for Busy {}

/// Fails with [`Busy`] twice, then succeeds.
#[derive(Debug, Default)]
pub struct Operation {
    attempts: Cell<u32>,
}

impl Operation {
    /// Runs once.
    ///
    /// # Errors
    ///
    /// The first two times.
    pub fn run(&self) -> Result<(), Busy> {
        self.attempts.set(self.attempts.get() + 1);
        if self.attempts.get() < 3 { Err(Busy) } else { Ok(()) }
    }

    /// How often it ran.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts.get()
    }
}

/// Runs a future to its end. There is no timer: the manual clock ends the pauses.
pub fn wait<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

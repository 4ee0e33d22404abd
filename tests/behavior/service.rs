//! What the annotated functions call: a service that fails as often as it is told to.

use std::sync::atomic::{AtomicU32, Ordering};

/// The service's error, which tells from which call it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("busy, call {call}")]
pub(crate) struct Busy {
    pub(crate) call: u32,
}

/// Fails, and counts its calls.
#[derive(Debug)]
pub(crate) struct Service {
    calls: AtomicU32,
    failures: u32,
}

impl Service {
    pub(crate) const fn failing(times: u32) -> Self {
        Self { calls: AtomicU32::new(0), failures: times }
    }

    pub(crate) const fn down() -> Self {
        Self::failing(u32::MAX)
    }

    /// The number of the call, where it succeeds.
    pub(crate) fn call(&self) -> Result<u32, Busy> {
        let call = self.count_call();
        if call <= self.failures { Err(Busy { call }) } else { Ok(call) }
    }

    /// For bodies that make an answer of their own: the number of this call, from 1.
    pub(crate) fn count_call(&self) -> u32 {
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}

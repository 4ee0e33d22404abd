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

/// Whether the attribute, with these selectors, repeats a function that fails with this error:
/// asked of an async and of a plain function, which must agree.
///
/// ```text
/// retried!([io::Error, unless = is_permanent], ApiError, ApiError::Busy)
/// ```
macro_rules! retried {
    ([$($attribute:tt)*], $Error:ty, $error:expr) => {{
        #[retry_runtime::retry_on($($attribute)*, max = 2, delay = "0ms")]
        async fn asynchronous(service: &$crate::service::Service) -> Result<(), $Error> {
            service.count_call();
            Err($error)
        }

        #[retry_runtime::retry_on($($attribute)*, max = 2, delay = "0ms")]
        fn plain(service: &$crate::service::Service) -> Result<(), $Error> {
            service.count_call();
            Err($error)
        }

        let (first, second) =
            ($crate::service::Service::down(), $crate::service::Service::down());
        assert!($crate::executor::block_on(asynchronous(&first)).is_err());
        assert!(plain(&second).is_err());
        assert_eq!(first.calls(), second.calls(), "async and plain functions disagree");
        first.calls() == 2
    }};
}
pub(crate) use retried;

//! The same functions twice: with the attribute, and with the loop that one would write by hand
//! for the same policy (three attempts, full jitter on a doubling delay, one named error).

use std::future::ready;
use std::hint::black_box;
use std::time::Duration;

use retry_runtime::{Policy, retry_on};

/// What a call fails with.
#[derive(Debug)]
pub enum ServiceError {
    /// Worth another attempt.
    Busy,
    /// Not worth one.
    Gone,
}

impl std::fmt::Display for ServiceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Busy => "busy",
            Self::Gone => "gone",
        })
    }
}

impl std::error::Error for ServiceError {}

/// Fails as often as it is told to.
#[derive(Debug, Default)]
pub struct Service {
    /// Calls that still fail.
    pub failures: std::cell::Cell<u32>,
}

impl Service {
    /// As little work as a call can be: a checksum of 16 bytes (FNV-1a). Never inlined, so that
    /// the same instructions are counted on both sides.
    #[inline(never)]
    fn answer(&self, request: u64) -> Result<u64, ServiceError> {
        match black_box(self.failures.get()) {
            0 => {
                let bytes = [request.to_le_bytes(), (!request).to_le_bytes()];
                Ok(bytes.as_flattened().iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
                    (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
                }))
            }
            left => {
                self.failures.set(left - 1);
                Err(if request == u64::MAX { ServiceError::Gone } else { ServiceError::Busy })
            }
        }
    }
}

/// The pauses of calls that fail twice, as the library computes them.
#[must_use]
pub fn pauses(calls: u64) -> Duration {
    let pause = |retry| black_box(&Policy::DEFAULT).pause_before(retry).unwrap_or_default();
    (0..calls / 2).map(|_| pause(1) + pause(2)).sum()
}

/// The same by hand.
#[must_use]
pub fn pauses_by_hand(calls: u64) -> Duration {
    (0..calls / 2).map(|_| pause(1, FIRST) + pause(black_box(2), FIRST)).sum()
}

const FIRST: Duration = Duration::from_millis(100);

/// The pause of the hand-written loops.
fn pause(attempt: u32, first: Duration) -> Duration {
    let cap = Duration::from_secs(20);
    let delay = first.saturating_mul(2_u32.saturating_pow(attempt - 1)).min(cap);
    delay.mul_f64(fastrand::f64())
}

macro_rules! pair {
    ($plain:ident, $plain_by_hand:ident, $asynchronous:ident, $asynchronous_by_hand:ident, $once:ident, $delay:literal, $first:expr $(, $key:ident = $value:expr)?) => {
        /// A plain function with the attribute.
        ///
        /// # Errors
        ///
        /// The service's own.
        #[retry_on(ServiceError::Busy, max = 3, delay = $delay $(, $key = $value)?)]
        #[inline(never)]
        pub fn $plain(service: &Service, request: u64) -> Result<u64, ServiceError> {
            service.answer(request)
        }

        /// The same by hand.
        ///
        /// # Errors
        ///
        /// The service's own.
        #[inline(never)]
        pub fn $plain_by_hand(service: &Service, request: u64) -> Result<u64, ServiceError> {
            let mut attempt = 1;
            loop {
                match service.answer(request) {
                    Err(ServiceError::Busy) if attempt < 3 => {
                        std::thread::sleep(pause(attempt, $first));
                        attempt += 1;
                    }
                    result => return result,
                }
            }
        }

        /// An async function with the attribute.
        ///
        /// # Errors
        ///
        /// The service's own.
        #[retry_on(ServiceError::Busy, max = 3, delay = $delay $(, $key = $value)?)]
        // Holds its buffer while it waits.
        pub async fn $asynchronous<const SIZE: usize>(
            service: &Service,
            request: u64,
        ) -> Result<u64, ServiceError> {
            let buffer = [0_u8; SIZE];
            let buffer = black_box(&buffer);
            ready(()).await;
            black_box(buffer);
            service.answer(request)
        }

        async fn $once<const SIZE: usize>(
            service: &Service,
            request: u64,
        ) -> Result<u64, ServiceError> {
            let buffer = [0_u8; SIZE];
            let buffer = black_box(&buffer);
            ready(()).await;
            black_box(buffer);
            service.answer(request)
        }

        /// The same by hand: the body in a function of its own, a loop around the call.
        ///
        /// # Errors
        ///
        /// The service's own.
        pub async fn $asynchronous_by_hand<const SIZE: usize>(
            service: &Service,
            request: u64,
        ) -> Result<u64, ServiceError> {
            let mut attempt = 1;
            loop {
                match $once::<SIZE>(service, request).await {
                    Err(ServiceError::Busy) if attempt < 3 => {
                        tokio::time::sleep(pause(attempt, $first)).await;
                        attempt += 1;
                    }
                    result => return result,
                }
            }
        }
    };
}

/// With a deadline, which is counted from the start of the first attempt.
///
/// # Errors
///
/// The service's own.
#[retry_on(ServiceError::Busy, max = 3, deadline = "10s")]
#[inline(never)]
pub fn within_a_deadline(service: &Service, request: u64) -> Result<u64, ServiceError> {
    service.answer(request)
}

/// A look at the clock, and the loop by hand.
///
/// # Errors
///
/// The service's own.
#[inline(never)]
pub fn within_a_deadline_by_hand(service: &Service, request: u64) -> Result<u64, ServiceError> {
    black_box(std::time::Instant::now());
    plain_by_hand(service, request)
}

pair!(
    plain,
    plain_by_hand,
    asynchronous,
    asynchronous_by_hand,
    once,
    "100ms",
    Duration::from_millis(100)
);
pair!(
    plain_at_once,
    plain_at_once_by_hand,
    asynchronous_at_once,
    asynchronous_at_once_by_hand,
    at_once,
    "0ms",
    Duration::ZERO,
    // Else the calls that fail without end would use it up.
    budget = none
);

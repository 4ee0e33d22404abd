//! A clock that only moves when it is told to, for tests of annotated functions.
//!
//! Async functions on tokio need nothing from here: with `#[tokio::test(start_paused = true)]`
//! their pauses pass at once. Plain functions sleep on their thread, so a test installs a
//! [`ManualClock`].

use std::cell::RefCell;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

thread_local! {
    static INSTALLED: RefCell<Option<State>> = const { RefCell::new(None) };
}

struct State {
    now: Instant,
    pauses: Vec<Duration>,
}

/// While it lives, every pause of an annotated function on this thread passes at once and is
/// written down; other threads are not touched.
///
/// ```
/// use retry_runtime::{retry_on, testing::ManualClock};
/// use std::io;
///
/// #[retry_on(io::Error, max = 3, jitter = none)]
/// fn read() -> io::Result<Vec<u8>> {
///     std::fs::read("/no/such/file")
/// }
///
/// let clock = ManualClock::install();
/// assert!(read().is_err());
/// assert_eq!(clock.pauses().iter().map(|pause| pause.as_millis()).collect::<Vec<_>>(), [100, 200]);
/// ```
#[derive(Debug)]
#[must_use = "the clock is uninstalled when this value is dropped"]
pub struct ManualClock {
    /// Neither `Send` nor `Sync`: it belongs to its thread.
    thread: PhantomData<*const ()>,
}

impl ManualClock {
    /// Puts a manual clock in place of this thread's; a second one replaces the first.
    pub fn install() -> Self {
        INSTALLED.with_borrow_mut(|installed| {
            *installed = Some(State { now: Instant::now(), pauses: Vec::new() });
        });
        Self { thread: PhantomData }
    }

    /// The pauses since the clock was installed, in order.
    #[must_use]
    pub fn pauses(&self) -> Vec<Duration> {
        INSTALLED.with_borrow(|installed| {
            installed.as_ref().map(|state| state.pauses.clone()).unwrap_or_default()
        })
    }

    /// Moves the time on, as if an attempt had taken that long.
    pub fn advance(&self, by: Duration) {
        INSTALLED.with_borrow_mut(|installed| {
            if let Some(state) = installed {
                state.advance(by);
            }
        });
    }
}

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
    fastrand::seed(seed);
}

impl Drop for ManualClock {
    fn drop(&mut self) {
        INSTALLED.with_borrow_mut(|installed| *installed = None);
    }
}

impl State {
    /// Stands still at the end of what an `Instant` can express.
    fn advance(&mut self, by: Duration) {
        self.now = self.now.checked_add(by).unwrap_or(self.now);
    }
}

pub(crate) fn now() -> Option<Instant> {
    INSTALLED.with_borrow(|installed| installed.as_ref().map(|state| state.now))
}

/// False where no manual clock is installed on this thread.
pub(crate) fn sleep(pause: Duration) -> bool {
    INSTALLED.with_borrow_mut(|installed| {
        let Some(state) = installed else { return false };
        state.advance(pause);
        state.pauses.push(pause);
        true
    })
}

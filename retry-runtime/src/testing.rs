//! A clock that only moves when it is told to, and random numbers that repeat, for tests of
//! annotated functions.
//!
//! Async functions on tokio need no clock from here: with `#[tokio::test(start_paused = true)]`
//! their pauses pass at once. Plain functions sleep on their thread, so a test installs a
//! [`ManualClock`].

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

thread_local! {
    /// The last one counts.
    static INSTALLED: RefCell<Vec<Rc<RefCell<State>>>> = const { RefCell::new(Vec::new()) };
}

struct State {
    now: Instant,
    pauses: Vec<Duration>,
}

/// While it lives, every pause of an annotated function on this thread passes at once and is
/// written down; other threads are not touched. Of several clocks the one installed last counts.
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
#[must_use = "the clock is uninstalled when this value is dropped"]
pub struct ManualClock {
    /// Not `Send`: it belongs to its thread.
    state: Rc<RefCell<State>>,
}

impl ManualClock {
    /// Puts a manual clock in place of this thread's.
    pub fn install() -> Self {
        let state = Rc::new(RefCell::new(State { now: Instant::now(), pauses: Vec::new() }));
        let _ = INSTALLED.try_with(|clocks| clocks.borrow_mut().push(Rc::clone(&state)));
        Self { state }
    }

    /// The pauses that passed on this clock, in order.
    #[must_use]
    pub fn pauses(&self) -> Vec<Duration> {
        self.state.borrow().pauses.clone()
    }

    /// Moves the time on, as if an attempt had taken that long.
    pub fn advance(&self, by: Duration) {
        self.state.borrow_mut().advance(by);
    }
}

impl std::fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ManualClock").field("pauses", &self.pauses()).finish_non_exhaustive()
    }
}

impl Drop for ManualClock {
    fn drop(&mut self) {
        let _ = INSTALLED.try_with(|clocks| {
            clocks.borrow_mut().retain(|state| !Rc::ptr_eq(state, &self.state));
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
    crate::random::seed(seed);
}

impl State {
    /// Stands still at the end of what an `Instant` can express.
    fn advance(&mut self, by: Duration) {
        self.now = self.now.checked_add(by).unwrap_or(self.now);
    }
}

/// The time of the manual clock, where one is installed on this thread.
pub(crate) fn now() -> Option<Instant> {
    installed().map(|state| state.borrow().now)
}

/// False where no manual clock is installed on this thread.
pub(crate) fn sleep(pause: Duration) -> bool {
    let Some(state) = installed() else { return false };
    let mut state = state.borrow_mut();
    state.advance(pause);
    state.pauses.push(pause);
    true
}

/// `None`, too, while the thread ends.
fn installed() -> Option<Rc<RefCell<State>>> {
    INSTALLED.try_with(|clocks| clocks.borrow().last().cloned()).ok().flatten()
}

//! Raises an alert when a function gives up too often.

use core::fmt;
use core::time::Duration;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::clock::{self, Instant};
use crate::error::failure::shown;
use crate::observe::event::{AttemptOfMax, Event};
use crate::observe::observer::Observer;
use crate::reason::EndReason;

/// An [`Observer`] that raises an alert when a function gives up too often: at most one alert for each
/// function in a time window.
///
/// It counts calls that ended because of `max`, a long hint, the deadline or the budget. It does not count
/// errors that are not retried, calls ended by a [`Stop`](crate::Stop), or retries that are switched off.
/// Its memory is bounded: `more_than` points in time for each function.
///
/// ```
/// use retry_runtime::observe::{self, GiveUpAlerts};
/// use retry_runtime::retry_on;
/// use std::sync::mpsc;
/// use std::time::Duration;
///
/// let (sender, alerts) = mpsc::channel();
/// observe::add(GiveUpAlerts::new(Duration::from_secs(300), 2, move |alert| {
///     let _ = sender.send(alert.to_string());
/// }));
///
/// #[retry_on(_, max = 2, delay = "0ms", name = "orders")]
/// fn order() -> Result<(), &'static str> {
///     Err("busy")
/// }
///
/// for _ in 0..100 {
///     order().unwrap_err();
/// }
/// assert_eq!(
///     alerts.try_iter().collect::<Vec<_>>(),
///     ["orders gave up 3 times (the limit is 2 in 300s); last error: busy (max_attempts after attempt 2 of 2)"],
/// );
/// ```
pub struct GiveUpAlerts<F> {
    window: Duration,
    more_than: u32,
    raise: F,
    sites: Mutex<HashMap<&'static str, Recent>>,
}

/// The last times at which a function gave up.
#[derive(Debug, Default)]
struct Recent {
    /// The times within the window, at most as many as are allowed.
    gave_up: VecDeque<Instant>,
    /// How often it gave up since the last alert, or since the last window without any.
    count: u64,
    raised: Option<Instant>,
}

impl<F: Fn(&Alert<'_>) + Send + Sync> GiveUpAlerts<F> {
    /// Raises an alert when, within `window`, a function gives up more than `more_than` times. The next
    /// alert for this function follows after another `window` at the earliest.
    ///
    /// `raise` runs on the thread of the failed call. Pass slow work, such as a request to a webhook, to
    /// a task or a channel.
    #[must_use]
    pub fn new(window: Duration, more_than: u32, raise: F) -> Self {
        Self { window, more_than, raise, sites: Mutex::default() }
    }
}

impl<F> fmt::Debug for GiveUpAlerts<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GiveUpAlerts")
            .field("window", &self.window)
            .field("more_than", &self.more_than)
            .finish_non_exhaustive()
    }
}

impl<F: Fn(&Alert<'_>) + Send + Sync> Observer for GiveUpAlerts<F> {
    fn observe(&self, event: &Event<'_>) {
        let is_counted = |reason: &EndReason| {
            matches!(
                reason,
                EndReason::MaxAttempts | EndReason::Hint | EndReason::Deadline | EndReason::Budget
            )
        };
        let Some(reason) = event.reason().filter(is_counted) else { return };
        let now = clock::now();
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = sites.entry(event.site()).or_default();
        let is_within = |then: &Instant| now.saturating_duration_since(*then) < self.window;
        while recent.gave_up.front().is_some_and(|then| !is_within(then)) {
            recent.gave_up.pop_front();
        }
        if recent.gave_up.is_empty() && self.more_than > 0 {
            recent.count = 0;
        }
        recent.count += 1;
        recent.gave_up.push_back(now);
        let is_too_often = recent.gave_up.len() > self.more_than as usize;
        if is_too_often {
            recent.gave_up.pop_front();
        }
        if !is_too_often || recent.raised.as_ref().is_some_and(is_within) {
            return;
        }
        recent.raised = Some(now);
        let gave_up = core::mem::take(&mut recent.count);
        // Other threads are not blocked while the alert is raised.
        drop(sites);
        let Self { more_than, window, .. } = *self;
        (self.raise)(&Alert { event, reason, gave_up, more_than, window });
    }
}

/// A function gives up too often. `Display` prints a sentence.
#[derive(Clone, Debug)]
pub struct Alert<'a> {
    event: &'a Event<'a>,
    reason: EndReason,
    gave_up: u64,
    more_than: u32,
    window: Duration,
}

impl<'a> Alert<'a> {
    /// Returns the name of the function, as in logs and metrics.
    #[must_use]
    pub fn site(&self) -> &'static str {
        self.event.site()
    }

    /// Returns the event of the last call that gave up, with its error, code and request id.
    #[must_use]
    pub fn event(&self) -> &'a Event<'a> {
        self.event
    }

    /// Returns how often it gave up since the last alert, or since the last whole window without
    /// giving up. During an outage this can be much more than the allowed number.
    #[must_use]
    pub fn gave_up(&self) -> u64 {
        self.gave_up
    }

    /// Returns why the last call gave up.
    #[must_use]
    pub fn reason(&self) -> EndReason {
        self.reason
    }

    /// Returns the time window.
    #[must_use]
    pub fn window(&self) -> Duration {
        self.window
    }
}

impl fmt::Display for Alert<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { event, reason, gave_up, more_than, window } = self;
        let site = event.site();
        write!(f, "{site} gave up {gave_up} times (the limit is {more_than} in {window:?}); ")?;
        f.write_str("last error: ")?;
        match event.error() {
            Some(error) => write!(f, "{error}")?,
            None => f.write_str("unknown")?,
        }
        let progress = AttemptOfMax { attempt: event.attempt(), max: event.max() };
        write!(f, " ({reason} after attempt {progress}")?;
        if let Some(code) = event.code() {
            write!(f, ", code {}", shown(code))?;
        }
        if let Some(id) = event.request_id() {
            write!(f, ", request {}", shown(id))?;
        }
        f.write_str(")")
    }
}

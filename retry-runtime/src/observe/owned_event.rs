//! The owned twin of an event.

use core::time::Duration;

use crate::error::failure::FailureRecord;
use crate::observe::event::{Event, EventKind};
use crate::reason::Reason;

/// What happened to a call, to be kept or sent to another thread: the owned twin of an [`Event`].
///
/// ```
/// use retry_runtime::{Event, Observer, OwnedEvent, retry_on};
/// use std::sync::mpsc::{Sender, channel};
///
/// struct Forward(Sender<OwnedEvent>);
///
/// impl Observer for Forward {
///     fn observe(&self, event: &Event<'_>) {
///         let _ = self.0.send(OwnedEvent::from(event));
///     }
/// }
///
/// let (sender, events) = channel();
/// retry_runtime::add_observer(Forward(sender));
///
/// #[retry_on(_, delay = "0ms", name = "stock")]
/// fn stock() -> Result<(), &'static str> {
///     Err("busy")
/// }
///
/// stock().unwrap_err();
/// let attempts: Vec<u32> = events.try_iter().map(|event| event.attempt()).collect();
/// assert_eq!(attempts, [1, 2, 3]);
/// ```
#[derive(Clone, Debug)]
pub struct OwnedEvent {
    kind: EventKind,
    site: &'static str,
    attempt: u32,
    max: u32,
    elapsed: Duration,
    /// None where the call succeeded.
    failure: Option<FailureRecord>,
}

impl OwnedEvent {
    /// What happened.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        self.kind
    }

    /// The name of the function.
    #[must_use]
    pub const fn site(&self) -> &'static str {
        self.site
    }

    /// The attempt that failed or succeeded, from 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// How many attempts there are at most.
    #[must_use]
    pub const fn max(&self) -> u32 {
        self.max
    }

    /// The selector that matched.
    #[must_use]
    pub fn error_type(&self) -> Option<&'static str> {
        self.failure.as_ref().map(|failure| failure.facts.error_type)
    }

    /// The text of the error, with all sources.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.failure.as_ref().map(|failure| failure.error.as_str())
    }

    /// The code of the error.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.failure.as_ref()?.code.as_deref()
    }

    /// The id of the request that failed.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.failure.as_ref()?.request_id.as_deref()
    }

    /// How many requests the attempt was, where the client counts them (`aws::CountRequests`).
    #[must_use]
    pub fn requests(&self) -> Option<u32> {
        let requests = self.failure.as_ref()?.facts.requests;
        (requests > 0).then_some(requests)
    }

    /// The pause that follows, where there is one.
    #[must_use]
    pub const fn pause(&self) -> Option<Duration> {
        self.kind.pause()
    }

    /// Since the first attempt started, where the function has the key `deadline` or `attempt`; else
    /// since that attempt failed.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Why the call ended, as in logs, where it did with an error.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        self.kind.reason().map(Reason::as_str)
    }
}

impl From<&Event<'_>> for OwnedEvent {
    fn from(event: &Event<'_>) -> Self {
        Self {
            kind: event.kind(),
            site: event.site(),
            attempt: event.attempt(),
            max: event.max(),
            elapsed: event.elapsed(),
            failure: event.failed.map(FailureRecord::from),
        }
    }
}

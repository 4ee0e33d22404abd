//! The owned form of an event.

use core::time::Duration;

use crate::error::failure::{Facts, FailureRecord, getters_of_facts};
use crate::observe::event::{Elapsed, Event, EventKind, getters_of_elapsed};
use crate::reason::EndReason;

/// The owned form of an [`Event`], which can be stored or sent to another thread.
///
/// ```
/// use retry_runtime::observe::{self, OwnedEvent};
/// use retry_runtime::retry_on;
/// use std::sync::mpsc;
///
/// let (sender, events) = mpsc::channel();
/// observe::on_event(move |event| {
///     let _ = sender.send(OwnedEvent::from(event));
/// });
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
///
/// `Serialize` (feature `serde`) gives an object with the keys `kind` (`retry`, `not_yet`, `gave_up`,
/// `not_retried` or `recovered`), `site`, `attempt`, `max`, `elapsed_seconds` or
/// `since_first_failure_seconds`, `pause_seconds` and `reason`, and for a failed attempt `error_type`, `requests`, `hint_seconds`, `error`, `code` and
/// `request_id`.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnedEvent {
    kind: EventKind,
    site: &'static str,
    attempt: u32,
    max: Option<u32>,
    elapsed: Elapsed,
    /// `None` if the call succeeded.
    failure: Option<FailureRecord>,
}

impl OwnedEvent {
    fn facts(&self) -> Option<&Facts> {
        self.failure.as_ref().map(|failure| &failure.facts)
    }

    getters_of_facts!();

    /// Returns the kind of the event.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// Returns the name of the function.
    #[must_use]
    pub fn site(&self) -> &'static str {
        self.site
    }

    /// Returns the number of the attempt that failed or succeeded, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Returns the maximum number of attempts; `None` if they are not limited.
    #[must_use]
    pub fn max(&self) -> Option<u32> {
        self.max
    }

    /// Returns the selector that matched.
    #[must_use]
    pub fn error_type(&self) -> Option<&'static str> {
        self.failure.as_ref().map(|failure| failure.facts.error_type)
    }

    /// Returns the text of the error with all sources.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.failure.as_ref().map(|failure| failure.error.as_str())
    }

    /// Returns the code of the error.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.failure.as_ref()?.code.as_deref()
    }

    /// Returns the id of the failed request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.failure.as_ref()?.request_id.as_deref()
    }

    /// Returns the pause that follows, if there is one.
    #[must_use]
    pub fn pause(&self) -> Option<Duration> {
        self.kind.pause()
    }

    getters_of_elapsed!(elapsed);

    /// Returns why the call ended, if it ended with an error.
    #[must_use]
    pub fn reason(&self) -> Option<EndReason> {
        self.kind.reason()
    }
}

impl From<&Event<'_>> for OwnedEvent {
    fn from(event: &Event<'_>) -> Self {
        Self {
            kind: event.kind(),
            site: event.site(),
            attempt: event.attempt(),
            max: event.max(),
            elapsed: event.moment.elapsed,
            failure: event.failed.map(FailureRecord::from),
        }
    }
}

#[cfg(feature = "serde")]
mod data {
    use serde::{Serialize, Serializer};

    use super::OwnedEvent;
    use crate::error::failure::FailureRecord;
    use crate::reason::EndReason;

    #[derive(Serialize)]
    struct Data<'a> {
        kind: &'static str,
        site: &'static str,
        attempt: u32,
        max: Option<u32>,
        elapsed_seconds: Option<f64>,
        since_first_failure_seconds: Option<f64>,
        pause_seconds: Option<f64>,
        reason: Option<EndReason>,
        #[serde(flatten)]
        failure: Option<&'a FailureRecord>,
    }

    impl Serialize for OwnedEvent {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            Data {
                kind: self.kind.word(),
                site: self.site,
                attempt: self.attempt,
                max: self.max,
                elapsed_seconds: self.elapsed().map(|time| time.as_secs_f64()),
                since_first_failure_seconds: self
                    .since_first_failure()
                    .map(|time| time.as_secs_f64()),
                pause_seconds: self.pause().map(|pause| pause.as_secs_f64()),
                reason: self.reason(),
                failure: self.failure.as_ref(),
            }
            .serialize(serializer)
        }
    }
}

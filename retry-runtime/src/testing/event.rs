//! What happened inside a scope.

use std::time::Duration;

use super::scope::innermost;
use crate::attempts::Reason;
use crate::observe::{Moment, Told};

/// Something that happened to a call inside a [`Scope`](super::Scope): the same that is logged.
#[derive(Clone, Debug)]
pub struct Event {
    kind: EventKind,
    site: &'static str,
    attempt: u32,
    max: u32,
    error_type: Option<&'static str>,
    error: Option<String>,
    code: Option<String>,
    request_id: Option<String>,
}

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// An attempt failed, and another one follows after this pause.
    Retry {
        /// How long it lasts.
        pause: Duration,
    },
    /// The call ended with the error.
    GaveUp {
        /// Why.
        reason: Reason,
    },
    /// The call succeeded after at least one retry.
    Recovered,
}

pub(crate) use EventKind as Happened;

impl Event {
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
    pub const fn error_type(&self) -> Option<&'static str> {
        self.error_type
    }

    /// The text of the error, with all sources.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The code of the error.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The id of the request that failed.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The pause that follows, where there is one.
    #[must_use]
    pub const fn pause(&self) -> Option<Duration> {
        match self.kind {
            EventKind::Retry { pause } => Some(pause),
            EventKind::GaveUp { .. } | EventKind::Recovered => None,
        }
    }

    /// Why the call ended, as in logs, where it did.
    #[must_use]
    pub const fn reason(&self) -> Option<&'static str> {
        match self.kind {
            EventKind::GaveUp { reason } => Some(reason.as_str()),
            EventKind::Retry { .. } | EventKind::Recovered => None,
        }
    }
}

pub(crate) fn record(moment: Moment<'_>, kind: EventKind, told: Option<&Told<'_>>) {
    let Some(scope) = innermost() else { return };
    let event = Event {
        kind,
        site: moment.site.name,
        attempt: moment.attempt,
        max: moment.policy.max(),
        error_type: told.map(|told| told.error_type),
        error: told.map(|told| told.text.to_string()),
        code: told.and_then(|told| told.code.code).map(str::to_owned),
        request_id: told.and_then(|told| told.code.request_id).map(str::to_owned),
    };
    scope.state().events.push(event);
}

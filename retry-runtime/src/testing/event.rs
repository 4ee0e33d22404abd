//! What happened inside a scope.

use std::time::Duration;

use super::scope::innermost;
use crate::observe::{self, EventKind};
use crate::reason::Reason;

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
        self.kind.pause()
    }

    /// Why the call ended, as in logs, where it did with an error.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        self.kind.reason().map(Reason::as_str)
    }
}

pub(crate) fn record(event: &observe::Event<'_>) {
    let Some(scope) = innermost() else { return };
    let event = Event {
        kind: event.kind(),
        site: event.site(),
        attempt: event.attempt(),
        max: event.max(),
        error_type: event.error_type(),
        error: event.error().map(ToString::to_string),
        code: event.code().map(str::to_owned),
        request_id: event.request_id().map(str::to_owned),
    };
    scope.state().events.push(event);
}

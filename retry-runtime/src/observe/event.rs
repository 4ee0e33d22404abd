//! What is told of a call, the same to everybody.

use core::fmt::Display;
use core::time::Duration;

use crate::error::failure::FailedAttempt;
use crate::observe::history::History;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::sites::site::Site;

/// What happened to a call, as an [`Observer`](crate::Observer) is told it.
///
/// The fields are those of the log.
///
/// ```
/// use retry_runtime::{Event, EventKind, Observer, retry_on};
/// # use std::sync::atomic::{AtomicU32, Ordering};
/// # static RETRIES: AtomicU32 = AtomicU32::new(0);
///
/// struct Printer;
///
/// impl Observer for Printer {
///     fn observe(&self, event: &Event<'_>) {
///         if let EventKind::Retry { pause } = event.kind() {
///             println!("{}: attempt {} failed, {pause:?} to go", event.site(), event.attempt());
/// #           RETRIES.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
///
/// retry_runtime::add_observer(Printer);
///
/// #[retry_on(_, delay = "0ms")]
/// fn read() -> Result<(), &'static str> {
///     Err("busy")
/// }
/// # read().unwrap_err();
/// # assert_eq!(RETRIES.load(Ordering::Relaxed), 2);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    pub(crate) kind: EventKind,
    pub(crate) moment: Moment<'a>,
    /// None where the call succeeded.
    pub(crate) failed: Option<&'a FailedAttempt<'a>>,
    #[cfg_attr(not(feature = "support-case"), expect(dead_code, reason = "read for support"))]
    pub(crate) history: &'a History,
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
    /// The call ended with the error: a limit ended it, or the error is one that is not retried.
    /// [`Reason::is_limit`] tells which.
    GaveUp {
        /// Why.
        reason: Reason,
    },
    /// The call succeeded after at least one retry.
    Recovered,
}

/// Where a call stands when something happens to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment<'a> {
    pub(crate) site: &'static Site,
    pub(crate) policy: &'a Policy,
    pub(crate) attempt: u32,
    pub(crate) elapsed: Duration,
}

impl<'a> Event<'a> {
    /// What happened.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        self.kind
    }

    /// The name of the function.
    #[must_use]
    pub const fn site(&self) -> &'static str {
        self.moment.site.name
    }

    /// The attempt that failed or succeeded, from 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.moment.attempt
    }

    /// How many attempts there are at most.
    #[must_use]
    pub const fn max(&self) -> u32 {
        self.moment.policy.max()
    }

    /// How the call is retried.
    #[must_use]
    pub const fn policy(&self) -> &'a Policy {
        self.moment.policy
    }

    /// The selector that matched: `timeout` for an attempt that took too long, `ok` for a value that
    /// is not accepted, `_OTHER` for an error that nothing selects; none where the call succeeded.
    #[must_use]
    pub fn error_type(&self) -> Option<&'static str> {
        self.failed.map(|failed| failed.facts.error_type)
    }

    /// The text of the error with all sources, on one line; none where the call succeeded.
    #[must_use]
    pub fn error(&self) -> Option<&'a dyn Display> {
        self.failed.map(|failed| &failed.text as &dyn Display)
    }

    /// The code of the error.
    #[must_use]
    pub fn code(&self) -> Option<&'a str> {
        self.failed?.code.code
    }

    /// The id of the request that failed.
    #[must_use]
    pub fn request_id(&self) -> Option<&'a str> {
        self.failed?.code.request_id
    }

    /// How many requests the attempt was, where the client counts them (`aws::CountRequests`).
    #[must_use]
    pub fn requests(&self) -> Option<u32> {
        self.failed.map(|failed| failed.facts.requests).filter(|requests| *requests > 0)
    }

    /// The pause that follows, where there is one.
    #[must_use]
    pub const fn pause(&self) -> Option<Duration> {
        self.kind.pause()
    }

    /// Why the call ended, where it did with an error.
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        self.kind.reason()
    }

    /// Since the first attempt started, where the function has the key `deadline` or `attempt`; else
    /// since that attempt failed.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.moment.elapsed
    }

    /// What to hand to those who can help; none where the call goes on, or succeeded.
    #[cfg(feature = "support-case")]
    #[must_use]
    pub fn support_case(&self) -> Option<crate::SupportCase> {
        let reason = self.reason()?;
        Some(crate::SupportCase::new(self.moment, reason, self.history))
    }
}

impl EventKind {
    /// The pause that follows, where there is one.
    #[must_use]
    pub const fn pause(self) -> Option<Duration> {
        match self {
            Self::Retry { pause } => Some(pause),
            Self::GaveUp { .. } | Self::Recovered => None,
        }
    }

    /// Why the call ended, where it did with an error.
    #[must_use]
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Self::GaveUp { reason } => Some(reason),
            Self::Retry { .. } | Self::Recovered => None,
        }
    }
}

//! The event that describes what happened to a call, the same for all receivers.

use core::fmt::{self, Display};
use core::time::Duration;

use crate::error::failure::{Facts, FailedAttempt, getters_of_facts};
use crate::observe::history::History;
use crate::policy::Policy;
use crate::reason::EndReason;
use crate::sites::site::Site;

/// What happened to a call. An [`Observer`](crate::observe::Observer) receives it.
///
/// The fields are the same as in logs.
///
/// ```
/// use retry_runtime::observe::{self, EventKind};
/// use retry_runtime::retry_on;
/// # use std::sync::atomic::{AtomicU32, Ordering};
/// # static RETRIES: AtomicU32 = AtomicU32::new(0);
///
/// observe::on_event(|event| {
///     if let EventKind::Retry { pause, .. } = event.kind() {
///         println!("{}: attempt {} failed, retrying in {pause:?}", event.site(), event.attempt());
/// #       RETRIES.fetch_add(1, Ordering::Relaxed);
///     }
/// });
///
/// #[retry_on(_, delay = "0ms")]
/// fn read() -> Result<(), &'static str> {
///     Err("busy")
/// }
/// # read().unwrap_err();
/// # assert_eq!(RETRIES.load(Ordering::Relaxed), 2);
/// ```
#[derive(Clone, Debug)]
pub struct Event<'a> {
    pub(crate) kind: EventKind,
    pub(crate) moment: Moment<'a>,
    /// `None` if the call succeeded.
    pub(crate) failed: Option<&'a FailedAttempt<'a>>,
    #[cfg_attr(
        not(feature = "support-case"),
        expect(dead_code, reason = "read for support cases")
    )]
    pub(crate) history: &'a History,
}

/// The kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// An attempt failed, and a pause before the next one begins.
    #[non_exhaustive]
    Retry {
        /// The length of the pause.
        pause: Duration,
    },
    /// An attempt returned a value before the one that is polled for, and another attempt follows
    /// after this pause. That is no failure.
    #[non_exhaustive]
    NotYet {
        /// The length of the pause.
        pause: Duration,
    },
    /// A limit ended the call with an error that would have been retried ([`EndReason::is_limit`]): the
    /// number of attempts, the deadline, the budget, a long hint, a stop, or retries that are switched
    /// off. This is what `on_give_up` and [`SiteReport::gave_up`](crate::sites::SiteReport::gave_up) tell.
    #[non_exhaustive]
    GaveUp {
        /// Which limit it was.
        reason: EndReason,
    },
    /// The call ended with an error that is never retried: no selector matched it, or a retried call
    /// inside has already given up and has told it.
    #[non_exhaustive]
    NotRetried {
        /// Which of the two it was.
        reason: EndReason,
    },
    /// The call succeeded after at least one retry.
    Recovered,
}

/// The state of a call at the time of an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment<'a> {
    pub(crate) site: &'static Site,
    pub(crate) policy: &'a Policy,
    pub(crate) attempt: u32,
    pub(crate) elapsed: Elapsed,
}

/// How long a call has lasted, without the time that observers took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Elapsed {
    pub(crate) time: Duration,
    /// Whether it counts from the start of the first attempt, and not from its failure: a function that
    /// needs no clock does not read one before it fails.
    pub(crate) is_from_start: bool,
}

impl Elapsed {
    pub(crate) fn since_start(self) -> Option<Duration> {
        self.is_from_start.then_some(self.time)
    }

    pub(crate) fn since_first_failure(self) -> Option<Duration> {
        (!self.is_from_start).then_some(self.time)
    }
}

/// The getters of [`Elapsed`], for events, owned events and hooks.
macro_rules! getters_of_elapsed {
    ($($elapsed:tt)*) => {
        /// Returns the time since the call began, if that was measured: the function has the key
        /// `deadline` or `attempt`. Otherwise see `since_first_failure`.
        #[must_use]
        pub fn elapsed(&self) -> Option<Duration> {
            self.$($elapsed)*.since_start()
        }

        /// Returns the time since the first attempt failed, if the beginning of the call was not
        /// measured: a function without the keys `deadline` and `attempt` reads no clock until then.
        #[must_use]
        pub fn since_first_failure(&self) -> Option<Duration> {
            self.$($elapsed)*.since_first_failure()
        }
    };
}
pub(crate) use getters_of_elapsed;

impl<'a> Event<'a> {
    fn facts(&self) -> Option<&'a Facts> {
        self.failed.map(|failed| &failed.facts)
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
        self.moment.site.name()
    }

    /// Returns the number of the attempt that failed or succeeded, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.moment.attempt
    }

    /// Returns the maximum number of attempts; `None` if they are not limited.
    #[must_use]
    pub fn max(&self) -> Option<u32> {
        self.moment.policy.max()
    }

    /// Returns the policy of the call.
    #[must_use]
    pub fn policy(&self) -> &'a Policy {
        self.moment.policy
    }

    /// Returns the selector that matched: `timeout` for an attempt that took too long, `value` for
    /// a value that is a failure (`when_ok`), `not_yet` for one before the one that is polled for
    /// (`until`), `_OTHER` for an error that no selector matches. `None` if the call succeeded.
    #[must_use]
    pub fn error_type(&self) -> Option<&'static str> {
        self.failed.map(|failed| failed.facts.error_type)
    }

    /// Returns the text of the error with all sources, on one line. `None` if the call succeeded.
    #[must_use]
    pub fn error(&self) -> Option<&'a dyn Display> {
        self.failed.map(|failed| &failed.text as &dyn Display)
    }

    /// Returns the code of the error.
    #[must_use]
    pub fn code(&self) -> Option<&'a str> {
        self.failed?.code.code
    }

    /// Returns the id of the failed request.
    #[must_use]
    pub fn request_id(&self) -> Option<&'a str> {
        self.failed?.code.request_id
    }

    /// Returns the pause that follows, if there is one.
    #[must_use]
    pub fn pause(&self) -> Option<Duration> {
        self.kind.pause()
    }

    /// Returns why the call ended, if it ended with an error.
    #[must_use]
    pub fn reason(&self) -> Option<EndReason> {
        self.kind.reason()
    }

    getters_of_elapsed!(moment.elapsed);
}

impl EventKind {
    /// The end of a call with an error.
    pub(crate) fn ended(reason: EndReason) -> Self {
        if reason.is_limit() { Self::GaveUp { reason } } else { Self::NotRetried { reason } }
    }

    /// The pause that follows, if there is one.
    pub(super) fn pause(self) -> Option<Duration> {
        match self {
            Self::Retry { pause } | Self::NotYet { pause } => Some(pause),
            Self::GaveUp { .. } | Self::NotRetried { .. } | Self::Recovered => None,
        }
    }

    /// Why the call ended, if it ended with an error.
    pub(super) fn reason(self) -> Option<EndReason> {
        match self {
            Self::GaveUp { reason } | Self::NotRetried { reason } => Some(reason),
            Self::Retry { .. } | Self::NotYet { .. } | Self::Recovered => None,
        }
    }

    /// Its word in data: `retry`, `not_yet`, `gave_up`, `not_retried`, `recovered`.
    #[cfg(feature = "serde")]
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Retry { .. } => "retry",
            Self::NotYet { .. } => "not_yet",
            Self::GaveUp { .. } => "gave_up",
            Self::NotRetried { .. } => "not_retried",
            Self::Recovered => "recovered",
        }
    }
}

/// The number of an attempt, of as many as there can be: `2 of 3`, or `2`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttemptOfMax {
    pub(crate) attempt: u32,
    pub(crate) max: Option<u32>,
}

impl fmt::Display for AttemptOfMax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.max {
            Some(max) => write!(f, "{} of {max}", self.attempt),
            None => write!(f, "{}", self.attempt),
        }
    }
}

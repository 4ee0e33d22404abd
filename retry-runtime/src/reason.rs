//! Why a call ended.

use core::fmt;

/// Why a call ended with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// No selector matched the error, or `unless` did.
    NotRetryable,
    /// A retried call inside this one has given up already ([`Nested::Inner`](crate::Nested)).
    Nested,
    /// As many attempts as the policy allows have failed.
    MaxAttempts,
    /// A [`Stop`](crate::Stop) was requested.
    Stopped,
    /// The next attempt would have started after the deadline.
    Deadline,
    /// The budget for retries was used up.
    Budget,
    /// Retries are switched off from outside (feature `switchboard`).
    Disabled,
}

impl Reason {
    /// All of them, in their order.
    pub const ALL: &'static [Self] = &Self::EVERY;

    pub(crate) const EVERY: [Self; 7] = [
        Self::NotRetryable,
        Self::Nested,
        Self::MaxAttempts,
        Self::Stopped,
        Self::Deadline,
        Self::Budget,
        Self::Disabled,
    ];

    /// The word for it in logs and metrics: `not_retryable`, `nested`, `max_attempts`, `stopped`,
    /// `deadline`, `budget`, `disabled`.
    ///
    /// ```
    /// assert_eq!(retry_runtime::Reason::MaxAttempts.as_str(), "max_attempts");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotRetryable => "not_retryable",
            Self::Nested => "nested",
            Self::MaxAttempts => "max_attempts",
            Self::Stopped => "stopped",
            Self::Deadline => "deadline",
            Self::Budget => "budget",
            Self::Disabled => "disabled",
        }
    }

    /// Whether a limit ended the call; else the error was not to be retried at all.
    #[must_use]
    pub const fn is_limit(self) -> bool {
        !matches!(self, Self::NotRetryable | Self::Nested)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

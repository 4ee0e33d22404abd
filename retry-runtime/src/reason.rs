//! Why a call ended.

use core::fmt;

/// Why a call ended with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndReason {
    /// No selector matched the error, or `unless` excluded it.
    NotRetryable,
    /// A retried call inside this one has already given up with this error
    /// ([`NestedRetries::Inner`](crate::NestedRetries)).
    Nested,
    /// All attempts that the policy allows have failed.
    MaxAttempts,
    /// A [`Stop`](crate::Stop) was requested.
    Stopped,
    /// The server asked to wait longer than [`max_hint`](crate::Policy::max_hint).
    Hint,
    /// The next attempt would not have started before the deadline.
    Deadline,
    /// The retry budget was exhausted.
    Budget,
    /// Settings from outside have disabled retries (feature `overrides`).
    Disabled,
}

impl EndReason {
    /// All reasons, in the order of declaration.
    pub const ALL: &'static [Self] = &Self::EVERY;

    pub(crate) const EVERY: [Self; 8] = [
        Self::NotRetryable,
        Self::Nested,
        Self::MaxAttempts,
        Self::Stopped,
        Self::Hint,
        Self::Deadline,
        Self::Budget,
        Self::Disabled,
    ];

    /// The name of the reason in logs and metrics: `not_retryable`, `nested`, `max_attempts`, `stopped`,
    /// `hint`, `deadline`, `budget`, `disabled`.
    ///
    /// ```
    /// assert_eq!(retry_runtime::EndReason::MaxAttempts.as_str(), "max_attempts");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotRetryable => "not_retryable",
            Self::Nested => "nested",
            Self::MaxAttempts => "max_attempts",
            Self::Stopped => "stopped",
            Self::Hint => "hint",
            Self::Deadline => "deadline",
            Self::Budget => "budget",
            Self::Disabled => "disabled",
        }
    }

    /// Whether a limit ended the call. If false, the error was not retryable.
    #[must_use]
    pub const fn is_limit(self) -> bool {
        !matches!(self, Self::NotRetryable | Self::Nested)
    }
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

//! Why a call ended.

use core::fmt;
use core::str::FromStr;

/// Why a call ended with an error.
///
/// `Display`, `FromStr`, and with the feature `serde` `Serialize` and `Deserialize` use the word of
/// [`EndReason::as_str`]. The order is that of the declaration.
///
/// ```
/// use retry_runtime::EndReason;
///
/// assert_eq!("max_attempts".parse(), Ok(EndReason::MaxAttempts));
/// assert_eq!(EndReason::MaxAttempts.to_string(), "max_attempts");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
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
    /// The next attempt would not have started before the deadline, or the running one was cut at it.
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
        f.pad(self.as_str())
    }
}

impl FromStr for EndReason {
    type Err = ParseEndReasonError;

    fn from_str(word: &str) -> Result<Self, ParseEndReasonError> {
        let reason = Self::EVERY.into_iter().find(|reason| reason.as_str() == word);
        reason.ok_or(ParseEndReasonError(()))
    }
}

/// A text is not the word of an [`EndReason`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a reason: expected one of {}", EndReason::EVERY.map(EndReason::as_str).join(", "))]
pub struct ParseEndReasonError(());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_read_from_its_word() {
        for reason in EndReason::EVERY {
            assert_eq!(reason.to_string().parse(), Ok(reason));
        }
        let error = "gave_up".parse::<EndReason>().map_err(|error| error.to_string());
        assert_eq!(
            error,
            Err("not a reason: expected one of not_retryable, nested, max_attempts, stopped, hint, \
                 deadline, budget, disabled"
                .to_owned()),
        );
    }

    #[test]
    #[cfg(feature = "serde")]
    fn data_has_the_same_words() {
        for reason in EndReason::EVERY {
            let word = format!("\"{reason}\"");
            assert_eq!(serde_json::to_string(&reason).ok().as_ref(), Some(&word));
            assert_eq!(serde_json::from_str::<EndReason>(&word).ok(), Some(reason));
        }
    }
}

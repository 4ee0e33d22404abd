//! Why a call ended.

use crate::words::words;

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

    /// Whether a limit ended the call. If false, the error was not retryable.
    #[must_use]
    pub const fn is_limit(self) -> bool {
        !matches!(self, Self::NotRetryable | Self::Nested)
    }
}

words!(EndReason {
    NotRetryable => "not_retryable",
    Nested => "nested",
    MaxAttempts => "max_attempts",
    Stopped => "stopped",
    Hint => "hint",
    Deadline => "deadline",
    Budget => "budget",
    Disabled => "disabled",
});

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
            Err("`gave_up` is not one of `not_retryable`, `nested`, `max_attempts`, `stopped`, `hint`, \
                 `deadline`, `budget`, `disabled`"
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

//! Why a policy is invalid.

use core::time::Duration;
use std::io;

/// Why a policy is invalid.
///
/// ```
/// use retry_runtime::{Policy, PolicyError};
///
/// assert_eq!(Policy::builder().max(0).try_build(), Err(PolicyError::Max));
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// `max` is zero.
    #[error("{}", self.rule())]
    Max,
    /// The timeout is zero.
    #[error("{}", self.rule())]
    Timeout,
    /// The function's own budget is smaller than the price of one retry after a timeout.
    #[error("{}, not {tokens}", self.rule())]
    #[non_exhaustive]
    Budget {
        /// The number of tokens that was given.
        tokens: u32,
    },
    /// `factor` is NaN, below 1, or above 4294967295.
    #[error("{}, not {factor}", self.rule())]
    #[non_exhaustive]
    Factor {
        /// The value that was given.
        factor: f64,
    },
    /// `factor` is set, and the backoff is not exponential.
    #[error("{}", self.rule())]
    UnusedFactor,
    /// Decorrelated jitter, which grows from the previous pause, is combined with a backoff that is not
    /// exponential.
    #[error("{}", self.rule())]
    UnusedBackoff,
    /// `max_delay` is shorter than `delay`.
    #[error("`max_delay` ({max_delay:?}) is shorter than the first `delay` ({delay:?})")]
    #[non_exhaustive]
    MaxDelay {
        /// The cap that was given.
        max_delay: Duration,
        /// The first delay that was given.
        delay: Duration,
    },
    /// The deadline is too short for the first retry to start.
    #[error("{}", self.deadline_missed())]
    #[non_exhaustive]
    Deadline {
        /// The deadline that was given.
        deadline: Duration,
        /// The first delay.
        delay: Duration,
    },
}

impl PolicyError {
    fn deadline_missed(&self) -> String {
        match self {
            Self::Deadline { deadline, .. } if deadline.is_zero() => {
                "`deadline` is 0, which leaves no time".to_owned()
            }
            Self::Deadline { deadline, delay } => format!(
                "`deadline` ({deadline:?}) is too short for the first pause (`delay` is {delay:?})"
            ),
            _ => self.rule().to_owned(),
        }
    }

    /// The violated rule without the values, because a panic in a constant cannot format them.
    pub(crate) const fn rule(&self) -> &'static str {
        match self {
            Self::Max => "`max` counts attempts, the first included, so it is at least 1",
            Self::Timeout => "`timeout` is 0, which leaves no time",
            Self::Budget { .. } => {
                "`budget` has at least 10 tokens, the price of a retry after a timeout"
            }
            Self::Factor { .. } => "`factor` is a number from 1 (constant delay) to 4294967295",
            Self::UnusedFactor => "`factor` is used by exponential backoff only",
            Self::UnusedBackoff => "`backoff` is not used with decorrelated jitter",
            Self::MaxDelay { .. } => "`max_delay` is shorter than the first `delay`",
            Self::Deadline { .. } => "`deadline` ends before the first pause could",
        }
    }
}

impl From<PolicyError> for io::Error {
    fn from(error: PolicyError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}

/// A construction failure, because the settings were invalid before the first request was sent.
#[cfg(feature = "aws")]
impl<E, R> From<PolicyError> for aws_smithy_runtime_api::client::result::SdkError<E, R> {
    fn from(error: PolicyError) -> Self {
        Self::construction_failure(error)
    }
}

//! How long a server asked to wait.

use core::time::Duration;

/// How long a server asked to wait: what `hint = ..` returns. A `Duration` converts into it.
///
/// A hint is followed in full, up to the policy's [`max_hint`](crate::Policy::max_hint). One that
/// [extends the pause by a limited time](Self::extends_pause_by_at_most) is cut instead.
///
/// ```
/// use retry_runtime::{Hint, retry_on};
/// use std::time::Duration;
///
/// struct Throttled { seconds: u64 }
///
/// fn hint(error: &Throttled) -> Option<Hint> {
///     let hint = Hint::from(Duration::from_secs(error.seconds));
///     Some(hint.extends_pause_by_at_most(Duration::from_secs(5)))
/// }
///
/// #[retry_on(Throttled, hint = hint)]
/// fn fetch() -> Result<(), Throttled> {
///     // …
///     # Ok(())
/// }
/// # fetch().unwrap_or_default();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hint {
    wait: Duration,
    /// If `None`, the hint is followed in full or not at all.
    longest_extension: Option<Duration>,
}

impl Hint {
    /// Cuts the pause if the hint makes it longer by more than this. Such a hint never ends the call, and
    /// `max_hint` does not apply to it.
    #[must_use]
    pub const fn extends_pause_by_at_most(mut self, longest: Duration) -> Self {
        self.longest_extension = Some(longest);
        self
    }

    /// Returns how long the server asked to wait.
    #[must_use]
    pub const fn wait(self) -> Duration {
        self.wait
    }

    pub(crate) const fn longest_extension(self) -> Option<Duration> {
        self.longest_extension
    }
}

impl From<Duration> for Hint {
    fn from(wait: Duration) -> Self {
        Self { wait, longest_extension: None }
    }
}

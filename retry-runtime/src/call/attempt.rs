//! What the body of a retried function can read about the running attempt.

use core::time::Duration;

use crate::call::Call;
use crate::call::idempotency::Identity;
use crate::call::ruling;
use crate::call::terms::CallContext;

/// The running attempt; the body reads it from the variable that `attempt = ..` names. It borrows
/// nothing, so it can be moved into a task.
///
/// ```
/// use retry_runtime::retry_on;
///
/// #[retry_on(_, attempt = tries, delay = "0ms")]
/// fn fetch() -> Result<u32, String> {
///     if tries.is_last() { Ok(tries.number()) } else { Err("busy".into()) }
/// }
///
/// assert_eq!(fetch(), Ok(3));
/// ```
#[derive(Clone, Debug)]
pub struct Attempt {
    number: u32,
    max: Option<u32>,
    elapsed: Duration,
    previous: Option<&'static str>,
    #[cfg_attr(
        not(feature = "idempotency"),
        expect(dead_code, reason = "read by `idempotency_key` only")
    )]
    identity: Identity,
}

impl Attempt {
    #[doc(hidden)]
    #[must_use]
    pub fn __new(at: impl CallContext, call: &impl Call, identity: &Identity) -> Self {
        let progress = call.progress();
        Self {
            number: progress.attempt,
            max: ruling::policy(at).max(),
            elapsed: progress.elapsed(at.terms()),
            previous: progress.error_type,
            identity: identity.clone(),
        }
    }

    /// The number of the attempt, from 1.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The maximum number of attempts; `None` if they are not limited.
    #[must_use]
    pub fn max(&self) -> Option<u32> {
        self.max
    }

    /// Whether this is the last attempt that `max` allows. If false, a deadline, the budget or a
    /// [`Stop`](crate::Stop) can still end the call after this attempt. So return a fallback value in the
    /// caller, not in the body.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.max.is_some_and(|max| self.number >= max)
    }

    /// The time from the start of the first attempt to the start of this one.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// How the previous attempt failed: the selector that matched its error, as in the field `error.type`
    /// of logs. `None` in the first attempt.
    #[must_use]
    pub fn previous_error_type(&self) -> Option<&'static str> {
        self.previous
    }

    /// A key that is the same in all attempts of one call and different in every other call, drawn at the
    /// first use.
    ///
    /// Send it as a client token or in the header `Idempotency-Key`. If the server has carried out an
    /// attempt and its response was lost, the key lets the server recognize the next attempt.
    ///
    /// ```
    /// use retry_runtime::retry_on;
    /// # use std::cell::RefCell;
    ///
    /// #[retry_on(_, attempt = tries, delay = "0ms")]
    /// fn order(keys: &RefCell<Vec<String>>) -> Result<(), String> {
    ///     keys.borrow_mut().push(tries.idempotency_key().to_string());
    ///     if tries.is_last() { Ok(()) } else { Err("busy".into()) }
    /// }
    ///
    /// let keys = RefCell::default();
    /// order(&keys)?;
    /// let keys = keys.into_inner();
    /// assert!(keys[0] == keys[1] && keys[1] == keys[2]);
    /// # Ok::<(), String>(())
    /// ```
    #[cfg(feature = "idempotency")]
    #[must_use]
    pub fn idempotency_key(&self) -> crate::call::idempotency::IdempotencyKey {
        self.identity.key()
    }
}

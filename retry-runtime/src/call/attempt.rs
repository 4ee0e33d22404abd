//! What the body of a retried function can ask about the attempt that runs it.

use core::time::Duration;

use crate::call::Call;
use crate::call::ruling;
use crate::call::terms::CallContext;

/// The running attempt, as the body sees it under the name that `attempt = ..` gives.
///
/// ```
/// use retry_runtime::retry_on;
///
/// #[retry_on(_, attempt = attempt, delay = "0ms")]
/// fn fetch() -> Result<u32, String> {
///     if attempt.is_last() { Ok(attempt.number()) } else { Err("busy".into()) }
/// }
///
/// assert_eq!(fetch(), Ok(3));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    number: u32,
    max: u32,
    elapsed: Duration,
    previous: Option<&'static str>,
    #[cfg_attr(not(feature = "uuid"), expect(dead_code, reason = "asked for its key only"))]
    identity: &'a Identity,
}

impl<'a> Attempt<'a> {
    #[doc(hidden)]
    #[must_use]
    pub fn __new(at: impl CallContext, call: &impl Call, identity: &'a Identity) -> Self {
        let progress = call.progress();
        Self {
            number: progress.attempt,
            max: ruling::policy(at).max(),
            elapsed: progress.elapsed(at.terms()),
            previous: progress.error_type,
            identity,
        }
    }

    /// Which attempt it is, from 1.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// How many attempts there are at most.
    #[must_use]
    pub const fn max(&self) -> u32 {
        self.max
    }

    /// Whether `max` allows no other attempt. Where it is false, a deadline, the budget or a
    /// [`Stop`](crate::Stop) can still make this the last one: a value to fall back on belongs around
    /// the call.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        self.number >= self.max
    }

    /// The time from the start of the first attempt to the start of this one.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// What went wrong in the attempt before: the selector that matched its error, as in the field
    /// `error.type` of logs.
    #[must_use]
    pub const fn previous(&self) -> Option<&'static str> {
        self.previous
    }

    /// A key that all attempts of one call share and no other call has, made when it is first asked
    /// for: a random UUID (version 4).
    ///
    /// Sent as a client token or an `Idempotency-Key` header, it lets a server that has carried out
    /// an attempt whose answer was lost recognise the next one.
    ///
    /// ```
    /// use retry_runtime::retry_on;
    /// # use std::cell::RefCell;
    ///
    /// #[retry_on(_, attempt = attempt, delay = "0ms")]
    /// fn order(keys: &RefCell<Vec<String>>) -> Result<(), String> {
    ///     keys.borrow_mut().push(attempt.idempotency_key().to_string());
    ///     if attempt.is_last() { Ok(()) } else { Err("busy".into()) }
    /// }
    ///
    /// let keys = RefCell::default();
    /// order(&keys)?;
    /// let keys = keys.into_inner();
    /// assert!(keys[0] == keys[1] && keys[1] == keys[2]);
    /// # Ok::<(), String>(())
    /// ```
    #[cfg(feature = "uuid")]
    #[must_use]
    pub fn idempotency_key(&self) -> uuid::Uuid {
        *self.identity.key.get_or_init(uuid::Uuid::new_v4)
    }
}

/// What makes a call different from all others.
#[derive(Debug, Default)]
pub struct Identity {
    #[cfg(feature = "uuid")]
    key: std::sync::OnceLock<uuid::Uuid>,
}

impl Identity {
    /// Not known yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            #[cfg(feature = "uuid")]
            key: std::sync::OnceLock::new(),
        }
    }
}

//! Not API: uses the expressions that the user wrote in the attribute. As arguments of these functions,
//! closures get their types, and the compiler reports mistakes with a clear message.

#![expect(missing_docs, reason = "not API")]

use core::future::Future;
use core::time::Duration;

use crate::call::Call;
use crate::call::failing::Ended;
use crate::call::hooks::{self, OnGiveUp, OnRetry};
use crate::call::outcome::Fallible;
use crate::call::terms::CallContext;
use crate::call::timeout::{self, TimedOut};
use crate::decide::budget::Budget;
use crate::error::failure::Cut;
use crate::hint::Hint;
use crate::policy::Policy;
use crate::policy::builder::PolicyBuilder;

/// The user's limits, predicates, hints, hooks, timers and arguments.
#[derive(Debug)]
pub struct Typed;

impl Typed {
    /// Returns the policy of a site. Evaluated at compile time, so that invalid settings do not compile.
    ///
    /// # Panics
    ///
    /// At compile time, with the rule that is violated.
    #[must_use]
    #[track_caller]
    pub const fn policy(builder: PolicyBuilder) -> Policy {
        builder.build()
    }

    /// Validates a constant for `max`.
    ///
    /// # Panics
    ///
    /// At compile time, at the constant.
    #[track_caller]
    pub const fn max(max: u32) {
        let _ = Self::policy(Policy::builder().max(max));
    }

    /// Validates a constant for `factor`.
    ///
    /// # Panics
    ///
    /// At compile time, at the constant.
    #[track_caller]
    pub const fn factor(factor: f64) {
        let _ = Self::policy(Policy::builder().factor(factor));
    }

    pub const fn budget(budget: &Budget) -> &Budget {
        budget
    }

    pub fn holds<E>(error: &E, predicate: impl FnOnce(&E) -> bool) -> bool {
        predicate(error)
    }

    pub fn hint<E, H: Hinted>(error: &E, hint: impl FnOnce(&E) -> Option<H>) -> Option<Hint> {
        hint(error).map(Hinted::hinted)
    }

    /// Calls `on_retry`.
    pub fn retrying<E>(
        at: impl CallContext,
        call: &impl Call,
        error: Option<&E>,
        hook: impl FnOnce(&OnRetry<'_, E>),
    ) {
        hooks::retrying(at, call, error, hook);
    }

    /// Calls `on_give_up` if a limit ended the call.
    pub fn gave_up<R: Fallible>(
        at: impl CallContext,
        ended: &Ended,
        result: R,
        hook: impl FnOnce(&OnGiveUp<'_, R::Error>),
    ) -> R {
        hooks::gave_up(at, ended, result, hook)
    }

    /// Converts the outcome of an attempt to a `Result`; `timed_out` makes the error if it was cut.
    ///
    /// # Errors
    ///
    /// The attempt's own error, or that one.
    pub fn timed_out<T, E>(
        attempt: Result<Result<T, E>, TimedOut>,
        cut: &mut Cut,
        error: impl FnOnce(TimedOut) -> E,
    ) -> Result<T, E> {
        timeout::settled(attempt, cut, error)
    }

    pub fn timer<S>(pause: Duration, sleep: impl FnOnce(Duration) -> S) -> S {
        sleep(pause)
    }

    /// Copies an argument that `clone(..)` lists, for one attempt.
    pub fn fresh<T: Clone>(argument: &T) -> T {
        argument.clone()
    }
}

/// What the function in `hint = ..` says of the wait.
#[diagnostic::on_unimplemented(
    message = "`hint = ..` returns how long to wait as an `Option<Duration>`, and this is an `Option<{Self}>`",
    label = "not a duration",
    note = "convert it: `Duration::from_secs(seconds)`, `Duration::from_millis(milliseconds)`"
)]
pub trait Hinted {
    fn hinted(self) -> Hint;
}

#[diagnostic::do_not_recommend]
impl<H: Into<Hint>> Hinted for H {
    fn hinted(self) -> Hint {
        self.into()
    }
}

/// The return type of the timer in `sleep = ..`.
#[diagnostic::on_unimplemented(
    message = "the timer in `sleep = ..` must be async, and it returns `{Self}`",
    label = "not a future",
    note = "name a function from `Duration` to a future, such as `async fn my_timer(pause: Duration)`"
)]
pub trait Slept {
    type Wait: Future;

    fn slept(self) -> Self::Wait;
}

#[diagnostic::do_not_recommend]
impl<S: Future> Slept for S {
    type Wait = S;

    fn slept(self) -> S {
        self
    }
}

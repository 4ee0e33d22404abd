//! What the user gave to the attribute, used here: so a closure gets its type, and a mistake its
//! message.

use core::future::Future;
use core::time::Duration;

use crate::call::Call;
use crate::call::failing::Ended;
use crate::call::hooks::{self, GaveUp, Retrying};
use crate::call::outcome::Fallible;
use crate::call::terms::CallContext;
use crate::decide::budget::Budget;
use crate::policy::{Policy, PolicyBuilder};

/// Limits, predicates, hints, hooks, timers and arguments.
#[derive(Debug)]
pub struct Given;

impl Given {
    /// The policy of a site: evaluated at compile time, so that what is wrong does not compile.
    ///
    /// # Panics
    ///
    /// In the compiler, with the rule that is broken.
    #[must_use]
    #[track_caller]
    pub const fn policy(builder: PolicyBuilder) -> Policy {
        match builder.build() {
            Ok(policy) => policy,
            Err(error) => panic!("{}", error.rule()),
        }
    }

    /// Whether a constant can be `max`.
    ///
    /// # Panics
    ///
    /// In the compiler, at the constant.
    #[track_caller]
    pub const fn max(max: u32) {
        let _ = Self::policy(Policy::builder().max(max));
    }

    /// Whether a constant can be `factor`.
    ///
    /// # Panics
    ///
    /// In the compiler, at the constant.
    #[track_caller]
    pub const fn factor(factor: f64) {
        let _ = Self::policy(Policy::builder().factor(factor));
    }

    /// The budget to take retries from.
    pub const fn budget(budget: &Budget) -> &Budget {
        budget
    }

    /// Whether a predicate holds for an error.
    pub fn holds<E>(error: &E, predicate: impl FnOnce(&E) -> bool) -> bool {
        predicate(error)
    }

    /// What a hint says.
    pub fn hint<E>(error: &E, hint: impl FnOnce(&E) -> Option<Duration>) -> Option<Duration> {
        hint(error)
    }

    /// Calls `on_retry`.
    pub fn retrying<E>(
        at: impl CallContext,
        call: &impl Call,
        error: Option<&E>,
        hook: impl FnOnce(&Retrying<'_, E>),
    ) {
        hooks::retrying(at, call, error, hook);
    }

    /// Calls `on_give_up` where a limit ended the call.
    pub fn gave_up<R: Fallible>(
        at: impl CallContext,
        ended: &Ended,
        result: R,
        hook: impl FnOnce(&GaveUp<'_, R::Error>),
    ) -> R {
        hooks::gave_up(at, ended, result, hook)
    }

    /// Calls a timer.
    pub fn timer<S>(pause: Duration, sleep: impl FnOnce(Duration) -> S) -> S {
        sleep(pause)
    }

    /// What an attempt starts from where `clone(..)` says so: its own copy of an argument.
    pub fn fresh<T: Clone>(argument: &T) -> T {
        argument.clone()
    }
}

/// What a timer that the user named returns.
#[diagnostic::on_unimplemented(
    message = "the timer in `sleep = ..` must be async, and it returns `{Self}`",
    label = "not a future",
    note = "name a function from `Duration` to a future, such as `async fn my_timer(pause: Duration)`"
)]
pub trait Slept {
    /// The future that it is.
    type Wait: Future;

    /// Waits.
    fn slept(self) -> Self::Wait;
}

#[diagnostic::do_not_recommend]
impl<S: Future> Slept for S {
    type Wait = S;

    fn slept(self) -> S {
        self
    }
}

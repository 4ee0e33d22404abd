//! Not API: uses the expressions that the user wrote in the attribute. As arguments of these functions,
//! closures get their types, and the compiler reports mistakes with a clear message.

#![expect(missing_docs, reason = "not API")]

use core::future::Future;
use core::ops::Deref;
use core::time::Duration;
use std::sync::Arc;

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
        match builder.try_build() {
            Ok(policy) => policy,
            Err(error) => panic!("{}", error.rule()),
        }
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

    /// Returns what keeps the budget during the call. As an argument, a reference to a budget that is
    /// made in the expression does not compile: that one would be new in each call.
    pub fn budget<'a>(budget: impl SharedBudget<'a>) -> KeptBudget<'a> {
        budget.kept()
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

/// The value of `budget = ..`.
#[diagnostic::on_unimplemented(
    message = "`budget = ..` takes a `&Budget` or an `Arc<Budget>`, and this is a `{Self}`",
    label = "not a budget that calls share",
    note = "write `&` before the name of a budget, `budget = &BUDGET`; `Budgets` has one for each host or tenant: `budget = HOSTS.of(host)`"
)]
pub trait SharedBudget<'a> {
    fn kept(self) -> KeptBudget<'a>;
}

#[diagnostic::do_not_recommend]
impl<'a> SharedBudget<'a> for &'a Budget {
    #[inline]
    fn kept(self) -> KeptBudget<'a> {
        KeptBudget::Borrowed(self)
    }
}

/// A budget in an `Arc`, a `Box`, a `LazyLock`.
#[diagnostic::do_not_recommend]
impl<'a, P: Deref<Target = Budget>> SharedBudget<'a> for &'a P {
    #[inline]
    fn kept(self) -> KeptBudget<'a> {
        KeptBudget::Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl<'a> SharedBudget<'a> for Arc<Budget> {
    #[inline]
    fn kept(self) -> KeptBudget<'a> {
        KeptBudget::Counted(self)
    }
}

/// The budget of a call, which lives as long as the call.
#[derive(Debug)]
pub enum KeptBudget<'a> {
    Borrowed(&'a Budget),
    Counted(Arc<Budget>),
}

impl Deref for KeptBudget<'_> {
    type Target = Budget;

    #[inline]
    fn deref(&self) -> &Budget {
        match self {
            Self::Borrowed(budget) => budget,
            Self::Counted(budget) => budget,
        }
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

/// What a hook that is a function returns.
#[diagnostic::on_unimplemented(
    message = "a hook returns nothing, and this one returns `{Self}`",
    label = "not `()`",
    note = "a hook cannot wait for an async function: spawn a task in it, or await in the body of the \
            function, with `attempt = attempt` and `if attempt.number() > 1`"
)]
pub trait HookIsDone {}

impl HookIsDone for () {}

/// Takes what a hook that is a function returned.
pub fn hook_is_done<R: HookIsDone>(_: R) {}

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

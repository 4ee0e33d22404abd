//! Not API: what expansions of `#[retry_on]` call. It changes without notice; the two crates are
//! pinned to each other.

pub use core::future::Future;
pub use core::option::Option::{None, Some};
pub use core::result::Result::{Err, Ok};
pub use core::time::Duration;
pub use core::{concat, file, line, module_path};

pub use crate::call::{AsyncCall, AsyncTimer, DefaultTimer, PlainCall, Slept};
pub use crate::classify::{Searched, Selector};
pub use crate::describe::{Coded, Described};
pub use crate::jitter::Jitter;
pub use crate::observe::Failure;
pub use crate::policy::{Policy, PolicyBuilder};
pub use crate::site::Site;

/// What an annotated function returns.
#[diagnostic::on_unimplemented(
    message = "`#[retry_on]` retries a function that returns a `Result`, and this one returns `{Self}`",
    label = "not a `Result`",
    note = "return `Result<{Self}, E>`, where `E` is the error to retry on"
)]
pub trait Fallible {
    /// What a successful attempt returns.
    type Value;
    /// What a failed attempt returns.
    type Error;

    /// Takes the outcome of an attempt apart, …
    fn into_result(self) -> Result<Self::Value, Self::Error>;

    /// … and puts it together again: of a success, …
    fn success(value: Self::Value) -> Self;

    /// … or of a failure.
    fn failure(error: Self::Error) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E> Fallible for Result<T, E> {
    type Value = T;
    type Error = E;

    #[inline]
    fn into_result(self) -> Self {
        self
    }

    #[inline]
    fn success(value: T) -> Self {
        Ok(value)
    }

    #[inline]
    fn failure(error: E) -> Self {
        Err(error)
    }
}

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

/// What happens after a failure, kept out of the way of success.
#[cold]
#[inline(never)]
pub fn cold<R>(after_failure: impl FnOnce() -> R) -> R {
    after_failure()
}

/// Drops what a lint would call not worth dropping.
pub fn ended<T>(_: T) {}

/// Whether a predicate of the user holds for an error; gives the closure its type.
pub fn holds<E: ?Sized>(error: &E, predicate: impl FnOnce(&E) -> bool) -> bool {
    predicate(error)
}

/// What an attempt starts from where `clone(..)` says so: its own copy of an argument.
pub fn fresh<T: Clone>(argument: &T) -> T {
    argument.clone()
}

/// What an attempt starts from where an argument is `mut`: its own copy.
///
/// Implemented for what can be cloned; for `()`, so that the compiler does not advise a bound on
/// this trait.
#[diagnostic::on_unimplemented(
    message = "each attempt needs its own `{T}`, and `{T}` cannot be cloned",
    label = "does not implement `Clone`",
    note = "a `mut` argument is cloned for each attempt, so that every attempt starts from the \
            original value: implement `Clone` for `{T}`, or take it by reference (`&mut`) to share \
            it between the attempts"
)]
pub trait ClonesForEachAttempt<T> {
    /// A clone.
    fn copy(argument: &T) -> T;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> ClonesForEachAttempt<T> for () {
    fn copy(argument: &T) -> T {
        argument.clone()
    }
}

/// Calls a timer that the user named; gives a closure its type.
pub fn timer<S>(pause: Duration, sleep: impl FnOnce(Duration) -> S) -> S {
    sleep(pause)
}

/// Whether a constant can be `max`.
///
/// # Panics
///
/// In the compiler, at the constant.
#[track_caller]
pub const fn check_max(max: u32) {
    let _ = policy(Policy::builder().max(max));
}

/// Whether a constant can be `factor`.
///
/// # Panics
///
/// In the compiler, at the constant.
#[track_caller]
pub const fn check_factor(factor: f64) {
    let _ = policy(Policy::builder().factor(factor));
}

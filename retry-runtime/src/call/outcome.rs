//! Not API: the outcome of an attempt, converted to a `Result` and back.

#![expect(missing_docs, reason = "not API")]

/// The return type of an annotated function.
#[diagnostic::on_unimplemented(
    message = "`#[retry_on]` retries a function that returns a `Result`, and this one returns `{Self}`",
    label = "not a `Result`",
    note = "return `Result<{Self}, E>`, where `E` is the error to retry on"
)]
pub trait Fallible {
    type Value;
    type Error;

    /// Converts the outcome of an attempt to a `Result`.
    ///
    /// # Errors
    ///
    /// The error of the attempt.
    fn into_result(self) -> Result<Self::Value, Self::Error>;

    /// Converts a value back to a successful outcome.
    fn success(value: Self::Value) -> Self;

    /// Converts an error back to a failed outcome.
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

/// Gives each attempt its own copy of a `mut` argument of the type `T`.
///
/// Implemented for `()`, so that the compiler does not suggest this trait as a bound on the argument.
#[diagnostic::on_unimplemented(
    message = "each attempt needs its own `{T}`, and `{T}` cannot be cloned",
    label = "does not implement `Clone`",
    note = "a `mut` argument is cloned for each attempt, so that every attempt starts from the \
            original value: implement `Clone` for `{T}`, or take it by reference (`&mut`) to share \
            it between the attempts"
)]
pub trait ClonesForEachAttempt<T> {
    fn copy(argument: &T) -> T;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> ClonesForEachAttempt<T> for () {
    fn copy(argument: &T) -> T {
        argument.clone()
    }
}

/// An outcome that does not end the call, of a function whose values are looked at.
#[derive(Debug)]
pub enum Unsuccessful<T, E> {
    /// A value that counts as a failure (`when_ok = ..`).
    Value(T),
    /// A value before the one that is polled for (`until = ..`).
    NotYet(T),
    Error(E),
}

impl<T, E> Unsuccessful<T, E> {
    /// Returns the value if `is_failure` is false for it.
    ///
    /// # Errors
    ///
    /// The value that counts as a failure, or the error.
    pub fn when_ok(result: Result<T, E>, is_failure: impl FnOnce(&T) -> bool) -> Result<T, Self> {
        match result {
            Ok(value) if is_failure(&value) => Err(Self::Value(value)),
            Ok(value) => Ok(value),
            Err(error) => Err(Self::Error(error)),
        }
    }

    /// Returns the value if `is_the_end` is true for it.
    ///
    /// # Errors
    ///
    /// A value before that, or the error.
    pub fn until(result: Result<T, E>, is_the_end: impl FnOnce(&T) -> bool) -> Result<T, Self> {
        match result {
            Ok(value) if is_the_end(&value) => Ok(value),
            Ok(value) => Err(Self::NotYet(value)),
            Err(error) => Err(Self::Error(error)),
        }
    }

    /// The same for a value that `when_ok` was asked about.
    ///
    /// # Errors
    ///
    /// A value before that, or what `when_ok` returned.
    pub fn and_until(
        result: Result<T, Self>,
        is_the_end: impl FnOnce(&T) -> bool,
    ) -> Result<T, Self> {
        match result {
            Ok(value) if is_the_end(&value) => Ok(value),
            Ok(value) => Err(Self::NotYet(value)),
            Err(last) => Err(last),
        }
    }

    /// Whether the attempt failed. A value that is not yet the one that is polled for is no failure.
    pub const fn is_failure(&self) -> bool {
        !matches!(self, Self::NotYet(_))
    }

    pub const fn error(&self) -> Option<&E> {
        match self {
            Self::Value(_) | Self::NotYet(_) => None,
            Self::Error(error) => Some(error),
        }
    }

    /// Converts it to the outcome that the function returns.
    pub fn outcome<R: Fallible<Value = T, Error = E>>(self) -> R {
        match self {
            Self::Value(value) | Self::NotYet(value) => R::success(value),
            Self::Error(error) => R::failure(error),
        }
    }
}

/// A return type whose error can be made from [`PolicyError`](crate::PolicyError), for settings that are
/// validated at run time.
#[diagnostic::on_unimplemented(
    message = "a value that is known only when the function is called can be wrong, and then the \
               function needs an error to return",
    label = "the error type of `{Self}` cannot be made from `retry_runtime::PolicyError`",
    note = "write a literal or a constant (one of `Self` by the name of the type: `Client::MAX`); or \
            implement `From<retry_runtime::PolicyError>` for the error type (for a type parameter: \
            add it as a bound)",
    note = "if the error type is of another crate: build the policy before, where it can be refused, and \
            name it, `policy = &self.policy`; or return an error type of your own"
)]
pub trait RefusesPolicy: Fallible {
    /// Converts the error to the function's own.
    fn refused(error: crate::PolicyError) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<crate::PolicyError>> RefusesPolicy for Result<T, E> {
    fn refused(error: crate::PolicyError) -> Self {
        Err(error.into())
    }
}

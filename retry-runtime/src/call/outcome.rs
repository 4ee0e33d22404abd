//! What an attempt returns, taken apart and put together again.

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
    ///
    /// # Errors
    ///
    /// The error of the attempt.
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

/// An unsuccessful outcome, where a value can be one too.
#[derive(Debug)]
pub enum Last<T, E> {
    /// A value that is not accepted.
    Value(T),
    /// An error.
    Error(E),
}

impl<T, E> Last<T, E> {
    /// The outcome, where `is_failure` says of a value whether it counts as a failure.
    ///
    /// # Errors
    ///
    /// What was not a success.
    pub fn unless_accepted(
        result: Result<T, E>,
        is_failure: impl FnOnce(&T) -> bool,
    ) -> Result<T, Self> {
        match result {
            Ok(value) if is_failure(&value) => Err(Self::Value(value)),
            Ok(value) => Ok(value),
            Err(error) => Err(Self::Error(error)),
        }
    }

    /// The error, if it is one.
    pub const fn error(&self) -> Option<&E> {
        match self {
            Self::Value(_) => None,
            Self::Error(error) => Some(error),
        }
    }

    /// The outcome, to be returned.
    pub fn outcome<R: Fallible<Value = T, Error = E>>(self) -> R {
        match self {
            Self::Value(value) => R::success(value),
            Self::Error(error) => R::failure(error),
        }
    }
}

/// An error that says what was wrong with values that are known only at run time.
#[diagnostic::on_unimplemented(
    message = "a value that is known only when the function is called can be wrong, and then the \
               function needs an error to return",
    label = "the error type of `{Self}` cannot be made from `retry_runtime::PolicyError`",
    note = "write a literal or a constant (one of `Self` by the name of the type: `Client::MAX`); or \
            implement `From<retry_runtime::PolicyError>` for the error type (for a type parameter: \
            add it as a bound); or build the policy before and name it: `policy = &self.policy`"
)]
pub trait RefusesPolicy: Fallible {
    /// The function's own error.
    fn refused(error: crate::PolicyError) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<crate::PolicyError>> RefusesPolicy for Result<T, E> {
    fn refused(error: crate::PolicyError) -> Self {
        Err(error.into())
    }
}

//! The code of an error, and the id of the request that failed.

use core::marker::PhantomData;

/// What a service said of an error, for logs: implement it for error types of your own.
///
/// The errors of the AWS SDK need not have it: with the feature `aws` their codes are read as they
/// are.
///
/// ```
/// use retry_runtime::ErrorCode;
///
/// struct Rejected {
///     status: &'static str,
/// }
///
/// impl ErrorCode for Rejected {
///     fn code(&self) -> Option<&str> {
///         Some(self.status)
///     }
/// }
///
/// assert_eq!(Rejected { status: "SlowDown" }.code(), Some("SlowDown"));
/// assert_eq!(Rejected { status: "SlowDown" }.request_id(), None);
/// ```
pub trait ErrorCode {
    /// The code of the error, such as `SlowDown`.
    fn code(&self) -> Option<&str>;

    /// The id of the request that failed, as the service's support asks for it.
    fn request_id(&self) -> Option<&str> {
        None
    }
}

/// What a service said of the error.
#[derive(Clone, Copy, Debug, Default)]
pub struct Code<'a> {
    /// The code of the error.
    pub code: Option<&'a str>,
    /// The id of the request that failed.
    pub request_id: Option<&'a str>,
}

impl Code<'_> {
    /// Whether the error has this code.
    #[must_use]
    pub fn __is(&self, code: &str) -> bool {
        self.code == Some(code)
    }

    pub(crate) fn is_known(&self) -> bool {
        self.code.is_some() || self.request_id.is_some()
    }

    /// Whether it is one by which the service asks for less.
    pub(crate) fn is_throttling(&self) -> bool {
        self.code.is_some_and(|code| THROTTLING.contains(&code))
    }
}

/// The codes that the AWS SDKs take for throttling. Source: AWS SDKs and Tools Reference Guide,
/// *Retry behavior*.
const THROTTLING: [&str; 14] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
];

/// The error of a type that has no codes.
#[derive(Debug)]
pub struct NoCode<E>(PhantomData<fn(&E)>);

impl<E> NoCode<E> {
    /// Never called: the bound cannot be met, and carries the message.
    #[must_use]
    #[expect(clippy::unused_self, reason = "called as that of an error with a code is")]
    pub fn __is(&self, _: &str) -> bool
    where
        (): HasCodes<E>,
    {
        false
    }
}

/// Implemented by nothing; asked of `()`, so that the compiler does not advise a bound on it.
#[diagnostic::on_unimplemented(
    message = "`{E}` has no codes, so `#[retry_on]` cannot look for one",
    label = "`{E}` does not implement `retry_runtime::ErrorCode`",
    note = "implement `retry_runtime::ErrorCode` for `{E}`, or name a type, a variant or a \
            predicate instead"
)]
#[cfg_attr(
    not(feature = "aws"),
    diagnostic::on_unimplemented(
        note = "for errors of the AWS SDK enable the feature `aws` of `retry-runtime`"
    )
)]
pub trait HasCodes<E> {}

/// What is known of an error's code.
pub trait Coding<'a> {
    /// The code and the request id.
    fn code(&self) -> Code<'a>;
}

impl<'a> Coding<'a> for Code<'a> {
    fn code(&self) -> Self {
        *self
    }
}

impl<'a, E> Coding<'a> for NoCode<E> {
    fn code(&self) -> Code<'a> {
        Code::default()
    }
}

/// The error has no code, or no error was found.
#[derive(Debug)]
pub struct Uncoded<'a, E>(Option<&'a E>);

impl<'a, E> Uncoded<'a, E> {
    /// Prepares the question, where there may be no error.
    pub(crate) const fn of(error: Option<&'a E>) -> Self {
        Self(error)
    }

    /// Neither code nor request id.
    #[must_use]
    #[expect(clippy::unused_self, reason = "called as the other probes are")]
    pub const fn __code(&self) -> NoCode<E> {
        NoCode(PhantomData)
    }
}

/// Every probe dereferences to the last one.
pub(crate) const fn probed<'a, E>(probe: &Uncoded<'a, E>) -> Option<&'a E> {
    probe.0
}

//! The code of an error, and the id of the request that failed.

use core::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

/// The code that a service gave an error, for selectors and logs: implement it for your own error types.
///
/// The errors of the AWS SDK do not need it: with the feature `aws`, their codes are read directly.
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
/// // A pointer to an error has the error's code.
/// assert_eq!(std::sync::Arc::new(Rejected { status: "SlowDown" }).code(), Some("SlowDown"));
/// ```
pub trait ErrorCode {
    /// The code of the error, such as `SlowDown`.
    fn code(&self) -> Option<&str>;

    /// The id of the failed request, which the service's support asks for.
    fn request_id(&self) -> Option<&str> {
        None
    }
}

/// A pointer to an error has the error's code.
macro_rules! through_pointers {
    ($($pointer:ty),*) => {
        $(
            impl<E: ErrorCode + ?Sized> ErrorCode for $pointer {
                fn code(&self) -> Option<&str> {
                    (**self).code()
                }

                fn request_id(&self) -> Option<&str> {
                    (**self).request_id()
                }
            }
        )*
    };
}

through_pointers!(&E, Box<E>, Rc<E>, Arc<E>);

/// The code and the request id that a service gave an error.
#[derive(Clone, Copy, Debug, Default)]
pub struct Code<'a> {
    /// The code of the error.
    pub code: Option<&'a str>,
    /// The id of the failed request.
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

    /// Whether the service used this code to ask for fewer requests.
    pub(crate) fn is_throttling(&self) -> bool {
        self.code.is_some_and(|code| THROTTLING.contains(&code))
    }
}

/// The codes that the AWS SDKs treat as throttling. Source: AWS SDKs and Tools Reference Guide,
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

/// The result for an error type that has no codes.
#[derive(Debug)]
pub struct NoCode<E>(PhantomData<fn(&E)>);

impl<E> NoCode<E> {
    /// Never called: the bound cannot be satisfied, and its trait has the message for the compiler.
    #[must_use]
    #[expect(clippy::unused_self, reason = "same signature as that of `Code`")]
    pub fn __is(&self, _: &str) -> bool
    where
        (): HasCodes<E>,
    {
        false
    }
}

/// Has no implementations. Required of `()`, so that the compiler does not suggest it as a bound on the
/// error.
#[diagnostic::on_unimplemented(
    message = "`{E}` has no codes, so `#[retry_on]` cannot look for one",
    label = "`{E}` does not implement `retry_runtime::ErrorCode`",
    note = "compare it in a condition, `e: {E} if e.code() == Some(\"SlowDown\")` (with the method that \
            gives the code), or name a type or a variant",
    note = "for a type of your own, implement `retry_runtime::ErrorCode`"
)]
#[cfg_attr(
    not(feature = "aws"),
    diagnostic::on_unimplemented(
        note = "for errors of the AWS SDK enable the feature `aws` of `retry-runtime`"
    )
)]
pub trait HasCodes<E> {}

/// The result of asking an error for its code.
pub trait Coding<'a> {
    /// Returns the code and the request id, as far as they are known.
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

/// The last probe: the error has no code, or no error was found.
#[derive(Debug)]
pub struct Uncoded<'a, E>(Option<&'a E>);

impl<'a, E> Uncoded<'a, E> {
    /// Starts the probe; `None` if no error was found.
    pub(crate) const fn of(error: Option<&'a E>) -> Self {
        Self(error)
    }

    /// Returns that the type has no codes.
    #[must_use]
    #[expect(clippy::unused_self, reason = "same signature as those of the other probes")]
    pub const fn __code(&self) -> NoCode<E> {
        NoCode(PhantomData)
    }
}

/// Returns the probed error. Accepts any probe, because every probe dereferences to the last one.
pub(crate) const fn probed<'a, E>(probe: &Uncoded<'a, E>) -> Option<&'a E> {
    probe.0
}

//! What an error says of itself, for events: its text, its code, its request id.

use core::error::Error;
use core::fmt::{self, Debug, Display, Write};
use core::marker::PhantomData;
#[cfg(feature = "aws")]
use core::ops::Deref;

#[cfg(feature = "aws")]
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
#[cfg(feature = "aws")]
use aws_smithy_runtime_api::client::result::SdkError;
#[cfg(feature = "aws")]
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::classify::LONGEST_CHAIN;
#[cfg(feature = "aws")]
use crate::probe::DynError;
use crate::probe::falls_back;

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

/// The text of an error, in the best form that its type offers.
#[derive(Clone, Copy)]
pub enum Text<'a> {
    /// An error with a chain.
    Chain(&'a (dyn Error + 'a)),
    /// A text of one piece.
    Display(&'a dyn Display),
    /// No text for people.
    Debug(&'a dyn Debug),
    /// No text at all: the name of the type.
    Opaque(&'static str),
}

impl Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
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

/// The error has a code, if there is one.
#[derive(Debug)]
pub struct Coded<'a, E>(FirstFallback<'a, E>);

// Every step costs the compiler something, at every function.
#[cfg(not(feature = "aws"))]
type FirstFallback<'a, E> = Uncoded<'a, E>;
#[cfg(feature = "aws")]
type FirstFallback<'a, E> = CodedBySdk<'a, E>;

/// The error is an answer that the AWS SDK got, or none.
#[cfg(feature = "aws")]
#[derive(Debug)]
pub struct CodedBySdk<'a, E>(CodedByAws<'a, E>);

/// The error is another one of the AWS SDK.
#[cfg(feature = "aws")]
#[derive(Debug)]
pub struct CodedByAws<'a, E>(CodedInside<'a, E>);

/// The error may contain one of the AWS SDK.
#[cfg(feature = "aws")]
#[derive(Debug)]
pub struct CodedInside<'a, E>(CodedInReport<'a, E>);

/// The error is a pointer to one, or a report.
#[cfg(feature = "aws")]
#[derive(Debug)]
pub struct CodedInReport<'a, E>(Uncoded<'a, E>);

/// The error has no code, or no error was found.
#[derive(Debug)]
pub struct Uncoded<'a, E>(Option<&'a E>);

impl<'a, E> Coded<'a, E> {
    /// Prepares the question.
    pub const fn new(error: &'a E) -> Self {
        Self::of(Some(error))
    }

    /// Prepares the question, where there may be no error.
    pub(crate) const fn of(error: Option<&'a E>) -> Self {
        let error = Uncoded(error);
        #[cfg(feature = "aws")]
        let error = CodedBySdk(CodedByAws(CodedInside(CodedInReport(error))));
        Self(error)
    }
}

impl<'a, E: ErrorCode> Coded<'a, E> {
    /// The code and the request id.
    #[must_use]
    pub fn __code(&self) -> Code<'a> {
        let said = |error: &'a E| Code { code: error.code(), request_id: error.request_id() };
        probed(self).map(said).unwrap_or_default()
    }
}

#[cfg(feature = "aws")]
impl<'a, E> CodedBySdk<'a, SdkError<E, HttpResponse>>
where
    E: ProvideErrorMetadata,
{
    /// The code and the request id, which is in the answer also where nobody could read it.
    #[must_use]
    pub fn __code(&self) -> Code<'a> {
        let Some(error) = probed(self) else { return Code::default() };
        let Code { code, request_id } = of_metadata(error.meta());
        let in_answer = || {
            let headers = error.raw_response()?.headers();
            headers.get("x-amzn-requestid").or_else(|| headers.get("x-amz-request-id"))
        };
        Code { code, request_id: request_id.or_else(in_answer) }
    }
}

#[cfg(feature = "aws")]
impl<'a, E: ProvideErrorMetadata> CodedByAws<'a, E> {
    /// The code and the request id.
    #[must_use]
    pub fn __code(&self) -> Code<'a> {
        probed(self).map(|error| of_metadata(error.meta())).unwrap_or_default()
    }
}

#[cfg(feature = "aws")]
impl<'a, E: Error + 'static> CodedInside<'a, E> {
    /// The code and the request id.
    #[must_use]
    pub fn __code(&self) -> Code<'a> {
        probed(self).map(|error| in_chain(error)).unwrap_or_default()
    }
}

#[cfg(feature = "aws")]
impl<'a, E: Deref<Target: DynError>> CodedInReport<'a, E> {
    /// The code and the request id.
    #[must_use]
    pub fn __code(&self) -> Code<'a> {
        probed(self).map(|error| in_chain(error.deref().as_error())).unwrap_or_default()
    }
}

impl<E> Uncoded<'_, E> {
    /// Neither code nor request id.
    #[must_use]
    #[expect(clippy::unused_self, reason = "called as the other probes are")]
    pub const fn __code(&self) -> NoCode<E> {
        NoCode(PhantomData)
    }
}

#[cfg(feature = "aws")]
fn of_metadata(metadata: &aws_smithy_types::error::ErrorMetadata) -> Code<'_> {
    // The key under which `aws_types::request_id` keeps it.
    Code { code: metadata.code(), request_id: metadata.extra("aws_request_id") }
}

/// Errors without a modelled type have their metadata in the chain.
#[cfg(feature = "aws")]
fn in_chain<'a>(error: &'a (dyn Error + 'static)) -> Code<'a> {
    core::iter::successors(Some(error), |link| crate::classify::next_link(*link))
        .take(LONGEST_CHAIN)
        .find_map(|link| link.downcast_ref().map(of_metadata))
        .unwrap_or_default()
}

/// Every probe dereferences to the last one.
const fn probed<'a, E>(probe: &Uncoded<'a, E>) -> Option<&'a E> {
    probe.0
}

falls_back! {
    Coded<E> => FirstFallback;
}

#[cfg(feature = "aws")]
falls_back! {
    CodedBySdk<E> => CodedByAws;
    CodedByAws<E> => CodedInside;
    CodedInside<E> => CodedInReport;
    CodedInReport<E> => Uncoded;
}

/// The text with all sources, on one line: `service error: InternalServerException: try again`.
///
/// Control characters are escaped, so that an error's text cannot forge a line of the log. A
/// source whose text its parent already ends with is not repeated.
impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Text::Chain(error) => chain(*error),
            Text::Display(text) => printed(format_args!("{text}")),
            Text::Debug(text) => printed(format_args!("{text:?}")),
            Text::Opaque(name) => (*name).to_owned(),
        };
        for character in text.chars() {
            if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

fn chain(error: &dyn Error) -> String {
    let mut text = printed(format_args!("{error}"));
    for source in core::iter::successors(error.source(), |&link| link.source()).take(LONGEST_CHAIN)
    {
        let source = printed(format_args!("{source}"));
        if !text.ends_with(&source) {
            text.push_str(": ");
            text.push_str(&source);
        }
    }
    text
}

/// What could be printed; an error that refuses to be printed is no reason to panic.
fn printed(text: fmt::Arguments<'_>) -> String {
    let mut printed = String::new();
    let _ = printed.write_fmt(text);
    printed
}

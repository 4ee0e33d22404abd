//! What an error says of itself, for events: its text, its code, its request id.

use core::error::Error;
use core::fmt::{self, Debug, Display, Write};
use core::ops::Deref;

use crate::classify::LONGEST_CHAIN;
use crate::probe::{DynError, falls_back};

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

/// What is logged of an error: its text.
#[derive(Debug)]
pub struct Described<'a, E>(DescribedTarget<'a, E>);

/// The error is a pointer to a `dyn Error`, or a report.
#[derive(Debug)]
pub struct DescribedTarget<'a, E>(Displayed<'a, E>);

/// The error has a text.
#[derive(Debug)]
pub struct Displayed<'a, E>(Debugged<'a, E>);

/// The error has only a text for programmers.
#[derive(Debug)]
pub struct Debugged<'a, E>(Opaque<'a, E>);

/// The error has no text.
#[derive(Debug)]
pub struct Opaque<'a, E>(&'a E);

impl<'a, E> Described<'a, E> {
    /// Prepares the description of an error.
    pub const fn new(error: &'a E) -> Self {
        Self(DescribedTarget(Displayed(Debugged(Opaque(error)))))
    }
}

impl<'a, E: Error> Described<'a, E> {
    /// The text of the error.
    #[must_use]
    pub fn __text(&self) -> Text<'a> {
        Text::Chain(self.0.0.0.0.0)
    }
}

impl<'a, E: Deref<Target: DynError>> DescribedTarget<'a, E> {
    /// The text of the error.
    #[must_use]
    pub fn __text(&self) -> Text<'a> {
        Text::Chain(self.0.0.0.0.deref().as_error())
    }
}

impl<'a, E: Display> Displayed<'a, E> {
    /// The text of the error.
    #[must_use]
    pub fn __text(&self) -> Text<'a> {
        Text::Display(self.0.0.0)
    }
}

impl<'a, E: Debug> Debugged<'a, E> {
    /// The text of the error.
    #[must_use]
    pub fn __text(&self) -> Text<'a> {
        Text::Debug(self.0.0)
    }
}

impl<E> Opaque<'_, E> {
    /// The text of the error.
    #[must_use]
    #[expect(clippy::unused_self, reason = "called as the other probes are")]
    pub fn __text(&self) -> Text<'static> {
        Text::Opaque(core::any::type_name::<E>())
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

/// The error has a code.
#[derive(Debug)]
pub struct Coded<'a, E>(CodedByAws<'a, E>);

/// The error is one of the AWS SDK.
#[derive(Debug)]
pub struct CodedByAws<'a, E>(Uncoded<'a, E>);

/// The error has no code.
#[derive(Debug)]
pub struct Uncoded<'a, E>(&'a E);

impl<'a, E> Coded<'a, E> {
    /// Prepares the question.
    pub const fn new(error: &'a E) -> Self {
        Self(CodedByAws(Uncoded(error)))
    }
}

impl<'a, E: ErrorCode> Coded<'a, E> {
    /// The code and the request id.
    #[must_use]
    pub fn __code(&self) -> Code<'a> {
        let error = self.0.0.0;
        Code { code: error.code(), request_id: error.request_id() }
    }
}

#[cfg(feature = "aws")]
impl<'a, E: aws_smithy_types::error::metadata::ProvideErrorMetadata> CodedByAws<'a, E> {
    /// The code and the request id.
    #[must_use]
    pub fn __code(&self) -> Code<'a> {
        let metadata = self.0.0.meta();
        // The key under which `aws_types::request_id` keeps it.
        Code { code: metadata.code(), request_id: metadata.extra("aws_request_id") }
    }
}

impl<E> Uncoded<'_, E> {
    /// Neither code nor request id.
    #[must_use]
    #[expect(clippy::unused_self, reason = "called as the other probes are")]
    pub const fn __code(&self) -> Code<'static> {
        Code { code: None, request_id: None }
    }
}

falls_back! {
    Described<E> => DescribedTarget;
    DescribedTarget<E> => Displayed;
    Displayed<E> => Debugged;
    Debugged<E> => Opaque;
    Coded<E> => CodedByAws;
    CodedByAws<E> => Uncoded;
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

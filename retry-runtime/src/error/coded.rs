//! Asks an error for its code, whatever its type.

use crate::error::code::{Code, ErrorCode, probed};
use crate::error::probe::falls_back;

#[cfg(feature = "aws")]
use crate::aws::code::CodedBySdk as FirstFallback;
// Every step costs the compiler something, at every function.
#[cfg(not(feature = "aws"))]
use crate::error::code::Uncoded as FirstFallback;

/// The error has a code, if there is one.
#[derive(Debug)]
pub struct Coded<'a, E>(FirstFallback<'a, E>);

impl<'a, E> Coded<'a, E> {
    /// Prepares the question.
    pub const fn new(error: &'a E) -> Self {
        Self::of(Some(error))
    }

    /// Prepares the question, where there may be no error.
    pub(crate) const fn of(error: Option<&'a E>) -> Self {
        Self(FirstFallback::of(error))
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

falls_back! {
    Coded<E> => FirstFallback;
}

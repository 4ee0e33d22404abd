//! Asks an error for its code, whatever its type.

use crate::error::code::{Code, ErrorCode, Uncoded, probed};
use crate::error::probe::falls_back;

#[cfg(feature = "aws")]
use crate::aws::code::CodedBySdk as FirstFallback;
// One probe fewer without the feature `aws`, because each costs compile time in every function.
#[cfg(not(feature = "aws"))]
use crate::error::code::Uncoded as FirstFallback;

/// The first probe for a code: errors that implement [`ErrorCode`].
#[derive(Debug)]
pub struct Coded<'a, E>(FirstFallback<'a, E>);

impl<'a, E> Coded<'a, E> {
    /// Starts the probe.
    pub const fn new(error: &'a E) -> Self {
        Self::of(Some(error))
    }

    /// Starts the probe; `None` if no error was found.
    pub(crate) const fn of(error: Option<&'a E>) -> Self {
        Self(FirstFallback::of(error))
    }
}

impl<'a, E: ErrorCode> Coded<'a, E> {
    /// Returns the code and the request id.
    #[must_use]
    pub fn __code(&self) -> Code<'a> {
        read(probed(self))
    }
}

/// The first probe for the code of an error that borrows: its own, because it has no chain to search.
#[derive(Debug)]
pub struct CodedBorrowed<'a, E>(Uncoded<'a, E>);

impl<'a, E> CodedBorrowed<'a, E> {
    /// Starts the probe.
    pub const fn new(error: &'a E) -> Self {
        Self::of(Some(error))
    }

    /// Starts the probe; `None` if no error was found.
    pub(crate) const fn of(error: Option<&'a E>) -> Self {
        Self(Uncoded::of(error))
    }
}

impl<'a, E: ErrorCode> CodedBorrowed<'a, E> {
    /// Returns the code and the request id.
    #[must_use]
    pub fn __code(&self) -> Code<'a> {
        read(probed(self))
    }
}

fn read<E: ErrorCode>(error: Option<&E>) -> Code<'_> {
    error
        .map(|error| Code { code: error.code(), request_id: error.request_id() })
        .unwrap_or_default()
}

falls_back! {
    Coded<E> => FirstFallback;
    CodedBorrowed<E> => Uncoded;
}

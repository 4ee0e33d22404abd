//! Asks an error for its code, whatever its type.

use crate::error::code::{Code, ErrorCode, probed};
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
        let read = |error: &'a E| Code { code: error.code(), request_id: error.request_id() };
        probed(self).map(read).unwrap_or_default()
    }
}

falls_back! {
    Coded<E> => FirstFallback;
}

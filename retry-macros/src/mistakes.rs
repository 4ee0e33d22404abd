//! Collects mistakes, so that one compilation shows all of them.

use proc_macro2::{Span, TokenStream};

/// Must be asked for [`Mistakes::compile_errors`]: a mistake cannot get lost.
#[must_use]
pub(crate) struct Mistakes(Option<syn::Error>);

impl Mistakes {
    pub(crate) const fn none() -> Self {
        Self(None)
    }

    /// At the token at fault: what is wrong, and what to write instead.
    pub(crate) fn at(&mut self, span: Span, message: impl std::fmt::Display) {
        self.add(syn::Error::new(span, message));
    }

    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(mistakes) => mistakes.combine(error),
            none => *none = Some(error),
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// `None` if no mistake was made.
    pub(crate) fn compile_errors(self) -> Option<TokenStream> {
        self.0.map(syn::Error::into_compile_error)
    }
}

//! Collects mistakes, so that one compilation shows all of them.

use proc_macro2::{Span, TokenStream};

/// Panics when it is dropped without a call of [`Mistakes::compile_errors`], so that no mistake
/// gets lost.
#[must_use]
pub(crate) struct Mistakes {
    found: Option<syn::Error>,
    is_asked: bool,
}

impl Mistakes {
    pub(crate) const fn none() -> Self {
        Self { found: None, is_asked: false }
    }

    /// The message says what is wrong, and what to write instead; `span` is the token at fault.
    pub(crate) fn at(&mut self, span: Span, message: impl std::fmt::Display) {
        self.add(syn::Error::new(span, message));
    }

    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            none => *none = Some(error),
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.found.is_none()
    }

    /// `None` if there are no mistakes.
    pub(crate) fn compile_errors(mut self) -> Option<TokenStream> {
        self.is_asked = true;
        self.found.take().map(syn::Error::into_compile_error)
    }
}

impl Drop for Mistakes {
    fn drop(&mut self) {
        // A second panic would abort the compiler and hide the first.
        assert!(
            self.is_asked || std::thread::panicking(),
            "`Mistakes` were dropped without asking for them"
        );
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn mistakes_that_nothing_asks_for_panic() {
        let forgotten = catch_unwind(|| {
            let mut mistakes = Mistakes::none();
            mistakes.at(Span::call_site(), "wrong");
        });
        assert!(forgotten.is_err());
        // Also without a mistake, so that the first compilation without a check shows it.
        assert!(catch_unwind(|| drop(Mistakes::none())).is_err());
    }

    #[test]
    fn mistakes_that_are_asked_for_do_not_panic() {
        assert!(Mistakes::none().compile_errors().is_none());
        let mut mistakes = Mistakes::none();
        mistakes.at(Span::call_site(), "wrong");
        mistakes.at(Span::call_site(), "wrong too");
        assert!(!mistakes.is_empty());
        let errors = mistakes.compile_errors().map(|errors| errors.to_string());
        assert_eq!(errors.map(|errors| errors.matches("compile_error").count()), Some(2));
    }

    #[test]
    fn a_panic_is_not_followed_by_a_second() {
        let panic = catch_unwind(|| {
            let _mistakes = Mistakes::none();
            panic!("the first");
        });
        let message = panic.expect_err("it panics").downcast_ref::<&str>().copied();
        assert_eq!(message, Some("the first"));
    }
}

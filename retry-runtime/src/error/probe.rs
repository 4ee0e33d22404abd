//! Asking a type what it can do, without knowing it.
//!
//! The expansion does not know the type of an error, and Rust cannot ask "does it implement
//! `Error`?" and go on either way. Method resolution can: a probe is a stack of types, each
//! dereferencing to the next, whose methods of the same name have bounds; the first whose bounds
//! hold is called. Their names begin with underscores, lest a trait of the user that is implemented
//! for every type comes first.

use core::error::Error;

/// Each probe falls back to the next.
macro_rules! falls_back {
    ($($probe:ident<$($parameter:ident),*> => $next:ident;)*) => {$(
        impl<'a, $($parameter),*> ::core::ops::Deref for $probe<'a, $($parameter),*> {
            type Target = $next<'a, $($parameter),*>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    )*};
}
pub(crate) use falls_back;

/// The trait objects that boxes and reports dereference to.
pub trait DynError {
    /// The same, without `Send` and `Sync`.
    fn as_error(&self) -> &(dyn Error + 'static);
}

macro_rules! dyn_error {
    ($($object:ty),*) => {$(
        impl DynError for $object {
            fn as_error(&self) -> &(dyn Error + 'static) {
                self
            }
        }
    )*};
}

dyn_error!(dyn Error, dyn Error + Send, dyn Error + Sync, dyn Error + Send + Sync);

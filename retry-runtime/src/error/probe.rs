//! Not API: finds out which traits a type implements, without knowing the type.
//!
//! The expansion does not know the type of an error, and Rust has no `if` on "does it implement
//! `Error`?". Method resolution can decide it: a probe is a stack of types, each of which dereferences to
//! the next. Their methods have the same name and different bounds, and the compiler calls the first one
//! whose bounds are satisfied. The names of the methods begin with underscores, so that they do not
//! collide with a method of a user's trait that is implemented for every type.

use core::error::Error;

/// Makes each probe dereference to the next.
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
    /// Returns the error without `Send` and `Sync`.
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

//! Not API: finds out whether an argument that the body uses up is there for the next attempt.

#![expect(missing_docs, reason = "not API")]
#![expect(clippy::unused_self, reason = "method resolution needs the receiver")]

use core::marker::PhantomData;

use crate::error::probe::falls_back;

/// The first probe: a type that is copied.
#[derive(Debug)]
pub struct UsedUp<'a, T>(UsedUpReference<'a, T>);

/// The probe for a `&mut` behind the name of a type, which is borrowed again.
#[derive(Debug)]
pub struct UsedUpReference<'a, T>(Moved<'a, T>);

/// The last probe: a type that is moved.
#[derive(Debug)]
pub struct Moved<'a, T>(PhantomData<&'a T>);

impl<'a, T> UsedUp<'a, T> {
    #[must_use]
    pub const fn of(_: &'a T) -> Self {
        Self(UsedUpReference(Moved(PhantomData)))
    }
}

impl<T: Copy> UsedUp<'_, T> {
    pub const fn __in_every_attempt(&self) {}
}

impl<T: ?Sized> UsedUpReference<'_, &mut T> {
    pub const fn __in_every_attempt(&self) {}
}

impl<T> Moved<'_, T> {
    /// Never called: the bound cannot be satisfied, and its trait has the message for the compiler.
    pub const fn __in_every_attempt(&self)
    where
        (): StaysForTheNextAttempt<T>,
    {
    }
}

/// Has no implementations. Required of `()`, so that the compiler does not suggest it as a bound on the
/// argument.
#[diagnostic::on_unimplemented(
    message = "the first attempt uses up this `{T}`, and the next one needs it too",
    label = "used up here",
    note = "list the argument in the attribute, `clone(argument)`, to give each attempt a clone; \
            or pass it by reference (`&`)"
)]
pub trait StaysForTheNextAttempt<T> {}

falls_back! {
    UsedUp<T> => UsedUpReference;
    UsedUpReference<T> => Moved;
}

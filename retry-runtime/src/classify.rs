//! Which errors: the search of an error and its sources.
//!
//! An error rarely arrives bare: the AWS SDK keeps `InternalServerException` two links down the
//! `source()` chain of its `SdkError`, and applications wrap that in enums, boxes and reports. So
//! a selector is looked for in the error itself and in every link of its chain.

use core::any::type_name;
use core::cell::Cell;
use core::error::Error;
use core::fmt::{Debug, Display};
use core::marker::PhantomData;
use core::ops::Deref;
use std::io;
use std::sync::Arc;

use crate::describe::{Code, Text};
use crate::probe::{DynError, falls_back};

/// A type to look for, and a test that a value of it must pass.
#[derive(Debug)]
pub struct Selector<T, F> {
    test: F,
    wanted: PhantomData<fn(&T)>,
}

impl<T> Selector<T, fn(&T) -> bool> {
    /// Every value of the type.
    #[must_use]
    pub fn of_type() -> Self {
        Self { test: |_| true, wanted: PhantomData }
    }
}

impl<T, F: Fn(&T) -> bool> Selector<T, F> {
    /// Values of the type for which `test` is true.
    pub const fn that(test: F) -> Self {
        Self { test, wanted: PhantomData }
    }

    fn selects<'a>(&self, found: Option<&'a T>) -> Option<&'a T> {
        found.filter(|found| (self.test)(found))
    }
}

/// Imported by expansions, as a method of every type; one that a type has itself comes first.
///
/// So `downcast_ref` is the own one of `anyhow::Error`, `eyre::Report` and their like, which also
/// finds what was attached as context, without this crate depending on any of them. The price: a
/// `downcast_ref` of another kind, or from a trait of the user, does not compile.
pub trait Searched {
    /// Nothing: this type has no `downcast_ref` of its own.
    fn downcast_ref<T>(&self) -> Option<&T> {
        None
    }
}

impl<E: ?Sized> Searched for E {}

/// A look at an error of any type, to search it and to describe it.
#[derive(Debug)]
pub struct Look<'a, E>(LookInside<'a, E>);

/// The error is a pointer to a `dyn Error`, or a report.
#[derive(Debug)]
pub struct LookInside<'a, E>(LookAtText<'a, E>);

/// The error has no chain, but a text.
#[derive(Debug)]
pub struct LookAtText<'a, E>(LookAtDebug<'a, E>);

/// The error has only a text for programmers.
#[derive(Debug)]
pub struct LookAtDebug<'a, E>(LookAtNothing<'a, E>);

/// The error has no text.
#[derive(Debug)]
pub struct LookAtNothing<'a, E>(&'a E);

impl<'a, E> Look<'a, E> {
    /// Prepares the look.
    pub const fn new(error: &'a E) -> Self {
        Self(LookInside(LookAtText(LookAtDebug(LookAtNothing(error)))))
    }
}

impl<'a, E: Error + 'static> Look<'a, E> {
    /// The error with its chain.
    #[must_use]
    pub fn __look(&self) -> Chain<'a> {
        Chain::new::<E>(self.0.0.0.0.0)
    }
}

impl<'a, E: Deref<Target: DynError>> LookInside<'a, E> {
    /// The error with its chain.
    #[must_use]
    pub fn __look(&self) -> Chain<'a> {
        Chain::new::<E>(self.0.0.0.0.deref().as_error())
    }
}

impl<'a, E: Display> LookAtText<'a, E> {
    /// The error, which need be nothing else.
    #[must_use]
    pub const fn __look(&self) -> Itself<'a, E> {
        let error = self.0.0.0;
        Itself { error, text: Text::Display(error) }
    }
}

impl<'a, E: Debug> LookAtDebug<'a, E> {
    /// The error, which need be nothing else.
    #[must_use]
    pub const fn __look(&self) -> Itself<'a, E> {
        let error = self.0.0;
        Itself { error, text: Text::Debug(error) }
    }
}

impl<'a, E> LookAtNothing<'a, E> {
    /// The error, which need be nothing else.
    #[must_use]
    pub fn __look(&self) -> Itself<'a, E> {
        Itself { error: self.0, text: Text::Opaque(type_name::<E>()) }
    }
}

/// An error with its `source()` chain.
#[derive(Debug)]
pub struct Chain<'a> {
    error: &'a (dyn Error + 'static),
    /// Of the error as the function returns it.
    type_name: &'static str,
    /// What the link that was selected says of itself: a link's code can be asked of its own type
    /// only, which nobody but the selector knows.
    found: Cell<Code<'a>>,
}

impl<'a> Chain<'a> {
    fn new<E>(error: &'a (dyn Error + 'static)) -> Self {
        Self { error, type_name: type_name::<E>(), found: Cell::default() }
    }

    /// The error, or the first link of its chain, that is selected; `own` is what the error's own
    /// `downcast_ref` found.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn __selects<T, F>(&self, selector: &Selector<T, F>, own: Option<&'a T>) -> Option<&'a T>
    where
        T: SelectableError,
        F: Fn(&T) -> bool,
    {
        selector.selects(own).or_else(|| first_link(self.error, selector))
    }

    /// Takes note of what the selected link says of itself; always true.
    #[must_use]
    pub fn __found(&self, code: impl Into<Code<'a>>) -> bool {
        self.found.set(code.into());
        true
    }
}

/// An error without a chain.
#[derive(Debug)]
pub struct Itself<'a, E> {
    error: &'a E,
    text: Text<'a>,
}

impl<'a, E> Itself<'a, E> {
    /// The error itself, if it is selected.
    #[must_use]
    #[cold]
    pub fn __selects<T, F>(&self, selector: &Selector<T, F>, own: Option<&'a T>) -> Option<&'a T>
    where
        (): Contains<T, E>,
        F: Fn(&T) -> bool,
    {
        selector.selects(own.or_else(|| Some(<() as Contains<T, E>>::contained(self.error))))
    }

    /// What the error says of itself is asked of it; always true.
    #[must_use]
    #[expect(clippy::unused_self, reason = "called as that of an error with a chain is")]
    pub fn __found(&self, _: impl Into<Code<'a>>) -> bool {
        true
    }
}

/// What a look has seen, for events.
pub trait Seen {
    /// The text of the error.
    fn text(&self) -> Text<'_>;

    /// The name of its type, as the function returns it.
    fn type_name(&self) -> &'static str;

    /// What the selected link says of itself, where the error does not.
    fn code(&self) -> Code<'_> {
        Code::default()
    }
}

impl Seen for Chain<'_> {
    fn text(&self) -> Text<'_> {
        Text::Chain(self.error)
    }

    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn code(&self) -> Code<'_> {
        self.found.get()
    }
}

impl<E> Seen for Itself<'_, E> {
    fn text(&self) -> Text<'_> {
        self.text
    }

    fn type_name(&self) -> &'static str {
        type_name::<E>()
    }
}

/// An error type that can be looked for in a chain.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error type, so `#[retry_on]` cannot look for it",
    label = "does not implement `std::error::Error`",
    note = "implement `std::error::Error` for `{Self}`, or name the error type that contains it; \
            every error is written `_`"
)]
pub trait SelectableError: Error + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Error + 'static> SelectableError for T {}

/// An error without a chain contains itself only; asked of `()`, so that the compiler does not
/// advise a bound on it.
#[diagnostic::on_unimplemented(
    message = "`#[retry_on]` cannot look for `{T}` inside `{E}`",
    label = "`{E}` is neither `{T}` nor a `std::error::Error` that could contain it",
    note = "name `{E}` or one of its variants, implement `std::error::Error` for it (for a type \
            parameter: add the bound `{E}: std::error::Error + 'static`), or test it with \
            `when = |error| ..` (every error is written `_`)"
)]
pub trait Contains<T, E> {
    /// The error, as what is looked for.
    fn contained(error: &E) -> &T;
}

#[diagnostic::do_not_recommend]
impl<E> Contains<E, E> for () {
    fn contained(error: &E) -> &E {
        error
    }
}

/// With one implementation alone, the compiler would take what is looked for to be `E`, and call the
/// selector a mismatch.
#[diagnostic::do_not_recommend]
impl<E> Contains<PhantomData<E>, E> for () {
    fn contained(_: &E) -> &PhantomData<E> {
        &PhantomData
    }
}

/// A chain may be a circle; what is further away than this is not looked at.
pub(crate) const LONGEST_CHAIN: usize = 128;

fn first_link<'a, T: Error + 'static, F: Fn(&T) -> bool>(
    first: &'a (dyn Error + 'static),
    selector: &Selector<T, F>,
) -> Option<&'a T> {
    let mut link = first;
    for _ in 0..LONGEST_CHAIN {
        let found = selector.selects(unwrapped(link));
        if found.is_some() {
            return found;
        }
        link = next_link(link)?;
    }
    None
}

/// The link as a `T`, also behind a box or a shared pointer, whose `source()` would pass it by.
fn unwrapped<'a, T: Error + 'static>(link: &'a (dyn Error + 'static)) -> Option<&'a T> {
    link.downcast_ref::<T>()
        .or_else(|| link.downcast_ref::<Box<T>>().map(|link| &**link))
        .or_else(|| link.downcast_ref::<Arc<T>>().map(|link| &**link))
}

pub(crate) fn next_link<'a>(link: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    // The `source()` of an `io::Error` passes by the error that it wraps, …
    if let Some(wrapped) = unwrapped::<io::Error>(link).and_then(io::Error::get_ref) {
        return Some(wrapped);
    }
    // … and that of a shared trait object the error that is shared.
    if let Some(shared) = link.downcast_ref::<Arc<dyn Error + Send + Sync>>() {
        return Some(&**shared);
    }
    if let Some(shared) = link.downcast_ref::<Arc<dyn Error>>() {
        return Some(&**shared);
    }
    link.source()
}

falls_back! {
    Look<E> => LookInside;
    LookInside<E> => LookAtText;
    LookAtText<E> => LookAtDebug;
    LookAtDebug<E> => LookAtNothing;
}

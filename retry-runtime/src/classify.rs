//! Which errors: the search of an error and its sources.
//!
//! An error rarely arrives bare: the AWS SDK keeps `InternalServerException` two links down the
//! `source()` chain of its `SdkError`, and applications wrap that in enums, boxes and reports. So
//! a selector is looked for in the error itself and in every link of its chain.

use core::error::Error;
use core::marker::PhantomData;
use core::ops::Deref;
use std::io;
use std::sync::Arc;

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

    /// Whether it selects what a report's own `downcast_ref` found.
    pub fn __selects(&self, found: Option<&T>) -> bool {
        found.is_some_and(&self.test)
    }
}

/// Imported by expansions, as methods of every type; those that a type has itself come first.
///
/// So `downcast_ref` is the own one of `anyhow::Error`, `eyre::Report` and their like, which also
/// finds what was attached as context, without this crate depending on any of them. The price: a
/// `downcast_ref` of another kind, or from a trait of the user, does not compile.
pub trait Searched {
    /// Nothing: this type has no `downcast_ref` of its own.
    fn downcast_ref<T>(&self) -> Option<&T> {
        None
    }

    /// Prepares the search of this error and its chain.
    fn __search<T, F>(&self, selector: Selector<T, F>) -> Search<'_, Self, T, F> {
        Search(SearchTarget(SearchItself(Unsearchable { error: self, selector })))
    }
}

impl<E: ?Sized> Searched for E {}

/// The error is a `std::error::Error`: search its chain, itself first.
#[derive(Debug)]
pub struct Search<'a, E: ?Sized, T, F>(SearchTarget<'a, E, T, F>);

/// The error is a pointer to a `dyn Error`, or a report: search the chain of what it points to.
#[derive(Debug)]
pub struct SearchTarget<'a, E: ?Sized, T, F>(SearchItself<'a, E, T, F>);

/// The error is the very type that is looked for, and need be nothing else.
#[derive(Debug)]
pub struct SearchItself<'a, E: ?Sized, T, F>(Unsearchable<'a, E, T, F>);

/// The error can be none of these.
#[derive(Debug)]
pub struct Unsearchable<'a, E: ?Sized, T, F> {
    error: &'a E,
    selector: Selector<T, F>,
}

impl<E: Error + 'static, T, F: Fn(&T) -> bool> Search<'_, E, T, F> {
    /// Whether the error or a link of its chain is selected.
    #[must_use]
    pub fn __any(&self) -> bool
    where
        T: SelectableError,
    {
        any_link(self.error, &self.selector)
    }
}

impl<E, T, F: Fn(&T) -> bool> SearchTarget<'_, E, T, F>
where
    E: Deref<Target: DynError>,
{
    /// Whether the error or a link of its chain is selected.
    #[must_use]
    pub fn __any(&self) -> bool
    where
        T: SelectableError,
    {
        any_link(self.error.deref().as_error(), &self.selector)
    }
}

#[expect(clippy::mismatching_type_param_order, reason = "the error is what is looked for")]
impl<T, F: Fn(&T) -> bool> SearchItself<'_, T, T, F> {
    /// Whether the error is selected.
    #[must_use]
    pub fn __any(&self) -> bool {
        self.selector.__selects(Some(self.error))
    }
}

impl<E, T, F> Unsearchable<'_, E, T, F> {
    /// Never called: the bound cannot be met, and carries the message.
    #[must_use]
    #[expect(clippy::unused_self, reason = "called as the other probes are")]
    pub fn __any(&self) -> bool
    where
        (): Contains<T, E>,
    {
        false
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

/// Implemented by nothing; asked of `()`, so that the compiler does not advise a bound on it.
#[diagnostic::on_unimplemented(
    message = "`#[retry_on]` cannot look for `{T}` inside `{E}`",
    label = "`{E}` is neither `{T}` nor a `std::error::Error` that could contain it",
    note = "name `{E}` or one of its variants, implement `std::error::Error` for it (for a type \
            parameter: add the bound `{E}: std::error::Error + 'static`), or test it with \
            `when = |error| ..` (every error is written `_`)"
)]
pub trait Contains<T: ?Sized, E: ?Sized> {}

/// A chain may be a circle; what is further away than this is not looked at.
pub(crate) const LONGEST_CHAIN: usize = 128;

fn any_link<T: Error + 'static, F: Fn(&T) -> bool>(
    first: &(dyn Error + 'static),
    selector: &Selector<T, F>,
) -> bool {
    core::iter::successors(Some(first), |link| next_link(*link))
        .take(LONGEST_CHAIN)
        .any(|link| selector.__selects(unwrapped(link)))
}

/// The link as a `T`, also behind a box or a shared pointer, whose `source()` would pass it by.
fn unwrapped<'a, T: Error + 'static>(link: &'a (dyn Error + 'static)) -> Option<&'a T> {
    link.downcast_ref::<T>()
        .or_else(|| link.downcast_ref::<Box<T>>().map(|link| &**link))
        .or_else(|| link.downcast_ref::<Arc<T>>().map(|link| &**link))
}

fn next_link<'a>(link: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
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
    Search<E, T, F> => SearchTarget;
    SearchTarget<E, T, F> => SearchItself;
    SearchItself<E, T, F> => Unsearchable;
}

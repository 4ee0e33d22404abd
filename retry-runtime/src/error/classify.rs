//! Which errors: the search of an error and its sources.
//!
//! An error rarely arrives bare: the AWS SDK keeps `InternalServerException` two links down the
//! `source()` chain of its `SdkError`, and applications wrap that in enums, boxes and reports. So
//! a selector is looked for in the error itself and in every link of its chain.

use core::any::type_name;
use core::error::Error;
use core::fmt::{Debug, Display};
use core::marker::PhantomData;
use core::ops::Deref;
use core::time::Duration;

use crate::error::chain::first_link;
use crate::error::code::Coding;
use crate::error::coded::Coded;
use crate::error::failure::{Failure, Verdict};
use crate::error::probe::{DynError, falls_back};
use crate::error::text::Text;

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
    pub fn __look(&self, code: &impl Coding<'a>) -> Judging<'a, Chain<'a>> {
        Judging::new::<E>(Chain(self.0.0.0.0.0), Text::Chain(self.0.0.0.0.0), code)
    }
}

impl<'a, E: Deref<Target: DynError>> LookInside<'a, E> {
    /// The error with its chain.
    #[must_use]
    pub fn __look(&self, code: &impl Coding<'a>) -> Judging<'a, Chain<'a>> {
        let error = self.0.0.0.0.deref().as_error();
        Judging::new::<E>(Chain(error), Text::Chain(error), code)
    }
}

impl<'a, E: Display> LookAtText<'a, E> {
    /// The error, which need be nothing else.
    #[must_use]
    pub fn __look(&self, code: &impl Coding<'a>) -> Judging<'a, Itself<'a, E>> {
        let error = self.0.0.0;
        Judging::new::<E>(Itself(error), Text::Display(error), code)
    }
}

impl<'a, E: Debug> LookAtDebug<'a, E> {
    /// The error, which need be nothing else.
    #[must_use]
    pub fn __look(&self, code: &impl Coding<'a>) -> Judging<'a, Itself<'a, E>> {
        let error = self.0.0;
        Judging::new::<E>(Itself(error), Text::Debug(error), code)
    }
}

impl<'a, E> LookAtNothing<'a, E> {
    /// The error, which need be nothing else.
    #[must_use]
    pub fn __look(&self, code: &impl Coding<'a>) -> Judging<'a, Itself<'a, E>> {
        Judging::new::<E>(Itself(self.0), Text::Opaque(type_name::<E>()), code)
    }
}

/// An error with its `source()` chain.
#[derive(Clone, Copy, Debug)]
pub struct Chain<'a>(&'a (dyn Error + 'static));

/// An error without a chain.
#[derive(Debug)]
pub struct Itself<'a, E>(&'a E);

/// The judgement of an error, which selector after selector is asked for, in their order.
#[derive(Debug)]
pub struct Judging<'a, S> {
    error: S,
    failure: Failure<'a>,
    /// How many selectors were asked.
    asked: usize,
    is_decided: bool,
}

impl<'a, S> Judging<'a, S> {
    fn new<E>(error: S, text: Text<'a>, code: &impl Coding<'a>) -> Self {
        let failure = Failure::new(text, type_name::<E>(), code.code());
        Self { error, failure, asked: 0, is_decided: false }
    }

    /// Whether the next selector has to be asked.
    fn asks(&mut self) -> bool {
        self.asked += 1;
        !self.is_decided
    }

    fn decide(&mut self, verdict: Verdict) {
        self.failure.verdict = verdict;
        self.is_decided = true;
    }

    /// The selector that was asked last is the one.
    fn select_last(&mut self) {
        self.decide(Verdict::Selector(self.asked - 1));
    }

    /// What `unless` says comes first.
    pub fn __unless(&mut self, is_refused: bool) {
        if is_refused {
            self.decide(Verdict::NotSelected);
        }
    }

    /// Whether the attempt took too long comes second.
    pub fn __timed_out(&mut self, has_timed_out: bool) {
        if has_timed_out && !self.is_decided {
            self.decide(Verdict::TimedOut);
        }
    }

    /// A selector that is a question of yes or no.
    pub fn __matches(&mut self, matches: impl FnOnce() -> bool) {
        if self.asks() && matches() {
            self.select_last();
        }
    }

    /// Takes note of what the selected link says of itself: a link's code can be asked of its own
    /// type only, which nobody but the selector knows.
    pub fn __found(&mut self, code: &impl Coding<'a>) {
        if !self.failure.code.is_known() {
            self.failure.code = code.code();
        }
    }

    /// How long the server asked to wait.
    pub const fn __hinted(&mut self, hint: Option<Duration>) {
        self.failure.hint = hint;
    }

    /// The judgement.
    pub const fn __judged(&self) -> Failure<'a> {
        self.failure
    }
}

impl<'a> Judging<'a, Chain<'a>> {
    /// The error, or the first link of its chain, that is a `T`, to be asked for its code; `own` is
    /// what the error's own `downcast_ref` found.
    #[cold]
    pub fn __select<T: SelectableError>(&mut self, own: Option<&'a T>) -> Coded<'a, T> {
        self.__select_if(own, |_| true)
    }

    /// The same, where the `T` passes a test.
    #[cold]
    #[inline(never)]
    pub fn __select_if<T: SelectableError>(
        &mut self,
        own: Option<&'a T>,
        test: impl Fn(&T) -> bool,
    ) -> Coded<'a, T> {
        let found = self
            .asks()
            .then(|| own.filter(|own| test(own)).or_else(|| first_link(self.error.0, &test)))
            .flatten();
        if found.is_some() {
            self.select_last();
        }
        Coded::of(found)
    }
}

impl<'a, E> Judging<'a, Itself<'a, E>> {
    /// The error itself, if it is a `T`, to be asked for its code.
    #[cold]
    pub fn __select<T>(&mut self, own: Option<&'a T>) -> Coded<'a, T>
    where
        (): Contains<T, E>,
    {
        self.__select_if(own, |_| true)
    }

    /// The same, where the `T` passes a test.
    #[cold]
    pub fn __select_if<T>(&mut self, own: Option<&'a T>, test: impl Fn(&T) -> bool) -> Coded<'a, T>
    where
        (): Contains<T, E>,
    {
        let is_asked = self.asks();
        let itself = || own.unwrap_or_else(|| <() as Contains<T, E>>::contained(self.error.0));
        let found = is_asked.then(itself).filter(|found| test(found));
        if found.is_some() {
            self.select_last();
        }
        Coded::of(found)
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

falls_back! {
    Look<E> => LookInside;
    LookInside<E> => LookAtText;
    LookAtText<E> => LookAtDebug;
    LookAtDebug<E> => LookAtNothing;
}

//! Not API: searches an error and its sources for the selectors.
//!
//! Most errors are wrapped: the AWS SDK keeps `InternalServerException` two links down the `source()`
//! chain of its `SdkError`, and applications wrap that in enums, boxes and reports. So a selector is
//! compared with the error itself and with every link of its chain.

#![expect(missing_docs, reason = "not API")]

use core::any::type_name;
use core::error::Error;
use core::fmt::{Debug, Display};
use core::marker::PhantomData;
use core::ops::Deref;

use crate::error::chain::first_link;
use crate::error::code::Coding;
use crate::error::coded::{Coded, CodedBorrowed};
use crate::error::failure::{Cut, Failure, Verdict};
use crate::error::probe::{DynError, falls_back};
use crate::error::text::Text;
use crate::hint::Hint;

/// Gives every type a method `downcast_ref`; expansions import it. A type's own method has precedence.
///
/// So expansions call the own `downcast_ref` of `anyhow::Error`, `eyre::Report` and similar types, which
/// also finds attached context, and this crate depends on none of them. The drawback: an error type with
/// a `downcast_ref` of another signature, or from a trait of the user, does not compile.
pub trait Searched {
    /// Returns `None`, because this type has no `downcast_ref` of its own.
    fn downcast_ref<T>(&self) -> Option<&T> {
        None
    }
}

impl<E: ?Sized> Searched for E {}

/// The first probe of an error of any type: an error with a `source()` chain.
///
/// A probe finds out how to search the error and how to describe it.
#[derive(Debug)]
pub struct Look<'a, E>(LookInside<'a, E>);

/// The probe for pointers to a `dyn Error`, and for reports.
#[derive(Debug)]
pub struct LookInside<'a, E>(LookAtText<'a, E>);

/// The probe for errors that have no chain, but implement `Display`.
#[derive(Debug)]
pub struct LookAtText<'a, E>(LookAtDebug<'a, E>);

/// The probe for errors that implement only `Debug`.
#[derive(Debug)]
pub struct LookAtDebug<'a, E>(LookAtNothing<'a, E>);

/// The last probe, for errors without any text.
#[derive(Debug)]
pub struct LookAtNothing<'a, E>(&'a E);

impl<'a, E> Look<'a, E> {
    pub const fn new(error: &'a E) -> Self {
        Self(LookInside(LookAtText(LookAtDebug(LookAtNothing(error)))))
    }
}

/// The probe for an error that borrows: its chain cannot be searched, because types are compared only
/// without lifetimes.
#[derive(Debug)]
pub struct LookAtBorrowed<'a, E>(LookAtBorrowedDebug<'a, E>);

/// The probe for such errors that implement only `Debug`.
#[derive(Debug)]
pub struct LookAtBorrowedDebug<'a, E>(LookAtBorrowedNothing<'a, E>);

/// The last probe, for such errors without any text.
#[derive(Debug)]
pub struct LookAtBorrowedNothing<'a, E>(&'a E);

impl<'a, E> LookAtBorrowed<'a, E> {
    pub const fn new(error: &'a E) -> Self {
        Self(LookAtBorrowedDebug(LookAtBorrowedNothing(error)))
    }
}

impl<'a, E: Display> LookAtBorrowed<'a, E> {
    #[must_use]
    pub fn __look(&self, code: &impl Coding<'a>) -> Judging<'a, Borrowed<'a, E>> {
        let error = self.0.0.0;
        Judging::new::<E>(Borrowed(error), Text::Display(error), code)
    }
}

impl<'a, E: Debug> LookAtBorrowedDebug<'a, E> {
    #[must_use]
    pub fn __look(&self, code: &impl Coding<'a>) -> Judging<'a, Borrowed<'a, E>> {
        let error = self.0.0;
        Judging::new::<E>(Borrowed(error), Text::Debug(error), code)
    }
}

impl<'a, E> LookAtBorrowedNothing<'a, E> {
    #[must_use]
    pub fn __look(&self, code: &impl Coding<'a>) -> Judging<'a, Borrowed<'a, E>> {
        Judging::new::<E>(Borrowed(self.0), Text::Opaque(type_name::<E>()), code)
    }
}

impl<'a, E: Error + 'static> Look<'a, E> {
    #[must_use]
    pub fn __look(&self, code: &impl Coding<'a>) -> Judging<'a, Chain<'a>> {
        Judging::new::<E>(Chain(self.0.0.0.0.0), Text::Chain(self.0.0.0.0.0), code)
    }
}

impl<'a, E: Deref<Target: DynError>> LookInside<'a, E> {
    #[must_use]
    pub fn __look(&self, code: &impl Coding<'a>) -> Judging<'a, Chain<'a>> {
        let error = self.0.0.0.0.deref().as_error();
        Judging::new::<E>(Chain(error), Text::Chain(error), code)
    }
}

impl<'a, E: Display> LookAtText<'a, E> {
    #[must_use]
    pub fn __look(&self, code: &impl Coding<'a>) -> Judging<'a, Itself<'a, E>> {
        let error = self.0.0.0;
        Judging::new::<E>(Itself(error), Text::Display(error), code)
    }
}

impl<'a, E: Debug> LookAtDebug<'a, E> {
    #[must_use]
    pub fn __look(&self, code: &impl Coding<'a>) -> Judging<'a, Itself<'a, E>> {
        let error = self.0.0;
        Judging::new::<E>(Itself(error), Text::Debug(error), code)
    }
}

impl<'a, E> LookAtNothing<'a, E> {
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

/// An error that borrows.
#[derive(Debug)]
pub struct Borrowed<'a, E>(&'a E);

/// Tests lists of selectors on an error, one after the other in their order, and records the results.
///
/// Up to three lists: the errors that are excluded, those that are selected, and those that are
/// throttling.
#[derive(Debug)]
pub struct Judging<'a, S> {
    error: S,
    failure: Failure<'a>,
    list: List,
    /// The number of selectors so far in the list, including the current one.
    count: usize,
    /// Whether the result of the list is known.
    is_decided: bool,
}

/// What a selector that matches says of the error.
#[derive(Clone, Copy, Debug)]
enum List {
    Excluded,
    Selected,
    Throttling,
}

impl<'a, S> Judging<'a, S> {
    fn new<E>(error: S, text: Text<'a>, code: &impl Coding<'a>) -> Self {
        let failure = Failure::new(text, type_name::<E>(), code.code());
        Self { error, failure, list: List::Selected, count: 0, is_decided: false }
    }

    /// Counts the next selector, and returns whether it has to be tested.
    fn next_is_tested(&mut self) -> bool {
        self.count += 1;
        !self.is_decided
    }

    /// Records that the current selector matched.
    const fn select_current(&mut self) {
        self.is_decided = true;
        match self.list {
            List::Excluded => self.failure.missed.is_excluded = true,
            List::Selected => self.failure.verdict = Verdict::Selector(self.count - 1),
            List::Throttling => self.failure.is_throttling = true,
        }
    }

    /// The next selectors are those of `unless`, which are tested first.
    pub const fn __excluding(&mut self) {
        self.list = List::Excluded;
    }

    /// The next selectors are those of the errors to retry on. Not tested if `unless` matched.
    pub const fn __selecting(&mut self) {
        self.list = List::Selected;
        self.count = 0;
    }

    /// The next selectors are those of `throttling`. Not tested if the error was not selected.
    pub const fn __throttling(&mut self) {
        self.list = List::Throttling;
        self.is_decided = !matches!(self.failure.verdict, Verdict::Selector(_));
    }

    /// Records what cut the attempt, which is tested after `unless`. At the deadline the call ends anyway.
    pub const fn __timed_out(&mut self, cut: Cut) {
        match cut {
            Cut::Timeout if !self.is_decided => self.failure.verdict = Verdict::TimedOut,
            Cut::Deadline => self.failure.verdict = Verdict::AtDeadline,
            Cut::Nothing | Cut::Timeout => return,
        }
        self.is_decided = true;
    }

    /// Records that the site names types of errors, to be told of the first error that none matches.
    fn names_types(&mut self) {
        if matches!(self.list, List::Selected) && !self.is_decided {
            self.failure.missed.names_types = true;
        }
    }

    /// Tests a selector that is a pattern, a code or a predicate on the error itself.
    pub fn __matches(&mut self, matches: impl FnOnce() -> bool) {
        if self.next_is_tested() && matches() {
            self.select_current();
        }
    }

    /// Records the code of the selected link. Only the selector knows the type of that link, so the
    /// expansion reads the code.
    pub fn __found(&mut self, code: &impl Coding<'a>) {
        if !self.failure.code.is_known() {
            self.failure.code = code.code();
        }
    }

    /// Records how long the server asked to wait.
    pub const fn __hinted(&mut self, hint: Option<Hint>) {
        self.failure.hint = hint;
    }

    pub const fn __judged(&self) -> Failure<'a> {
        self.failure
    }
}

impl<'a> Judging<'a, Chain<'a>> {
    /// Tests a selector that is a type: searches the error and its chain for the first `T`, and returns
    /// a probe for its code. `own` is the result of the error's own `downcast_ref`.
    #[cold]
    pub fn __select<T: SelectableError>(&mut self, own: Option<&'a T>) -> Coded<'a, T> {
        self.__select_if(own, |_| true)
    }

    /// Does the same, with an additional test on the `T`.
    #[cold]
    #[inline(never)]
    pub fn __select_if<T: SelectableError>(
        &mut self,
        own: Option<&'a T>,
        test: impl Fn(&T) -> bool,
    ) -> Coded<'a, T> {
        self.names_types();
        let found = self
            .next_is_tested()
            .then(|| own.filter(|own| test(own)).or_else(|| first_link(self.error.0, &test)))
            .flatten();
        if found.is_some() {
            self.select_current();
        }
        Coded::of(found)
    }
}

/// Where an error that was not found may be hidden.
pub trait Hides {
    /// Records that the error can be made from a `T`, if it contains none.
    fn hides<T: Error + 'static>(&mut self);
}

impl Hides for Judging<'_, Chain<'_>> {
    #[cold]
    fn hides<T: Error + 'static>(&mut self) {
        let is_missed = matches!(self.list, List::Selected) && !self.is_decided;
        if is_missed && first_link::<T>(self.error.0, &|_| true).is_none() {
            self.failure.missed.hidden = Some(type_name::<T>());
        }
    }
}

impl<'a, S> Judging<'a, S> {
    /// Tests a selector that is a type on an error without a chain, which is compared only itself.
    fn compared<T>(
        &mut self,
        itself: impl FnOnce() -> &'a T,
        test: impl Fn(&T) -> bool,
    ) -> Option<&'a T> {
        self.names_types();
        let found = self.next_is_tested().then(itself).filter(|found| test(found));
        if found.is_some() {
            self.select_current();
        }
        found
    }
}

impl<'a, E> Judging<'a, Itself<'a, E>> {
    /// Tests a selector that is a type, the error's own, and returns a probe for the error's code.
    #[cold]
    pub fn __select<T>(&mut self, own: Option<&'a T>) -> Coded<'a, T>
    where
        (): Contains<T, E>,
    {
        self.__select_if(own, |_| true)
    }

    /// Does the same, with an additional test on the `T`.
    #[cold]
    pub fn __select_if<T>(&mut self, own: Option<&'a T>, test: impl Fn(&T) -> bool) -> Coded<'a, T>
    where
        (): Contains<T, E>,
    {
        let error = self.error.0;
        let itself = || own.unwrap_or_else(|| <() as Contains<T, E>>::contained(error));
        Coded::of(self.compared(itself, test))
    }
}

impl<'a, E> Judging<'a, Borrowed<'a, E>> {
    /// Tests a selector that is a type, the error's own, and returns a probe for the error's code.
    #[cold]
    pub fn __select<T>(&mut self, own: Option<&'a T>) -> CodedBorrowed<'a, T>
    where
        (): ContainedInBorrowed<T, E>,
    {
        self.__select_if(own, |_| true)
    }

    /// Does the same, with an additional test on the `T`.
    #[cold]
    pub fn __select_if<T>(
        &mut self,
        own: Option<&'a T>,
        test: impl Fn(&T) -> bool,
    ) -> CodedBorrowed<'a, T>
    where
        (): ContainedInBorrowed<T, E>,
    {
        let error = self.error.0;
        let contained = || <() as ContainedInBorrowed<T, E>>::contained(error);
        CodedBorrowed::of(self.compared(|| own.unwrap_or_else(contained), test))
    }
}

impl<E> Hides for Judging<'_, Itself<'_, E>> {
    // Without a chain, nothing is found in any error.
    fn hides<T: Error + 'static>(&mut self) {}
}

/// Whether an error can be made from one that was looked for: the first probe, for different types.
///
/// Reports and boxes, which can be made from every error, are not `Error` themselves.
#[derive(Debug)]
pub struct MadeFrom<'a, E, T>(NotMadeFrom<'a, E, T>);

/// The last probe.
#[derive(Debug)]
pub struct NotMadeFrom<'a, E, T>(PhantomData<&'a E>, PhantomData<fn(&T)>);

impl<'a, E, T> MadeFrom<'a, E, T> {
    /// Compares the error with the one in the result of a selector.
    #[must_use]
    pub const fn new(_: &'a E, _: &Coded<'_, T>) -> Self {
        Self(NotMadeFrom(PhantomData, PhantomData))
    }
}

impl<E: Error + From<T>, T: Error + 'static> MadeFrom<'_, E, T> {
    #[cold]
    pub fn __hidden(&self, judging: &mut impl Hides) {
        // Each type can be made from itself.
        if type_name::<E>() != type_name::<T>() {
            judging.hides::<T>();
        }
    }
}

impl<E, T> NotMadeFrom<'_, E, T> {
    #[expect(clippy::unused_self, reason = "same signature as that of the first probe")]
    pub const fn __hidden<S>(&self, _: &mut Judging<'_, S>) {}
}

/// What the parameter of a closure names: the function's own error, or else one in its chain.
///
/// A probe, because the own error need not be a `std::error::Error`.
#[derive(Debug)]
pub struct Sought<'a, E, T>(SoughtInChain<'a, E, T>);

/// The probe for an error in the chain.
#[derive(Debug)]
pub struct SoughtInChain<'a, E, T>(&'a E, PhantomData<fn(&T)>);

impl<'a, E, T> Sought<'a, E, T> {
    pub const fn new(error: &'a E) -> Self {
        Self(SoughtInChain(error, PhantomData))
    }
}

impl<'a, Own> Sought<'a, Own, Own> {
    pub const fn __among<'j, S>(
        &self,
        judging: &'j mut Judging<'a, S>,
    ) -> JudgingItself<'j, 'a, Own, S> {
        JudgingItself { judging, error: self.0.0 }
    }
}

impl<'a, E, T> SoughtInChain<'a, E, T> {
    #[expect(clippy::unused_self, reason = "same signature as that of the first probe")]
    pub const fn __among<'j, S>(&self, judging: &'j mut Judging<'a, S>) -> &'j mut Judging<'a, S> {
        judging
    }
}

/// Tests a closure on the function's own error.
#[derive(Debug)]
pub struct JudgingItself<'j, 'a, E, S> {
    judging: &'j mut Judging<'a, S>,
    error: &'a E,
}

impl<'a, E, S> JudgingItself<'_, 'a, E, S> {
    /// Tests it; the code of this error was already read.
    #[cold]
    pub fn __select_if(self, _: Option<&'a E>, test: impl FnOnce(&E) -> bool) -> Coded<'a, E> {
        self.judging.__matches(|| test(self.error));
        Coded::of(None)
    }
}

/// An error type that can be found in a chain.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error type, so `#[retry_on]` cannot look for it",
    label = "does not implement `std::error::Error`",
    note = "for the kind or the status of an error, name the error: \
            `e: io::Error if e.kind() == io::ErrorKind::TimedOut`",
    note = "for a type of your own, implement `std::error::Error`; every error is written `_`"
)]
pub trait SelectableError: Error + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Error + 'static> SelectableError for T {}

/// An error without a chain contains only itself.
///
/// Implemented for `()`, so that the compiler does not suggest this trait as a bound on the error.
#[diagnostic::on_unimplemented(
    message = "`#[retry_on]` cannot look for `{T}` inside `{E}`",
    label = "`{E}` is neither `{T}` nor a `std::error::Error` that could contain it",
    note = "name `{E}` or one of its variants, implement `std::error::Error` for it (for a type \
            parameter: add the bound `{E}: std::error::Error + 'static`), or test it with \
            `when = |error| ..` (every error is written `_`)"
)]
pub trait Contains<T, E> {
    fn contained(error: &E) -> &T;
}

#[diagnostic::do_not_recommend]
impl<E> Contains<E, E> for () {
    fn contained(error: &E) -> &E {
        error
    }
}

/// An error that borrows contains only itself.
#[diagnostic::on_unimplemented(
    message = "`#[retry_on]` cannot look for `{T}` inside `{E}`, because an error that borrows cannot be searched",
    label = "`{E}` borrows, and is not `{T}`",
    note = "name `{E}` or one of its variants, test it with `when = |error| ..`, or return an error \
            without lifetimes (every error is written `_`)"
)]
pub trait ContainedInBorrowed<T, E> {
    fn contained(error: &E) -> &T;
}

#[diagnostic::do_not_recommend]
impl<E> ContainedInBorrowed<E, E> for () {
    fn contained(error: &E) -> &E {
        error
    }
}

/// Never used, like the next one.
#[diagnostic::do_not_recommend]
impl<E> ContainedInBorrowed<PhantomData<E>, E> for () {
    fn contained(_: &E) -> &PhantomData<E> {
        &PhantomData
    }
}

/// Never used. With only one implementation, the compiler would infer that `T` is `E`, and would report
/// a type mismatch instead of the message above.
#[diagnostic::do_not_recommend]
impl<E> Contains<PhantomData<E>, E> for () {
    fn contained(_: &E) -> &PhantomData<E> {
        &PhantomData
    }
}

falls_back! {
    Sought<E, T> => SoughtInChain;
    Look<E> => LookInside;
    LookInside<E> => LookAtText;
    LookAtText<E> => LookAtDebug;
    LookAtDebug<E> => LookAtNothing;
    MadeFrom<E, T> => NotMadeFrom;
    LookAtBorrowed<E> => LookAtBorrowedDebug;
    LookAtBorrowedDebug<E> => LookAtBorrowedNothing;
}

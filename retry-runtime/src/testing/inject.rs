//! Asks the test scope whether an attempt should fail.

use core::error::Error;
use core::marker::PhantomData;
use core::ops::Deref;

use super::scope::innermost;
use crate::error::probe::DynError;
use crate::random;
use crate::sites::site::Site;

fn injected<E: 'static>(site: &Site) -> Option<E> {
    let scope = innermost()?;
    let random = random::number();
    let make = {
        let mut state = scope.state();
        let mut faults = state.faults.iter_mut().filter(|fault| fault.concerns(site));
        faults.find_map(|fault| fault.make::<E>(site, random))
    };
    // Called after the scope is unlocked, because the closure may make retried calls. The fault does
    // not apply to those, because that would never end.
    let make = make?;
    make.try_lock().ok().map(|mut make| make())
}

/// Fails attempts that return this type, if a test can make the error.
#[derive(Debug, Default)]
pub struct Injector<R>(InjectReport<R>);

/// Does the same if the error is a report or a box.
#[derive(Debug, Default)]
pub struct InjectReport<R>(NoFault<R>);

/// Injects nothing: the error may borrow, so a test cannot make one.
#[derive(Debug, Default)]
pub struct NoFault<R>(PhantomData<fn() -> R>);

impl<R> Injector<R> {
    /// Returns an injector for attempts that return this type.
    #[must_use]
    pub const fn new() -> Self {
        Self(InjectReport(NoFault(PhantomData)))
    }
}

impl<T, E: Error + 'static> Injector<Result<T, E>> {
    /// Returns the failure, if the attempt should fail.
    #[must_use]
    pub fn __injected(&self, site: &'static Site) -> Option<Result<T, E>> {
        injected(site).map(Err)
    }
}

impl<T, E: Deref<Target: DynError> + 'static> InjectReport<Result<T, E>> {
    /// Returns the failure, if the attempt should fail.
    #[must_use]
    pub fn __injected(&self, site: &'static Site) -> Option<Result<T, E>> {
        injected(site).map(Err)
    }
}

impl<R> NoFault<R> {
    /// Returns `None`.
    #[must_use]
    pub const fn __injected(&self, _: &'static Site) -> Option<R> {
        None
    }
}

impl<R> Deref for Injector<R> {
    type Target = InjectReport<R>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<R> Deref for InjectReport<R> {
    type Target = NoFault<R>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

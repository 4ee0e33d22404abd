//! Faults on demand: an attempt that fails before its body runs.

use core::error::Error;
use core::marker::PhantomData;
use core::ops::Deref;
use std::any::{Any, type_name};
use std::sync::{Arc, Mutex};

use super::scope::innermost;
use crate::error::probe::DynError;
use crate::sites::site::Site;

/// Attempts of a site that shall fail.
pub(super) struct Fault {
    /// The end of the site's name.
    site: String,
    error_type: &'static str,
    how_often: HowOften,
    /// A `Make<E>`.
    make: Box<dyn Any + Send>,
    /// The error type of a function that has the name and returns another one.
    mismatch: Option<(&'static str, &'static str)>,
}

type Make<E> = Arc<Mutex<dyn FnMut() -> E + Send>>;

pub(super) enum HowOften {
    Next(u32),
    /// In 2^32 parts.
    Sometimes(u64),
}

/// What is wrong with a fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// The function was not called often enough, or is called something else.
    #[error("{left} attempts of `{site}` were to fail and have not been made")]
    Left {
        /// The function.
        site: String,
        /// How many.
        left: u32,
    },
    /// The function returns another error.
    #[error("`{site}` was to fail with `{given}`, and returns `{returned}`")]
    ErrorType {
        /// The function.
        site: String,
        /// The type of the error that was given.
        given: &'static str,
        /// The type of the error that the function returns.
        returned: &'static str,
    },
}

impl Fault {
    pub(super) fn new<E: 'static>(
        site: &str,
        how_often: HowOften,
        error: impl FnMut() -> E + Send + 'static,
    ) -> Self {
        let make: Make<E> = Arc::new(Mutex::new(error));
        Self {
            site: site.to_owned(),
            error_type: type_name::<E>(),
            how_often,
            make: Box::new(make),
            mismatch: None,
        }
    }

    pub(super) fn check(&self) -> Result<(), FaultError> {
        if let Some((site, returned)) = self.mismatch {
            let given = self.error_type;
            return Err(FaultError::ErrorType { site: site.to_owned(), given, returned });
        }
        match self.how_often {
            HowOften::Next(left) if left > 0 => {
                Err(FaultError::Left { site: self.site.clone(), left })
            }
            HowOften::Next(_) | HowOften::Sometimes(_) => Ok(()),
        }
    }

    fn concerns(&self, site: &Site) -> bool {
        site.name
            .strip_suffix(self.site.as_str())
            .is_some_and(|before| before.is_empty() || before.ends_with("::"))
    }

    fn make<E: 'static>(&mut self, site: &Site, random: u64) -> Option<Make<E>> {
        let Some(make) = self.make.downcast_ref::<Make<E>>() else {
            self.mismatch = Some((site.name, type_name::<E>()));
            return None;
        };
        match &mut self.how_often {
            HowOften::Next(0) => return None,
            HowOften::Next(left) => *left -= 1,
            HowOften::Sometimes(parts) if random >> 32 >= *parts => return None,
            HowOften::Sometimes(_) => {}
        }
        Some(Arc::clone(make))
    }
}

fn injected<E: 'static>(site: &Site) -> Option<E> {
    let scope = innermost()?;
    let random = crate::random::number();
    let make = {
        let mut state = scope.state();
        let mut faults = state.faults.iter_mut().filter(|fault| fault.concerns(site));
        faults.find_map(|fault| fault.make::<E>(site, random))
    };
    // Not while the scope is locked: the closure may make retried calls. Those do not fail by it
    // again, for that would never end.
    let make = make?;
    make.try_lock().ok().map(|mut make| make())
}

/// Fails an attempt that returns this type, where the error can be made in a test.
#[derive(Debug, Default)]
pub struct Injector<R>(InjectReport<R>);

/// The error may be a report, or a box.
#[derive(Debug, Default)]
pub struct InjectReport<R>(NoFault<R>);

/// The error may borrow, so no test can hand one in.
#[derive(Debug, Default)]
pub struct NoFault<R>(PhantomData<fn() -> R>);

impl<R> Injector<R> {
    /// For attempts that return this type.
    #[must_use]
    pub const fn new() -> Self {
        Self(InjectReport(NoFault(PhantomData)))
    }
}

impl<T, E: Error + 'static> Injector<Result<T, E>> {
    /// The failure, if it shall fail.
    #[must_use]
    pub fn __injected(&self, site: &'static Site) -> Option<Result<T, E>> {
        injected(site).map(Err)
    }
}

impl<T, E: Deref<Target: DynError> + 'static> InjectReport<Result<T, E>> {
    /// The failure, if it shall fail.
    #[must_use]
    pub fn __injected(&self, site: &'static Site) -> Option<Result<T, E>> {
        injected(site).map(Err)
    }
}

impl<R> NoFault<R> {
    /// None.
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

//! Injected faults: an attempt that fails before its body runs.

use std::any::{Any, type_name};
use std::sync::{Arc, Mutex};

use crate::sites::site::Site;

/// Injects an error into attempts of a site.
pub(super) struct Fault {
    /// The end of the site's name.
    site: String,
    error_type: &'static str,
    how_often: HowOften,
    /// A `Make<E>`.
    make: Box<dyn Any + Send>,
    /// A function that has the name but returns another error type, and that type.
    mismatch: Option<(&'static str, &'static str)>,
    /// Whether a function has made an attempt that can fail with it.
    is_met: bool,
}

pub(super) type Make<E> = Arc<Mutex<dyn FnMut() -> E + Send>>;

pub(super) enum HowOften {
    Next(u32),
    /// A share, in parts of 2^32.
    Sometimes(u64),
}

/// Why [`Scope::check`](super::Scope::check) failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// The function was not called often enough, or the name is wrong.
    #[error("attempts of `{site}` that should fail but were not made: {left}")]
    #[non_exhaustive]
    Left {
        /// The function.
        site: String,
        /// How many attempts.
        left: u32,
    },
    /// The function returns another error.
    #[error("`{site}` should fail with `{given}`, but returns `{returned}`")]
    #[non_exhaustive]
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
            is_met: false,
        }
    }

    /// Why no call could fail with it, if none could.
    pub(super) fn mistake(&self) -> Option<String> {
        if self.is_met {
            return None;
        }
        Some(match self.check() {
            Err(error @ FaultError::ErrorType { .. }) => error.to_string(),
            _ => format!("`{}` should fail, but was not called in the scope", self.site),
        })
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

    pub(super) fn concerns(&self, site: &Site) -> bool {
        site.name()
            .strip_suffix(self.site.as_str())
            .is_some_and(|before| before.is_empty() || before.ends_with("::"))
    }

    pub(super) fn make<E: 'static>(&mut self, site: &Site, random: u64) -> Option<Make<E>> {
        let Some(make) = self.make.downcast_ref::<Make<E>>() else {
            self.mismatch = Some((site.name(), type_name::<E>()));
            return None;
        };
        self.is_met = true;
        match &mut self.how_often {
            HowOften::Next(0) => return None,
            HowOften::Next(left) => *left -= 1,
            HowOften::Sometimes(parts) if random >> 32 >= *parts => return None,
            HowOften::Sometimes(_) => {}
        }
        Some(Arc::clone(make))
    }
}

//! Why settings from outside were rejected.

use std::io;
use std::path::PathBuf;

use crate::decide::budget::BudgetError;
use crate::policy::{Policy, PolicyError};
use crate::sites::site::Site;

/// Settings from outside are invalid; nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OverridesError {
    /// The file cannot be read.
    #[error("cannot read the retry settings in {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The text is not TOML, a key is unknown, or a value is invalid for its key. The message lists the
    /// valid keys or values.
    #[error("malformed retry settings in {origin}: {message}")]
    Malformed {
        /// The file or the variable.
        origin: String,
        /// What is wrong.
        message: String,
    },
    /// No policy can have this value.
    #[error("{origin}, `{pattern}`: {error}")]
    Policy {
        /// The file or the variable.
        origin: String,
        /// The name or the pattern.
        pattern: String,
        /// What is wrong.
        #[source]
        error: PolicyError,
    },
    /// A budget of this size never allows a retry.
    #[error("{origin}, `{pattern}`: {error}")]
    Budget {
        /// The file or the variable.
        origin: String,
        /// The name or the pattern.
        pattern: String,
        /// What is wrong.
        #[source]
        error: BudgetError,
    },
    /// The settings contradict those of the function.
    #[error("the retry settings do not fit `{site}`, which is declared with {policy}: {error}")]
    Unfit {
        /// The function.
        site: &'static str,
        /// Its policy without these settings.
        policy: String,
        /// What is wrong.
        #[source]
        error: PolicyError,
    },
    /// No annotated function has this name (feature `registry`).
    #[error("{origin}: no annotated function is named `{pattern}`; known names: {}", first(known))]
    Unknown {
        /// The file or the variable.
        origin: String,
        /// The name or the pattern.
        pattern: String,
        /// The names of all functions.
        known: Vec<&'static str>,
    },
}

/// Lists only the first names if there are many.
fn first(known: &[&str]) -> String {
    const SHOWN: usize = 20;
    match known.len().checked_sub(SHOWN) {
        None | Some(0) => known.join(", "),
        Some(more) => format!("{} and {more} more (see `sites()`)", known[..SHOWN].join(", ")),
    }
}

impl OverridesError {
    pub(super) fn unfit(site: &'static Site, policy: &Policy, error: PolicyError) -> Self {
        Self::Unfit { site: site.name, policy: policy.to_string(), error }
    }
}

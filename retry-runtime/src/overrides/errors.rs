//! Why settings from outside were refused.

use std::io;
use std::path::PathBuf;

use crate::decide::budget::BudgetError;
use crate::policy::{Policy, PolicyError};
use crate::sites::site::Site;

/// Settings from outside cannot be used; nothing has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SwitchboardError {
    /// The file cannot be read.
    #[error("cannot read the settings for retries in {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no TOML, a key is unknown, or a value is not one of its key; the message lists those
    /// that are known.
    #[error("malformed settings for retries in {origin}: {message}")]
    Malformed {
        /// The file or the variable.
        origin: String,
        /// What is wrong.
        message: String,
    },
    /// A value that no policy can have.
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
    /// A budget that pays for nothing.
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
    /// The settings and those at the function contradict each other.
    #[error(
        "the settings for retries do not fit `{site}`, which is declared with {policy}: {error}"
    )]
    Unfit {
        /// The function.
        site: &'static str,
        /// How it is retried without them.
        policy: String,
        /// What is wrong.
        #[source]
        error: PolicyError,
    },
    /// No annotated function has this name (feature `registry`).
    #[error("{origin}: no annotated function is called `{pattern}`; there are {}", first(known))]
    Unknown {
        /// The file or the variable.
        origin: String,
        /// The name or the pattern.
        pattern: String,
        /// The names that there are.
        known: Vec<&'static str>,
    },
}

/// No more names than can be read.
fn first(known: &[&str]) -> String {
    const SHOWN: usize = 20;
    match known.len().checked_sub(SHOWN) {
        None | Some(0) => known.join(", "),
        Some(more) => format!("{} and {more} more (see `sites()`)", known[..SHOWN].join(", ")),
    }
}

impl SwitchboardError {
    pub(super) fn unfit(site: &'static Site, policy: &Policy, error: PolicyError) -> Self {
        Self::Unfit { site: site.name, policy: policy.to_string(), error }
    }
}

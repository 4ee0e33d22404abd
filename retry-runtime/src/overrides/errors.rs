//! Why settings from outside were rejected.

use std::io;
use std::path::PathBuf;

use crate::policy::Policy;
use crate::policy::error::PolicyError;
use crate::sites::site::Site;

/// Settings from outside are invalid; nothing was changed. What is wrong with a value is the `source`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OverridesError {
    /// The file cannot be read, is no regular file, or is larger than 1 MiB.
    #[error("cannot read the retry settings in {}", path.display())]
    #[non_exhaustive]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The text is not TOML, a key is unknown, or a value is invalid for its key. The message lists the
    /// valid keys or values.
    #[error("malformed retry settings in {origin}: {message}")]
    #[non_exhaustive]
    Malformed {
        /// The file or the variable.
        origin: String,
        /// What is wrong.
        message: String,
    },
    /// No policy can have this value.
    #[error("invalid retry settings in {origin} for `{pattern}`")]
    #[non_exhaustive]
    Policy {
        /// The file or the variable.
        origin: String,
        /// The name or the pattern.
        pattern: String,
        /// What is wrong.
        source: PolicyError,
    },
    /// The settings contradict those of the function.
    #[error("the retry settings do not fit `{site}`, which is declared with {policy}")]
    #[non_exhaustive]
    Unfit {
        /// The function.
        site: &'static str,
        /// Its policy without these settings.
        policy: String,
        /// What is wrong.
        source: PolicyError,
    },
}

impl OverridesError {
    pub(super) fn unfit(site: &'static Site, policy: &Policy, source: PolicyError) -> Self {
        Self::Unfit { site: site.name(), policy: policy.to_string(), source }
    }
}

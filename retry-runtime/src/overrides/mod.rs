//! Changes retry settings without a rebuild: from a file, the environment or code.
//!
//! ```toml
//! # retries.toml: a table for one function by its name, or for several by a pattern
//! ["orders::*"]
//! max = 5
//! delay = "200ms"
//!
//! ["orders::refund"]
//! enabled = false
//! ```
//!
//! ```text
//! RETRY_ON=off                                                       during an incident
//! RETRY_ON='orders::*(max = 5, delay = 200ms); search::find(enabled = false)'
//! ```
//!
//! ```
//! use retry_runtime::{Policy, overrides};
//!
//! # #[retry_runtime::retry_on(_, name = "orders::refund")]
//! # fn refund() -> Result<(), String> { Ok(()) }
//! # let directory = std::env::temp_dir().join(format!("retries-{}", std::process::id()));
//! # std::fs::create_dir_all(&directory)?;
//! # let path = directory.join("retries.toml");
//! # std::fs::write(&path, "[\"orders::*\"]\nmax = 5\n")?;
//! overrides::load_file(&path)?;
//! overrides::set("orders::refund", Policy::builder().max(2))?;
//! overrides::set_enabled(Some(false));
//! # overrides::reset();
//! # std::fs::remove_dir_all(&directory)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Names
//!
//! The name of a function is the one in its logs; [`sites()`](crate::sites()) lists all names. In a pattern,
//! `*` matches any number of characters, including `::`, and `?` matches one. If several names and
//! patterns match, each setting comes from the most specific one: a name is more specific than a
//! pattern, and a pattern with more literal characters is more specific than one with fewer. Among
//! equally specific ones, code overrides the environment, and the environment overrides the file.
//!
//! # Settings
//!
//! The settings are those of [`PolicyBuilder`], under the same names.
//!
//! | key | value |
//! |---|---|
//! | `enabled` | `false`: errors are logged and counted, and returned at once (reason `disabled`) |
//! | `max` | attempts in total, the first included, or `"none"` |
//! | `delay`, `max_delay`, `max_hint`, `throttling_delay`, `deadline` | a duration, such as `"200ms"` or `"1m 30s"`, up to a year |
//! | `factor` | growth of the delay per retry, from 1 upwards |
//! | `backoff` | `"exponential"`, `"linear"`, `"fibonacci"` |
//! | `jitter` | `"full"`, `"equal"`, `"decorrelated"`, `"none"` |
//! | `budget` | tokens in each function's own bucket, from 10 upwards, or `"none"`; a retry takes 5 tokens, or 10 after a timeout; 5 tokens come back every 30 seconds |
//! | `nested` | `"warn"`, `"allow"`, `"inner"` |
//! | `give_up_level` | the level at which a call that gave up is logged: `"error"`, `"warn"`, `"info"`, `"debug"`, `"off"` |
//!
//! `timeout` and `span` belong to the function and cannot be set from outside: an attempt has to know of
//! them before it starts. A `deadline` does not lift a `max` that the function names. If the function has
//! no deadline of its own, the time is counted from the end of the first attempt, because the clock was
//! not read before.
//!
//! `enabled` outside of a table (in the variable: `off`, `on`) is for all functions. If it is `false`,
//! settings by name cannot change that. Code overrides the environment, and the environment overrides
//! the file.
//!
//! # When
//!
//! Nothing is read before the program asks for it: the environment variable `RETRY_ON` with
//! [`load_environment`], a file with [`load_file`]. One line in `main` is enough:
//!
//! ```
//! # use retry_runtime::overrides;
//! fn main() {
//!     // Without a subscriber, the program itself has to say what is wrong.
//!     if let Err(error) = overrides::load_environment() {
//!         eprintln!("RETRY_ON is ignored: {error}");
//!     }
//! }
//! ```
//!
//! New settings apply from then on, also to calls that are already failing. After a change, one INFO for
//! each function, at its first failure, says where each setting came from. To verify `RETRY_ON=off`, look
//! for `retries are switched off` in the logs.
//!
//! A call that succeeds at once reads no settings and takes no lock. There are three exceptions: its
//! budget is set to tokens, its body receives the attempt (`attempt = ..`), or it is an async function
//! with a `deadline`.
//!
//! A `deadline` from outside cuts a running attempt of an async function with `deadline`, `timeout` or
//! `policy`. To be prepared for that in all others would cost every success: there it only keeps attempts from
//! starting, and one WARN says so (not with `timeout = none`).
//!
//! Malformed settings are an error and change nothing. Whether settings fit a function (a `max_delay`
//! below its `delay` does not) is checked for every known function. A function that becomes known later
//! logs an ERROR and ignores all of them except `enabled`. With the feature `registry`, every function
//! is known from the start, and a name that no function has is logged at WARN. So is, always, a name that
//! several known functions have: the settings are for all of them. A closure is known after
//! it has failed.

pub(crate) mod board;
mod environment;
mod errors;
mod file;
mod layer;

use std::path::Path;

use crate::observe::override_logs;
use crate::policy::builder::PolicyBuilder;
use crate::sites::reach;

use board::{Doubt, DoubtfulName, Layers};
pub use errors::OverridesError;
use layer::Layer;

/// Reads a file. Its settings replace those of the previous file.
///
/// # Errors
///
/// Returns an error and changes nothing if the file cannot be read, is no regular file or larger than
/// 1 MiB, or its settings are invalid.
pub fn load_file(path: impl AsRef<Path>) -> Result<(), OverridesError> {
    let path = path.as_ref();
    let text = file::read(path)
        .map_err(|source| OverridesError::Read { path: path.to_owned(), source })?;
    load_toml(&text, &path.display().to_string())
}

/// Reads settings in the format of the file from a string. Logs call their source `origin`. They
/// replace the settings of the previous file.
///
/// ```
/// use retry_runtime::overrides;
///
/// let error = overrides::load_toml("[\"orders::*\"]\nmxa = 5\n", "the database").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "malformed retry settings in the database: [\"orders::*\"]: unknown field `mxa`, \
///      expected one of `enabled`, `max`, `delay`, `factor`, `max_delay`, `max_hint`, \
///      `throttling_delay`, `backoff`, `jitter`, `deadline`, `timeout`, `budget`, `nested`, \
///      `give_up_level`, `span`",
/// );
/// ```
///
/// # Errors
///
/// Returns an error and changes nothing if the settings are invalid.
pub fn load_toml(text: &str, origin: &str) -> Result<(), OverridesError> {
    let layer = Layer::from_toml(text, origin)?;
    change(|layers| {
        layers.file = layer;
        Ok(())
    })
}

/// Reads the environment variable `RETRY_ON`. Its settings replace those that were read before.
///
/// # Errors
///
/// Returns an error and changes nothing if the settings are invalid.
pub fn load_environment() -> Result<(), OverridesError> {
    let layer = environment::layer()?;
    change(|layers| {
        layers.environment = layer;
        Ok(())
    })
}

/// Sets settings in code, for one function by its name or for several by a pattern. They replace
/// earlier settings for the same name or pattern.
///
/// # Errors
///
/// Returns an error and changes nothing if the settings are invalid.
pub fn set(pattern: &str, settings: PolicyBuilder) -> Result<(), OverridesError> {
    change(|layers| layers.code.add(pattern, settings))
}

/// Removes what [`set`] has set for this name or pattern.
pub fn unset(pattern: &str) {
    change_anyway(|layers| {
        layers.code.rules.remove(pattern);
    });
}

/// Switches all retries off (`Some(false)`) or on (`Some(true)`), whatever the environment and the file
/// say, or lets those two decide again (`None`).
///
/// A call that is in a pause when retries are switched off still makes the next attempt; no other pause
/// begins.
pub fn set_enabled(enabled: Option<bool>) {
    change_anyway(|layers| layers.code.enabled = enabled);
}

/// Removes all settings from every source.
pub fn reset() {
    change_anyway(|layers| *layers = Layers::default());
}

/// Makes all changes or none, and updates the sites.
fn change(
    change: impl FnOnce(&mut Layers) -> Result<(), OverridesError>,
) -> Result<(), OverridesError> {
    let doubtful = board::change(change)?;
    reach::watch_again();
    // Logged at the end, because a subscriber may call annotated functions.
    for DoubtfulName { pattern, source, doubt } in doubtful {
        match doubt {
            Doubt::Unknown(known) => override_logs::unknown(&pattern, &source, &known),
            Doubt::Shared(sites) => override_logs::shared(&pattern, &source, &sites),
        }
    }
    Ok(())
}

/// The same, even if other settings do not fit a site, because switching off must always work.
fn change_anyway(change: impl FnOnce(&mut Layers)) {
    board::change_anyway(change);
    reach::watch_again();
}

//! Settings from outside, without a rebuild: from a file, the environment and code.
//!
//! ```toml
//! # retries.toml: a table for a function by its name, or for many by a pattern
//! ["orders::*"]
//! max = 5
//! delay = "200ms"
//!
//! ["orders::refund"]
//! enabled = false
//! ```
//!
//! ```text
//! RETRY_ON=off                                                       in an incident
//! RETRY_ON='orders::*(max = 5, delay = 200ms); search::find(enabled = false)'
//! ```
//!
//! ```
//! use retry_runtime::switchboard::{self, Settings};
//!
//! # #[retry_runtime::retry_on(_, name = "orders::refund")]
//! # fn refund() -> Result<(), String> { Ok(()) }
//! # let directory = std::env::temp_dir().join(format!("retries-{}", std::process::id()));
//! # std::fs::create_dir_all(&directory)?;
//! # let path = directory.join("retries.toml");
//! # std::fs::write(&path, "[\"orders::*\"]\nmax = 5\n")?;
//! switchboard::load_file(&path)?;
//! switchboard::set("orders::refund", Settings::new().max(2))?;
//! switchboard::turn_off();
//! # switchboard::reset();
//! # std::fs::remove_dir_all(&directory)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Names
//!
//! The name of a function is that of its logs, [`sites`](crate::sites) lists them. In a pattern, `*`
//! stands for any number of characters, `::` included, and `?` for one. The setting of the most specific name wins: a name before a
//! pattern, and a pattern with more letters of its own before one with fewer. Between two that are as
//! specific, code wins over the environment, and that over the file.
//!
//! # Settings
//!
//! | key | value |
//! |---|---|
//! | `enabled` | `false`: errors are logged and counted, and come back at once (reason `disabled`) |
//! | `max` | attempts in total, the first included |
//! | `delay`, `max_delay`, `deadline` | a duration, such as `"200ms"` or `"1m 30s"`, up to a year |
//! | `factor` | growth of the delay per retry, from 1 upwards |
//! | `jitter` | `"full"`, `"equal"`, `"decorrelated"`, `"none"` |
//! | `budget` | tokens of each function's own bucket, from 10 upwards, or `"none"`; a retry takes 5, after a timeout 10 |
//!
//! `enabled` outside of a table (in the variable: `off`, `on`) is for all functions, and `false` there
//! cannot be overruled by name; code wins over the environment, and that over the file.
//!
//! # When
//!
//! The environment variable `RETRY_ON` is read when the first annotated function is called, or the
//! first closure fails. What is malformed there is an ERROR in the log, and none of it is heeded: after
//! `RETRY_ON=off`, look for `retries are switched off`. [`load_environment`] reads it again. A file is read when [`load_file`] is called, as often as you
//! like. New settings hold for what happens from then on, in calls that are already failing too. One
//! INFO for each function says which setting came from where, at its first failure after they changed.
//!
//! A call that succeeds at once looks neither at settings nor at a lock, unless it must know: where
//! tokens are set as its budget, where it shows its body the attempt (`attempt = ..`), and where it has
//! both a `timeout` and a `deadline`.
//!
//! What is malformed is an error, and changes nothing. Whether settings fit a function (a `max_delay`
//! below its `delay` does not) is checked for every function that is known; one that is called later
//! logs an ERROR and heeds none of them but `enabled`. With the feature `registry`, every function is
//! known from the start, and a name that none has is an error, too (that of a closure is known once it
//! has failed).

pub(crate) mod board;
pub(crate) mod environment;
mod errors;
mod layer;
mod settings;

use std::fs;
use std::path::Path;

use crate::sites::reach;

use board::Layers;
pub use errors::SwitchboardError;
use layer::Layer;
pub use settings::Settings;

/// Reads a file; its settings take the place of those of the file that was read before.
///
/// # Errors
///
/// The file cannot be read, or its settings cannot be used: then nothing changes.
pub fn load_file(path: impl AsRef<Path>) -> Result<(), SwitchboardError> {
    let path = path.as_ref();
    let text = fs::read_to_string(path)
        .map_err(|source| SwitchboardError::Read { path: path.to_owned(), source })?;
    load_toml(&text, &path.display().to_string())
}

/// Reads settings in the format of the file, from wherever they come; logs name them by `origin`.
/// They take the place of those of the file that was read before.
///
/// ```
/// use retry_runtime::switchboard;
///
/// let error = switchboard::load_toml("[\"orders::*\"]\nmxa = 5\n", "the database").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "malformed settings for retries in the database: [\"orders::*\"]: unknown field `mxa`, \
///      expected one of `enabled`, `max`, `delay`, `factor`, `max_delay`, `jitter`, `deadline`, \
///      `budget`",
/// );
/// ```
///
/// # Errors
///
/// The settings cannot be used: then nothing changes.
pub fn load_toml(text: &str, origin: &str) -> Result<(), SwitchboardError> {
    let layer = Layer::from_toml(text, origin)?;
    change(|layers| {
        layers.file = layer;
        Ok(())
    })
}

/// Reads the environment variable `RETRY_ON` again; its settings take the place of those that were
/// read before.
///
/// # Errors
///
/// The settings cannot be used: then nothing changes.
pub fn load_environment() -> Result<(), SwitchboardError> {
    environment::is_not_read_any_more();
    let layer = environment::layer()?;
    change(|layers| {
        layers.environment = layer;
        Ok(())
    })
}

/// Settings in code, for a function by its name or for many by a pattern; they take the place of
/// earlier ones for the same.
///
/// # Errors
///
/// The settings cannot be used: then nothing changes.
pub fn set(pattern: &str, settings: Settings) -> Result<(), SwitchboardError> {
    change(|layers| layers.code.add(pattern, settings))
}

/// Takes back what [`set`] has set for this name or pattern.
pub fn unset(pattern: &str) {
    change_anyway(|layers| layers.code.rules.retain(|rule| rule.pattern.text != pattern));
}

/// From now on no call begins another pause, whatever the environment and the file say, until
/// [`turn_on`] or [`unset_switch`]. A call that is in a pause makes the attempt that follows it.
pub fn turn_off() {
    switch(Some(false));
}

/// From now on errors are retried, also where the environment or the file switches all off, until
/// [`turn_off`] or [`unset_switch`].
pub fn turn_on() {
    switch(Some(true));
}

/// Takes back what [`turn_off`] or [`turn_on`] has said: the environment and the file decide again.
pub fn unset_switch() {
    switch(None);
}

fn switch(enabled: Option<bool>) {
    change_anyway(|layers| layers.code.enabled = enabled);
}

/// Takes back all settings, wherever they came from; `RETRY_ON` is read again by [`load_environment`]
/// only.
pub fn reset() {
    environment::is_not_read_any_more();
    change_anyway(|layers| *layers = Layers::default());
}

/// Changes the settings, all or none, and lets the sites know.
fn change(
    change: impl FnOnce(&mut Layers) -> Result<(), SwitchboardError>,
) -> Result<(), SwitchboardError> {
    board::change(change)?;
    reach::watch_again();
    Ok(())
}

/// The same, also where others do not fit a site: what is switched off has to be.
fn change_anyway(change: impl FnOnce(&mut Layers)) {
    board::change_anyway(change);
    reach::watch_again();
}

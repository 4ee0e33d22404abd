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

mod layer;
mod settings;

use core::sync::atomic::{AtomicBool, Ordering};
use std::collections::HashMap;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, RwLock};

use crate::clock;
use crate::decide::budget::{Budget, BudgetError, Cause};
use crate::observe;
use crate::policy::{Policy, PolicyError};
use crate::sites::registry;
use crate::sites::report::BudgetReport;
use crate::sites::site::Site;

use layer::{Layer, Pattern};
use settings::BudgetSetting;
pub use settings::Settings;

/// The variable that is read.
const VARIABLE: &str = "RETRY_ON";

/// What a retry takes, and what one after a timeout.
const COSTS: (u32, u32) = (5, 10);

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

/// Where settings come from; the later, the weaker.
#[derive(Clone, Debug, Default)]
struct Layers {
    code: Layer,
    environment: Layer,
    file: Layer,
}

/// What is set now.
#[derive(Debug, Default)]
struct Board {
    layers: Layers,
    /// What that means for a site that has asked, by its address.
    sites: Arc<Mutex<Sites>>,
    /// The same of the board before, for sites that asked that one meanwhile.
    before: Arc<Mutex<Sites>>,
}

type Sites = HashMap<usize, Arc<ForSite>>;

/// What is set for one site.
#[derive(Debug)]
struct ForSite {
    /// What fits it.
    settings: Settings,
    budget: Option<Arc<OtherBudget>>,
    /// What came from where.
    sources: String,
    /// Why nothing but the switch is heeded, if so.
    unfit: Option<PolicyError>,
    /// Whether the log has told of it.
    is_told: AtomicBool,
    /// Whether the log has told that the policy of a call is one that they do not fit.
    is_unfit_told: AtomicBool,
}

fn unfit(site: &'static Site, policy: &Policy, error: PolicyError) -> SwitchboardError {
    SwitchboardError::Unfit { site: site.name, policy: policy.to_string(), error }
}

/// A budget in the place of that of the site.
#[derive(Debug)]
pub(crate) enum OtherBudget {
    /// None.
    Unlimited,
    /// One of its own.
    Tokens { bucket: Budget, capacity: u32 },
}

static BOARD: RwLock<Option<Arc<Board>>> = RwLock::new(None);

/// Whether anything is set.
static IS_SET: AtomicBool = AtomicBool::new(false);

/// One change after the other.
static CHANGES: Mutex<()> = Mutex::new(());

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
    // What is read when the first function is called would undo what comes later.
    STARTED.call_once(|| {});
    let layer = environment()?;
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
    STARTED.call_once(|| {});
    change_anyway(|layers| *layers = Layers::default());
}

static STARTED: Once = Once::new();

/// The first annotated function is called.
pub(crate) fn start() {
    let mut read = Ok(());
    STARTED.call_once(|| {
        read = environment().and_then(|layer| {
            change(|layers| {
                layers.environment = layer;
                Ok(())
            })
        });
    });
    // Not before all is done, for a subscriber may call annotated functions.
    if let Err(error) = read {
        observe::refused(None, &error);
    }
}

fn environment() -> Result<Layer, SwitchboardError> {
    let origin = format!("the environment variable {VARIABLE}");
    match env::var(VARIABLE) {
        Ok(text) => Layer::from_variable(&text, &origin),
        Err(env::VarError::NotPresent) => Ok(Layer::default()),
        Err(error @ env::VarError::NotUnicode(_)) => {
            Err(SwitchboardError::Malformed { origin, message: error.to_string() })
        }
    }
}

/// Changes the settings, all or none: what does not fit a known site is refused.
fn change(
    change: impl FnOnce(&mut Layers) -> Result<(), SwitchboardError>,
) -> Result<(), SwitchboardError> {
    changed(change, true)
}

/// Changes the settings, also where others do not fit a site: what is switched off has to be.
fn change_anyway(change: impl FnOnce(&mut Layers)) {
    let change = |layers: &mut Layers| {
        change(layers);
        Ok(())
    };
    let _ = changed(change, false);
}

fn changed(
    change: impl FnOnce(&mut Layers) -> Result<(), SwitchboardError>,
    must_fit: bool,
) -> Result<(), SwitchboardError> {
    let one_at_a_time: MutexGuard<'_, ()> = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
    let before = current();
    let mut layers = before.as_ref().map(|board| board.layers.clone()).unwrap_or_default();
    "code".clone_into(&mut layers.code.source);
    change(&mut layers)?;
    let mut sites = Sites::new();
    for site in registry::known() {
        let earlier = before.as_ref().and_then(|board| board.found(site));
        let found = layers.for_site(site, earlier.as_ref());
        let is_new = !earlier.is_some_and(|earlier| Arc::ptr_eq(&earlier, &found));
        match found.unfit {
            Some(error) if must_fit && is_new => return Err(unfit(site, &site.policy, error)),
            _ => sites.insert(address(site), found),
        };
    }
    let is_set = layers.all().any(|layer| layer.enabled.is_some() || !layer.rules.is_empty());
    let before = before.map(|board| Arc::clone(&board.sites)).unwrap_or_default();
    let board = Board { layers, sites: Arc::new(Mutex::new(sites)), before };
    *BOARD.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(board));
    IS_SET.store(is_set, Ordering::Release);
    drop(one_at_a_time);
    registry::watch_again();
    Ok(())
}

fn current() -> Option<Arc<Board>> {
    BOARD.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// What is set for a site; a call that fails asks.
fn of(site: &'static Site) -> Option<Arc<ForSite>> {
    if !IS_SET.load(Ordering::Acquire) {
        return None;
    }
    Some(current()?.for_site(site))
}

/// The policy of a call with the settings from outside.
pub(crate) fn overridden(site: &'static Site, policy: Policy) -> Policy {
    let Some(found) = of(site) else { return policy };
    // A policy of the call, not the site's, may be one that they do not fit.
    let applied = found.settings.applied(&policy);
    applied.or_else(|_| found.settings.switch().applied(&policy)).unwrap_or(policy)
}

/// Tells the log what is set for a call that failed, once.
pub(crate) fn tell(site: &'static Site, policy: &Policy) {
    let Some(found) = of(site) else { return };
    found.tell(site);
    if let Err(error) = found.settings.applied(policy) {
        if !found.is_unfit_told.swap(true, Ordering::Relaxed) {
            observe::refused(Some(site), &unfit(site, policy, error));
        }
    }
}

/// Tells the log, once, where what is set does not fit the site.
pub(crate) fn tell_unfit(site: &'static Site) {
    if let Some(found) = of(site).filter(|found| found.unfit.is_some()) {
        found.tell(site);
    }
}

/// The budget in the place of that at the function, for a call of it.
pub(crate) fn budget_of(site: &'static Site) -> Option<Arc<OtherBudget>> {
    // A call that succeeds asks too, and others' settings are no reason to search.
    if !site.has_budget_from_outside.load(Ordering::Acquire) {
        return None;
    }
    budget_for(site)
}

/// The budget in the place of that at the function, also where that was not called yet.
pub(crate) fn budget_for(site: &'static Site) -> Option<Arc<OtherBudget>> {
    of(site)?.budget.clone()
}

/// Lets the site know whether there is a budget in the place of its own: whether that wants to know of
/// every success.
pub(crate) fn sets_budget_of(site: &'static Site) -> bool {
    let budget = budget_for(site);
    site.has_budget_from_outside.store(budget.is_some(), Ordering::Release);
    matches!(budget.as_deref(), Some(OtherBudget::Tokens { .. }))
}

fn address(site: &'static Site) -> usize {
    core::ptr::from_ref(site).addr()
}

impl Layers {
    /// The strongest first.
    fn all(&self) -> impl Iterator<Item = &Layer> {
        [&self.code, &self.environment, &self.file].into_iter()
    }

    /// What is set for the site: the same as earlier, where nothing has changed for it.
    fn for_site(&self, site: &'static Site, earlier: Option<&Arc<ForSite>>) -> Arc<ForSite> {
        let (mut settings, sources) = self.settings(site);
        let unfit = settings.applied(&site.policy).err();
        if unfit.is_some() {
            settings = settings.switch();
        }
        if let Some(earlier) = earlier {
            let then = (&earlier.settings, &earlier.sources, &earlier.unfit);
            if then == (&settings, &sources, &unfit) {
                return Arc::clone(earlier);
            }
        }
        // A bucket stays as full as it is while its size does.
        let kept = earlier.filter(|earlier| earlier.settings.budget == settings.budget);
        let budget = match kept {
            Some(earlier) => earlier.budget.clone(),
            None => settings.budget.and_then(OtherBudget::new).map(Arc::new),
        };
        Arc::new(ForSite {
            settings,
            budget,
            sources,
            unfit,
            is_told: AtomicBool::new(false),
            is_unfit_told: AtomicBool::new(false),
        })
    }

    /// What is set for the site, and what of it came from where.
    fn settings(&self, site: &'static Site) -> (Settings, String) {
        let mut rules: Vec<_> = self
            .all()
            .flat_map(|layer| layer.rules.iter().map(move |rule| (layer, rule)))
            .filter(|(_, rule)| rule.pattern.matches(site.name))
            .collect();
        // Stable: of two that are as specific, the stronger layer comes first.
        rules.sort_by_key(|(_, rule)| core::cmp::Reverse(rule.pattern.specificity()));
        let mut settings = Settings::new();
        let mut sources = Vec::new();
        let switch = self.all().find_map(|layer| Some((layer.enabled?, &layer.source)));
        if let Some((false, source)) = switch {
            settings = settings.enabled(false);
            sources.push(format!("enabled = false ({source}, for all)"));
        }
        for (layer, rule) in rules {
            let known = settings.written();
            settings = settings.or(&rule.settings);
            for (key, value) in settings.written() {
                if !known.iter().any(|(known, _)| *known == key) {
                    sources.push(format!(
                        "{key} = {value} ({}, \"{}\")",
                        layer.source, rule.pattern.text
                    ));
                }
            }
        }
        (settings, sources.join(", "))
    }
}

impl Board {
    fn for_site(&self, site: &'static Site) -> Arc<ForSite> {
        let mut sites = locked(&self.sites);
        let found = sites.entry(address(site)).or_insert_with(|| {
            let earlier = locked(&self.before).get(&address(site)).cloned();
            self.layers.for_site(site, earlier.as_ref())
        });
        Arc::clone(found)
    }

    /// What a site was told that has asked, here or before.
    fn found(&self, site: &'static Site) -> Option<Arc<ForSite>> {
        let found = |sites: &Mutex<Sites>| locked(sites).get(&address(site)).cloned();
        found(&self.sites).or_else(|| found(&self.before))
    }
}

fn locked(sites: &Mutex<Sites>) -> MutexGuard<'_, Sites> {
    sites.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ForSite {
    /// Nothing is held meanwhile, for a subscriber may call annotated functions.
    fn tell(&self, site: &'static Site) {
        if self.is_told.swap(true, Ordering::Relaxed) {
            return;
        }
        match self.unfit {
            Some(error) => observe::refused(Some(site), &unfit(site, &site.policy, error)),
            None if self.sources.is_empty() => {}
            None => observe::overridden(site, &self.sources),
        }
    }
}

impl OtherBudget {
    fn new(setting: BudgetSetting) -> Option<Self> {
        match setting {
            BudgetSetting::None => Some(Self::Unlimited),
            BudgetSetting::Tokens(capacity) => {
                let bucket = Budget::tokens(capacity, COSTS.0, COSTS.1).ok()?;
                Some(Self::Tokens { bucket, capacity })
            }
        }
    }

    pub(crate) fn take(&self, cause: Cause) -> Option<u32> {
        match self {
            Self::Unlimited => Some(0),
            Self::Tokens { bucket, .. } => bucket.take(cause, clock::since_start),
        }
    }

    pub(crate) fn succeeded(&self, taken: Option<u32>) {
        if let Self::Tokens { bucket, .. } = self {
            bucket.succeeded(taken, clock::since_start);
        }
    }

    pub(crate) fn report(&self) -> BudgetReport {
        match self {
            Self::Unlimited => BudgetReport::None,
            Self::Tokens { bucket, capacity } => {
                BudgetReport::Own { available: bucket.available(), capacity: *capacity }
            }
        }
    }
}

/// Whether the settings can be those of any function, and the pattern the name of one.
fn check(pattern: &Pattern, settings: &Settings, origin: &str) -> Result<(), SwitchboardError> {
    let name = || (origin.to_owned(), pattern.text.clone());
    if pattern.text.trim().is_empty() {
        return Err(SwitchboardError::Malformed {
            origin: origin.to_owned(),
            message: "settings without the name of a function; for all functions, write `*`"
                .to_owned(),
        });
    }
    // Each for itself, for the others may come from elsewhere.
    let alone = Policy::builder();
    let alone = [
        settings.max.map(|max| alone.max(max)),
        settings.factor.map(|factor| alone.factor(factor)),
        settings.deadline.map(|deadline| alone.deadline(deadline)),
    ];
    for builder in alone.into_iter().flatten() {
        builder.build().map_err(|error| {
            let (origin, pattern) = name();
            SwitchboardError::Policy { origin, pattern, error }
        })?;
    }
    if let (Some(delay), Some(max_delay)) = (settings.delay, settings.max_delay) {
        Policy::builder().delay(delay).max_delay(max_delay).build().map_err(|error| {
            let (origin, pattern) = name();
            SwitchboardError::Policy { origin, pattern, error }
        })?;
    }
    if let Some(BudgetSetting::Tokens(tokens)) = settings.budget {
        Budget::tokens(tokens, COSTS.0, COSTS.1).map_err(|error| {
            let (origin, pattern) = name();
            SwitchboardError::Budget { origin, pattern, error }
        })?;
    }
    #[cfg(feature = "registry")]
    {
        let mut known: Vec<_> = registry::known().into_iter().map(|site| site.name).collect();
        if !known.iter().any(|name| pattern.matches(name)) {
            known.dedup();
            let (origin, pattern) = name();
            return Err(SwitchboardError::Unknown { origin, pattern, known });
        }
    }
    Ok(())
}

//! The current settings, and what they mean for each site.

use core::sync::atomic::{AtomicBool, Ordering};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::errors::OverridesError;
use super::layer::{Layer, Pattern};
use crate::decide::budget::Budget;
use crate::decide::budget_source::{BudgetReport, BudgetSource};
use crate::observe::override_logs;
use crate::policy::Policy;
use crate::policy::builder::{BudgetSetting, PolicyBuilder};
use crate::policy::error::PolicyError;
use crate::sites::registry;
use crate::sites::site::Site;

/// The sources of settings; an earlier field overrides a later one.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers {
    pub(super) code: Layer,
    pub(super) environment: Layer,
    pub(super) file: Layer,
}

/// The current settings.
#[derive(Debug, Default)]
struct Board {
    layers: Layers,
    /// What they mean for each site that has asked, by its address.
    sites: Arc<Mutex<SettingsBySite>>,
    /// The same for the previous board, which sites may have asked after this one was made.
    before: Arc<Mutex<SettingsBySite>>,
}

type SettingsBySite = HashMap<usize, Arc<ForSite>>;

/// The settings for one site.
#[derive(Debug)]
pub(crate) struct ForSite {
    /// The settings that fit the site.
    settings: PolicyBuilder,
    budget: Option<SetBudget>,
    /// The source of each setting, for the log.
    sources: String,
    /// Why all settings except the switch are ignored, if they are.
    unfit: Option<PolicyError>,
    /// Whether the settings have been logged.
    is_logged: AtomicBool,
    /// Whether it has been logged that the settings do not fit the policy of a call.
    is_unfit_logged: AtomicBool,
}

static BOARD: RwLock<Option<Arc<Board>>> = RwLock::new(None);

/// Whether anything is set.
static IS_SET: AtomicBool = AtomicBool::new(false);

/// Makes changes one after the other.
static CHANGES: Mutex<()> = Mutex::new(());

/// A name in the settings that may not mean what it should.
#[derive(Debug)]
pub(super) struct DoubtfulName {
    pub(super) pattern: String,
    /// Where it was written.
    pub(super) source: String,
    pub(super) doubt: Doubt,
}

/// What is wrong with it.
#[derive(Debug)]
pub(super) enum Doubt {
    /// No function has it. These are those that there are.
    Unknown(Vec<&'static str>),
    /// Several functions have it.
    Shared(Vec<&'static Site>),
}

/// Makes all changes or none, and returns the new names that several functions have, or, if all
/// functions are known, none. Settings that do not fit a known site are rejected.
pub(super) fn change(
    change: impl FnOnce(&mut Layers) -> Result<(), OverridesError>,
) -> Result<Vec<DoubtfulName>, OverridesError> {
    changed(change, true)
}

/// Changes the settings even if others do not fit a site, because switching off must always work.
pub(super) fn change_anyway(change: impl FnOnce(&mut Layers)) {
    let change = |layers: &mut Layers| {
        change(layers);
        Ok(())
    };
    let _ = changed(change, false);
}

fn changed(
    change: impl FnOnce(&mut Layers) -> Result<(), OverridesError>,
    must_fit: bool,
) -> Result<Vec<DoubtfulName>, OverridesError> {
    let changing: MutexGuard<'_, ()> = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
    let before = current();
    let mut layers = before.as_ref().map(|board| board.layers.clone()).unwrap_or_default();
    "code".clone_into(&mut layers.code.source);
    change(&mut layers)?;
    let known = registry::known();
    let doubtful = layers.doubtful(&known, before.as_ref().map(|board| &board.layers));
    let mut sites = SettingsBySite::new();
    for site in known {
        let earlier = before.as_ref().and_then(|board| board.found(site));
        let found = layers.for_site(site, earlier.as_ref());
        let is_new = !earlier.is_some_and(|earlier| Arc::ptr_eq(&earlier, &found));
        if let Some(error) = found.unfit.as_ref().filter(|_| must_fit && is_new) {
            return Err(OverridesError::unfit(site, &site.policy, error.clone()));
        }
        sites.insert(address(site), found);
    }
    let is_set = layers.all().any(|layer| layer.enabled.is_some() || !layer.rules.is_empty());
    let before = before.map(|board| Arc::clone(&board.sites)).unwrap_or_default();
    let board = Board { layers, sites: Arc::new(Mutex::new(sites)), before };
    *BOARD.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(board));
    IS_SET.store(is_set, Ordering::Release);
    drop(changing);
    Ok(doubtful)
}

fn current() -> Option<Arc<Board>> {
    BOARD.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Returns the settings for a site. Failing calls ask for them.
pub(crate) fn of(site: &'static Site) -> Option<Arc<ForSite>> {
    if !IS_SET.load(Ordering::Acquire) {
        return None;
    }
    Some(current()?.for_site(site))
}

/// Logs, once, that the settings do not fit the site, if so.
pub(crate) fn log_unfit(site: &'static Site) {
    if let Some(found) = of(site).filter(|found| found.unfit.is_some()) {
        found.log_sources(site);
    }
}

/// Returns the budget that is set for a site.
pub(crate) fn budget_for(site: &'static Site) -> Option<SetBudget> {
    of(site)?.budget.clone()
}

/// Stores in the site whether a budget is set for it. Returns whether that budget needs every success.
pub(crate) fn sets_budget_of(site: &'static Site) -> bool {
    let budget = budget_for(site);
    site.has_budget_from_outside.store(budget.is_some(), Ordering::Release);
    budget.is_some_and(|budget| !matches!(budget, SetBudget::Unlimited))
}

fn address(site: &'static Site) -> usize {
    core::ptr::from_ref(site).addr()
}

impl Layers {
    /// All layers, those that override others first.
    fn all(&self) -> impl Iterator<Item = &Layer> {
        [&self.code, &self.environment, &self.file].into_iter()
    }

    /// The names that were not there before, and are those of no function or of several.
    fn doubtful(&self, sites: &[&'static Site], before: Option<&Self>) -> Vec<DoubtfulName> {
        let was_there = |text: &str| {
            before.is_some_and(|before| before.all().any(|layer| layer.rules.contains_key(text)))
        };
        let rules =
            self.all().flat_map(|layer| layer.rules.values().map(move |rule| (layer, rule)));
        rules
            .filter(|(_, rule)| !was_there(&rule.pattern.text))
            .filter_map(|(layer, rule)| {
                let doubt = rule.pattern.doubt(sites)?;
                let (pattern, source) = (rule.pattern.text.clone(), layer.source.clone());
                Some(DoubtfulName { pattern, source, doubt })
            })
            .collect()
    }

    /// Returns the settings for the site; the earlier value if nothing has changed for it.
    fn for_site(&self, site: &'static Site, earlier: Option<&Arc<ForSite>>) -> Arc<ForSite> {
        let (mut settings, sources) = self.settings(site);
        let unfit = applied(&settings, &site.policy).err();
        if unfit.is_some() {
            settings = switch(&settings);
        }
        if let Some(earlier) = earlier {
            let then = (&earlier.settings, &earlier.sources, &earlier.unfit);
            if then == (&settings, &sources, &unfit) {
                return Arc::clone(earlier);
            }
        }
        // A bucket of the same size keeps its tokens.
        let kept = earlier.filter(|earlier| earlier.settings.budget == settings.budget);
        let budget = match kept {
            Some(earlier) => earlier.budget.clone(),
            None => settings.budget.and_then(SetBudget::new),
        };
        Arc::new(ForSite {
            settings,
            budget,
            sources,
            unfit,
            is_logged: AtomicBool::new(false),
            is_unfit_logged: AtomicBool::new(false),
        })
    }

    /// Returns the settings for the site, and the source of each one as text.
    fn settings(&self, site: &'static Site) -> (PolicyBuilder, String) {
        let mut rules: Vec<_> = self
            .all()
            .flat_map(|layer| layer.rules.values().map(move |rule| (layer, rule)))
            .filter(|(_, rule)| rule.pattern.matches(site.name()))
            .collect();
        // Stable: of two equally specific rules, that of the overriding layer stays first.
        rules.sort_by_key(|(_, rule)| core::cmp::Reverse(rule.pattern.specificity()));
        let mut settings = Policy::builder();
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
                    let (source, pattern) = (&layer.source, &rule.pattern.text);
                    sources.push(format!("{key} = {value} ({source}, \"{pattern}\")"));
                }
            }
        }
        (settings, sources.join(", "))
    }
}

impl Pattern {
    /// What is wrong with it as a name, if anything.
    fn doubt(&self, sites: &[&'static Site]) -> Option<Doubt> {
        let matched = sites.iter().filter(|site| self.matches(site.name()));
        let matched: Vec<_> = matched.copied().collect();
        match matched.len() {
            0 if registry::KNOWS_ALL => {
                Some(Doubt::Unknown(sites.iter().map(|site| site.name()).collect()))
            }
            2.. if self.is_a_name() => Some(Doubt::Shared(matched)),
            _ => None,
        }
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

    /// Returns what a site got from this board or the previous one, if it has asked.
    fn found(&self, site: &'static Site) -> Option<Arc<ForSite>> {
        let found = |sites: &Mutex<SettingsBySite>| locked(sites).get(&address(site)).cloned();
        found(&self.sites).or_else(|| found(&self.before))
    }
}

/// Returns the policy with these settings.
fn applied(settings: &PolicyBuilder, policy: &Policy) -> Result<Policy, PolicyError> {
    if *settings == Policy::builder() {
        return Ok(policy.clone());
    }
    settings.clone().or(&policy.to_builder()).try_build()
}

/// Returns only whether errors are retried.
fn switch(settings: &PolicyBuilder) -> PolicyBuilder {
    PolicyBuilder { enabled: settings.enabled, ..Policy::builder() }
}

fn locked(sites: &Mutex<SettingsBySite>) -> MutexGuard<'_, SettingsBySite> {
    sites.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ForSite {
    /// Returns the policy of a call with these settings applied.
    pub(crate) fn policy(&self, declared: &Policy) -> Policy {
        // They fit the site's policy, but may not fit the policy of one call.
        let applied = applied(&self.settings, declared);
        applied
            .or_else(|_| self::applied(&switch(&self.settings), declared))
            .unwrap_or_else(|_| declared.clone())
    }

    /// Returns the budget that is set.
    pub(crate) fn budget(&self) -> Option<&SetBudget> {
        self.budget.as_ref()
    }

    /// Logs the settings for a failed call, once.
    pub(crate) fn log(&self, site: &'static Site, declared: &Policy) {
        self.log_sources(site);
        if let Err(error) = applied(&self.settings, declared) {
            once(&self.is_unfit_logged, || {
                override_logs::refused(site, &OverridesError::unfit(site, declared, error))
            });
        }
    }

    /// Holds no lock while it logs, because a subscriber may call annotated functions.
    fn log_sources(&self, site: &'static Site) {
        once(&self.is_logged, || match &self.unfit {
            Some(error) => {
                let error = OverridesError::unfit(site, &site.policy, error.clone());
                override_logs::refused(site, &error)
            }
            None => self.sources.is_empty() || override_logs::overridden(site, &self.sources),
        });
    }
}

/// Logs the first time. If that was a call of the subscriber itself, which is not told of it, the next
/// time counts.
fn once(is_logged: &AtomicBool, log: impl FnOnce() -> bool) {
    if !is_logged.swap(true, Ordering::Relaxed) && !log() {
        is_logged.store(false, Ordering::Relaxed);
    }
}

/// A budget that replaces the one of the site.
#[derive(Clone, Debug)]
pub(crate) enum SetBudget {
    /// No limit.
    Unlimited,
    /// A bucket for this site alone.
    Bucket { bucket: Arc<Budget>, capacity: u32 },
    /// A budget that is shared with other sites.
    Shared(&'static Budget),
}

impl SetBudget {
    fn new(setting: BudgetSetting) -> Option<Self> {
        match setting {
            BudgetSetting::None => Some(Self::Unlimited),
            BudgetSetting::Tokens(capacity) => {
                let bucket = Arc::new(Budget::builder().capacity(capacity).try_build().ok()?);
                Some(Self::Bucket { bucket, capacity })
            }
            BudgetSetting::Shared(budget) => Some(Self::Shared(budget)),
        }
    }

    /// Returns the budget that pays for the retries of a call.
    pub(crate) fn source(&self) -> BudgetSource<'_> {
        match self {
            Self::Unlimited => BudgetSource::Unlimited,
            Self::Bucket { bucket, .. } => BudgetSource::Shared(bucket),
            Self::Shared(budget) => BudgetSource::Shared(budget),
        }
    }

    /// The retry that took this was never made.
    pub(crate) fn put_back(&self, taken: u32) {
        if let BudgetSource::Shared(budget) = self.source() {
            budget.bucket().put_back(taken);
        }
    }

    pub(crate) fn report(&self) -> BudgetReport {
        match self {
            Self::Unlimited => BudgetReport::None,
            Self::Bucket { bucket, capacity } => {
                BudgetReport::Own { available: bucket.available(), capacity: *capacity }
            }
            Self::Shared(budget) => BudgetReport::Shared { available: budget.available() },
        }
    }
}

//! What is set now, and what that means for each site.

use core::sync::atomic::{AtomicBool, Ordering};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::errors::SwitchboardError;
use super::layer::Layer;
use super::settings::{BudgetSetting, COSTS, Settings};
use crate::decide::budget::Budget;
use crate::decide::budget_source::{BudgetReport, BudgetSource};
use crate::observe::override_logs;
use crate::policy::{Policy, PolicyError};
use crate::sites::registry;
use crate::sites::site::Site;

/// Where settings come from; the later, the weaker.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers {
    pub(super) code: Layer,
    pub(super) environment: Layer,
    pub(super) file: Layer,
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
pub(crate) struct ForSite {
    /// What fits it.
    settings: Settings,
    budget: Option<SetBudget>,
    /// What came from where.
    sources: String,
    /// Why nothing but the switch is heeded, if so.
    unfit: Option<PolicyError>,
    /// Whether the log has told of it.
    is_told: AtomicBool,
    /// Whether the log has told that the policy of a call is one that they do not fit.
    is_unfit_told: AtomicBool,
}

static BOARD: RwLock<Option<Arc<Board>>> = RwLock::new(None);

/// Whether anything is set.
static IS_SET: AtomicBool = AtomicBool::new(false);

/// One change after the other.
static CHANGES: Mutex<()> = Mutex::new(());

/// Changes the settings, all or none: what does not fit a known site is refused.
pub(super) fn change(
    change: impl FnOnce(&mut Layers) -> Result<(), SwitchboardError>,
) -> Result<(), SwitchboardError> {
    changed(change, true)
}

/// Changes the settings, also where others do not fit a site: what is switched off has to be.
pub(super) fn change_anyway(change: impl FnOnce(&mut Layers)) {
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
            Some(error) if must_fit && is_new => {
                return Err(SwitchboardError::unfit(site, &site.policy, error));
            }
            _ => sites.insert(address(site), found),
        };
    }
    let is_set = layers.all().any(|layer| layer.enabled.is_some() || !layer.rules.is_empty());
    let before = before.map(|board| Arc::clone(&board.sites)).unwrap_or_default();
    let board = Board { layers, sites: Arc::new(Mutex::new(sites)), before };
    *BOARD.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(board));
    IS_SET.store(is_set, Ordering::Release);
    drop(one_at_a_time);
    Ok(())
}

fn current() -> Option<Arc<Board>> {
    BOARD.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// What is set for a site; a call that fails asks.
pub(crate) fn of(site: &'static Site) -> Option<Arc<ForSite>> {
    if !IS_SET.load(Ordering::Acquire) {
        return None;
    }
    Some(current()?.for_site(site))
}

/// Logs, once, where what is set does not fit the site.
pub(crate) fn log_unfit(site: &'static Site) {
    if let Some(found) = of(site).filter(|found| found.unfit.is_some()) {
        found.log_sources(site);
    }
}

/// The budget that is set for a site.
pub(crate) fn budget_for(site: &'static Site) -> Option<SetBudget> {
    of(site)?.budget.clone()
}

/// Lets the site know whether a budget is set for it: whether that wants to know of every success.
pub(crate) fn sets_budget_of(site: &'static Site) -> bool {
    let budget = budget_for(site);
    site.has_budget_from_outside.store(budget.is_some(), Ordering::Release);
    matches!(budget, Some(SetBudget::Bucket { .. }))
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
            None => settings.budget.and_then(SetBudget::new),
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
    /// The policy of a call with these settings.
    pub(crate) fn policy(&self, declared: &Policy) -> Policy {
        // A policy of the call, not the site's, may be one that they do not fit.
        let applied = self.settings.applied(declared);
        applied.or_else(|_| self.settings.switch().applied(declared)).unwrap_or(*declared)
    }

    /// The budget that is set.
    pub(crate) fn budget(&self) -> Option<&SetBudget> {
        self.budget.as_ref()
    }

    /// Logs what is set for a call that failed, once.
    pub(crate) fn log(&self, site: &'static Site, declared: &Policy) {
        self.log_sources(site);
        if let Err(error) = self.settings.applied(declared) {
            if !self.is_unfit_told.swap(true, Ordering::Relaxed) {
                override_logs::refused(Some(site), &SwitchboardError::unfit(site, declared, error));
            }
        }
    }

    /// Nothing is held meanwhile, for a subscriber may call annotated functions.
    fn log_sources(&self, site: &'static Site) {
        if self.is_told.swap(true, Ordering::Relaxed) {
            return;
        }
        match self.unfit {
            Some(error) => {
                override_logs::refused(
                    Some(site),
                    &SwitchboardError::unfit(site, &site.policy, error),
                );
            }
            None if self.sources.is_empty() => {}
            None => override_logs::overridden(site, &self.sources),
        }
    }
}

/// A budget that is set in the place of that of the site.
#[derive(Clone, Debug)]
pub(crate) enum SetBudget {
    /// None.
    Unlimited,
    /// A bucket of its own.
    Bucket { bucket: Arc<Budget>, capacity: u32 },
}

impl SetBudget {
    fn new(setting: BudgetSetting) -> Option<Self> {
        match setting {
            BudgetSetting::None => Some(Self::Unlimited),
            BudgetSetting::Tokens(capacity) => {
                let bucket = Arc::new(Budget::tokens(capacity, COSTS.0, COSTS.1).ok()?);
                Some(Self::Bucket { bucket, capacity })
            }
        }
    }

    /// Where a call takes its retries from.
    pub(crate) fn source(&self) -> BudgetSource<'_> {
        match self {
            Self::Unlimited => BudgetSource::Unlimited,
            Self::Bucket { bucket, .. } => BudgetSource::Shared(bucket),
        }
    }

    pub(crate) fn report(&self) -> BudgetReport {
        match self {
            Self::Unlimited => BudgetReport::None,
            Self::Bucket { bucket, capacity } => {
                BudgetReport::Own { available: bucket.available(), capacity: *capacity }
            }
        }
    }
}

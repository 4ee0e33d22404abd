//! The ruling for a failed attempt: the policy and the budget in force, after settings from outside and
//! the limits of a test have overridden those of the call.
//!
//! It is read once for each decision and then passed on, so that no decision mixes two versions of the
//! settings. No other module reads them on behalf of a call.

use core::sync::atomic::Ordering;
use std::borrow::Cow;
use std::sync::Arc;

use crate::call::terms::{CallContext, Terms};
use crate::clock;
use crate::decide::budget::Cause;
use crate::decide::budget_source::BudgetSource;
use crate::overrides::board::{self, ForSite};
use crate::policy::Policy;
use crate::sites::site::Site;
use crate::testing;

/// The policy and the budget that are in force for one decision about a call.
#[derive(Debug)]
pub(crate) struct Ruling<'a> {
    site: &'static Site,
    /// The policy as it is written at the function or passed by the call.
    declared: &'a Policy,
    /// The policy in force.
    policy: Cow<'a, Policy>,
    /// The settings from outside, if there are any.
    outside: Option<Arc<ForSite>>,
    /// The budget of the call, used unless the settings from outside name one.
    budget: BudgetSource<'a>,
    /// Whether a test has disabled the budgets.
    lifts_budgets: bool,
}

impl<'a> Ruling<'a> {
    /// Reads the settings that are in force now.
    pub(crate) fn of(site: &'static Site, terms: &'a Terms<'_>) -> Self {
        let declared = terms.declared(site);
        let outside = board::of(site);
        let mut policy = match &outside {
            Some(outside) => Cow::Owned(outside.policy(declared)),
            None => Cow::Borrowed(declared),
        };
        if let Some(max) = testing::max().filter(|max| *max < policy.max) {
            policy.to_mut().max = max;
        }
        let lifts_budgets = testing::lifts_budgets();
        Self { site, declared, policy, outside, budget: terms.budget, lifts_budgets }
    }

    /// The policy in force.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The policy in force, as a copy of its own.
    pub(crate) fn into_policy(self) -> Policy {
        self.policy.into_owned()
    }

    /// Logs the settings from outside when they take effect for the first time.
    pub(super) fn log_overrides(&self) {
        if let Some(outside) = &self.outside {
            outside.log(self.site, self.declared);
        }
    }

    /// Notifies the budget that the first attempt of the call failed.
    pub(super) fn first_failed(&self) {
        if self.set_budget().is_none() {
            self.budget.first_failed(clock::since_start);
        }
    }

    /// Takes one retry from the budget. Returns what it took, or `None` if the budget is exhausted.
    pub(super) fn pay(&self, cause: Cause) -> Option<u32> {
        if self.lifts_budgets {
            return Some(0);
        }
        let own = &self.site.budget;
        if let Some(set) = self.set_budget() {
            return set.take(own, cause, clock::since_start);
        }
        let taken = self.budget.take(own, cause, clock::since_start);
        self.site.last_budget.see(&self.budget);
        taken
    }

    /// The budget that the settings from outside name.
    fn set_budget(&self) -> Option<BudgetSource<'_>> {
        Some(self.outside.as_ref()?.budget()?.source())
    }
}

/// Notifies the budget that a call succeeded. `taken` is what its last retry took, `None` without a retry.
pub(super) fn succeeded(site: &'static Site, terms: &Terms<'_>, mut taken: Option<u32>) {
    // The flag avoids the search for sites without such settings: calls without a retry come here too.
    if site.has_budget_from_outside.load(Ordering::Acquire) {
        if let Some(set) = board::budget_for(site) {
            set.source().succeeded(&site.budget, taken, clock::since_start);
            // The tokens have been given back, so the other budget counts a call without a retry.
            taken = None;
        }
    }
    terms.budget.succeeded(&site.budget, taken, clock::since_start);
    site.last_budget.see(&terms.budget);
}

/// Returns the policy that is in force for a call.
pub(crate) fn policy(at: impl CallContext) -> Policy {
    Ruling::of(at.site(), at.terms()).into_policy()
}

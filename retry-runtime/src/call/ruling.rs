//! What rules a failed attempt: the policy and the budget of its call, with the settings from
//! outside and the limits of a test.
//!
//! Asked once for each decision and handed on, so that no decision mixes two versions of the
//! settings. Nothing else asks on behalf of a call.

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

/// What rules one decision about a call.
#[derive(Debug)]
pub(crate) struct Ruling<'a> {
    site: &'static Site,
    /// As it is written at the function or handed in by the call.
    declared: &'a Policy,
    policy: Cow<'a, Policy>,
    /// The settings from outside, where there are any.
    outside: Option<Arc<ForSite>>,
    /// Which budget pays where the settings from outside name none.
    budget: BudgetSource<'a>,
    /// Whether a test lets every retry pass.
    lifts_budgets: bool,
}

impl<'a> Ruling<'a> {
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

    /// The policy in force, to be kept.
    pub(crate) fn into_policy(self) -> Policy {
        self.policy.into_owned()
    }

    /// Logs what comes from outside, the first time.
    pub(super) fn log_overrides(&self) {
        if let Some(outside) = &self.outside {
            outside.log(self.site, self.declared);
        }
    }

    /// The call failed for the first time.
    pub(super) fn first_failed(&self) {
        if self.set_budget().is_none() {
            self.budget.first_failed(clock::since_start);
        }
    }

    /// Asks the budget for one retry: what it took, `None` where there is not enough.
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

    fn set_budget(&self) -> Option<BudgetSource<'_>> {
        Some(self.outside.as_ref()?.budget()?.source())
    }
}

/// A call succeeded, after a retry that took something or at once: lets its budget know.
pub(super) fn succeeded(site: &'static Site, terms: &Terms<'_>, mut taken: Option<u32>) {
    // A call that succeeds at once asks too, and others' settings are no reason to search.
    if site.has_budget_from_outside.load(Ordering::Acquire) {
        if let Some(set) = board::budget_for(site) {
            set.source().succeeded(&site.budget, taken, clock::since_start);
            // What it took, it got back; to the other it is a success like any.
            taken = None;
        }
    }
    terms.budget.succeeded(&site.budget, taken, clock::since_start);
    site.last_budget.see(&terms.budget);
}

/// The policy in force for a call.
pub(crate) fn policy(at: impl CallContext) -> Policy {
    Ruling::of(at.site(), at.terms()).into_policy()
}

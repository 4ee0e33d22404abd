//! The ruling for a failed attempt: the policy and the budget in force, after settings from outside and
//! the limits of a test have overridden those of the call.
//!
//! It is read once for each decision and then passed on, so that no decision mixes two versions of the
//! settings. No other module reads them on behalf of a call.

use core::sync::atomic::Ordering;
use core::time::Duration;
use std::borrow::Cow;
use std::sync::Arc;

use crate::call::terms::{CallContext, Terms};
use crate::clock;
use crate::decide::budget::{Bucket, Cause};
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
        let limit = testing::max();
        if limit.is_some_and(|limit| policy.max.is_none_or(|max| limit < max)) {
            policy.to_mut().max = limit;
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

    /// Takes one retry from the budget. Returns what it took and who paid, or `None` if the budget is
    /// exhausted.
    pub(super) fn pay(&self, cause: Cause) -> Option<(u32, Payer)> {
        if self.lifts_budgets || cause == Cause::NotYet {
            return Some((0, Payer::Nobody));
        }
        let (own, policy) = (testing::own_budget(self.site), self.policy());
        if let Some((outside, set)) = self.set_budget() {
            let taken = set.take(&own, policy, cause, clock::since_start)?;
            return Some((taken, Payer::Outside(Arc::clone(outside))));
        }
        let budget = self.budget.of_policy(policy);
        let taken = budget.take(&own, policy, cause, clock::since_start);
        self.site.last_budget.see(&budget);
        let payer = match budget {
            BudgetSource::Own => Payer::Own(own),
            BudgetSource::Shared(budget) => Payer::Shared(Arc::clone(budget.bucket())),
            BudgetSource::Unlimited => Payer::Nobody,
        };
        Some((taken?, payer))
    }

    /// The budget that the settings from outside name.
    fn set_budget(&self) -> Option<(&Arc<ForSite>, BudgetSource<'_>)> {
        let outside = self.outside.as_ref()?;
        Some((outside, outside.budget()?.source()))
    }
}

/// Who paid for a retry.
#[derive(Debug, Default)]
pub(super) enum Payer {
    /// No budget had to pay.
    #[default]
    Nobody,
    /// The budget of the site.
    Own(testing::OwnBudget),
    /// The budget that the call names.
    Shared(Arc<Bucket>),
    /// The budget that is set from outside.
    Outside(Arc<ForSite>),
}

/// What a retry took from a budget. It comes back where this is dropped before the retry is made.
#[derive(Debug)]
pub(super) struct Paid {
    taken: u32,
    payer: Payer,
    is_made: bool,
}

impl Paid {
    pub(super) const fn new(taken: u32, payer: Payer) -> Self {
        Self { taken, payer, is_made: false }
    }

    /// Whether anything was paid.
    pub(super) const fn took(&self) -> bool {
        self.taken > 0
    }

    /// The pause is over, and the retry is made.
    pub(super) const fn made(&mut self) {
        self.is_made = true;
    }
}

impl Drop for Paid {
    fn drop(&mut self) {
        if self.is_made {
            return;
        }
        match &self.payer {
            Payer::Nobody => {}
            Payer::Own(own) => own.put_back(self.taken),
            Payer::Shared(bucket) => bucket.put_back(self.taken),
            Payer::Outside(outside) => {
                if let Some(set) = outside.budget() {
                    set.put_back(self.taken);
                }
            }
        }
    }
}

/// A call succeeded, after a retry that was paid for or at once: lets its budget know.
pub(super) fn succeeded(site: &'static Site, terms: &Terms<'_>, paid: Option<&Paid>) {
    let own = testing::own_budget(site);
    let mut taken = paid.map(|paid| paid.taken);
    if let Some(Paid { payer: Payer::Outside(outside), .. }) = paid {
        if let Some(set) = outside.budget() {
            set.source().succeeded(&own, taken, clock::since_start);
        }
        // What it took, it got back; to the other it is a success like any.
        taken = None;
    // A call that succeeds at once asks too, and others' settings are no reason to search.
    } else if site.has_budget_from_outside.load(Ordering::Acquire) {
        if let Some(set) = board::budget_for(site) {
            set.source().succeeded(&own, None, clock::since_start);
        }
    }
    terms.budget.succeeded(&own, taken, clock::since_start);
    site.last_budget.see(&terms.budget.of_policy(terms.declared(site)));
}

/// Returns the deadline that is in force for a call.
pub(crate) fn deadline(at: impl CallContext) -> Option<Duration> {
    let (site, terms) = (at.site(), at.terms());
    let declared = terms.declared(site);
    match board::of(site) {
        None => declared.deadline(),
        Some(outside) => outside.policy(declared).deadline(),
    }
}

/// Returns the policy that is in force for a call.
pub(crate) fn policy(at: impl CallContext) -> Policy {
    Ruling::of(at.site(), at.terms()).into_policy()
}

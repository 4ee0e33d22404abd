//! What one call is retried by.

use core::time::Duration;
use std::time::Instant;

use crate::call::Call;
use crate::clock;
use crate::decide::budget::{Budget, Cause};
use crate::policy::{Policy, Purse};
use crate::sites::site::Site;

/// What one call is retried by.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The site's, where there is none.
    policy: Option<&'a Policy>,
    purse: Purse<'a>,
    /// When the first attempt started, where that matters.
    pub(super) started: Option<Instant>,
    /// Whether a hook is told how the call ended.
    pub(super) is_told: bool,
}

impl<'a> Terms<'a> {
    /// Those of the site, which has no deadline.
    pub const OF_SITE: Terms<'static> =
        Terms { policy: None, purse: Purse::Own, started: None, is_told: false };

    /// The same, and a hook is told how the call ended.
    pub const TOLD: Terms<'static> = Self::OF_SITE.told();

    /// A policy of its own; the first attempt starts now.
    #[must_use]
    pub fn of(policy: &'a Policy) -> Self {
        let started = policy.deadline.map(|_| clock::now());
        Self { policy: Some(policy), purse: policy.budget, started, is_told: false }
    }

    /// A hook is told how the call ended.
    #[must_use]
    pub const fn told(mut self) -> Self {
        self.is_told = true;
        self
    }

    /// The budget to take retries from.
    #[must_use]
    pub const fn with_budget(mut self, budget: &'a Budget) -> Self {
        self.purse = Purse::Shared(budget);
        self
    }

    /// No budget.
    #[must_use]
    pub const fn without_budget(mut self) -> Self {
        self.purse = Purse::Unlimited;
        self
    }

    /// The first attempt starts now.
    #[must_use]
    pub fn started(mut self) -> Self {
        self.started.get_or_insert_with(clock::now);
        self
    }

    pub(crate) fn policy(&self, site: &'static Site) -> Policy {
        let policy = *self.declared(site);
        #[cfg(feature = "switchboard")]
        let policy = crate::switchboard::overridden(site, policy);
        #[cfg(feature = "test-util")]
        let policy = crate::testing::limited(policy);
        policy
    }

    /// Whether calls and attempts have spans; nothing outside changes that.
    #[cfg(feature = "tracing")]
    #[inline]
    pub(crate) fn has_spans(at: &impl Located) -> bool {
        // The site of a closure is not looked up for this.
        at.terms().policy.unwrap_or_else(|| &at.site().policy).span
    }

    /// As it stands at the function.
    pub(super) fn declared(&self, site: &'static Site) -> &Policy {
        self.policy.unwrap_or(&site.policy)
    }

    /// Whether a budget that is not the site's own wants to know of a success at once.
    #[inline]
    pub(crate) fn other_budget_listens(&self) -> bool {
        matches!(self.purse, Purse::Shared(budget) if budget.listens())
    }

    pub(super) fn succeeded(&self, site: &'static Site, taken: Option<u32>) {
        #[cfg(feature = "switchboard")]
        let taken = match crate::switchboard::budget_of(site) {
            None => taken,
            // What it took, it gets back; to the other it is a success like any.
            Some(other) => {
                other.succeeded(taken);
                None
            }
        };
        match self.purse {
            Purse::Own => site.budget.succeeded(taken),
            Purse::Shared(budget) => budget.succeeded(taken, clock::since_start),
            Purse::Unlimited => {}
        }
        site.other_budget.see(&self.purse);
    }

    pub(super) fn first_failed(&self, site: &'static Site) {
        #[cfg(feature = "switchboard")]
        if crate::switchboard::budget_of(site).is_some() {
            return;
        }
        #[cfg(not(feature = "switchboard"))]
        let _ = site;
        if let Purse::Shared(budget) = self.purse {
            budget.first_failed(clock::since_start);
        }
    }

    pub(super) fn pay(&self, site: &'static Site, cause: Cause) -> Option<u32> {
        #[cfg(feature = "test-util")]
        if crate::testing::lifts_budgets() {
            return Some(0);
        }
        #[cfg(feature = "switchboard")]
        if let Some(other) = crate::switchboard::budget_of(site) {
            return other.take(cause);
        }
        let taken = match self.purse {
            Purse::Own => site.budget.take(cause),
            Purse::Shared(budget) => budget.take(cause, clock::since_start),
            Purse::Unlimited => Some(0),
        };
        site.other_budget.see(&self.purse);
        taken
    }

    /// What the deadline leaves for an attempt that starts now.
    ///
    /// Where none stands at the function, nobody looked at the clock before the call failed.
    pub(crate) fn left(at: impl Located, call: &impl Call) -> Option<Duration> {
        let progress = call.progress();
        at.terms().started.or(progress.since)?;
        Some(at.policy().deadline()?.saturating_sub(progress.elapsed(at.terms())))
    }
}

/// Leads to a site, at once or by a search that only a failing call makes, and to what the call is
/// retried by.
pub trait Located: Copy {
    /// The site.
    fn site(self) -> &'static Site;

    /// What the call is retried by.
    fn terms(&self) -> &Terms<'_>;

    /// Whether its own budget, by which others are told too, wants to know of a success at once.
    fn own_budget_listens(self) -> bool;

    /// Whether somebody wants to know of a success at once.
    #[inline]
    fn listens(self) -> bool {
        self.own_budget_listens() || self.terms().other_budget_listens()
    }

    /// The policy of the call.
    fn policy(self) -> Policy {
        self.terms().policy(self.site())
    }
}

/// Retried by nothing but what the site says.
impl Located for &'static Site {
    #[inline]
    fn site(self) -> &'static Site {
        self
    }

    #[inline]
    fn terms(&self) -> &Terms<'_> {
        &Terms::OF_SITE
    }

    #[inline]
    fn own_budget_listens(self) -> bool {
        self.budget.listens()
    }
}

impl Located for (&'static Site, &Terms<'_>) {
    #[inline]
    fn site(self) -> &'static Site {
        self.0
    }

    #[inline]
    fn terms(&self) -> &Terms<'_> {
        self.1
    }

    #[inline]
    fn own_budget_listens(self) -> bool {
        self.0.budget.listens()
    }
}

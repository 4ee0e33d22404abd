//! What one call is retried by.

use std::time::Instant;

use crate::clock;
use crate::decide::budget::Budget;
use crate::decide::budget_source::BudgetSource;
use crate::policy::Policy;
use crate::sites::site::Site;

/// What one call is retried by.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The site's, where there is none.
    policy: Option<&'a Policy>,
    /// Which budget pays for its retries.
    pub(super) budget: BudgetSource<'a>,
    /// When the first attempt started, where that matters.
    pub(super) started: Option<Instant>,
    /// Whether a hook is told how the call ended.
    pub(super) is_told: bool,
}

impl<'a> Terms<'a> {
    /// Those of the site, which has no deadline.
    pub const OF_SITE: Terms<'static> =
        Terms { policy: None, budget: BudgetSource::Own, started: None, is_told: false };

    /// The same, and a hook is told how the call ended.
    pub const TOLD: Terms<'static> = Self::OF_SITE.told();

    /// A policy of its own; the first attempt starts now.
    #[must_use]
    pub fn of(policy: &'a Policy) -> Self {
        let started = policy.deadline.map(|_| clock::now());
        Self { policy: Some(policy), budget: policy.budget, started, is_told: false }
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
        self.budget = BudgetSource::Shared(budget);
        self
    }

    /// No budget.
    #[must_use]
    pub const fn without_budget(mut self) -> Self {
        self.budget = BudgetSource::Unlimited;
        self
    }

    /// The first attempt starts now.
    #[must_use]
    pub fn started(mut self) -> Self {
        self.started.get_or_insert_with(clock::now);
        self
    }

    /// Whether calls and attempts have spans; nothing outside changes that.
    #[cfg(feature = "tracing")]
    #[inline]
    pub(crate) fn has_spans(at: &impl CallContext) -> bool {
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
        matches!(self.budget, BudgetSource::Shared(budget) if budget.listens())
    }
}

/// Leads to a site, at once or by a search that only a failing call makes, and to what the call is
/// retried by.
pub trait CallContext: Copy {
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
}

/// Retried by nothing but what the site says.
impl CallContext for &'static Site {
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

impl CallContext for (&'static Site, &Terms<'_>) {
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

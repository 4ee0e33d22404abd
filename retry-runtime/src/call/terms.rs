//! The terms of one call: its policy, its budget and its start.

use core::time::Duration;

use crate::clock::{self, Instant};
use crate::decide::budget::Budget;
use crate::decide::budget_source::BudgetSource;
use crate::observe::event::Elapsed;
use crate::policy::Policy;
use crate::sites::site::Site;

/// The policy and the budget of one call, and when it started.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// If `None`, the policy of the site.
    policy: Option<&'a Policy>,
    /// The budget that retries are taken from.
    pub(super) budget: BudgetSource<'a>,
    /// When the first attempt started, if a key needs it.
    pub(super) started: Option<Instant>,
    /// Whether the function has an `on_give_up` hook, which needs the policy and the history.
    pub(super) has_hook: bool,
}

impl<'a> Terms<'a> {
    /// The terms of a site without a deadline.
    pub const OF_SITE: Terms<'static> =
        Terms { policy: None, budget: BudgetSource::Own, started: None, has_hook: false };

    /// The same, for a function with an `on_give_up` hook.
    pub const WITH_HOOK: Terms<'static> = Self::OF_SITE.with_hook();

    /// Returns the terms of a call with its own policy. If the policy has a deadline, the time starts now.
    #[must_use]
    pub fn of(policy: &'a Policy) -> Self {
        let started = policy.deadline.map(|_| clock::now());
        Self { policy: Some(policy), budget: policy.budget, started, has_hook: false }
    }

    /// Marks the function as one with an `on_give_up` hook.
    #[must_use]
    pub const fn with_hook(mut self) -> Self {
        self.has_hook = true;
        self
    }

    /// Sets the budget to take retries from.
    #[must_use]
    pub const fn with_budget(mut self, budget: &'a Budget) -> Self {
        self.budget = BudgetSource::Shared(budget);
        self
    }

    /// Sets that retries need no budget.
    #[must_use]
    pub const fn without_budget(mut self) -> Self {
        self.budget = BudgetSource::Unlimited;
        self
    }

    /// Records that the first attempt starts now.
    #[must_use]
    pub fn started(mut self) -> Self {
        self.started.get_or_insert_with(clock::now);
        self
    }

    /// Lets the site know the policy, if it is the call's own.
    pub(super) fn tell_policy(&self, site: &'static Site) {
        if let Some(policy) = self.policy {
            site.see_policy(policy);
        }
    }

    /// How long a call with these terms has lasted.
    pub(super) fn elapsed(&self, time: Duration) -> Elapsed {
        Elapsed { time, is_from_start: self.started.is_some() }
    }

    /// Whether calls and attempts have spans. Settings from outside cannot change it.
    #[cfg(feature = "tracing")]
    #[inline]
    pub(crate) fn has_spans(at: &impl CallContext) -> bool {
        // Does not look up the site of a closure, because its terms always have a policy.
        at.terms().policy.unwrap_or_else(|| &at.site().policy).span
    }

    /// The policy as it is written at the function or passed by the call.
    pub(super) fn declared(&self, site: &'static Site) -> &Policy {
        self.policy.unwrap_or(&site.policy)
    }

    /// Whether a shared budget must be notified of a call that succeeds at its first attempt.
    #[inline]
    pub(crate) fn other_budget_listens(&self) -> bool {
        matches!(self.budget, BudgetSource::Shared(budget) if budget.listens())
    }
}

/// The site and the terms of a call. The site may be looked up, which only a failing call does.
pub trait CallContext: Copy {
    /// Returns the site, looking it up if necessary.
    fn site(self) -> &'static Site;

    /// Returns the terms.
    fn terms(&self) -> &Terms<'_>;

    /// Whether the site's own budget, which also stands for other listeners of the site, must be notified
    /// of a call that succeeds at its first attempt.
    fn own_budget_listens(self) -> bool;

    /// Whether any budget or other listener must be notified of a call that succeeds at its first attempt.
    #[inline]
    fn listens(self) -> bool {
        self.own_budget_listens() || self.terms().other_budget_listens()
    }
}

/// A call with the terms of the site.
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

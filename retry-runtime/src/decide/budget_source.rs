//! Which budget pays for the retries of a call.

use core::fmt;

use crate::decide::budget::{Budget, Tokens};

/// Where a call takes its retries from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum BudgetSource<'a> {
    /// The budget of the site.
    #[default]
    Own,
    /// One that is shared.
    Shared(&'a Budget),
    /// None.
    Unlimited,
}

impl BudgetSource<'_> {
    /// A call succeeded, after a retry that took something or at once.
    pub(crate) fn succeeded(&self, own: &Tokens, taken: Option<u32>, now: impl FnOnce() -> u64) {
        match self {
            Self::Own => own.succeeded(taken),
            Self::Shared(budget) => budget.succeeded(taken, now),
            Self::Unlimited => {}
        }
    }

    /// A call failed for the first time.
    pub(crate) fn first_failed(&self, now: impl FnOnce() -> u64) {
        if let Self::Shared(budget) = self {
            budget.first_failed(now);
        }
    }
}

impl PartialEq for BudgetSource<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Own, Self::Own) | (Self::Unlimited, Self::Unlimited) => true,
            (Self::Shared(one), Self::Shared(other)) => core::ptr::eq(*one, *other),
            _ => false,
        }
    }
}

/// What is left of the budget of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(tag = "kind", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum BudgetReport {
    /// One of its own.
    #[non_exhaustive]
    Own {
        /// Tokens that are left.
        available: u32,
        /// Tokens of a full budget: 500, or as many as one call can take where that is more.
        capacity: u32,
    },
    /// One that it shares with others.
    #[non_exhaustive]
    Shared {
        /// Tokens that are left, or retries that would be granted; where each call names the budget
        /// (`budget = &self.budget`), as the last call saw it that had to do with it.
        available: u32,
    },
    /// None: by `budget = none`, or because one call can retry more than a hundred times.
    None,
}

impl fmt::Display for BudgetReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own { available, capacity } => write!(f, "{available} of {capacity}"),
            Self::Shared { available } => write!(f, "{available}, shared"),
            Self::None => f.write_str("none"),
        }
    }
}

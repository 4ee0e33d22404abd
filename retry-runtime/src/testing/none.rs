//! Without the feature `test-util`, tests change nothing.

use crate::decide::budget::Tokens;
use crate::sites::site::Site;

/// The site's own budget.
pub(crate) type OwnBudget = &'static Tokens;

pub(crate) const fn own_budget(site: &'static Site) -> OwnBudget {
    &site.budget
}

pub(crate) const fn has_own_budgets() -> bool {
    false
}

pub(crate) const fn max() -> Option<u32> {
    None
}

pub(crate) const fn lifts_budgets() -> bool {
    false
}

//! Without the feature `test-util`, tests change nothing.

use core::ops::Deref;

use crate::decide::budget::Tokens;
use crate::sites::site::Site;

/// The site's own budget.
#[derive(Debug)]
pub(crate) struct OwnBudget(&'static Tokens);

impl Deref for OwnBudget {
    type Target = Tokens;

    #[inline]
    fn deref(&self) -> &Tokens {
        self.0
    }
}

pub(crate) const fn own_budget(site: &'static Site) -> OwnBudget {
    OwnBudget(&site.budget)
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

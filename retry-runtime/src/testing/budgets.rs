//! The budgets that sites have of their own inside a scope: they start full, whatever other tests of the
//! process have used up.

use core::ops::Deref;
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use super::scope::innermost;
use crate::decide::budget::Tokens;
use crate::sites::site::Site;

/// Whether any scope has a budget, which then has to hear of every success.
static ANY: AtomicBool = AtomicBool::new(false);

/// The own budget of a site: that of the innermost scope, or else of the process.
#[derive(Clone, Debug)]
pub(crate) enum OwnBudget {
    OfProcess(&'static Tokens),
    OfScope(Arc<Tokens>),
}

impl Deref for OwnBudget {
    type Target = Tokens;

    fn deref(&self) -> &Tokens {
        match self {
            Self::OfProcess(tokens) => tokens,
            Self::OfScope(tokens) => tokens,
        }
    }
}

/// Returns the budget of the site that is in force here.
pub(crate) fn own_budget(site: &'static Site) -> OwnBudget {
    let Some(scope) = innermost() else { return OwnBudget::OfProcess(&site.budget) };
    ANY.store(true, Ordering::Relaxed);
    site.budget.watch(true);
    let mut state = scope.state();
    let tokens = state.budgets.entry(core::ptr::from_ref(site).addr());
    OwnBudget::OfScope(Arc::clone(tokens.or_insert_with(|| Arc::new(Tokens::OWN))))
}

/// Returns whether sites must record every success because of scopes.
pub(crate) fn has_own_budgets() -> bool {
    ANY.load(Ordering::Relaxed)
}

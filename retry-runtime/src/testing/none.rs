//! Without the feature, no test has a say.

pub(crate) const fn max() -> Option<u32> {
    None
}

pub(crate) const fn lifts_budgets() -> bool {
    false
}

//! Without the feature `test-util`, tests change nothing.

pub(crate) const fn max() -> Option<u32> {
    None
}

pub(crate) const fn lifts_budgets() -> bool {
    false
}

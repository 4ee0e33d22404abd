//! Without the feature `overrides` there are no settings from outside.

pub(crate) mod board {
    use std::sync::Arc;

    use crate::decide::budget_source::{BudgetReport, BudgetSource};
    use crate::policy::Policy;
    use crate::sites::site::Site;

    /// Never exists.
    #[derive(Debug)]
    pub(crate) enum ForSite {}

    impl ForSite {
        pub(crate) const fn policy(&self, _: &Policy) -> Policy {
            match *self {}
        }

        pub(crate) const fn budget(&self) -> Option<&SetBudget> {
            match *self {}
        }

        pub(crate) const fn log(&self, _: &'static Site, _: &Policy) {
            match *self {}
        }
    }

    /// Never exists.
    #[derive(Debug)]
    pub(crate) enum SetBudget {}

    impl SetBudget {
        pub(crate) const fn source(&self) -> BudgetSource<'_> {
            match *self {}
        }

        pub(crate) const fn put_back(&self, _: u32) {
            match *self {}
        }

        pub(crate) const fn report(&self) -> BudgetReport {
            match *self {}
        }
    }

    pub(crate) const fn of(_: &'static Site) -> Option<Arc<ForSite>> {
        None
    }

    pub(crate) const fn budget_for(_: &'static Site) -> Option<SetBudget> {
        None
    }

    pub(crate) const fn sets_budget_of(_: &'static Site) -> bool {
        false
    }

    pub(crate) const fn log_unfit(_: &'static Site) {}
}

//! The annotated functions of the program: one site for each, the list of all, and counters of their
//! calls.

pub(crate) mod site;

pub(crate) mod reach;
pub(crate) mod registry;

pub(crate) mod report;

pub use crate::decide::budget_source::BudgetReport;
pub use report::{SiteReport, Sites, sites};

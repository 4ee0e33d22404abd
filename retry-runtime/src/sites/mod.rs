//! The annotated functions of the program: each one, the list of all, and what has happened to
//! their calls.

pub(crate) mod site;

pub(crate) mod reach;
pub(crate) mod registry;

pub(crate) mod report;

pub use crate::decide::budget_source::BudgetReport;
pub use report::{SiteReport, Sites, sites};

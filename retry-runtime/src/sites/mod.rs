//! The annotated functions of the program, with the counters of their calls: what [`sites()`](crate::sites())
//! returns.

pub(crate) mod name;
pub(crate) mod site;

pub(crate) mod reach;
pub(crate) mod registry;

pub(crate) mod report;

pub use crate::decide::budget_source::BudgetReport;
pub use report::{SiteReport, Sites};

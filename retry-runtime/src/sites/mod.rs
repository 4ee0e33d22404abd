//! The annotated functions of the program: each one, the list of all, and what has happened to
//! their calls.

pub(crate) mod site;

pub(crate) mod registry;

pub(crate) mod report;

pub use report::{BudgetReport, SiteReport, Sites, sites};

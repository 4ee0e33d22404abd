//! The decisions after a failed attempt: pure functions and lock-free state. Time and random numbers
//! are arguments.

pub(crate) mod attempts;

pub(crate) mod backoff;
pub(crate) mod jitter;
pub(crate) mod schedule;

mod atomic;
pub(crate) mod budget;
pub(crate) mod budget_source;
pub(crate) mod budgets;
mod own_budget;

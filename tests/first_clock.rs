//! What one test does to its clock does not concern another test of the process. A binary of its
//! own, because it matters which clock is read first.

use std::time::Duration;

use retry_runtime::testing::Scope;
use retry_runtime::{Budget, retry_on};

#[retry_on(_, max = 2, delay = "0ms", budget = budget)]
fn fetch(budget: &Budget) -> Result<(), &'static str> {
    Err("busy")
}

/// A budget that counts in a window of time, as no other does.
fn window() -> Budget {
    Budget::try_ratio(0.0, 1, Duration::from_secs(10)).expect("a valid budget")
}

#[test]
fn a_clock_that_was_moved_ahead_stops_no_window_of_another_test() {
    let ahead = Scope::new().enter();
    ahead.advance(Duration::from_hours(24));
    fetch(&window()).unwrap_err();
    drop(ahead);

    let (clock, budget) = (Scope::new().enter(), window());
    fetch(&budget).unwrap_err();
    assert_eq!(budget.available(), 9);
    clock.advance(Duration::from_secs(20));
    assert_eq!(budget.available(), 10, "its window stands still");
}

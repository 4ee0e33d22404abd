//! A program that has both, a subscriber of `tracing` and a logger of `log`, which some library asked for.

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;
use retry_tests::Recorder;
use retry_tests_log::Lines;

#[retry_on(_, name = "fetch")]
fn fetch() -> Result<(), &'static str> {
    Err("busy")
}

#[test]
fn each_event_is_told_once() {
    let (lines, events, _scope) = (Lines::start(), Recorder::start(), Scope::new().enter());
    fetch().unwrap_err();
    assert_eq!(events.events().len(), 3);
    assert_eq!(lines.take(), [""; 0]);
}

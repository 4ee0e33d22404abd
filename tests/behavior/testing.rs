//! What the library offers to the tests of annotated functions.

use std::thread;

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;
use retry_tests::{Busy, MS, block_on};

const ERROR: Busy = Busy { call: 1 };

#[retry_on(Busy, max = 2, delay = "1ms", jitter = none)]
fn fetch() -> Result<(), Busy> {
    Err(ERROR)
}

#[retry_on(Busy, max = 2, delay = "1ms", jitter = none)]
async fn fetch_async() -> Result<(), Busy> {
    Err(ERROR)
}

#[test]
fn a_scope_that_is_entered_writes_down_the_pauses_of_async_and_plain_functions() {
    let clock = Scope::new().enter();
    fetch().unwrap_err();
    block_on(fetch_async()).unwrap_err();
    assert_eq!(clock.pauses(), [MS, MS]);
}

#[test]
fn a_scope_that_is_entered_is_of_its_thread_only() {
    let clock = Scope::new().enter();
    thread::spawn(|| fetch().unwrap_err()).join().unwrap();
    assert!(clock.pauses().is_empty());
}

#[test]
fn of_two_scopes_the_later_counts_while_it_is_entered() {
    let first = Scope::new().enter();
    let second = Scope::new().enter();
    fetch().unwrap_err();
    assert_eq!((first.pauses().len(), second.pauses().len()), (0, 1));
    drop(second);
    fetch().unwrap_err();
    assert_eq!(first.pauses().len(), 1);
}

#[test]
fn a_seed_makes_the_jitter_repeatable() {
    #[retry_on(Busy, max = 5)]
    fn fetch() -> Result<(), Busy> {
        Err(ERROR)
    }

    let seeded = |number| {
        let clock = Scope::new().seed(number).enter();
        fetch().unwrap_err();
        fetch().unwrap_err();
        clock.pauses()
    };
    assert_eq!(seeded(7), seeded(7));
    assert_ne!(seeded(7), seeded(8));
}

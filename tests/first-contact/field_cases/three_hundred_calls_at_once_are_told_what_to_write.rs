//! Each of 300 calls at once fails once, and would work the second time. The budget carries 100 of them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use retry_runtime::{Budget, retry_on};
use retry_tests::Recorder;
use tokio::task::JoinSet;

async fn answer(tried: &AtomicU32) -> Result<(), &'static str> {
    let is_first = tried.fetch_add(1, Ordering::Relaxed) == 0;
    tokio::time::sleep(Duration::from_millis(5)).await;
    if is_first { Err("throttled") } else { Ok(()) }
}

/// How many calls of 300 come back with their error.
async fn lost<F: Future<Output = Result<(), &'static str>> + 'static>(call: fn() -> F) -> usize {
    let calls = tokio::task::LocalSet::new();
    let calls = calls.run_until(async {
        let mut running = JoinSet::new();
        (0..300).for_each(|_| drop(running.spawn_local(call())));
        running.join_all().await
    });
    calls.await.iter().filter(|result| result.is_err()).count()
}

#[tokio::test(start_paused = true)]
async fn by_the_error_in_the_log() {
    #[retry_on(_, max = 5, delay = "10ms")]
    async fn describe(tried: &AtomicU32) -> Result<(), &'static str> {
        answer(tried).await
    }

    let log = Recorder::start();
    assert_eq!(lost(|| async { describe(&AtomicU32::new(0)).await }).await, 200);
    let events = log.events();
    let errors: Vec<_> =
        events.iter().filter(|event| event.level == tracing::Level::ERROR).collect();
    assert_eq!(errors.len(), 200);
    for advice in ["`budget = &BUDGET`", "`budget = none`"] {
        assert!(errors[0].message.contains(advice), "{}", errors[0]);
    }
}

#[tokio::test(start_paused = true)]
async fn and_are_not_lost_with_a_larger_budget() {
    static SERVICE: Budget = Budget::builder().capacity(1500).build();

    #[retry_on(_, max = 5, delay = "10ms", budget = &SERVICE)]
    async fn describe(tried: &AtomicU32) -> Result<(), &'static str> {
        answer(tried).await
    }

    assert_eq!(lost(|| async { describe(&AtomicU32::new(0)).await }).await, 0);
}

#[tokio::test(start_paused = true)]
async fn and_are_not_lost_without_a_budget() {
    #[retry_on(_, max = 5, delay = "10ms", budget = none)]
    async fn describe(tried: &AtomicU32) -> Result<(), &'static str> {
        answer(tried).await
    }

    assert_eq!(lost(|| async { describe(&AtomicU32::new(0)).await }).await, 0);
}

#[test]
fn and_the_documentation_says_how_many_the_default_carries() {
    let page = include_str!("../../../retry-runtime/src/retry_on.md");
    assert!(page.contains("The default lets 100 calls retry at once"));
}

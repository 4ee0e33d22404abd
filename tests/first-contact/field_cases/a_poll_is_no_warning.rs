//! A job that is not done yet is what polling is about.

use std::sync::atomic::{AtomicU32, Ordering};

use retry_runtime::retry_on;
use retry_tests::Recorder;
use tracing::Level;

#[retry_on(until = |n: &u32| *n >= 5, max = 10, delay = "1s", factor = 1, jitter = none)]
async fn ready(n: &AtomicU32) -> Result<u32, String> {
    Ok(n.fetch_add(1, Ordering::Relaxed))
}

#[tokio::test(start_paused = true)]
async fn but_a_line_for_those_who_debug() {
    let log = Recorder::start();
    assert_eq!(ready(&AtomicU32::new(0)).await, Ok(5));
    let levels: Vec<_> = log.events().iter().map(|event| event.level).collect();
    let (polls, end) = levels.split_at(5);
    assert_eq!(polls, [Level::DEBUG; 5]);
    assert_eq!(end, [Level::INFO], "recovered");
}

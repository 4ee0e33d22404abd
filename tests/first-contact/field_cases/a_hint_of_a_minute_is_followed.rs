//! A server that asks for a minute.

use std::time::Duration;

use retry_runtime::http::retry_after;
use retry_runtime::retry_on;
use retry_tests::Recorder;
use tokio::time::Instant;

#[derive(Debug, PartialEq)]
struct TooMany(u64);

fn ask(opens: Instant, calls: &mut u32) -> Result<(), TooMany> {
    *calls += 1;
    let left = opens.saturating_duration_since(Instant::now());
    if left.is_zero() { Ok(()) } else { Err(TooMany(left.as_secs() + 1)) }
}

#[retry_on(TooMany, max = 5, max_hint = "5min", hint = |e: &TooMany| retry_after(&e.0.to_string()))]
async fn patient(opens: Instant, calls: &mut u32) -> Result<(), TooMany> {
    ask(opens, calls)
}

#[retry_on(TooMany, max = 5, hint = |e: &TooMany| retry_after(&e.0.to_string()))]
async fn with_the_default(opens: Instant, calls: &mut u32) -> Result<(), TooMany> {
    ask(opens, calls)
}

#[tokio::test(start_paused = true)]
async fn in_full() {
    let (start, mut calls) = (Instant::now(), 0);
    assert_eq!(patient(start + Duration::from_mins(1), &mut calls).await, Ok(()));
    assert_eq!(calls, 2);
    assert!(start.elapsed() < Duration::from_secs(62), "{:?}", start.elapsed());
}

/// Each earlier attempt is known to fail.
#[tokio::test(start_paused = true)]
async fn or_ends_the_call_at_once_where_it_is_too_long() {
    let (log, start, mut calls) = (Recorder::start(), Instant::now(), 0);
    let result = with_the_default(start + Duration::from_mins(2), &mut calls).await;
    assert_eq!(result, Err(TooMany(121)));
    assert_eq!((calls, start.elapsed()), (1, Duration::ZERO));
    let events = log.events();
    assert_eq!(events[0].field("reason"), Some("hint"));
    assert!(events[0].message.contains("longer than `max_hint` (60s)"), "{}", events[0]);
}

//! A start that waits three minutes for its database, and may wait five.

use std::time::Duration;

use retry_runtime::retry_on;
use tokio::time::Instant;

#[retry_on(_, max = 400, delay = "1s", factor = 1, jitter = none, deadline = "5min")]
async fn connect(opens: Instant, tries: &mut u32) -> Result<(), std::io::Error> {
    *tries += 1;
    if Instant::now() >= opens { Ok(()) } else { Err(std::io::ErrorKind::ConnectionRefused.into()) }
}

#[tokio::test(start_paused = true)]
async fn not_by_the_budget() {
    let (start, mut tries) = (Instant::now(), 0);
    assert!(connect(start + Duration::from_mins(3), &mut tries).await.is_ok());
    assert_eq!((start.elapsed(), tries), (Duration::from_mins(3), 181));
}

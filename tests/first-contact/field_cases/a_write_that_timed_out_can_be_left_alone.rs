//! A payment that the server has carried out, and answers late.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use retry_runtime::{TimedOut, retry_on};

#[derive(Debug, thiserror::Error)]
enum PayError {
    #[error("cannot connect")]
    Connect,
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
}

#[retry_on(PayError::Connect, timeout = "1s", unless = |e| matches!(e, PayError::TimedOut(_)))]
async fn pay(charged: &AtomicU32) -> Result<(), PayError> {
    if charged.fetch_add(1, Ordering::Relaxed) > 9 {
        return Err(PayError::Connect);
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn by_one_line() {
    let charged = AtomicU32::new(0);
    assert!(matches!(pay(&charged).await, Err(PayError::TimedOut(_))));
    assert_eq!(charged.into_inner(), 1);
}

#[test]
fn as_the_documentation_says_at_the_key() {
    let page = include_str!("../../../retry-runtime/src/guide/what_it_will_not_do.md");
    assert!(page.contains("# Know whether a write has happened"));
    let page = include_str!("../../../retry-runtime/src/retry_on.md");
    let row = page.lines().find(|line| line.starts_with("| `timeout`")).expect("the key's row");
    assert!(row.contains("unless"), "{row}");
}

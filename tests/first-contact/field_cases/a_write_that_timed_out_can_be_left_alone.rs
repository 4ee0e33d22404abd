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

#[retry_on(PayError::Connect, timeout = "1s", unless = PayError::TimedOut)]
async fn pay(charged: &AtomicU32) -> Result<(), PayError> {
    if charged.fetch_add(1, Ordering::Relaxed) > 9 {
        return Err(PayError::Connect);
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    Ok(())
}

/// Where the variant does not hide it, also by its type.
#[tokio::test(start_paused = true)]
async fn by_its_type() {
    #[derive(Debug, thiserror::Error)]
    #[error("not paid")]
    struct NotPaid(#[from] TimedOut);

    #[retry_on(_, timeout = "1s", unless = TimedOut)]
    async fn pay(charged: &AtomicU32) -> Result<(), NotPaid> {
        charged.fetch_add(1, Ordering::Relaxed);
        std::future::pending().await
    }

    let charged = AtomicU32::new(0);
    pay(&charged).await.unwrap_err();
    assert_eq!(charged.into_inner(), 1);
}

#[tokio::test(start_paused = true)]
async fn by_its_variant() {
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

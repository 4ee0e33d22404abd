//! Dropping the future ends everything at once, whatever the call is doing.

use std::future::pending;
use std::sync::Arc;

use retry_runtime::retry_on;
use retry_tests::{Busy, MS, Recorder, Service};
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

/// Each attempt, and each error, holds a token of its own.
#[derive(Debug, thiserror::Error)]
#[error("busy")]
struct Held(Arc<()>);

#[retry_on(Held, jitter = none)]
async fn fetch(service: Arc<Service>, token: Arc<()>) -> Result<u32, Held> {
    let attempt = Arc::clone(&token);
    let call = service.count_call();
    if call == 2 {
        pending::<()>().await;
    }
    Err(Held(attempt))
}

#[tokio::test(start_paused = true)]
async fn during_a_pause() {
    let recorder = Recorder::start();
    let (service, token) = (Arc::new(Service::down()), Arc::new(()));
    let call = fetch(Arc::clone(&service), Arc::clone(&token));

    timeout(50 * MS, call).await.expect_err("the first pause takes 100 ms");

    assert_eq!(Arc::strong_count(&token), 1, "something is kept");
    assert_eq!(Arc::strong_count(&service), 1, "something is kept");
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0, "something was spawned");
    sleep(60_000 * MS).await;
    assert_eq!(service.calls(), 1, "an attempt was made after the end");
    assert_eq!(recorder.events().len(), 1, "a dropped call neither recovered nor gave up");
}

#[tokio::test(start_paused = true)]
async fn during_an_attempt() {
    let (service, token) = (Arc::new(Service::down()), Arc::new(()));
    let call = fetch(Arc::clone(&service), Arc::clone(&token));

    timeout(150 * MS, call).await.expect_err("the second attempt never ends");

    assert_eq!(Arc::strong_count(&token), 1, "something is kept");
    sleep(60_000 * MS).await;
    assert_eq!(service.calls(), 2, "an attempt was made after the end");
}

#[tokio::test(start_paused = true)]
async fn before_the_first_poll() {
    let recorder = Recorder::start();
    let (service, token) = (Arc::new(Service::down()), Arc::new(()));

    drop(fetch(Arc::clone(&service), Arc::clone(&token)));

    assert_eq!(Arc::strong_count(&token), 1, "something is kept");
    assert_eq!(service.calls(), 0, "a future does nothing until it is polled");
    assert!(recorder.events().is_empty());
}

#[tokio::test(start_paused = true)]
async fn by_aborting_its_task() {
    let (service, token) = (Arc::new(Service::down()), Arc::new(()));
    let task = tokio::spawn(fetch(Arc::clone(&service), Arc::clone(&token)));
    sleep(50 * MS).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(Arc::strong_count(&token), 1, "something is kept");
    assert_eq!(service.calls(), 1);
}

/// A call beside it is another call.
#[tokio::test(start_paused = true)]
async fn of_one_call_only() {
    #[retry_on(Busy, jitter = none)]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (dropped, kept) = (Service::failing(2), Service::failing(2));
    let (ended, result) = tokio::join!(timeout(50 * MS, fetch(&dropped)), fetch(&kept));
    assert!(ended.is_err());
    assert_eq!(result, Ok(3));
    assert_eq!(dropped.calls(), 1);
}

//! Whatever ends a call closes its spans.

use super::*;

#[tokio::test(start_paused = true)]
async fn by_dropping_the_future_in_an_attempt_closes_the_spans() {
    #[retry_on(Busy, span = true, name = "stuck")]
    async fn stuck() -> Result<u32, Busy> {
        let _guard = Says("dropped");
        pending().await
    }

    let (trace, _subscriber) = Trace::start();
    tokio::time::timeout(100 * MS, stuck()).await.unwrap_err();
    assert_eq!(trace.lines(), ["stuck site=stuck", "  attempt 1 attempt=1", "    - INFO dropped"]);
}

#[tokio::test(start_paused = true)]
async fn by_dropping_the_future_in_a_pause_closes_the_spans() {
    let (trace, _subscriber) = Trace::start();
    let service = Service::down();
    tokio::time::timeout(50 * MS, fetch(&service)).await.unwrap_err();
    assert_eq!(
        trace.lines(),
        [
            "fetch site=fetch",
            "  - WARN attempt 1 of 3 failed, retrying in 100.0ms",
            "  attempt 1 attempt=1 error.type=Busy Error",
        ]
    );
}

#[test]
fn by_a_panic_closes_the_spans_plain() {
    #[retry_on(Busy, span = true, name = "panics")]
    fn panics() -> Result<u32, Busy> {
        std::panic::resume_unwind(Box::new("not told to the panic hook"))
    }

    let (trace, _subscriber) = Trace::start();
    std::panic::catch_unwind(panics).unwrap_err();
    assert!(tracing::Span::current().is_none());
    assert_eq!(trace.lines(), ["panics site=panics", "  attempt 1 attempt=1"]);
}

/// A span that has been closed while the pause lasts does not last as long as it.
#[tokio::test]
async fn of_an_attempt_comes_before_the_pause() {
    let (trace, _subscriber) = Trace::start();
    let service = Service::down();
    let mut call = std::pin::pin!(fetch(&service));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(call.as_mut().poll(&mut context).is_pending());
    assert_eq!(trace.ended(), ["attempt 1"]);
}

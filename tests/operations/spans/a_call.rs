use super::*;

const SUCCESS: [&str; 2] = ["fetch site=fetch", "  attempt 1 attempt=1"];
const RECOVERED: [&str; 6] = [
    "fetch site=fetch",
    "  - WARN attempt 1 of 3 failed, retrying in 100.0ms",
    "  - INFO recovered on attempt 2 of 3",
    "  attempt 1 attempt=1 error.type=Busy Error",
    "  attempt 2 attempt=2",
    "",
];
const GAVE_UP: [&str; 7] = [
    "fetch site=fetch error.type=Busy Error",
    "  - WARN attempt 1 of 3 failed, retrying in 100.0ms",
    "  - WARN attempt 2 of 3 failed, retrying in 200.0ms",
    "  - ERROR gave up after attempt 3 (at most 3 calls: 1 + 2 retries; pauses of 100 ms, 200 ms; at most 300 ms of waiting)",
    "  attempt 1 attempt=1 error.type=Busy Error",
    "  attempt 2 attempt=2 error.type=Busy Error",
    "  attempt 3 attempt=3 error.type=Busy Error",
];

#[tokio::test(start_paused = true)]
async fn that_succeeds_is_a_span_with_one_attempt() {
    let (trace, _subscriber) = Trace::start();
    fetch(&Service::failing(0)).await.unwrap();
    assert_eq!(trace.lines(), SUCCESS);
}

#[test]
fn that_succeeds_is_a_span_with_one_attempt_plain() {
    let (trace, _subscriber) = Trace::start();
    fetch_plain(&Service::failing(0)).unwrap();
    assert_eq!(trace.lines(), SUCCESS);
}

#[tokio::test(start_paused = true)]
async fn that_recovers_is_no_error() {
    let (trace, _subscriber) = Trace::start();
    fetch(&Service::failing(1)).await.unwrap();
    assert_eq!(trace.lines(), RECOVERED[..5]);
}

#[test]
fn that_recovers_is_no_error_plain() {
    let ((trace, _subscriber), _clock) = (Trace::start(), Scope::new().enter());
    fetch_plain(&Service::failing(1)).unwrap();
    assert_eq!(trace.lines(), RECOVERED[..5]);
}

#[tokio::test(start_paused = true)]
async fn that_gives_up_is_an_error_and_so_are_its_attempts() {
    let (trace, _subscriber) = Trace::start();
    fetch(&Service::down()).await.unwrap_err();
    assert_eq!(trace.lines(), GAVE_UP);
}

#[test]
fn that_gives_up_is_an_error_and_so_are_its_attempts_plain() {
    let ((trace, _subscriber), _clock) = (Trace::start(), Scope::new().enter());
    fetch_plain(&Service::down()).unwrap_err();
    assert_eq!(trace.lines(), GAVE_UP);
}

/// Only the span says so, because the event is a DEBUG.
#[test]
fn that_is_not_retryable_is_an_error_plain() {
    #[retry_on(io::Error, span = true, name = "fetch")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (trace, _subscriber) = Trace::start();
    fetch(&Service::down()).unwrap_err();
    assert_eq!(
        trace.lines(),
        [
            "fetch site=fetch error.type=_OTHER Error",
            "  - INFO no selector matches this error, so it is not retried: it is a \
             `retry_tests::service::Busy`, and the selectors are `io::Error` (told once)",
            "  - DEBUG attempt 1 of 3 failed with an error that is not retried",
            "  attempt 1 attempt=1 error.type=_OTHER Error",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn lies_in_the_span_around_it() {
    let (trace, _subscriber) = Trace::start();
    let request = info_span!("request");
    tracing::Instrument::instrument(fetch(&Service::failing(0)), request).await.unwrap();
    info_span!("request").in_scope(|| fetch_plain(&Service::failing(0))).unwrap();
    let request = ["request", "  fetch site=fetch", "    attempt 1 attempt=1"];
    assert_eq!(trace.lines(), [request, request].concat());
}

#[tokio::test(start_paused = true)]
async fn leaves_the_span_around_it_as_it_was() {
    let (trace, _subscriber) = Trace::start();
    let _ = fetch(&Service::down()).await;
    let clock = Scope::new().enter();
    let _ = fetch_plain(&Service::down());
    drop(clock);
    assert!(tracing::Span::current().is_none());
    let _ = trace.lines();
}

#[test]
fn that_no_subscriber_hears_is_as_ever_plain() {
    let _clock = Scope::new().enter();
    assert_eq!(fetch_plain(&Service::failing(2)), Ok(3));
}

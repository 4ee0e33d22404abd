//! A limit that comes in the pause ends the call as one that comes before it.

use super::*;

const STOPPED: [&str; 4] = [
    "fetch site=fetch error.type=Busy Error",
    "  - WARN attempt 1 of 3 failed, retrying in 100.0ms",
    "  - ERROR gave up after attempt 1: a stop was requested (at most 3 calls: 1 + 2 retries; pauses of 100 ms, 200 ms; at most 300 ms of waiting)",
    "  attempt 1 attempt=1 error.type=Busy Error",
];

#[tokio::test(start_paused = true)]
async fn that_a_stop_cuts_short_is_the_end_of_the_call() {
    let (stop, service) = (Stop::new(), Service::down());
    let (trace, _subscriber) = Trace::start();
    let request = async {
        tokio::time::sleep(50 * MS).await;
        stop.request();
    };
    let (call, ()) = tokio::join!(stop.scope(fetch(&service)), request);
    call.unwrap_err();
    assert_eq!(trace.lines(), STOPPED);
}

#[test]
fn that_a_stop_cuts_short_is_the_end_of_the_call_plain() {
    #[retry_on(Busy, jitter = none, span = true, name = "fetch", on_retry = |_| stop.request())]
    fn fetch(service: &Service, stop: &Stop) -> Result<u32, Busy> {
        service.call()
    }

    let ((trace, _subscriber), _clock) = (Trace::start(), Scope::new().enter());
    let stop = Stop::new();
    stop.scope_blocking(|| fetch(&Service::down(), &stop)).unwrap_err();
    assert_eq!(trace.lines(), STOPPED);
}

#[tokio::test(start_paused = true)]
async fn that_outlasts_the_deadline_is_the_end_of_the_call() {
    async fn oversleep(_: Duration) {
        tokio::time::sleep(2000 * MS).await;
    }

    #[retry_on(Busy, max = 3, deadline = "1s", timeout = none, jitter = none, span = true, name = "fetch", sleep = oversleep)]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (trace, _subscriber) = Trace::start();
    fetch(&Service::down()).await.unwrap_err();
    assert_eq!(
        trace.lines(),
        [
            "fetch site=fetch error.type=Busy Error",
            "  - WARN attempt 1 of 3 failed, retrying in 100.0ms",
            "  - ERROR gave up after attempt 1: the next attempt would start after the deadline (at most 3 calls: 1 + 2 retries; pauses of 100 ms, 200 ms; at most 300 ms of waiting; no attempt starts after 1 s)",
            "  attempt 1 attempt=1 error.type=Busy Error",
        ]
    );
}

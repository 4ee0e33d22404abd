use super::*;

const LINES: [&str; 9] = [
    "fetch site=fetch",
    "  - WARN attempt 1 of 3 failed, retrying in 100.0ms",
    "  - INFO recovered on attempt 2 of 3",
    "  attempt 1 attempt=1 error.type=Busy Error",
    "    - INFO sends",
    "    request",
    "  attempt 2 attempt=2",
    "    - INFO sends",
    "    request",
];

#[tokio::test(start_paused = true)]
async fn runs_in_the_span_of_its_attempt() {
    #[retry_on(Busy, jitter = none, span = true, name = "fetch")]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        info_span!("request").in_scope(|| ());
        yield_now().await;
        info!("sends");
        service.call()
    }

    let (trace, _subscriber) = Trace::start();
    fetch(&Service::failing(1)).await.unwrap();
    assert_eq!(trace.lines(), LINES);
}

#[test]
fn runs_in_the_span_of_its_attempt_plain() {
    #[retry_on(Busy, jitter = none, span = true, name = "fetch")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        info_span!("request").in_scope(|| ());
        info!("sends");
        service.call()
    }

    let ((trace, _subscriber), _clock) = (Trace::start(), Scope::new().enter());
    fetch(&Service::failing(1)).unwrap();
    assert_eq!(trace.lines(), LINES);
}

/// Two calls that take turns on one thread keep their spans apart.
#[tokio::test(start_paused = true)]
async fn is_in_its_span_whenever_it_is_polled() {
    #[retry_on(Busy, jitter = none, span = true, name = "fetch")]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        for _ in 0..3 {
            yield_now().await;
            info!("polled");
        }
        service.call()
    }

    let (trace, _subscriber) = Trace::start();
    let (one, other) = (Service::failing(0), Service::failing(0));
    let (one, other) = tokio::join!(fetch(&one), fetch(&other));
    one.and(other).unwrap();
    let call = [
        "fetch site=fetch",
        "  attempt 1 attempt=1",
        "    - INFO polled",
        "    - INFO polled",
        "    - INFO polled",
    ];
    assert_eq!(trace.lines(), [call, call].concat());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn is_in_its_span_on_every_thread() {
    const CALLS: usize = 50;

    #[retry_on(Busy, delay = "0ms", budget = none, span = true, name = "fetch")]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        for _ in 0..10 {
            yield_now().await;
        }
        info!("sends");
        service.call()
    }

    // The macro asks for nothing that cannot be sent to another thread.
    fn assert_send<T: Send>(future: T) -> T {
        future
    }

    let (trace, subscriber) = Trace::apart();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CALLS {
        let call = async { fetch(&Service::failing(2)).await };
        tasks.spawn(assert_send(call).with_subscriber(subscriber.clone()));
    }
    assert_eq!(tasks.join_all().await, vec![Ok(3); CALLS]);
    let call = [
        "fetch site=fetch",
        "  - WARN attempt 1 of 3 failed, retrying in 0.0ns",
        "  - WARN attempt 2 of 3 failed, retrying in 0.0ns",
        "  - INFO recovered on attempt 3 of 3",
        "  attempt 1 attempt=1 error.type=Busy Error",
        "    - INFO sends",
        "  attempt 2 attempt=2 error.type=Busy Error",
        "    - INFO sends",
        "  attempt 3 attempt=3",
        "    - INFO sends",
    ];
    assert_eq!(trace.lines(), call.repeat(CALLS));
}

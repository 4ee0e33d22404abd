use super::*;

#[tokio::test(start_paused = true)]
async fn a_timeout_the_attempt_that_it_cuts_is_closed_and_an_error() {
    #[retry_on(_, max = 2, timeout = "1s", jitter = none, span = true, name = "stuck")]
    async fn stuck() -> Result<u32, TooLate> {
        let _guard = Says("cut");
        info_span!("request").entered_for_ever().await;
        Ok(0)
    }

    let (trace, _subscriber) = Trace::start();
    stuck().await.unwrap_err();
    assert_eq!(
        trace.lines(),
        [
            "stuck site=stuck error.type=timeout Error",
            "  - WARN attempt 1 of 2 failed, retrying in 100.0ms",
            "  - ERROR gave up after attempt 2 (at most 2 calls: 1 + 1 retry; pauses of 100 ms; at most 100 ms of waiting)",
            "  attempt 1 attempt=1 error.type=timeout Error",
            "    - INFO cut",
            "    request",
            "  attempt 2 attempt=2 error.type=timeout Error",
            "    - INFO cut",
            "    request",
        ]
    );
}

/// A span that its future never leaves.
trait EnteredForEver {
    fn entered_for_ever(self) -> impl Future<Output = ()> + Send;
}

impl EnteredForEver for tracing::Span {
    fn entered_for_ever(self) -> impl Future<Output = ()> + Send {
        tracing::Instrument::instrument(pending(), self)
    }
}

const POLLED: [&str; 9] = [
    "poll site=poll",
    "  - WARN attempt 1 of 3 failed, retrying in 100.0ms",
    "  - INFO told of attempt 1",
    "  - INFO recovered on attempt 2 of 3",
    "  attempt 1 attempt=1 error.type=value Error",
    "    - INFO runs attempt 1",
    "  attempt 2 attempt=2",
    "    - INFO runs attempt 2",
    "",
];

#[tokio::test(start_paused = true)]
async fn the_attempt_values_and_hooks() {
    #[retry_on(
        when_ok = |value: &u32| *value < 2,
        jitter = none,
        span = true,
        name = "poll",
        attempt = attempt,
        on_retry = |retry| info!("told of attempt {}", retry.attempt()),
    )]
    async fn poll(service: &Service) -> Result<u32, Busy> {
        info!("runs attempt {}", attempt.number());
        Ok(service.count_call())
    }

    let (trace, _subscriber) = Trace::start();
    poll(&Service::down()).await.unwrap();
    assert_eq!(trace.lines(), POLLED[..8]);
}

#[test]
fn the_attempt_values_and_hooks_plain() {
    #[retry_on(
        when_ok = |value: &u32| *value < 2,
        jitter = none,
        span = true,
        name = "poll",
        attempt = attempt,
        on_retry = |retry| info!("told of attempt {}", retry.attempt()),
    )]
    fn poll(service: &Service) -> Result<u32, Busy> {
        info!("runs attempt {}", attempt.number());
        Ok(service.count_call())
    }

    let ((trace, _subscriber), _clock) = (Trace::start(), Scope::new().enter());
    poll(&Service::down()).unwrap();
    assert_eq!(trace.lines(), POLLED[..8]);
}

const ENDED: [&str; 4] = [
    "fetch site=fetch error.type=Busy Error",
    "  - ERROR gave up after attempt 1 (at most 1 call: no retries)",
    "  - INFO told of the end",
    "  attempt 1 attempt=1 error.type=Busy Error",
];

#[tokio::test]
async fn a_hook_at_the_end() {
    #[retry_on(Busy, max = 1, span = true, name = "fetch", on_give_up = |_| info!("told of the end"))]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (trace, _subscriber) = Trace::start();
    fetch(&Service::down()).await.unwrap_err();
    assert_eq!(trace.lines(), ENDED);
}

#[test]
fn a_hook_at_the_end_plain() {
    #[retry_on(Busy, max = 1, span = true, name = "fetch", on_give_up = |_| info!("told of the end"))]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (trace, _subscriber) = Trace::start();
    fetch(&Service::down()).unwrap_err();
    assert_eq!(trace.lines(), ENDED);
}

#[test]
fn retries_inside_retries_plain() {
    #[retry_on(Busy, max = 1, span = true, name = "inner")]
    fn inner(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, max = 2, jitter = none, span = true, name = "outer", nested = "allow")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    let ((trace, _subscriber), _clock) = (Trace::start(), Scope::new().enter());
    outer(&Service::failing(1)).unwrap();
    assert_eq!(
        trace.lines(),
        [
            "outer site=outer",
            "  - WARN attempt 1 of 2 failed, retrying in 100.0ms",
            "  - INFO recovered on attempt 2 of 2",
            "  attempt 1 attempt=1 error.type=Busy Error",
            "    inner site=inner error.type=Busy Error",
            "      - ERROR gave up after attempt 1 (at most 1 call: no retries)",
            "      attempt 1 attempt=1 error.type=Busy Error",
            "  attempt 2 attempt=2",
            "    inner site=inner",
            "      attempt 1 attempt=1",
        ]
    );
}

/// It is not part of the call, nor of the request that the call is for: neither is an error.
#[test]
fn an_observer_that_panics_plain() {
    struct Panics;

    impl Observer for Panics {
        fn observe(&self, _: &Event<'_>) {
            std::panic::resume_unwind(Box::new("not told to the panic hook"));
        }
    }

    const PANICS: Policy = Policy::builder().observer(&Panics).build();

    #[retry_on(Busy, policy = &PANICS, delay = "0ms", span = true, name = "fetch")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (trace, _subscriber) = Trace::start();
    info_span!("request").in_scope(|| fetch(&Service::failing(1))).unwrap();
    assert_eq!(
        trace.lines(),
        [
            "request",
            "  fetch site=fetch",
            "    - WARN attempt 1 of 3 failed, retrying in 0.0ns",
            "    - INFO recovered on attempt 2 of 3",
            "    attempt 1 attempt=1 error.type=Busy Error",
            "    attempt 2 attempt=2",
        ]
    );
}

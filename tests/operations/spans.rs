//! Spans, as OpenTelemetry gets them: one for each call, and in it one for each attempt.

use std::future::pending;
use std::io;
use std::time::Duration;

use retry_runtime::testing::ManualClock;
use retry_runtime::{
    Event, GaveUp, Jitter, Observer, Policy, Retry, Retrying, Stop, TimedOut, retry,
    retry_blocking, retry_on,
};
use retry_tests::{Busy, MS, Service};
use retry_tests_operations::Trace;
use tokio::task::yield_now;
use tracing::instrument::WithSubscriber;
use tracing::{info, info_span};

#[retry_on(Busy, jitter = none, span = true, name = "fetch")]
async fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, jitter = none, span = true, name = "fetch")]
fn fetch_plain(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[derive(Debug, thiserror::Error)]
#[error("too late")]
struct TooLate(#[from] TimedOut);

/// Says so when it is dropped.
struct Says(&'static str);

impl Drop for Says {
    fn drop(&mut self) {
        info!("{}", self.0);
    }
}

mod a_call {
    use super::*;

    const SUCCESS: [&str; 2] = ["fetch site=fetch", "  attempt 1 attempt=1"];
    const RECOVERED: [&str; 6] = [
        "fetch site=fetch",
        "  - WARN attempt 1 of 3 failed, the next follows in 100.0ms",
        "  - INFO recovered on attempt 2 of 3",
        "  attempt 1 attempt=1 error.type=Busy Error",
        "  attempt 2 attempt=2",
        "",
    ];
    const GAVE_UP: [&str; 7] = [
        "fetch site=fetch error.type=Busy Error",
        "  - WARN attempt 1 of 3 failed, the next follows in 100.0ms",
        "  - WARN attempt 2 of 3 failed, the next follows in 200.0ms",
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
        let ((trace, _subscriber), _clock) = (Trace::start(), ManualClock::install());
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
        let ((trace, _subscriber), _clock) = (Trace::start(), ManualClock::install());
        fetch_plain(&Service::down()).unwrap_err();
        assert_eq!(trace.lines(), GAVE_UP);
    }

    /// Only the span says so, for the event is a DEBUG.
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
        let clock = ManualClock::install();
        let _ = fetch_plain(&Service::down());
        drop(clock);
        assert!(tracing::Span::current().is_none());
        let _ = trace.lines();
    }

    #[test]
    fn that_no_subscriber_hears_is_as_ever_plain() {
        let _clock = ManualClock::install();
        assert_eq!(fetch_plain(&Service::failing(2)), Ok(3));
    }
}

mod the_body {
    use super::*;

    const LINES: [&str; 9] = [
        "fetch site=fetch",
        "  - WARN attempt 1 of 3 failed, the next follows in 100.0ms",
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

        let ((trace, _subscriber), _clock) = (Trace::start(), ManualClock::install());
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
            "  - WARN attempt 1 of 3 failed, the next follows in 0.0ns",
            "  - WARN attempt 2 of 3 failed, the next follows in 0.0ns",
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
}

/// A limit that comes in the pause ends the call as one that comes before it.
mod the_pause {
    use super::*;

    const STOPPED: [&str; 4] = [
        "fetch site=fetch error.type=Busy Error",
        "  - WARN attempt 1 of 3 failed, the next follows in 100.0ms",
        "  - ERROR gave up after attempt 1, for a stop was requested (at most 3 calls: 1 + 2 retries; pauses of 100 ms, 200 ms; at most 300 ms of waiting)",
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

        let ((trace, _subscriber), _clock) = (Trace::start(), ManualClock::install());
        let stop = Stop::new();
        stop.scope_blocking(|| fetch(&Service::down(), &stop)).unwrap_err();
        assert_eq!(trace.lines(), STOPPED);
    }

    #[tokio::test(start_paused = true)]
    async fn that_outlasts_the_deadline_is_the_end_of_the_call() {
        async fn oversleep(_: Duration) {
            tokio::time::sleep(2000 * MS).await;
        }

        #[retry_on(Busy, deadline = "1s", jitter = none, span = true, name = "fetch", sleep = oversleep)]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (trace, _subscriber) = Trace::start();
        fetch(&Service::down()).await.unwrap_err();
        assert_eq!(
            trace.lines(),
            [
                "fetch site=fetch error.type=Busy Error",
                "  - WARN attempt 1 of 3 failed, the next follows in 100.0ms",
                "  - ERROR gave up after attempt 1, for the next one would start after the deadline (at most 3 calls: 1 + 2 retries; pauses of 100 ms, 200 ms; at most 300 ms of waiting; no attempt starts after 1 s)",
                "  attempt 1 attempt=1 error.type=Busy Error",
            ]
        );
    }
}

mod a_policy {
    use super::*;

    const ON: Policy = match Policy::builder().span(true).build() {
        Ok(policy) => policy,
        Err(_) => panic!("refused"),
    };

    #[retry_on(Busy, policy = policy, name = "fetch")]
    async fn fetch(service: &Service, policy: &Policy) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, policy = policy, name = "fetch")]
    fn fetch_plain(service: &Service, policy: &Policy) -> Result<u32, Busy> {
        service.call()
    }

    // The error needs no `From<PolicyError>`: these keys contradict nothing.
    #[retry_on(Busy, policy = policy, span = false, name = "fetch")]
    async fn never(service: &Service, policy: &Policy) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, policy = policy, span = false, name = "fetch")]
    fn never_plain(service: &Service, policy: &Policy) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, policy = policy, span = true, nested = "allow", name = "fetch")]
    async fn always(service: &Service, policy: &Policy) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, policy = policy, span = true, nested = "allow", name = "fetch")]
    fn always_plain(service: &Service, policy: &Policy) -> Result<u32, Busy> {
        service.call()
    }

    const CALL: [&str; 2] = ["fetch site=fetch", "  attempt 1 attempt=1"];
    const NOTHING: [&str; 0] = [];

    #[tokio::test]
    async fn says_whether_there_are_spans() {
        let (trace, _subscriber) = Trace::start();
        fetch(&Service::failing(0), &ON).await.unwrap();
        assert_eq!(trace.lines(), CALL);
        fetch(&Service::failing(0), &Policy::DEFAULT).await.unwrap();
        assert_eq!(trace.lines(), NOTHING);
    }

    #[test]
    fn says_whether_there_are_spans_plain() {
        let (trace, _subscriber) = Trace::start();
        fetch_plain(&Service::failing(0), &ON).unwrap();
        assert_eq!(trace.lines(), CALL);
        fetch_plain(&Service::failing(0), &Policy::DEFAULT).unwrap();
        assert_eq!(trace.lines(), NOTHING);
    }

    #[tokio::test]
    async fn is_overridden_by_the_key_beside_it() {
        let (trace, _subscriber) = Trace::start();
        never(&Service::failing(0), &ON).await.unwrap();
        assert_eq!(trace.lines(), NOTHING);
        always(&Service::failing(0), &Policy::DEFAULT).await.unwrap();
        assert_eq!(trace.lines(), CALL);
    }

    #[test]
    fn is_overridden_by_the_key_beside_it_plain() {
        let (trace, _subscriber) = Trace::start();
        never_plain(&Service::failing(0), &ON).unwrap();
        assert_eq!(trace.lines(), NOTHING);
        always_plain(&Service::failing(0), &Policy::DEFAULT).unwrap();
        assert_eq!(trace.lines(), CALL);
    }

    /// A constant beside a constant.
    #[test]
    fn that_is_a_constant_is_heeded_and_overridden_too_plain() {
        #[retry_on(Busy, policy = &ON, name = "fetch")]
        fn on(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy, policy = &ON, span = false, name = "fetch")]
        fn off(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (trace, _subscriber) = Trace::start();
        on(&Service::failing(0)).unwrap();
        assert_eq!(trace.lines(), CALL);
        off(&Service::failing(0)).unwrap();
        assert_eq!(trace.lines(), NOTHING);
    }
}

/// The policy says so for closures too; functions that are annotated are in `a_call`.
mod a_closure {
    use super::*;

    const ON: Policy = match Policy::builder().span(true).jitter(Jitter::None).build() {
        Ok(policy) => policy,
        Err(_) => panic!("refused"),
    };

    const RETRIED: [&str; 9] = [
        "fetch site=fetch",
        "  - WARN attempt 1 of 3 failed, the next follows in 100.0ms",
        "  - INFO told of attempt 1",
        "  - INFO recovered on attempt 2 of 3",
        "  attempt 1 attempt=1 error.type=_ Error",
        "    - INFO sends",
        "  attempt 2 attempt=2",
        "    - INFO sends",
        "",
    ];

    const GAVE_UP: [&str; 8] = [
        "fetch site=fetch error.type=_ Error",
        "  - WARN attempt 1 of 3 failed, the next follows in 100.0ms",
        "  - WARN attempt 2 of 3 failed, the next follows in 200.0ms",
        "  - ERROR gave up after attempt 3 (at most 3 calls: 1 + 2 retries; pauses of 100 ms, 200 ms; at most 300 ms of waiting)",
        "  - INFO told of the end",
        "  attempt 1 attempt=1 error.type=_ Error",
        "  attempt 2 attempt=2 error.type=_ Error",
        "  attempt 3 attempt=3 error.type=_ Error",
    ];

    const STOPPED: [&str; 4] = [
        "fetch site=fetch error.type=_ Error",
        "  - WARN attempt 1 of 3 failed, the next follows in 100.0ms",
        "  - ERROR gave up after attempt 1, for a stop was requested (at most 3 calls: 1 + 2 retries; pauses of 100 ms, 200 ms; at most 300 ms of waiting)",
        "  attempt 1 attempt=1 error.type=_ Error",
    ];

    fn told(retry: &Retrying<'_, Busy>) {
        info!("told of attempt {}", retry.attempt());
    }

    fn told_of_the_end(_: &GaveUp<'_, Busy>) {
        info!("told of the end");
    }

    #[tokio::test(start_paused = true)]
    async fn is_retried_in_spans() {
        let ((trace, _subscriber), service) = (Trace::start(), Service::failing(1));
        let call = Retry::new(&ON).name("fetch").on_retry(&told).run(async || {
            yield_now().await;
            info!("sends");
            service.call()
        });
        call.await.unwrap();
        assert_eq!(trace.lines(), RETRIED[..8]);
    }

    #[test]
    fn is_retried_in_spans_plain() {
        let ((trace, _subscriber), _clock) = (Trace::start(), ManualClock::install());
        let service = Service::failing(1);
        let call = Retry::new(&ON).name("fetch").on_retry(&told);
        call.run_blocking(|| {
            info!("sends");
            service.call()
        })
        .unwrap();
        assert_eq!(trace.lines(), RETRIED[..8]);
    }

    #[tokio::test(start_paused = true)]
    async fn that_is_given_up_is_an_error() {
        let ((trace, _subscriber), service) = (Trace::start(), Service::down());
        let call = Retry::new(&ON).name("fetch").on_give_up(&told_of_the_end);
        call.run(async || service.call()).await.unwrap_err();
        assert_eq!(trace.lines(), GAVE_UP);
    }

    #[test]
    fn that_is_given_up_is_an_error_plain() {
        let ((trace, _subscriber), _clock) = (Trace::start(), ManualClock::install());
        let service = Service::down();
        let call = Retry::new(&ON).name("fetch").on_give_up(&told_of_the_end);
        call.run_blocking(|| service.call()).unwrap_err();
        assert_eq!(trace.lines(), GAVE_UP);
    }

    #[tokio::test(start_paused = true)]
    async fn that_is_stopped_in_a_pause_is_an_error() {
        let (stop, service) = (Stop::new(), Service::down());
        let (trace, _subscriber) = Trace::start();
        let request = async {
            tokio::time::sleep(50 * MS).await;
            stop.request();
        };
        let call = Retry::new(&ON).name("fetch").run(async || service.call());
        let (call, ()) = tokio::join!(stop.scope(call), request);
        call.unwrap_err();
        assert_eq!(trace.lines(), STOPPED);
    }

    #[test]
    fn that_is_stopped_in_a_pause_is_an_error_plain() {
        let ((trace, _subscriber), _clock) = (Trace::start(), ManualClock::install());
        let (stop, service) = (Stop::new(), Service::down());
        let request = |_: &Retrying<'_, Busy>| stop.request();
        let call = Retry::new(&ON).name("fetch").on_retry(&request);
        stop.scope_blocking(|| call.run_blocking(|| service.call())).unwrap_err();
        assert_eq!(trace.lines(), STOPPED);
    }

    #[tokio::test(start_paused = true)]
    async fn that_takes_too_long_is_cut_in_its_span() {
        let (trace, _subscriber) = Trace::start();
        let policy = ON.to_builder().max(1).build().unwrap();
        let call = Retry::<TooLate>::new(&policy).name("stuck").timeout(1000 * MS);
        call.run(async || {
            let _guard = Says("cut");
            pending::<Result<u32, _>>().await
        })
        .await
        .unwrap_err();
        assert_eq!(
            trace.lines(),
            [
                "stuck site=stuck error.type=timeout Error",
                "  - ERROR gave up after attempt 1 (at most 1 call: no retries)",
                "  attempt 1 attempt=1 error.type=timeout Error",
                "    - INFO cut",
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_name_is_called_by_its_place() {
        let ((trace, _subscriber), service) = (Trace::start(), Service::failing(0));
        retry(&ON, async || service.call()).await.unwrap();
        retry_blocking(&ON, || service.call()).unwrap();
        let lines = trace.lines();
        let [one, _, other, _] = &lines[..] else { panic!("{lines:?}") };
        assert!(one.contains("spans.rs:") && other.contains("spans.rs:") && one != other);
    }

    #[tokio::test(start_paused = true)]
    async fn has_no_span_where_the_policy_asks_for_none() {
        let ((trace, _subscriber), service) = (Trace::start(), Service::failing(0));
        retry(&Policy::DEFAULT, async || service.call()).await.unwrap();
        retry_blocking(&Policy::DEFAULT, || service.call()).unwrap();
        assert_eq!(trace.lines(), [""; 0]);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn is_in_its_span_on_every_thread() {
        const CALLS: usize = 50;
        const NOW: Policy = match ON.to_builder().delay(Duration::ZERO).without_budget().build() {
            Ok(policy) => policy,
            Err(_) => panic!("refused"),
        };

        let (trace, subscriber) = Trace::apart();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..CALLS {
            let service = Service::failing(1);
            let call = Retry::new(&NOW).name("fetch").run(async move || {
                yield_now().await;
                info!("sends");
                service.call()
            });
            tasks.spawn(call.with_subscriber(subscriber.clone()));
        }
        assert_eq!(tasks.join_all().await, vec![Ok(2); CALLS]);
        let call = [
            "fetch site=fetch",
            "  - WARN attempt 1 of 3 failed, the next follows in 0.0ns",
            "  - INFO recovered on attempt 2 of 3",
            "  attempt 1 attempt=1 error.type=_ Error",
            "    - INFO sends",
            "  attempt 2 attempt=2",
            "    - INFO sends",
        ];
        assert_eq!(trace.lines(), call.repeat(CALLS));
    }
}

mod together_with {
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
                "  - WARN attempt 1 of 2 failed, the next follows in 100.0ms",
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
        "  - WARN attempt 1 of 3 failed, the next follows in 100.0ms",
        "  - INFO told of attempt 1",
        "  - INFO recovered on attempt 2 of 3",
        "  attempt 1 attempt=1 error.type=ok Error",
        "    - INFO runs attempt 1",
        "  attempt 2 attempt=2",
        "    - INFO runs attempt 2",
        "",
    ];

    #[tokio::test(start_paused = true)]
    async fn the_attempt_values_and_hooks() {
        #[retry_on(
            ok = |value: &u32| *value < 2,
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
            ok = |value: &u32| *value < 2,
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

        let ((trace, _subscriber), _clock) = (Trace::start(), ManualClock::install());
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

        let ((trace, _subscriber), _clock) = (Trace::start(), ManualClock::install());
        outer(&Service::failing(1)).unwrap();
        assert_eq!(
            trace.lines(),
            [
                "outer site=outer",
                "  - WARN attempt 1 of 2 failed, the next follows in 100.0ms",
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

    /// It is no part of the call, nor of the request that the call is for: neither is an error.
    #[test]
    fn an_observer_that_panics_plain() {
        struct Panics;

        impl Observer for Panics {
            fn observe(&self, _: &Event<'_>) {
                std::panic::resume_unwind(Box::new("not told to the panic hook"));
            }
        }

        const PANICS: Policy = match Policy::builder().observer(&Panics).build() {
            Ok(policy) => policy,
            Err(_) => panic!("refused"),
        };

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
                "    - WARN attempt 1 of 3 failed, the next follows in 0.0ns",
                "    - INFO recovered on attempt 2 of 3",
                "    attempt 1 attempt=1 error.type=Busy Error",
                "    attempt 2 attempt=2",
            ]
        );
    }
}

/// Whatever ends a call closes its spans.
mod an_end {
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
        assert_eq!(
            trace.lines(),
            ["stuck site=stuck", "  attempt 1 attempt=1", "    - INFO dropped"]
        );
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
                "  - WARN attempt 1 of 3 failed, the next follows in 100.0ms",
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
}

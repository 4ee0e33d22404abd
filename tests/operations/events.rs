//! What a call leaves in the log and in the metrics, from its first attempt to its end: for each way
//! that a call can end, plain and async, everything and nothing else.

use std::io;
use std::time::Duration;

use retry_runtime::testing::ManualClock;
use retry_runtime::{Budget, ErrorCode, Policy, Retry, Stop, retry_on};
use retry_tests::{Busy, Recorder, Service};
use retry_tests_operations::Measured;

/// Both records of this thread.
struct Told {
    log: Recorder,
    metrics: Measured,
}

impl Told {
    fn start() -> Self {
        Self { log: Recorder::start(), metrics: Measured::start() }
    }

    #[track_caller]
    fn assert(&self, log: &[&str], metrics: &[&str]) {
        assert_eq!(self.log.lines(), log);
        assert_eq!(self.metrics.lines(), metrics);
    }
}

#[retry_on(Busy, jitter = none, name = "fetch")]
async fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, jitter = none, name = "fetch")]
fn fetch_plain(service: &Service) -> Result<u32, Busy> {
    service.call()
}

mod success_at_the_first_try {
    use super::*;

    const METRICS: [&str; 2] = [
        r#"retry_attempts{site="fetch"} [1.0]"#,
        r#"retry_calls_total{outcome="success",site="fetch"} 1"#,
    ];

    #[tokio::test(start_paused = true)]
    async fn is_counted_and_not_logged() {
        let told = Told::start();
        fetch(&Service::failing(0)).await.unwrap();
        told.assert(&[], &METRICS);
    }

    #[test]
    fn is_counted_and_not_logged_plain() {
        let told = Told::start();
        fetch_plain(&Service::failing(0)).unwrap();
        told.assert(&[], &METRICS);
    }

    /// Whatever pays for retries.
    #[test]
    fn is_counted_with_any_budget_and_policy_plain() {
        static POLICY: Policy = Policy::DEFAULT;
        static SHARED: Budget = Budget::standard();
        static SHARE: Budget = Budget::ratio();

        #[retry_on(Busy, name = "fetch", budget = none)]
        fn unlimited(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy, name = "fetch", budget = &SHARED)]
        fn shared(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy, name = "fetch", budget = &SHARE)]
        fn share(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy, name = "fetch", policy = &POLICY)]
        fn policy(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        for function in [unlimited, shared, share, policy] {
            let told = Told::start();
            function(&Service::failing(0)).unwrap();
            function(&Service::failing(0)).unwrap();
            told.assert(
                &[],
                &[
                    r#"retry_attempts{site="fetch"} [1.0, 1.0]"#,
                    r#"retry_calls_total{outcome="success",site="fetch"} 2"#,
                ],
            );
        }
    }

    #[test]
    fn of_a_closure_is_counted_plain() {
        let told = Told::start();
        let retry = Retry::new(&Policy::DEFAULT).name("fetch");
        retry.run_blocking(|| Service::failing(0).call()).unwrap();
        told.assert(&[], &METRICS);
    }

    #[tokio::test(start_paused = true)]
    async fn of_a_closure_is_counted() {
        let told = Told::start();
        let retry = Retry::new(&Policy::DEFAULT).name("fetch");
        retry.run(async || Service::failing(0).call()).await.unwrap();
        told.assert(&[], &METRICS);
    }
}

mod recovery {
    use super::*;

    const LOG: [&str; 3] = [
        r#"WARN site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" pause=0.1 elapsed=0.0"#,
        r#"WARN site="fetch" attempt=2 max=3 error.type="Busy" error="busy, call 2" pause=0.2 elapsed=0.1"#,
        r#"INFO site="fetch" attempt=3 max=3 elapsed=0.3"#,
    ];
    const METRICS: [&str; 4] = [
        r#"retry_attempts{site="fetch"} [3.0]"#,
        r#"retry_calls_total{outcome="success_after_retry",site="fetch"} 1"#,
        r#"retry_pause_seconds{site="fetch"} [0.1, 0.2]"#,
        r#"retry_retries_total{error_type="Busy",site="fetch"} 2"#,
    ];

    #[tokio::test(start_paused = true)]
    async fn is_one_info_after_the_warnings() {
        let told = Told::start();
        fetch(&Service::failing(2)).await.unwrap();
        told.assert(&LOG, &METRICS);
    }

    #[test]
    fn is_one_info_after_the_warnings_plain() {
        let (told, _clock) = (Told::start(), ManualClock::install());
        fetch_plain(&Service::failing(2)).unwrap();
        told.assert(&LOG, &METRICS);
    }
}

mod an_error_that_is_not_retryable {
    use super::*;

    const LOG: [&str; 1] = [
        r#"DEBUG site="fetch" attempt=1 max=3 error.type="_OTHER" error="busy, call 1" reason="not_retryable" elapsed=0.0"#,
    ];
    const METRICS: [&str; 2] = [
        r#"retry_attempts{site="fetch"} [1.0]"#,
        r#"retry_calls_total{outcome="not_retryable",site="fetch"} 1"#,
    ];

    #[tokio::test(start_paused = true)]
    async fn is_one_debug() {
        #[retry_on(io::Error, name = "fetch")]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let told = Told::start();
        fetch(&Service::down()).await.unwrap_err();
        told.assert(&LOG, &METRICS);
    }

    #[test]
    fn is_one_debug_plain() {
        #[retry_on(io::Error, name = "fetch")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let told = Told::start();
        fetch(&Service::down()).unwrap_err();
        told.assert(&LOG, &METRICS);
    }
}

mod the_last_attempt {
    use super::*;

    const LOG: [&str; 3] = [
        r#"WARN site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" pause=0.1 elapsed=0.0"#,
        r#"WARN site="fetch" attempt=2 max=3 error.type="Busy" error="busy, call 2" pause=0.2 elapsed=0.1"#,
        r#"ERROR site="fetch" attempt=3 max=3 error.type="Busy" error="busy, call 3" reason="max_attempts" elapsed=0.3"#,
    ];
    const METRICS: [&str; 4] = [
        r#"retry_attempts{site="fetch"} [3.0]"#,
        r#"retry_calls_total{outcome="max_attempts",site="fetch"} 1"#,
        r#"retry_pause_seconds{site="fetch"} [0.1, 0.2]"#,
        r#"retry_retries_total{error_type="Busy",site="fetch"} 2"#,
    ];

    #[tokio::test(start_paused = true)]
    async fn ends_with_one_error() {
        let told = Told::start();
        fetch(&Service::down()).await.unwrap_err();
        told.assert(&LOG, &METRICS);
        let messages: Vec<_> = told.log.events().into_iter().map(|event| event.message).collect();
        assert_eq!(
            messages,
            [
                "attempt 1 of 3 failed, the next follows in 100.0ms",
                "attempt 2 of 3 failed, the next follows in 200.0ms",
                "gave up after attempt 3 (at most 3 calls: 1 + 2 retries; pauses of 100 ms, \
                 200 ms; at most 300 ms of waiting)",
            ]
        );
    }

    #[test]
    fn ends_with_one_error_plain() {
        let (told, _clock) = (Told::start(), ManualClock::install());
        fetch_plain(&Service::down()).unwrap_err();
        told.assert(&LOG, &METRICS);
    }
}

/// Counted from the start of the first attempt.
mod a_deadline {
    use super::*;

    const LOG: [&str; 2] = [
        r#"WARN site="fetch" attempt=1 max=5 error.type="Busy" error="busy, call 1" pause=0.1 elapsed=0.01"#,
        r#"ERROR site="fetch" attempt=2 max=5 error.type="Busy" error="busy, call 2" reason="deadline" elapsed=0.12"#,
    ];
    const METRICS: [&str; 4] = [
        r#"retry_attempts{site="fetch"} [2.0]"#,
        r#"retry_calls_total{outcome="deadline",site="fetch"} 1"#,
        r#"retry_pause_seconds{site="fetch"} [0.1]"#,
        r#"retry_retries_total{error_type="Busy",site="fetch"} 1"#,
    ];

    #[tokio::test(start_paused = true)]
    async fn ends_with_one_error() {
        #[retry_on(Busy, max = 5, deadline = "250ms", jitter = none, name = "fetch")]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            tokio::time::sleep(Duration::from_millis(10)).await;
            service.call()
        }

        let told = Told::start();
        fetch(&Service::down()).await.unwrap_err();
        told.assert(&LOG, &METRICS);
    }

    #[test]
    fn ends_with_one_error_plain() {
        #[retry_on(Busy, max = 5, deadline = "250ms", jitter = none, name = "fetch")]
        fn fetch(service: &Service, clock: &ManualClock) -> Result<u32, Busy> {
            clock.advance(Duration::from_millis(10));
            service.call()
        }

        let (told, clock) = (Told::start(), ManualClock::install());
        fetch(&Service::down(), &clock).unwrap_err();
        told.assert(&LOG, &METRICS);
    }

    /// A pause that lasted longer than was asked for.
    #[tokio::test(start_paused = true)]
    async fn that_passes_in_the_pause_ends_with_the_attempt_that_was_made() {
        #[retry_on(Busy, deadline = "1s", jitter = none, name = "fetch", sleep = oversleep)]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        async fn oversleep(_: Duration) {
            tokio::time::sleep(Duration::from_secs(2)).await;
        }

        let told = Told::start();
        fetch(&Service::down()).await.unwrap_err();
        told.assert(
            &[
                r#"WARN site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" pause=0.1 elapsed=0.0"#,
                r#"ERROR site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="deadline" elapsed=2.0"#,
            ],
            &[
                r#"retry_attempts{site="fetch"} [1.0]"#,
                r#"retry_calls_total{outcome="deadline",site="fetch"} 1"#,
                r#"retry_pause_seconds{site="fetch"} [0.1]"#,
                r#"retry_retries_total{error_type="Busy",site="fetch"} 1"#,
            ],
        );
    }
}

mod an_empty_budget {
    use super::*;

    const LOG: [&str; 2] = [
        r#"WARN site="fetch" attempt=1 max=5 error.type="Busy" error="busy, call 1" pause=0.1 elapsed=0.0"#,
        r#"ERROR site="fetch" attempt=2 max=5 error.type="Busy" error="busy, call 2" reason="budget" elapsed=0.1"#,
    ];
    const METRICS: [&str; 4] = [
        r#"retry_attempts{site="fetch"} [2.0]"#,
        r#"retry_calls_total{outcome="budget",site="fetch"} 1"#,
        r#"retry_pause_seconds{site="fetch"} [0.1]"#,
        r#"retry_retries_total{error_type="Busy",site="fetch"} 1"#,
    ];

    const fn one_retry() -> Budget {
        match Budget::tokens(10, 10, 10) {
            Ok(budget) => budget,
            Err(_) => panic!("refused"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn ends_with_one_error() {
        static BUDGET: Budget = one_retry();

        #[retry_on(Busy, max = 5, budget = &BUDGET, jitter = none, name = "fetch")]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let told = Told::start();
        fetch(&Service::down()).await.unwrap_err();
        told.assert(&LOG, &METRICS);
    }

    #[test]
    fn ends_with_one_error_plain() {
        static BUDGET: Budget = one_retry();

        #[retry_on(Busy, max = 5, budget = &BUDGET, jitter = none, name = "fetch")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (told, _clock) = (Told::start(), ManualClock::install());
        fetch(&Service::down()).unwrap_err();
        told.assert(&LOG, &METRICS);
    }
}

mod a_stop {
    use super::*;

    const AT_ONCE: [&str; 1] = [
        r#"ERROR site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="stopped" elapsed=0.0"#,
    ];
    const METRICS: [&str; 2] = [
        r#"retry_attempts{site="fetch"} [1.0]"#,
        r#"retry_calls_total{outcome="stopped",site="fetch"} 1"#,
    ];

    fn requested() -> Stop {
        let stop = Stop::new();
        stop.request();
        stop
    }

    #[tokio::test(start_paused = true)]
    async fn ends_with_one_error() {
        let told = Told::start();
        requested().scope(fetch(&Service::down())).await.unwrap_err();
        told.assert(&AT_ONCE, &METRICS);
    }

    #[test]
    fn ends_with_one_error_plain() {
        let told = Told::start();
        requested().scope_blocking(|| fetch_plain(&Service::down())).unwrap_err();
        told.assert(&AT_ONCE, &METRICS);
    }

    #[test]
    fn in_a_pause_ends_with_the_attempt_that_was_made_plain() {
        #[retry_on(Busy, jitter = none, name = "fetch", on_retry = |_| stop.request())]
        fn fetch(service: &Service, stop: &Stop) -> Result<u32, Busy> {
            service.call()
        }

        let (told, _clock, stop) = (Told::start(), ManualClock::install(), Stop::new());
        stop.scope_blocking(|| fetch(&Service::down(), &stop)).unwrap_err();
        told.assert(
            &[
                r#"WARN site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" pause=0.1 elapsed=0.0"#,
                r#"ERROR site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="stopped" elapsed=0.1"#,
            ],
            &[
                r#"retry_attempts{site="fetch"} [1.0]"#,
                r#"retry_calls_total{outcome="stopped",site="fetch"} 1"#,
                r#"retry_pause_seconds{site="fetch"} [0.1]"#,
                r#"retry_retries_total{error_type="Busy",site="fetch"} 1"#,
            ],
        );
    }
}

mod a_timeout {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn is_an_error_type_of_its_own() {
        #[retry_on(io::Error, max = 2, timeout = "1s", jitter = none, name = "fetch")]
        async fn fetch() -> io::Result<()> {
            std::future::pending().await
        }

        let told = Told::start();
        fetch().await.unwrap_err();
        told.assert(
            &[
                r#"WARN site="fetch" attempt=1 max=2 error.type="timeout" error="fetch: attempt 1 took longer than 1s" pause=0.1 elapsed=0.0"#,
                r#"ERROR site="fetch" attempt=2 max=2 error.type="timeout" error="fetch: attempt 2 took longer than 1s" reason="max_attempts" elapsed=1.1"#,
            ],
            &[
                r#"retry_attempts{site="fetch"} [2.0]"#,
                r#"retry_calls_total{outcome="max_attempts",site="fetch"} 1"#,
                r#"retry_pause_seconds{site="fetch"} [0.1]"#,
                r#"retry_retries_total{error_type="timeout",site="fetch"} 1"#,
            ],
        );
    }
}

#[test]
fn a_value_that_is_not_accepted_is_an_error_type_of_its_own_plain() {
    #[retry_on(ok = |value: &u32| *value < 2, jitter = none, name = "poll")]
    fn poll(service: &Service) -> Result<u32, Busy> {
        Ok(service.count_call())
    }

    let (told, _clock) = (Told::start(), ManualClock::install());
    poll(&Service::down()).unwrap();
    told.assert(
        &[
            r#"WARN site="poll" attempt=1 max=3 error.type="ok" error="the value is not accepted" pause=0.1 elapsed=0.0"#,
            r#"INFO site="poll" attempt=2 max=3 elapsed=0.1"#,
        ],
        &[
            r#"retry_attempts{site="poll"} [2.0]"#,
            r#"retry_calls_total{outcome="success_after_retry",site="poll"} 1"#,
            r#"retry_pause_seconds{site="poll"} [0.1]"#,
            r#"retry_retries_total{error_type="ok",site="poll"} 1"#,
        ],
    );
}

mod retries_inside_retries {
    use super::*;

    /// A pair of functions of its own for each test, for the WARN comes once for each pair.
    macro_rules! pair {
        ($nested:literal) => {
            #[retry_on(Busy, max = 2, jitter = none, name = "inner")]
            fn inner(service: &Service) -> Result<u32, Busy> {
                service.call()
            }

            #[retry_on(Busy, max = 2, jitter = none, name = "outer", nested = $nested)]
            fn outer(service: &Service) -> Result<u32, Busy> {
                inner(service)
            }
        };
    }

    const INNER: [&str; 2] = [
        r#"WARN site="inner" attempt=1 max=2 error.type="Busy" error="busy, call 1" pause=0.1 elapsed=0.0"#,
        r#"ERROR site="inner" attempt=2 max=2 error.type="Busy" error="busy, call 2" reason="max_attempts" elapsed=0.1"#,
    ];
    const INNER_AGAIN: [&str; 2] = [
        r#"WARN site="inner" attempt=1 max=2 error.type="Busy" error="busy, call 3" pause=0.1 elapsed=0.0"#,
        r#"ERROR site="inner" attempt=2 max=2 error.type="Busy" error="busy, call 4" reason="max_attempts" elapsed=0.1"#,
    ];
    const OUTER: [&str; 2] = [
        r#"WARN site="outer" attempt=1 max=2 error.type="Busy" error="busy, call 2" pause=0.1 elapsed=0.0"#,
        r#"ERROR site="outer" attempt=2 max=2 error.type="Busy" error="busy, call 4" reason="max_attempts" elapsed=0.2"#,
    ];

    #[test]
    fn are_one_warning_and_then_debug_plain() {
        pair!("warn");
        let (told, _clock) = (Told::start(), ManualClock::install());
        outer(&Service::down()).unwrap_err();
        let warning = r#"WARN site="outer" inner="inner" worst_case=4 nested=1"#;
        let again = r#"DEBUG site="outer" inner="inner" worst_case=4 nested=2"#;
        told.assert(
            &[
                INNER[0],
                INNER[1],
                warning,
                OUTER[0],
                INNER_AGAIN[0],
                INNER_AGAIN[1],
                again,
                OUTER[1],
            ],
            &[
                r#"retry_attempts{site="inner"} [2.0, 2.0]"#,
                r#"retry_attempts{site="outer"} [2.0]"#,
                r#"retry_calls_total{outcome="max_attempts",site="inner"} 2"#,
                r#"retry_calls_total{outcome="max_attempts",site="outer"} 1"#,
                r#"retry_nested_total{site="outer"} 2"#,
                r#"retry_pause_seconds{site="inner"} [0.1, 0.1]"#,
                r#"retry_pause_seconds{site="outer"} [0.1]"#,
                r#"retry_retries_total{error_type="Busy",site="inner"} 2"#,
                r#"retry_retries_total{error_type="Busy",site="outer"} 1"#,
            ],
        );
    }

    #[test]
    fn can_be_a_reason_plain() {
        pair!("inner");
        let (told, _clock) = (Told::start(), ManualClock::install());
        outer(&Service::down()).unwrap_err();
        told.assert(
            &[
                INNER[0],
                INNER[1],
                r#"WARN site="outer" inner="inner" worst_case=4 nested=1"#,
                r#"DEBUG site="outer" attempt=1 max=2 error.type="Busy" error="busy, call 2" reason="nested" elapsed=0.0"#,
            ],
            &[
                r#"retry_attempts{site="inner"} [2.0]"#,
                r#"retry_attempts{site="outer"} [1.0]"#,
                r#"retry_calls_total{outcome="max_attempts",site="inner"} 1"#,
                r#"retry_calls_total{outcome="nested",site="outer"} 1"#,
                r#"retry_nested_total{site="outer"} 1"#,
                r#"retry_pause_seconds{site="inner"} [0.1]"#,
                r#"retry_retries_total{error_type="Busy",site="inner"} 1"#,
            ],
        );
    }

    #[test]
    fn can_be_allowed_plain() {
        pair!("allow");
        let (told, _clock) = (Told::start(), ManualClock::install());
        outer(&Service::down()).unwrap_err();
        told.assert(
            &[INNER[0], INNER[1], OUTER[0], INNER_AGAIN[0], INNER_AGAIN[1], OUTER[1]],
            &[
                r#"retry_attempts{site="inner"} [2.0, 2.0]"#,
                r#"retry_attempts{site="outer"} [2.0]"#,
                r#"retry_calls_total{outcome="max_attempts",site="inner"} 2"#,
                r#"retry_calls_total{outcome="max_attempts",site="outer"} 1"#,
                r#"retry_pause_seconds{site="inner"} [0.1, 0.1]"#,
                r#"retry_pause_seconds{site="outer"} [0.1]"#,
                r#"retry_retries_total{error_type="Busy",site="inner"} 2"#,
                r#"retry_retries_total{error_type="Busy",site="outer"} 1"#,
            ],
        );
    }

    /// The counter is one of attempts, whatever went on in them.
    #[test]
    fn count_an_attempt_once_however_many_functions_retried_in_it_plain() {
        #[retry_on(Busy, max = 2, jitter = none, name = "one")]
        fn one() -> Result<u32, Busy> {
            static SERVICE: Service = Service::failing(1);
            SERVICE.call()
        }

        #[retry_on(Busy, max = 2, jitter = none, name = "two")]
        fn two() -> Result<u32, Busy> {
            static SERVICE: Service = Service::failing(1);
            SERVICE.call()
        }

        #[retry_on(Busy, max = 2, jitter = none, name = "outer")]
        fn outer() -> Result<u32, Busy> {
            Ok(one()? + two()?)
        }

        let (told, _clock) = (Told::start(), ManualClock::install());
        outer().unwrap();
        let log: Vec<_> =
            told.log.lines().into_iter().filter(|line| line.contains("worst_case")).collect();
        assert_eq!(
            log,
            [
                r#"WARN site="outer" inner="one" worst_case=4 nested=1"#,
                r#"WARN site="outer" inner="two" worst_case=4 nested=1"#,
            ]
        );
        let metrics: Vec<_> =
            told.metrics.lines().into_iter().filter(|line| line.contains("nested")).collect();
        assert_eq!(metrics, [r#"retry_nested_total{site="outer"} 1"#]);
    }
}

/// What stands in a request stays out of the labels, and what it was asked for out of everything.
mod nothing_of_the_request {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("rejected")]
    struct Rejected;

    impl ErrorCode for Rejected {
        fn code(&self) -> Option<&str> {
            Some("SlowDown")
        }

        fn request_id(&self) -> Option<&str> {
            Some("4711")
        }
    }

    #[retry_on(Rejected, max = 2, jitter = none, name = "store", span = true, attempt = attempt)]
    fn store(password: &str) -> Result<(), Rejected> {
        let _ = (attempt.number(), password);
        Err(Rejected)
    }

    #[test]
    fn is_a_label_plain() {
        let (told, _clock) = (Told::start(), ManualClock::install());
        store("open sesame").unwrap_err();
        told.assert(
            &[
                r#"WARN site="store" attempt=1 max=2 error.type="Rejected" error="rejected" code="SlowDown" request_id="4711" pause=0.1 elapsed=0.0"#,
                r#"ERROR site="store" attempt=2 max=2 error.type="Rejected" error="rejected" code="SlowDown" request_id="4711" reason="max_attempts" elapsed=0.1"#,
            ],
            &[
                r#"retry_attempts{site="store"} [2.0]"#,
                r#"retry_calls_total{outcome="max_attempts",site="store"} 1"#,
                r#"retry_pause_seconds{site="store"} [0.1]"#,
                r#"retry_retries_total{error_type="Rejected",site="store"} 1"#,
            ],
        );
    }

    #[test]
    fn that_is_an_argument_is_told_anywhere_plain() {
        let (told, _clock) = (Told::start(), ManualClock::install());
        store("open sesame").unwrap_err();
        let events: Vec<String> = told.log.events().iter().map(ToString::to_string).collect();
        assert_eq!(events.len(), 2);
        let told = format!("{events:?} {:?}", told.metrics.lines());
        assert!(!told.contains("sesame"), "{told}");
    }
}

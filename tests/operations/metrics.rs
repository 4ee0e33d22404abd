//! What the metrics promise beyond the sequences in `events`: that no call is lost, whatever thread it
//! is on, and that nothing of a request becomes a label.

use std::collections::HashSet;
use std::thread;

use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use retry_runtime::observe::{Event, Observer};
use retry_runtime::testing::Scope;
use retry_runtime::{Policy, Retry, retry_on};
use retry_tests::{Busy, Service};
use retry_tests_operations::{Measured, measured};

const THREADS: usize = 8;
const CALLS: usize = 10_000;

/// A quarter of the calls each: succeeds, recovers, gives up, is not retryable.
#[test]
fn many_calls_on_many_threads_are_counted_exactly() {
    #[retry_on(Busy { call: 1..=3 }, delay = "0ms", budget = none, name = "many")]
    fn fetch(number: usize, service: &Service) -> Result<u32, Busy> {
        if number % 4 == 3 { Err(Busy { call: 0 }) } else { service.call() }
    }

    let recorder: &'static DebuggingRecorder = Box::leak(Box::default());
    thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                metrics::with_local_recorder(recorder, || {
                    for number in (thread..CALLS).step_by(THREADS) {
                        let failures = [0, 1, u32::MAX, 0][number % 4];
                        let _ = fetch(number, &Service::failing(failures));
                    }
                });
            });
        }
    });
    let mut attempts = [0; 4];
    let counters: HashSet<String> = recorder
        .snapshotter()
        .snapshot()
        .into_vec()
        .into_iter()
        .filter_map(|(key, _, _, value)| match value {
            DebugValue::Counter(count) => {
                let labels: Vec<_> = key.key().labels().map(metrics::Label::value).collect();
                Some(format!("{} {} {count}", key.key().name(), labels.join(" ")))
            }
            DebugValue::Histogram(values) if key.key().name() == "retry_attempts" => {
                for value in values {
                    let number = (1..=3).find(|number| f64::from(*number) >= f64::from(value));
                    attempts[usize::try_from(number.unwrap_or(0)).unwrap()] += 1;
                }
                None
            }
            DebugValue::Histogram(values) => {
                assert_eq!(values.len(), CALLS / 4 * 3, "a pause for each retry");
                None
            }
            DebugValue::Gauge(_) => panic!("there are none"),
        })
        .collect();
    let expected = [
        "retry_calls_total many success 2500",
        "retry_calls_total many success_after_retry 2500",
        "retry_calls_total many max_attempts 2500",
        "retry_calls_total many not_retryable 2500",
        "retry_retries_total many Busy 7500",
        // All others begin at 0, so that the first of them is an increase.
        "retry_calls_total many nested 0",
        "retry_calls_total many stopped 0",
        "retry_calls_total many hint 0",
        "retry_calls_total many deadline 0",
        "retry_calls_total many budget 0",
        "retry_calls_total many disabled 0",
    ];
    assert_eq!(counters, expected.map(str::to_owned).into());
    assert_eq!(attempts, [0, 5000, 2500, 2500]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_async_calls_are_counted_exactly() {
    #[retry_on(Busy, delay = "0ms", budget = none, name = "many async")]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        tokio::task::yield_now().await;
        service.call()
    }

    /// For all threads of the runtime, and for all tests here that have none of their own.
    fn recorder() -> metrics_util::debugging::Snapshotter {
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        metrics::set_global_recorder(recorder).expect("the only one");
        snapshotter
    }

    let recorder = recorder();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..CALLS {
        tasks.spawn(async move {
            let _ = fetch(&Service::failing([0, 1, u32::MAX, 0][number % 4])).await;
        });
    }
    tasks.join_all().await;
    let lines: Vec<_> = measured::lines(&recorder)
        .into_iter()
        .filter(|line| line.contains(r#"site="many async""#) && line.contains("_total"))
        .collect();
    assert_eq!(
        lines,
        [
            r#"retry_calls_total{outcome="max_attempts",site="many async"} 2500"#,
            r#"retry_calls_total{outcome="success",site="many async"} 5000"#,
            r#"retry_calls_total{outcome="success_after_retry",site="many async"} 2500"#,
            r#"retry_retries_total{error_type="Busy",site="many async"} 7500"#,
        ]
    );
}

/// However many different errors, codes and ids there are, there are as many series.
#[test]
fn the_number_of_series_does_not_grow_with_the_number_of_requests() {
    #[derive(Debug)]
    struct Rejected(u32, String);

    impl std::fmt::Display for Rejected {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "rejected {}", self.0)
        }
    }

    impl std::error::Error for Rejected {}

    impl retry_runtime::ErrorCode for Rejected {
        fn code(&self) -> Option<&str> {
            Some(&self.1)
        }

        fn request_id(&self) -> Option<&str> {
            Some(&self.1)
        }
    }

    #[retry_on(Rejected, delay = "0ms", budget = none, name = "series")]
    fn store(number: u32) -> Result<(), Rejected> {
        Err(Rejected(number, format!("id {number}")))
    }

    let measured = Measured::start();
    for number in 0..100 {
        store(number).unwrap_err();
    }
    let series: Vec<_> = measured
        .lines()
        .iter()
        .map(|line| line.split_once('}').map(|(series, _)| format!("{series}}}")).unwrap())
        .collect();
    assert_eq!(
        series,
        [
            r#"retry_attempts{site="series"}"#,
            r#"retry_calls_total{outcome="max_attempts",site="series"}"#,
            r#"retry_pause_seconds{site="series"}"#,
            r#"retry_retries_total{error_type="Rejected",site="series"}"#,
        ]
    );
}

#[test]
fn an_observer_that_panics_is_counted_without_labels() {
    struct Panics;

    impl Observer for Panics {
        fn observe(&self, _: &Event<'_>) {
            std::panic::resume_unwind(Box::new("not told to the panic hook"));
        }
    }

    static POLICY: Policy = Policy::builder().observer(&Panics).build();

    #[retry_on(Busy, policy = &POLICY, name = "observed")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (measured, _clock) = (Measured::start(), Scope::new().enter());
    fetch(&Service::failing(1)).unwrap();
    let panics: Vec<_> =
        measured.lines().into_iter().filter(|line| line.contains("panics")).collect();
    assert_eq!(panics, ["retry_observer_panics_total{} 2"]);
}

/// The same as those of an annotated function, under the name that the call has.
#[test]
fn closures_are_counted_under_their_name_or_place() {
    let (measured, _clock) = (Measured::start(), Scope::new().enter());
    let retry = Retry::new(&Policy::DEFAULT);
    retry.clone().run_blocking(|| Service::failing(0).call()).unwrap();
    retry.clone().run_blocking(|| Service::down().call()).unwrap_err();
    retry.name("named").run_blocking(|| Service::failing(0).call()).unwrap();
    let place = format!("{}:{}:17", file!(), line!() - 4);
    let calls: Vec<_> =
        measured.lines().into_iter().filter(|line| line.contains("calls_total")).collect();
    assert_eq!(
        calls,
        [
            r#"retry_calls_total{outcome="max_attempts",site="{place}"} 1"#
                .replace("{place}", &place),
            r#"retry_calls_total{outcome="success",site="named"} 1"#.to_owned(),
            r#"retry_calls_total{outcome="success",site="{place}"} 1"#.replace("{place}", &place),
        ]
    );
}
